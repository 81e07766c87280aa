/** What a thief can do in the database who has the serving role's password: read what it reads, and empty nothing. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { migrate } from "../../src/database/index.ts";
import { rollPartitions } from "../../src/engine/index.ts";
import { ALL_GRANTS } from "../../src/open-database.ts";
import { type Market, startMarket } from "../support/market.ts";
import { trade } from "../support/trades.ts";

const SCHEMAS = "('engine', 'exchange', 'rail', 'deliveries', 'public')";
const FORBIDDEN = "42501";

let market: Market;
let thief: pg.Client;
before(async () => {
  market = await startMarket();
  await trade(market, { status: "completed" });
  await trade(market);
  // What the exchange alone would not have yet.
  await market.sql(`
    insert into rail.claims (scope, key, fingerprint, answer, expires_at) values ('s', 'k', 'f', '{}', now() + interval '1 day');
    insert into rail.claims (scope, key, fingerprint, answer) values ('body', 'k', 'f', '');
    insert into rail.events (position, first_recipient, items, at) values (1, 'bank', '[]', now());
    update rail.feed set position = 1;
    insert into deliveries.queue (channel, endpoint, subject, event_id, body) values ('lab', 'e', 's', 'waiting', '{}');
    insert into deliveries.queue (channel, endpoint, subject, event_id, body, state, settled_at)
      values ('lab', 'e', 's', 'delivered', '{}', 'delivered', now());
    insert into deliveries.cursors (endpoint, position) values ('e', 7)`);
  thief = new pg.Client({ connectionString: market.database.servingUrl });
  await thief.connect();
});
after(async () => {
  await thief.end();
  await market.sql("delete from rail.claims; delete from rail.events; update rail.feed set position = 0");
  await market.sql("delete from deliveries.queue where channel = 'lab'; delete from deliveries.cursors");
  await market.end();
});

/** Tries it and takes it back. @returns the code of its failure; null: it went through */
const attempt = async (statement: string): Promise<string | null> => {
  await thief.query("begin");
  try {
    await thief.query(statement);
    return null;
  } catch (error) {
    return (error as { readonly code: string }).code;
  } finally {
    await thief.query("rollback");
  }
};

const tables = async (): Promise<readonly string[]> => {
  const rows = await market.sql(`select c.oid::regclass::text as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') order by 1`);
  return rows.map(({ name }) => name);
};

type Routine = { readonly name: string; readonly arguments: readonly string[]; readonly definer: boolean };
const routines = async (): Promise<readonly Routine[]> =>
  (await market.sql(`select p.oid::regproc::text as name, p.prosecdef as definer,
      array(select format_type(t, null) from unnest(p.proargtypes) as t) as arguments
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ${SCHEMAS} and has_function_privilege('parley_test', p.oid, 'execute')`)) as Routine[];

describe("with the serving role's password", () => {
  test("F94: no function does anything as somebody mightier, and nobody else may call any", async () => {
    assert.deepEqual(
      (await routines()).filter(({ definer }) => definer),
      [],
    );
    const open = await market.sql(`select p.oid::regproc::text as name from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ${SCHEMAS} and has_function_privilege('public', p.oid, 'execute')`);
    assert.deepEqual(open, []);
    // Whoever may put something on the path before ours is whose function runs.
    const unpinned = await market.sql(`select p.oid::regproc::text as name from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${SCHEMAS} and p.prosecdef
        and not exists (select from unnest(p.proconfig) as setting where setting like 'search_path=%')`);
    assert.deepEqual(unpinned, []);
  });

  test("F94: each function, called with dates of all ages, nulls and too much, leaves every table as it was", async () => {
    // Figures are added up by the node meanwhile.
    const names = (await tables()).filter((name) => name !== "exchange.daily_figures");
    const count = async () =>
      Promise.all(names.map(async (name) => [name, (await market.sql(`select count(*)::int as n from ${name}`))[0].n]));
    const before = await count();
    const hostile: Readonly<Record<string, readonly string[]>> = {
      date: ["null", "'infinity'", "'-infinity'", "'9999-12-31'", "'0001-01-01'"],
      text: ["null", "''", "'exchange.events; drop table exchange.events'", "repeat('x', 100000)"],
      bigint: ["null", "-1", "9223372036854775807", "-9223372036854775808"],
      "text[]": ["null", "'{}'", "array['a', null]", "array_fill('x'::text, array[10000])"],
    };
    for (const { name, arguments: types } of await routines()) {
      for (let round = 0; round < 5; round++) {
        const given = types.map((type) => {
          const values = hostile[type] ?? ["null"];
          return `${values[round % values.length]}::${type}`;
        });
        // Committed: what it does is to be seen.
        await thief.query(`select ${name}(${given.join(", ")})`).catch(() => {});
      }
    }
    await assert.rejects(thief.query("select exchange.roll_events('9999-12-31')"), { code: "42883" });
    assert.deepEqual(await count(), before);
  });

  test("no table is emptied, altered, given a trigger or a rule, or read past its rights", async () => {
    for (const name of await tables()) {
      for (const statement of [
        `truncate ${name}`,
        `truncate ${name} cascade`,
        `drop table ${name} cascade`,
        `alter table ${name} disable trigger all`,
        `alter table ${name} owner to parley_test`,
        `alter table ${name} disable row level security`,
        `create trigger spy before insert on ${name} for each row execute function suppress_redundant_updates_trigger()`,
        `create rule silence as on insert to ${name} do instead nothing`,
      ])
        assert.equal(await attempt(statement), FORBIDDEN, statement);
    }
  });

  test("what may be deleted is only what is over: the whole of a table never goes", async () => {
    const deletable: string[] = [];
    for (const name of await tables()) {
      const [row] = await market.sql(`select has_table_privilege('parley_test', '${name}', 'delete') as allowed`);
      if (row.allowed) deletable.push(name);
      else assert.equal(await attempt(`delete from ${name}`), FORBIDDEN, name);
    }
    assert.deepEqual(deletable, [
      "deliveries.queue",
      // Sums of a proof, which the next whole one makes anew.
      "exchange.audit_balances",
      "exchange.claims",
      "exchange.order_deadlines",
      // Notes that something is to be looked at, written and removed by the same step.
      "rail.asks_to_end",
      "rail.claims",
      "rail.claims_passing",
      "rail.events",
      "rail.order_deadlines",
      "rail.phone_changes",
    ]);
    for (const name of [
      "deliveries.queue",
      "exchange.claims",
      "exchange.order_deadlines",
      "rail.claims",
      "rail.events",
    ])
      assert.equal(await attempt(`delete from ${name}`), FORBIDDEN, name);
    assert.equal(await attempt("delete from rail.claims where scope = 'body'"), FORBIDDEN);
    assert.equal(await attempt("delete from deliveries.queue where event_id = 'delivered'"), FORBIDDEN);
  });

  test("neither feeds nor cursors go back, so that no reader misses what is written next", async () => {
    for (const statement of [
      "update exchange.feed set position = position - 1",
      "update exchange.feed set position = 0",
      "update exchange.feed set epoch = 'x'",
      "update rail.feed set position = 0",
      "update deliveries.cursors set position = position - 1",
      "update deliveries.queue set body = '{}'",
      "update deliveries.queue set endpoint = 'elsewhere'",
      "update exchange.events set items = '[]'",
    ])
      assert.equal(await attempt(statement), FORBIDDEN, statement);
  });

  test("what the database is for, who moved money, and which migrations ran stay as they were written", async () => {
    for (const statement of [
      "select * from engine.purpose",
      "insert into engine.purpose (demo) values (true)",
      "update engine.purpose set demo = true",
      "delete from engine.purpose",
      "select * from engine.key_fingerprints",
      "insert into engine.key_fingerprints (kind, fingerprint) values ('issuer', 'x')",
      "delete from engine.key_fingerprints",
      "update exchange.platform_acts set actor = 'somebody else'",
      "delete from exchange.platform_acts",
      "update exchange.operator_acts set operator_id = 'somebody else'",
      "update public.schema_version set version = 0",
    ])
      assert.equal(await attempt(statement), FORBIDDEN, statement);
  });

  test("nothing outside of the database is reached", async () => {
    for (const statement of [
      "copy exchange.traders to program 'cat'",
      "copy exchange.traders to '/tmp/traders'",
      "select pg_read_file('/etc/passwd')",
      "select pg_ls_dir('/')",
      "select lo_import('/etc/passwd')",
      "create extension dblink",
      "create extension postgres_fdw",
      "alter system set archive_command = 'id'",
      "set session authorization postgres",
      "create role mine superuser",
      "create schema mine",
      "create function public.mine() returns int language sql as 'select 1'",
      "create function exchange.mine() returns int language sql security definer as 'select 1'",
      "create or replace function engine.forbid() returns trigger language plpgsql as 'begin return old; end'",
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'",
    ]) {
      const code = await attempt(statement);
      // What does not run inside a transaction says so only to those who might.
      assert.ok(code === FORBIDDEN || code === "25001" || code === "0A000", `${statement}: ${code}`);
    }
  });
});

test("the owning role still throws away what is old, and repairs by hand", async () => {
  const owner = new pg.Client({ connectionString: market.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query("begin");
    await owner.query("delete from exchange.claims; update exchange.feed set position = 0, epoch = 'restored'");
    await owner.query("rollback");
  } finally {
    await owner.end();
  }
  const { complete } = await rollPartitions({ connectionString: market.database.ownerUrl, table: "exchange.events" });
  assert.equal(complete, true);
  // A start gives the rights anew, and takes back what somebody gave by hand.
  await market.sql(
    "grant delete on exchange.transfers to parley_test; grant execute on function engine.forbid() to public",
  );
  await migrate({ connectionString: market.database.ownerUrl, servingRole: "parley_test", grants: ALL_GRANTS });
  assert.equal(await attempt("delete from exchange.transfers"), FORBIDDEN);
  const [row] = await market.sql("select has_function_privilege('public', 'engine.forbid()', 'execute') as open");
  assert.equal(row.open, false);
});
