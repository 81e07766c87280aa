/** Events that were told before they were rows of commands are carried over, under the same positions and days. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { copiesIn } from "../../src/engine/index.ts";
import { createTestDatabase, query } from "../support/cluster.ts";

const MIGRATIONS = new URL("../../migrations/", import.meta.url);
const SUBJECT = "0017";

const database = await createTestDatabase();
after(() => database.drop());

/** @param holds of the number of a migration */
const migrationsWhere = async (holds: (number: string) => boolean): Promise<readonly string[]> => {
  const names = (await readdir(MIGRATIONS)).filter((name) => holds(name.slice(0, 4))).sort();
  return Promise.all(names.map((name) => readFile(new URL(name, MIGRATIONS), "utf8")));
};

const run = async (...statements: readonly string[]) =>
  (await query(database.superuserUrl, "set timezone to 'UTC'", ...statements)).at(-1)?.rows;

const flat = (schema: string) =>
  run(`select c.position::int, recipient, c.type, c.data, e.at::text from ${copiesIn(schema)} c
    join ${schema}.events e on e.position = c.position order by c.position, c.place`);

test("what was told is carried over to the rows of commands, with its day's partition", async () => {
  await run(
    "drop schema engine, exchange, rail, deliveries cascade",
    ...(await migrationsWhere((number) => number < SUBJECT)),
    "create table exchange.events_2040011009 partition of exchange.events for values from ('2040-01-10 09:00+00') to ('2040-01-11')",
    "create table exchange.events_2040011100 partition of exchange.events for values from ('2040-01-11') to ('2040-01-12')",
    `insert into exchange.events values (1, 'a', 'order.updated', '{"n": 1}', '2040-01-10 10:00+00'),
      (2, 'b', 'order.updated', '{"n": 1}', '2040-01-10 10:00+00'), (3, 'a', 'ad.updated', '{}', '2040-01-11 10:00+00')`,
    `insert into rail.events values (1, 'directory', 'directory', '{"guid": "g"}', '2040-01-11 10:00+00')`,
  );
  await run(...(await migrationsWhere((number) => number === SUBJECT)));
  assert.deepEqual(await flat("exchange"), [
    { position: 1, recipient: "a", type: "order.updated", data: { n: 1 }, at: "2040-01-10 10:00:00+00" },
    { position: 2, recipient: "b", type: "order.updated", data: { n: 1 }, at: "2040-01-10 10:00:00+00" },
    { position: 3, recipient: "a", type: "ad.updated", data: {}, at: "2040-01-11 10:00:00+00" },
  ]);
  assert.deepEqual(await flat("rail"), [
    { position: 1, recipient: "directory", type: "directory", data: { guid: "g" }, at: "2040-01-11 10:00:00+00" },
  ]);
  assert.deepEqual(
    await run(`select tableoid::regclass::text as partition, position::int from exchange.events order by position`),
    [
      { partition: "exchange.events_2040011009", position: 1 },
      { partition: "exchange.events_2040011009", position: 2 },
      { partition: "exchange.events_2040011100", position: 3 },
    ],
  );
  const old = await run(`select relname from pg_class where relname like '%before%'`);
  assert.deepEqual(old, [], "nothing of the old tables is left");
});
