// The embedded server against everything that can die around it: real processes, really killed.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { type EmbeddedDatabase, readEmbeddedUrls, startEmbedded } from "../../src/database/embedded.ts";
import { eventually } from "../support/eventually.ts";

const MODULE = new URL("../../src/database/embedded.ts", import.meta.url).href;

let root: string;

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "parley-embedded-")));
});

after(() => rm(root, { recursive: true, force: true }));

const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

/** Runs `use` with a started database, and leaves no server behind whatever happens. */
const withDatabase = async <T>(
  directory: string,
  use: (db: EmbeddedDatabase) => Promise<T>,
  log: (line: string) => void = () => {},
): Promise<T> => {
  const db = await startEmbedded({ directory, log });
  try {
    return await use(db);
  } finally {
    await db.stop();
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A process that starts the database, says its postmaster, and waits. */
const startInChild = async (directory: string): Promise<{ child: ChildProcess; postmasterPid: number }> => {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(MODULE)});
    const db = await startEmbedded({ directory: ${JSON.stringify(directory)} });
    console.log(db.postmasterPid);
    setInterval(() => {}, 60_000);`;
  const args = ["--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  assert.ok(child.stdout);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, postmasterPid: Number(line) };
};

const kill = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
};

describe("a directory's life", () => {
  test("the first start makes everything, the second nothing and finds the data, a stop ends the server", async () => {
    const directory = join(root, "life");
    const creating = /^creating a PostgreSQL cluster/;
    const [firstLines, secondLines]: [string[], string[]] = [[], []];
    const first = await withDatabase(
      directory,
      async (db) => {
        await query(db.ownerUrl, "create table kept (n int); insert into kept values (42)");
        return db;
      },
      (line) => firstLines.push(line),
    );
    assert.equal(isAlive(first.postmasterPid), false);
    assert.match(firstLines[0] ?? "", creating);

    const use = async (db: EmbeddedDatabase) => {
      // What takes time is making the cluster.
      assert.doesNotMatch(secondLines.join("\n"), creating);
      assert.equal(secondLines.length, 1);
      assert.equal(db.ownerUrl, first.ownerUrl);
      assert.deepEqual(await readEmbeddedUrls(directory).then((urls) => urls?.servingUrl), db.servingUrl);
      assert.deepEqual(await query(db.ownerUrl, "select n from kept"), [{ n: 42 }]);
    };
    await withDatabase(directory, use, (line) => secondLines.push(line));
  });

  test("a first start that was killed half-way leaves nothing in the way of the next", async () => {
    const directory = join(root, "half-way");
    await mkdir(join(directory, "data.new-killed"), { recursive: true });
    await writeFile(join(directory, "data.new-killed", "PG_VERSION"), "18\n");
    await withDatabase(directory, async (db) => {
      assert.deepEqual(await query(db.ownerUrl, "select 1 as one"), [{ one: 1 }]);
    });
    await assert.rejects(stat(join(directory, "data.new-killed")), { code: "ENOENT" });
  });

  test("a setting that PostgreSQL does not take is named in the error, and the directory stays usable", async () => {
    const directory = join(root, "setting");
    await assert.rejects(startEmbedded({ directory, settings: { max_wal_size: "much" } }), /max_wal_size.*"much"/s);
    await withDatabase(directory, async (db) =>
      assert.equal((await query(db.servingUrl, "select 1 as one")).length, 1),
    );
  });

  test("a stop may be asked for twice, and after the server has died", async () => {
    const db = await startEmbedded({ directory: join(root, "life") });
    process.kill(db.postmasterPid, "SIGKILL");
    await Promise.all([db.stop(), db.stop()]);
    await db.stop();
  });
});

describe("what the cluster is like", () => {
  const directory = () => join(root, "cluster");

  test("it keeps its promises about durability, text and reach", async () => {
    await withDatabase(directory(), async (db) => {
      const show = async (name: string) => (await query(db.superuserUrl, `show ${name}`))[0]?.[name];
      assert.equal(await show("fsync"), "on");
      assert.equal(await show("data_checksums"), "on");
      assert.equal(await show("server_encoding"), "UTF8");
      assert.equal(await show("listen_addresses"), "127.0.0.1");
      assert.equal(await show("unix_socket_directories"), "");
      const locale = "select datlocprovider as provider, datlocale as locale from pg_database where datname = 'parley'";
      assert.deepEqual(await query(db.ownerUrl, locale), [{ provider: "b", locale: "C.UTF-8" }]);
    });
  });

  test("the passwords are for their owner's eyes only, and nobody gets in without", async () => {
    await withDatabase(directory(), async (db) => {
      assert.equal((await stat(join(directory(), "connection.json"))).mode & 0o777, 0o600);
      const wrong = new URL(db.superuserUrl);
      wrong.password = "guessed";
      await assert.rejects(query(wrong.href, "select 1"), { code: "28P01" });
    });
  });

  test("the serving role owns nothing, makes nothing, and reads only what it is given", async () => {
    await withDatabase(directory(), async (db) => {
      const facts = "rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls";
      const roles = `select rolname, ${facts} as mighty from pg_roles where rolname like 'parley%' order by 1`;
      assert.deepEqual(await query(db.servingUrl, roles), [
        { rolname: "parley", mighty: false },
        { rolname: "parley_owner", mighty: false },
      ]);
      await query(db.ownerUrl, "create table if not exists secret (n int)");
      for (const sql of ["create table t (n int)", "create schema s", "create temp table t (n int)", "table secret"]) {
        await assert.rejects(query(db.servingUrl, sql), { code: "42501" }, sql);
      }
      const elsewhere = new URL(db.servingUrl);
      elsewhere.pathname = "/postgres";
      await assert.rejects(query(elsewhere.href, "select 1"), { code: "42501" });
    });
  });

  test("it runs unprivileged, also where only root may enter", async () => {
    const guarded = join(root, "guarded");
    await mkdir(guarded);
    await chmod(guarded, 0o700);
    await withDatabase(join(guarded, "postgres"), async () => {
      const { uid } = await stat(join(guarded, "postgres", "data"));
      // PostgreSQL refuses data that is not its own user's, so this is the user it runs as.
      if (process.getuid?.() === 0) assert.notEqual(uid, 0);
      else assert.equal(uid, process.getuid?.());
    });
  });
});

describe("after a crash", () => {
  test("a killed server is recovered with all it had committed, once its last processes have ended", async () => {
    const directory = join(root, "killed-server");
    const db = await startEmbedded({ directory });
    await query(db.ownerUrl, "create table paid (n int)");
    // A busy process of the dead server, which does not notice the death before its loop has ended.
    const loop = "do $$ begin while pg_stat_file('parley.enough', true) is null loop end loop; end $$ -- busy";
    const busy = query(db.superuserUrl, loop).catch(() => {});
    const looping = "select from pg_stat_activity where query like '%-- busy' and pid <> pg_backend_pid()";
    await eventually(async () => (await query(db.superuserUrl, looping)).length > 0, "the loop");
    await query(db.ownerUrl, "insert into paid select generate_series(1, 1000)");
    process.kill(db.postmasterPid, "SIGKILL");
    await db.stop();

    const log = () => readFile(join(directory, "postgres.log"), "utf8");
    const waits = eventually(
      async () => /pre-existing shared memory block/.test(await log()),
      "a start that must wait",
    );
    const recovered = withDatabase(directory, async (next) => {
      assert.notEqual(next.postmasterPid, db.postmasterPid);
      assert.deepEqual(await query(next.ownerUrl, "select count(*)::int from paid"), [{ count: 1000 }]);
    });
    await waits.finally(() => writeFile(join(directory, "data", "parley.enough"), ""));
    await Promise.all([busy, recovered]);
    assert.match(await log(), /was not properly shut down/);
  });

  test("a dead server's process id that now is another program's does not stop the start", async () => {
    const directory = join(root, "recycled");
    const db = await startEmbedded({ directory });
    process.kill(db.postmasterPid, "SIGKILL");
    await db.stop();
    const { uid, gid } = await stat(join(directory, "data"));
    const stranger = spawn("sleep", ["60"], { uid, gid, stdio: "ignore" });
    try {
      const file = join(directory, "data", "postmaster.pid");
      await writeFile(file, (await readFile(file, "utf8")).replace(/^\d+/, String(stranger.pid)));
      await withDatabase(directory, async (next) => assert.notEqual(next.postmasterPid, stranger.pid));
      assert.equal(stranger.exitCode ?? stranger.signalCode, null, "the other program is left alone");
    } finally {
      await kill(stranger);
    }
  });

  test("a server ends with its killed owner, in order: the next one waits for that and has nothing to recover", async () => {
    const directory = join(root, "orphan");
    const { child, postmasterPid } = await startInChild(directory);
    const { servingUrl = "" } = (await readEmbeddedUrls(directory)) ?? {};
    await query(servingUrl, "select 1");
    await kill(child);
    await withDatabase(directory, async (db) => {
      // Two servers never have the same data.
      assert.notEqual(db.postmasterPid, postmasterPid);
      assert.deepEqual(await query(db.servingUrl, "select 1 as one"), [{ one: 1 }]);
    });
    assert.doesNotMatch(await readFile(join(directory, "postgres.log"), "utf8"), /not properly shut down/);
  });

  test("a server that somebody else tells to stop is not started again: its owner is told", async () => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
      const { promise: told, resolve: onTold } = Promise.withResolvers<void>();
      const db = await startEmbedded({ directory: join(root, "told"), onTold });
      const { postmasterPid } = db;
      process.kill(postmasterPid, signal);
      await told;
      await db.stop();
      assert.equal(isAlive(postmasterPid), false, signal);
      assert.equal(db.postmasterPid, postmasterPid, "no other one was started");
    }
  });

  test("a server that outlived its killed owner and its guard is taken over, and stopped in the end", async () => {
    const directory = join(root, "killed-owner");
    const { child, postmasterPid } = await startInChild(directory);
    // Stopped first, so that it cannot start another guard.
    process.kill(child.pid ?? 0, "SIGSTOP");
    process.kill(Number(await readFile(join(directory, "guard.pid"), "utf8")), "SIGKILL");
    await kill(child);
    assert.equal(isAlive(postmasterPid), true);
    await withDatabase(directory, async (db) => {
      assert.equal(db.postmasterPid, postmasterPid);
      assert.deepEqual(await query(db.servingUrl, "select 1 as one"), [{ one: 1 }]);
    });
    await assert.rejects(query((await readEmbeddedUrls(directory))?.ownerUrl ?? "", "select 1"), /ECONNREFUSED/);
  });
});

describe("two at once", () => {
  test("a second start is refused while the first owner lives, and says who that is", async () => {
    const directory = join(root, "contended");
    const { child } = await startInChild(directory);
    await assert.rejects(startEmbedded({ directory }), new RegExp(`in use by process ${child.pid}: stop that first`));
    await kill(child);
    await withDatabase(directory, async () => {
      await assert.rejects(startEmbedded({ directory }), new RegExp(`process ${process.pid}:`));
    });
  });

  test("a copied directory gets a server of its own, and the original's is left alone", async () => {
    const [original, copy] = [join(root, "original"), join(root, "copy")];
    const { child, postmasterPid } = await startInChild(original);
    await cp(original, copy, { recursive: true });
    const { uid, gid } = await stat(join(original, "data"));
    const chown = spawn("chown", ["-R", `${uid}:${gid}`, join(copy, "data")]);
    await once(chown, "exit");
    await withDatabase(copy, async (db) => assert.notEqual(db.postmasterPid, postmasterPid));
    assert.equal(isAlive(postmasterPid), true);
    await kill(child);
    await withDatabase(original, async (db) => assert.notEqual(db.postmasterPid, postmasterPid));
  });
});
