/** `parley config check` beside what is really broken: one line that says what to do, nothing changed, no secret told. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { prepareDatabase } from "../../src/open-database.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";
import { runParley, runParleyInside } from "../support/command-line.ts";
import { openMailbox } from "../support/mailbox.ts";
import { startProgram } from "../support/program.ts";

type Environment = Readonly<Record<string, string>>;

let root: string;
let database: TestDatabase;
const servers: Server[] = [];

before(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-check-"));
  database = await createTestDatabase();
  const { servingUrl, ownerUrl } = database;
  await prepareDatabase(readConfig(environment()), { servingUrl, ownerUrl, kind: "external", stop: async () => {} });
});

after(async () => {
  for (const server of servers) server.close();
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

const environment = (env: Environment = {}): Environment => ({
  DATABASE_URL: database.servingUrl,
  MIGRATE_DATABASE_URL: database.ownerUrl,
  DATA_DIR: join(root, "data"),
  PORT: "0",
  RAIL_PORT: "0",
  ...env,
});

const listen = async (answer: RequestListener): Promise<number> => {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

type Checked = { readonly code: number; readonly said: string };

const check = async (env: Environment): Promise<Checked> => {
  const { code, stdout, stderr } = await runParleyInside(["config", "check"], env);
  const said = `${stdout}${stderr}`;
  assert.doesNotMatch(said, /\n\s+at |node:internal|\[cause\]|Error:/);
  for (const secret of Object.values(env).flatMap(passwordsIn)) assert.ok(!said.includes(secret), said);
  return { code, said };
};

const passwordsIn = (value: string): readonly string[] => {
  const password = URL.canParse(value) ? new URL(value).password : "";
  // Of test databases it is a word that stands in their names as well.
  return password === "" || password === "test" ? [] : [password, decodeURIComponent(password)];
};

/** This line, and no other, has something to do. */
const assertTodo = async (env: Environment, said: RegExp): Promise<void> => {
  const checked = await check(env);
  const lines = checked.said.split("\n").filter((line) => line.startsWith("TO DO"));
  assert.equal(checked.code, 1, checked.said);
  assert.equal(lines.length, 1, checked.said);
  assert.match(lines[0] ?? "", said);
  assert.match(checked.said, /^1 of \d+ to do$/m);
};

const assertWell = async (env: Environment, ...said: readonly RegExp[]): Promise<void> => {
  const checked = await check(env);
  assert.equal(checked.code, 0, checked.said);
  for (const line of said) assert.match(checked.said, line);
};

/** For as long as the test takes, something is broken by the superuser. */
const broken = async (breaking: string, mending: string, look: () => Promise<void>): Promise<void> => {
  await query(database.superuserUrl, breaking);
  try {
    await look();
  } finally {
    await query(database.superuserUrl, mending);
  }
};

const changed = (url: string, parts: Partial<Pick<URL, "pathname" | "password" | "port" | "username">>): string =>
  Object.assign(new URL(url), parts).href;

describe("parley config check", () => {
  test("says of all that is well what it is, and makes nothing", async () => {
    await assertWell(
      environment(),
      /^ok +variables: understood$/m,
      /^ok +database: PostgreSQL 1\d\.\d+ at 127\.0\.0\.1:\d+, database "parley_test_\w+"$/m,
      /^ok +pooler: none between us and the database$/m,
      /^ok +schema: version \d+, the newest$/m,
      /^ok +roles: "parley_test_owner" owns, "parley_test" serves$/m,
      /^ok +rights: "parley_test" has what it needs, and no more$/m,
      /^ok +purpose: real money$/m,
      /^ok +keys: issuer [\w-]{43} \(of 1\), sealing \w{16} \(of 1\), keyed hash \w{16} \(of 1\): those that/m,
      /^ok +clock: \d\.\d s from the database's$/m,
      /^ok +PORT: any that is free$/m,
    );
    const nowhere = { DATA_DIR: join(root, "not", "yet"), PORT: "0", RAIL_PORT: "0" };
    await assertWell(nowhere, /^ok +database: the embedded one/m, /^- +pooler, .*clock: not looked at/m);
    await assert.rejects(readdir(join(root, "not")), { code: "ENOENT" });
  });

  test("takes a database that was made by the statements of docs/operations.md, before its first start and after it", async () => {
    const handbook = await readFile("docs/operations.md", "utf8");
    const [, statements = ""] = /```sql\n(.*?)```/s.exec(handbook) ?? [];
    const [name, owner] = [`${database.name}_made`, `${database.name}_made_owner`];
    const typed = statements.replaceAll("parley_owner", owner).replaceAll(/\bparley\b/g, name);
    assert.equal(typed.split(";\n").filter((statement) => statement.trim() !== "").length, 5);
    const urlOf = (username: string, password: string) =>
      Object.assign(new URL(database.superuserUrl), { username, password, pathname: `/${name}` }).href;
    try {
      for (const statement of typed.split(";\n")) await query(database.superuserUrl, statement);
      const made = environment({
        DATABASE_URL: urlOf(name, "another one"),
        MIGRATE_DATABASE_URL: urlOf(owner, "a long random one"),
        DATA_DIR: join(root, "made"),
      });
      await assertWell(made, /^ok +schema: empty; the first start makes version \d+$/m);
      const { DATABASE_URL: servingUrl = "", MIGRATE_DATABASE_URL: ownerUrl = "" } = made;
      await prepareDatabase(readConfig(made), { servingUrl, ownerUrl, kind: "external", stop: async () => {} });
      await assertWell(made, new RegExp(`^ok +rights: "${name}" has what it needs, and no more$`, "m"));
    } finally {
      await query(
        database.superuserUrl,
        `drop database if exists ${name} with (force)`,
        `drop role if exists ${name}`,
        `drop role if exists ${owner}`,
      );
    }
  });

  test("finds its own server at its ports, and whoever else is there", async () => {
    const free = readConfig(environment({ METRICS_PORT: "0", LOG_LEVEL: "silent" }));
    const app = await startApp(free, { databaseUrl: database.servingUrl });
    const portOf = (address: string | null) => new URL(address ?? "").port;
    try {
      const ports = {
        PORT: portOf(app.address),
        RAIL_PORT: portOf(app.railAddress),
        METRICS_PORT: portOf(app.metricsAddress),
      };
      await assertWell(
        environment(ports),
        /^ok +PORT: \d+, where this installation serves already$/m,
        /^ok +RAIL_PORT: \d+, where this/m,
        /^ok +METRICS_PORT: \d+, where this/m,
      );
    } finally {
      await app.stop();
    }
    const taken = await listen((_, response) => response.end("{}"));
    const said = /PORT: PORT is \d+, and a program listens there already; stop that one, or allowed is another PORT/;
    await assertTodo(environment({ PORT: String(taken) }), said);
  });

  test("the configuration's faults and misspelt variables, each in a line", async () => {
    const { code, said } = await check({ DATA_DIR: root, PORT: "seventy", DEMO: "maybe", DATABASE_URI: "x" });
    assert.equal(code, 1);
    assert.match(said, /^TO DO +variables: PORT is "seventy"; allowed is a whole number/m);
    assert.match(said, /^TO DO +variables: DEMO is "maybe"; allowed is 0, 1$/m);
    assert.match(said, /^TO DO +variables: DATABASE_URI is set and is none .* is DATABASE_URL meant\?$/m);
    assert.match(said, /^3 of 3 to do$/m);
  });

  test("a database that cannot be reached, as the one role or the other", async () => {
    const { servingUrl, ownerUrl } = database;
    const wrong = environment({ DATABASE_URL: changed(servingUrl, { password: "mistaken" }) });
    await assertTodo(wrong, /database: DATABASE_URL: .* refuses the password of the role "parley_test"; give the role/);
    const away = environment({ MIGRATE_DATABASE_URL: changed(ownerUrl, { port: "1", password: "hidden" }) });
    await assertTodo(away, /database: MIGRATE_DATABASE_URL: nobody listens at \S+:1; start PostgreSQL there/);
    const { said } = await check(away);
    assert.match(
      said,
      /^- +pooler, schema, roles, rights, purpose, keys, clock: not looked at: the database has to answer/m,
    );
  });

  test("a schema of a newer version, and one that is not there yet", async () => {
    const version = "insert into public.schema_version (version) values (9999)";
    const back = "delete from public.schema_version where version = 9999";
    await broken(version, back, async () => {
      const { code, said } = await check(environment());
      assert.equal(code, 1);
      assert.match(said, /^TO DO +schema: The database is at version 9999, made by a newer Parley/m);
    });
    const name = `${database.name}_empty`;
    const make = `create database ${name} owner parley_test_owner`;
    await broken(make, `drop database ${name} with (force)`, () =>
      assertWell(
        environment({
          DATABASE_URL: changed(database.servingUrl, { pathname: `/${name}` }),
          MIGRATE_DATABASE_URL: changed(database.ownerUrl, { pathname: `/${name}` }),
          DATA_DIR: join(root, "fresh"),
        }),
        /^ok +schema: empty; the first start makes version \d+$/m,
        /^ok +rights: given by the next start, which migrates first$/m,
        /^ok +purpose: nothing yet; the first start makes it for real money$/m,
        /^ok +keys: this database belongs to none yet/m,
      ),
    );
  });

  test("roles that may too little or too much", async () => {
    const swapped = environment({ DATABASE_URL: database.ownerUrl, MIGRATE_DATABASE_URL: database.servingUrl });
    const { said } = await check(swapped);
    assert.match(said, /^TO DO +roles: The role "parley_test" migrates and does not own the database; alter database/m);
    await assertWell(
      environment({ DATABASE_URL: database.ownerUrl }),
      /^ok +roles: "parley_test_owner" owns and serves: nothing but the code/m,
    );
    // A role of its own: others run tests on the same server as the usual one.
    const role = `${database.name}_mighty`;
    await broken(`create role ${role} login superuser password 'test'`, `drop role ${role}`, async () => {
      const mighty = environment({ DATABASE_URL: changed(database.servingUrl, { username: role }) });
      const { said: found } = await check(mighty);
      assert.match(found, /^TO DO +roles: The role "\w+" serves, and may do anything; alter role "\w+" nosuperuser/m);
      assert.match(found, /^TO DO +rights: The role "\w+" may do what it should not: \w+ [^;]* and \d+ more; revoke/m);
    });
  });

  test("a right too many, directly or by another role, and one too few", async () => {
    const grant = "grant delete on exchange.transfers to parley_test";
    const revoke = "revoke delete on exchange.transfers from parley_test";
    const excess = /rights: The role "parley_test" may do what it should not: delete on exchange\.transfers; revoke it/;
    await broken(grant, revoke, () => assertTodo(environment(), excess));
    const column = "grant update (maker_id) on exchange.orders to public";
    await broken(column, "revoke update (maker_id) on exchange.orders from public", () =>
      assertTodo(environment(), /may do what it should not: update \(maker_id\) on exchange\.orders; revoke it/),
    );
    const missing = /rights: The role "parley_test" lacks insert on exchange\.transfers; the next start gives it back/;
    await broken(
      "revoke insert on exchange.transfers from parley_test",
      "grant insert on exchange.transfers to parley_test",
      () => assertTodo(environment(), missing),
    );
  });

  test("a database that held the demo", () =>
    broken("update engine.purpose set demo = true", "update engine.purpose set demo = false", () =>
      assertTodo(environment(), /purpose: .*DEMO is 0, and this database holds the demo's made-up people and money/),
    ));

  test("keys that are missing, and one that is damaged, without what is in it", async () => {
    const none = environment({ DATA_DIR: join(root, "none") });
    await assertTodo(none, /keys: DATA_DIR\/keys holds no keys, .*copy DATA_DIR\/keys whole from a node that serves/);
    const directory = join(root, "damaged");
    await mkdir(join(directory, "keys"), { recursive: true });
    await writeFile(join(directory, "keys", "sealing.json"), '{"keys":{"a":"hidden"}}');
    const damaged = environment({ DATA_DIR: directory });
    await assertTodo(damaged, /keys: The key file sealing\.json in DATA_DIR\/keys holds no .*: put back its copy/);
    assert.doesNotMatch((await check(damaged)).said, /hidden/);
  });

  test("a clock that goes wrong", async () => {
    const shift = "const now = Date.now; Date.now = () => now() + 42_000;";
    const { code, stdout } = await runParley(["config", "check"], {
      ...environment(),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}`,
    });
    assert.equal(code, 1, stdout);
    assert.match(
      stdout,
      /^TO DO +clock: This machine's clock is 4[12]\.\d s ahead of the database's; set both by NTP/m,
    );
  });

  test("a host platform that gives no keys", async () => {
    const host = (path: string, port: number) =>
      environment({
        AUTH_JWKS_URL: `http://127.0.0.1:${port}/${path}?secret=hidden`,
        AUTH_ISSUER: "https://id.example",
        AUTH_AUDIENCE: "parley",
      });
    const key = { kty: "EC", crv: "P-256", x: "x", y: "y", kid: "1" };
    const answers: Readonly<Record<string, string>> = {
      good: JSON.stringify({ keys: [key, { ...key, kid: "2" }] }),
      symmetric: JSON.stringify({ keys: [{ kty: "oct", k: "x" }] }),
      page: "<html>",
      none: "{}",
      long: " ".repeat(300_000),
    };
    const port = await listen((request, response) => {
      const name = request.url?.slice(1).split("?")[0] ?? "";
      const body = answers[name];
      if (name === "moved") response.writeHead(302, { location: "/good" });
      else if (body === undefined) response.writeHead(404);
      response.end(body);
    });
    await assertWell(host("good", port), /^ok +host platform: http:\/\/127\.0\.0\.1:\d+\/good, 2 keys$/m);
    await assertTodo(host("nowhere", port), /gives no keys \(the endpoint answered 404\); correct it/);
    await assertTodo(host("moved", port), /gives no keys \(the endpoint answered 302\)/);
    await assertTodo(host("page", port), /gives no keys \(what it answers is no key set\)/);
    await assertTodo(host("none", port), /gives no keys \(what it answers is no key set\)/);
    await assertTodo(host("long", port), /gives no keys \(the key set is too long\)/);
    await assertTodo(host("symmetric", port), /symmetric holds no key for EdDSA, ES256, RS256, PS256; have the host/);
    await assertTodo(host("good", 1), /gives no keys \(no connection, bad port\)/);
    const gone = await listen((_, response) => response.end());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await assertTodo(
      host("good", gone),
      /gives no keys \(no connection, ECONNREFUSED\); correct it, or start the host/,
    );
    assert.doesNotMatch((await check(host("nowhere", port))).said, /hidden/);
  });

  test("a mail server that does not let us in, or is not there", async () => {
    const mailbox = await openMailbox();
    const mail = (SMTP_URL: string) => environment({ SMTP_URL, MAIL_FROM: "no-reply@parley.example" });
    try {
      await assertWell(mail(mailbox.url), /^ok +mail: 127\.0\.0\.1:\d+ lets us in, from no-reply@parley\.example$/m);
      assert.equal(mailbox.offered(), 0);
      await assertTodo(mail(changed(mailbox.url, { password: "mistaken" })), /refuses user or password \(EAUTH 535\)/);
    } finally {
      await mailbox.close();
    }
    await assertTodo(
      mail(mailbox.url),
      /mail: SMTP_URL: the mail server \S+ cannot be spoken to \(\w+\); correct host/,
    );
  });

  test("the embedded database while it serves", async () => {
    const env = { DATA_DIR: join(root, "embedded"), DEMO: "0" };
    const program = await startProgram(env);
    try {
      const { code, stdout } = await runParley(["config", "check"], { ...env, PORT: new URL(program.address).port });
      assert.match(stdout, /^ok +database: PostgreSQL 18\.\d+ at 127\.0\.0\.1:\d+, database "parley"$/m);
      assert.match(stdout, /^ok +rights: "parley" has what it needs, and no more$/m);
      assert.match(stdout, /^ok +PORT: \d+, where this installation serves already$/m);
      assert.equal(code, 0, stdout);
    } finally {
      await program.end("SIGTERM");
    }
  });
});
