/** Starts that fail: each says in one sentence what is wrong and what to do, makes nothing, and leaves nothing. */
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readConfig } from "../../src/config.ts";
import { openDatabase } from "../../src/open-database.ts";
import { sentenceOf } from "../../src/trouble.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";
import { runParleyInside } from "../support/command-line.ts";
import { refusedStart } from "../support/program.ts";

let root: string;
let database: TestDatabase;
let taken: Server;

const portOf = (server: Server): string => {
  const address = server.address();
  return String(typeof address === "object" && address !== null ? address.port : 0);
};

before(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-starts-"));
  database = await createTestDatabase();
  taken = await new Promise<Server>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
  });
});

after(async () => {
  taken.close();
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

type Environment = Readonly<Record<string, string>>;

const changed = (url: string, parts: Partial<Pick<URL, "hostname" | "pathname" | "password" | "port">>): string =>
  Object.assign(new URL(url), parts).href;

/** It ends with 1, and all that it says is this, in a line or two, without a stack. */
const assertRefused = async (env: Environment, said: RegExp, secrets: readonly string[] = []) => {
  const ended = await refusedStart({ DATA_DIR: join(root, "data"), DEMO: "0", LOG_LEVEL: "silent", ...env });
  assert.equal(ended.code, 1, ended.said);
  assert.match(ended.said, said);
  assert.doesNotMatch(ended.said, /\n\s+at |node:internal|\[cause\]|Error:/);
  assert.ok(ended.said.trim().split("\n").length <= 3, ended.said);
  for (const secret of secrets) assert.ok(!ended.said.includes(secret), ended.said);
};

describe("a start that cannot succeed", () => {
  test("a taken port is found before there is a cluster, each in a line", async () => {
    const directory = join(root, "ports");
    const port = portOf(taken);
    const other =
      /RAIL_PORT is \d+, and a program listens there already; stop that one, or allowed is another RAIL_PORT/;
    await assertRefused({ DATA_DIR: directory, RAIL_PORT: port }, other);
    await assertRefused({ DATA_DIR: directory, METRICS_PORT: port }, /METRICS_PORT is \d+, and a program listens/);
    await assertRefused({ DATA_DIR: directory, HOST: "192.0.2.1" }, /HOST is "192.0.2.1", where this machine cannot/);
    await assert.rejects(readdir(directory), { code: "ENOENT" });
  });

  test("a database that does not let us in", async () => {
    const { servingUrl, ownerUrl } = database;
    const wrong = changed(servingUrl, { password: "mistaken" });
    const external = { DATABASE_URL: servingUrl, MIGRATE_DATABASE_URL: ownerUrl };
    const cases: readonly (readonly [Environment, RegExp])[] = [
      [{ DATABASE_URL: wrong }, /^DATABASE_URL: .* refuses the password of the role "parley_test"; give the role/],
      [{ MIGRATE_DATABASE_URL: wrong }, /^MIGRATE_DATABASE_URL: .* refuses the password/],
      [
        { DATABASE_URL: changed(servingUrl, { pathname: "/nowhere" }) },
        /there is no database "nowhere" at .*; create it \(create database/,
      ],
      [
        { DATABASE_URL: changed(servingUrl, { hostname: "nobody.invalid" }) },
        /no machine has the name in nobody\.invalid:|the name in nobody\.invalid:\d+ cannot be looked up/,
      ],
      [{ DATABASE_URL: changed(servingUrl, { port: "1" }) }, /nobody listens at .*:1; start PostgreSQL there/],
      [{ DATABASE_URL: `${servingUrl}?sslmode=verify-full` }, /speaks no TLS; switch it on there/],
    ];
    const [[env, said] = [{}, /never/], ...others] = cases;
    await assertRefused({ ...external, ...env }, said, ["mistaken"]);
    for (const [given, sentence] of others) {
      const config = readConfig({ DATA_DIR: join(root, "data"), DEMO: "0", ...external, ...given });
      const error = await openDatabase(config, { log: () => {} }).then(
        () => assert.fail("it let us in"),
        (fault: unknown) => fault,
      );
      assert.match(sentenceOf(error) ?? String(error), sentence);
      assert.ok(!(sentenceOf(error) ?? "").includes("mistaken"));
    }
  });

  test("the command line says the same of a database", async () => {
    const DATABASE_URL = changed(database.servingUrl, { port: "1" });
    const { code, stderr } = await runParleyInside(["audit"], { DATABASE_URL, DATA_DIR: join(root, "data") });
    assert.equal(code, 1);
    assert.match(stderr, /^DATABASE_URL: nobody listens at \S+; start PostgreSQL there[^\n]*\n$/);
  });

  test("a role that may not make anything, and a database that a newer version has made", async () => {
    const { superuserUrl, servingUrl, name } = database;
    await query(superuserUrl, `create database ${name}_empty`);
    try {
      const empty = changed(servingUrl, { pathname: `/${name}_empty` });
      await assertRefused({ DATABASE_URL: empty }, /does not allow it: permission denied .* has to own the database/);
    } finally {
      await query(superuserUrl, `drop database ${name}_empty with (force)`);
    }
    await query(superuserUrl, "insert into public.schema_version (version) values (9999)");
    const external = { DATABASE_URL: servingUrl, MIGRATE_DATABASE_URL: database.ownerUrl };
    await assertRefused(external, /at version 9999, made by a newer Parley, and this one knows \d+: start the newer/);
    await query(superuserUrl, "delete from public.schema_version where version = 9999");
  });

  test("a key file that is damaged is named, without what is in it", async () => {
    const external = { DATABASE_URL: database.servingUrl, MIGRATE_DATABASE_URL: database.ownerUrl };
    const cases = { "issuer.json": '{"d":"hidden', "sealing.json": '{"keys":{"a":"hidden"}}', "keyed-hash.json": "7" };
    for (const [file, content] of Object.entries(cases)) {
      const directory = join(root, `key-${file}`);
      await mkdir(join(directory, "keys"), { recursive: true });
      await writeFile(join(directory, "keys", file), content);
      const said = new RegExp(`The key file ${file} in DATA_DIR/keys holds no .*: put back its copy`);
      await assertRefused({ ...external, DATA_DIR: directory }, said, ["hidden"]);
    }
  });

  test("a DATA_DIR that is a file, and a cluster that another version of PostgreSQL has made", async () => {
    await writeFile(join(root, "file"), "");
    await assertRefused({ DATA_DIR: join(root, "file") }, /is a file where a directory is meant; move it away/);
    await assertRefused({ DATA_DIR: join(root, "file", "below") }, /A part of the path .* is a file; set DATA_DIR/);
    const directory = join(root, "without-passwords");
    await mkdir(join(directory, "postgres", "data"), { recursive: true });
    await chmod(join(directory, "postgres", "data"), 0o700);
    await assertRefused(
      { DATA_DIR: directory },
      /connection\.json with its passwords is missing: restore both|belongs to root/,
    );
  });

  test("a full disk", async () => {
    const error = await writeFile("/dev/full", "x").then(
      () => assert.fail("it took a byte"),
      (error: unknown) => error,
    );
    assert.match(sentenceOf(error) ?? "", /^The disk of \S+ is full; make room there/);
  });
});
