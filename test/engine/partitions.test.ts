/** The feed's partitions come and go while others read and write; what cannot get its lock is tried again. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import pg from "pg";
import { demandPartition, rollPartitions } from "../../src/engine/index.ts";
import { DAY, instant } from "../../src/kernel/index.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";

const TABLE = "exchange.events";
const NOON = Date.UTC(2040, 0, 10, 12);
const at = (day: number) => instant(NOON + day * DAY);

let database: TestDatabase;
const open: pg.Client[] = [];
before(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.end();
});
after(() => database.drop());

const roll = (day: number) =>
  rollPartitions({ connectionString: database.ownerUrl, table: TABLE, now: at(day), keptMs: 7 * DAY });

const session = async (...statements: readonly string[]): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: database.servingUrl });
  await client.connect();
  open.push(client);
  for (const statement of statements) await client.query(statement);
  return client;
};

const rowsOf = async <Row>(sql: string): Promise<Row[]> => {
  const [result] = await query(database.superuserUrl, sql);
  return (result?.rows ?? []) as Row[];
};

/** By the day on which they begin, attached ones first. */
const partitions = async () => {
  const rows = await rowsOf<{ name: string; attached: boolean }>(
    `select relname as name, relispartition as attached from pg_class
     where relname ~ '^events_[0-9]+$' and relkind = 'r' and relname >= 'events_2039' order by relname`,
  );
  return { attached: rows.filter((row) => row.attached).map(({ name }) => name), others: rows.length };
};

let position = 1_000_000;
const INSERT = `insert into exchange.events (position, first_recipient, items, at) values ($1, 'x', '[]', $2)`;
/** As the engine does, with the patience of the engine. */
const write = async (client: pg.Client, day: number) => {
  await client.query("set lock_timeout = '500ms'");
  await client.query(INSERT, [position++, new Date(at(day))]);
};

test("partitions are made a week ahead, one after the other without a gap, and dropped after a week", async () => {
  const first = await roll(0);
  assert.equal(first.complete, true);
  assert.equal(first.until, Date.UTC(2040, 0, 18));
  const names = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `events_204001${String(from + index).padStart(2, "0")}00`);
  assert.deepEqual((await partitions()).attached, names(10, 17));
  const writer = await session();
  for (const day of [0, 3, 7]) await write(writer, day);
  assert.deepEqual(await roll(7), { complete: true, until: Date.UTC(2040, 0, 25) });
  assert.deepEqual((await partitions()).attached, names(10, 24));
  assert.deepEqual(await roll(9), { complete: true, until: Date.UTC(2040, 0, 27) });
  assert.deepEqual(await partitions(), { attached: names(12, 26), others: 15 });
  const [left] = await rowsOf<{ events: string }>(
    `select count(*) as events from exchange.events where at > '2040-01-01'`,
  );
  assert.equal(Number(left?.events), 2);
});

test("a reader that lasts stops no write while partitions roll, and is not disturbed itself", async () => {
  await roll(10);
  const reader = await session("begin isolation level repeatable read");
  const read = async () => (await reader.query("select count(*)::int as events from exchange.events")).rows[0].events;
  const before = await read();
  const writer = await session();
  const [rolled] = await Promise.all([roll(14), write(writer, 10), write(writer, 11)]);
  assert.equal(rolled.until, Date.UTC(2040, 1, 1), "what is new is there");
  assert.equal(rolled.complete, false, "what is old waits for the reader");
  assert.ok((await partitions()).attached.includes("events_2040013100"));
  await write(writer, 14);
  assert.equal(await read(), before);
  // Still there: the roll was half way, and goes on when nobody reads any more.
  assert.equal((await roll(14)).complete, false);
  await reader.query("commit");
  assert.equal((await roll(14)).complete, true);
  const { attached, others } = await partitions();
  assert.equal(attached[0], "events_2040011700");
  assert.equal(others, attached.length);
});

test("a roll that does not get its lock leaves all as it was, and another one does it", async () => {
  await roll(20);
  const before = await partitions();
  const vacuum = new pg.Client({ connectionString: database.ownerUrl });
  await vacuum.connect();
  open.push(vacuum);
  await vacuum.query("begin");
  await vacuum.query("lock table exchange.events in share update exclusive mode");
  const refused = await roll(22);
  assert.equal(refused.complete, false);
  assert.deepEqual(await partitions(), before);
  await write(await session(), 20);
  await vacuum.query("rollback");
  assert.equal((await roll(22)).complete, true);
  assert.notDeepEqual(await partitions(), before);
});

test("nodes that roll at the same time do not disturb each other", async () => {
  const rolls = await Promise.all([roll(30), roll(30), roll(30)]);
  assert.ok(rolls.some(({ complete }) => complete));
  assert.equal((await roll(30)).complete, true);
});

test("after a long stop there is a partition for now", async () => {
  await demandPartition({ connectionString: database.ownerUrl, table: TABLE, now: at(90) });
  await write(await session(), 90);
});
