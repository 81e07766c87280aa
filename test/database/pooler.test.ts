/** Behind a real PgBouncer that lends its few sessions for a transaction: two nodes trade, and nothing stays in a session. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { readConfig } from "../../src/config.ts";
import { migrate, poolingOf } from "../../src/database/index.ts";
import { ALL_GRANTS, openDatabase } from "../../src/open-database.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";
import { runParleyInside } from "../support/command-line.ts";
import { eventually, type Json, type Market, startMarket } from "../support/market.ts";
import { type Pooler, startPgbouncer } from "../support/pgbouncer.ts";
import { assertDone, someone, tradeAcross } from "../support/trades.ts";

const SESSIONS = 3;
/** Pairs who trade at once, each on both nodes. */
const PAIRS = 12;

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** All sessions of the pooler at once, so that none is looked at twice. */
const inEachSession = async <Row>(url: string, statement: string): Promise<readonly Row[]> => {
  const clients = upTo(SESSIONS).map(() => new pg.Client({ connectionString: url }));
  try {
    for (const client of clients) {
      await client.connect();
      await client.query("begin");
    }
    const pids = await Promise.all(clients.map((client) => client.query("select pg_backend_pid() as pid")));
    assert.equal(new Set(pids.map(({ rows }) => rows[0].pid)).size, SESSIONS);
    const found = await Promise.all(clients.map((client) => client.query(statement)));
    return found.flatMap(({ rows }) => rows as Row[]);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
};

const LEFT = `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
  current_setting('enable_seqscan') as seqscan, current_setting('default_transaction_read_only') as read_only,
  (select count(*)::int from pg_prepared_statements) as prepared, (select count(*)::int from pg_listening_channels()) as listening,
  (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks`;
const NOTHING = { lock: "0", statement: "0", seqscan: "on", read_only: "off", prepared: 0, listening: 0, locks: 0 };

for (const direct of [true, false])
  describe(`two nodes behind a pooler ${direct ? "with a way past it" : "alone"}`, () => {
    let market: Market;
    let pooler: Pooler;
    before(async () => {
      market = await startMarket({
        nodes: 2,
        async connect(database) {
          pooler = await startPgbouncer(database, { sessions: SESSIONS });
          return {
            PREPARED_STATEMENTS: "unnamed",
            DATABASE_URL: pooler.through(database.servingUrl),
            MIGRATE_DATABASE_URL: database.ownerUrl,
            ...(direct ? { DIRECT_DATABASE_URL: database.servingUrl } : {}),
          };
        },
      });
    });
    after(async () => {
      await market.end();
      await pooler.stop();
    });

    test("F245 trade at once, hear of each other, and leave nothing in a session that others are lent", async () => {
      const watcher = someone("watcher");
      await market.fund(watcher, 1_000);
      const places = await Promise.all(
        [0, 1].map(
          async (node) => assertDone(await market.as(watcher)("GET", "/p2p/events?after=", undefined, { node })).next,
        ),
      );
      assert.equal(places.length, 2);
      const done = await Promise.all(upTo(PAIRS).map(() => tradeAcross(market)));
      assert.equal(new Set(done.map(({ order }) => order.id)).size, PAIRS);
      for (const node of [0, 1]) {
        await market.fund(watcher, 500 + node);
        await eventually(async () => {
          const { items } = assertDone(
            await market.as(watcher)("GET", `/p2p/events?after=${places[node]}`, undefined, { node }),
          );
          return items.some(({ data }: Json) => data.amount === 500 + node);
        }, `node ${node} hears of it`);
      }
      for (const { order, buyer } of done) {
        const found = assertDone(await market.as(buyer)("GET", `/p2p/orders/${order.id}`, undefined, { node: 0 }));
        assert.equal(found.status, "completed");
        assert.ok(found.created_at.endsWith("Z") && Math.abs(Date.parse(found.created_at) - Date.now()) < 600_000);
      }
      const url = pooler.through(market.database.servingUrl);
      assert.deepEqual(
        await inEachSession(url, LEFT),
        upTo(SESSIONS).map(() => NOTHING),
      );
    });
  });

describe("a pooler", () => {
  let database: TestDatabase;
  let pooler: Pooler;
  before(async () => {
    database = await createTestDatabase();
    pooler = await startPgbouncer(database, { sessions: SESSIONS });
  });
  after(async () => {
    await pooler.stop();
    await database.drop();
  });

  const environment = (env: Readonly<Record<string, string>> = {}) => ({
    DATABASE_URL: pooler.through(database.servingUrl),
    MIGRATE_DATABASE_URL: database.ownerUrl,
    DATA_DIR: "/nonexistent/parley",
    ...env,
  });

  test("is known for what it is, and settings that do not go with it end a start in a sentence", async () => {
    assert.equal(await poolingOf(database.servingUrl), "none");
    assert.equal(await poolingOf(pooler.through(database.servingUrl)), "transaction");
    const sessions = await startPgbouncer(database, { mode: "session", sessions: 5 });
    try {
      assert.equal(await poolingOf(sessions.through(database.servingUrl)), "session");
    } finally {
      await sessions.stop();
    }
    const open = (env: Readonly<Record<string, string>>) =>
      openDatabase(readConfig(environment(env)), { log: () => {} });
    await assert.rejects(open({}), /lends a session for a transaction: set PREPARED_STATEMENTS=unnamed, and MIGRATE_/);
    const through = pooler.through(database.ownerUrl);
    await assert.rejects(
      open({ PREPARED_STATEMENTS: "unnamed", MIGRATE_DATABASE_URL: through }),
      /^FailedError: MIGRATE_DATABASE_URL leads through a pooler .*; name the database itself, past the pooler\.$/,
    );
    await (await open({ PREPARED_STATEMENTS: "unnamed" })).stop();
    const { stdout } = await runParleyInside(["config", "check"], environment());
    assert.match(stdout, /^TO DO +pooler: DATABASE_URL leads through a pooler that lends a session for a transaction/m);
  });

  test("is gone round by the audit, which says what it lacks where it cannot", async () => {
    const env = environment({ PREPARED_STATEMENTS: "unnamed" });
    const alone = await runParleyInside(["audit"], env);
    assert.equal(alone.code, 1);
    assert.match(alone.stderr, /^This needs a session of its own, .*: set DIRECT_DATABASE_URL to the database/);
    const past = await runParleyInside(["audit"], { ...env, DIRECT_DATABASE_URL: database.servingUrl });
    assert.equal(past.code, 0, past.stderr);
    assert.match(past.stdout, /checks, all clean/);
  });
});

describe("migrations", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const run = (limitMs?: number) =>
    migrate({
      connectionString: database.ownerUrl,
      servingRole: "parley_test",
      grants: ALL_GRANTS,
      ...(limitMs === undefined ? {} : { limitMs }),
    });

  test("F245 wait for another one that migrates, and say whom they waited for", async () => {
    const holder = new pg.Client({ connectionString: database.ownerUrl, application_name: "an older node" });
    await holder.connect();
    try {
      await holder.query("select pg_advisory_lock(7241500)");
      await assert.rejects(run(0), /cannot be migrated now: another node migrates, .* \d+ \(an older node\)\.$/);
      const waiting = run();
      await eventually(async () => {
        const rows = await database.sql(
          "select from pg_locks where locktype = 'advisory' and objid = 7241500 and not granted",
        );
        return rows.length > 0;
      }, "it waits");
      await holder.query("select pg_advisory_unlock(7241500)");
      assert.equal(await waiting, 0);
    } finally {
      await holder.end();
    }
    assert.deepEqual(await database.sql("select from pg_locks where locktype = 'advisory' and objid = 7241500"), []);
  });

  test("of nodes that start at once on an empty database run once each", async () => {
    const name = `${database.name}_fresh`;
    await query(database.superuserUrl, `create database ${name} owner parley_test_owner`);
    const connectionString = Object.assign(new URL(database.ownerUrl), { pathname: `/${name}` }).href;
    try {
      const both = upTo(2).map(() => migrate({ connectionString, servingRole: "parley_test", grants: ALL_GRANTS }));
      await Promise.all(both);
      const [result] = await query(
        connectionString,
        "select count(*)::int as count, count(distinct version)::int as versions from public.schema_version",
      );
      const { count, versions } = result?.rows[0] ?? {};
      assert.ok(count > 40 && count === versions, `${count} rows of ${versions} versions`);
    } finally {
      await query(database.superuserUrl, `drop database ${name} with (force)`);
    }
  });
});
