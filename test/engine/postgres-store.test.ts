/** The store on PostgreSQL keeps the promises of stores. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { copiesIn } from "../../src/engine/feed/event-rows.ts";
import type { Save } from "../../src/engine/store.ts";
import { instant } from "../../src/kernel/index.ts";
import { createLabDatabase, EMPTY_SAMPLE, NOTE_IDS, purses, samples } from "./lab.ts";
import { storeSuite } from "./store-suite.ts";

const database = await createLabDatabase();

storeSuite(async () => {
  const store = database.store();
  return {
    store,
    moves: async () => {
      const rows = await database.sql("select * from lab.moves order by ctid");
      return rows.map((row) => ({
        at: instant(new Date(row.at as string).getTime()),
        purseId: row.purse_id as string,
        amount: BigInt(row.amount as string),
        details: row.details as unknown as object | null,
      }));
    },
    told: async () => {
      const rows = await database.sql(
        `select recipient, type, data from ${copiesIn("lab")} e order by position, place`,
      );
      return rows.map((row) => ({ recipient: row.recipient ?? "", type: row.type ?? "", data: row.data }));
    },
    end: () => store.close(),
  };
});

after(() => database.drop());

const NOTHING: Save = { inserts: [], updates: [], appends: [], events: [], answers: [] };
const PLAN = { claims: [], refs: [], sets: [], draws: new Map([[NOTE_IDS, 1]]), patience: "usual" } as const;

test("a value that its column cannot hold is that value's error, and the connection stays", async () => {
  const store = database.store({ name: "values" });
  try {
    const insert = (sample: object): Save => ({
      ...NOTHING,
      inserts: [{ table: samples, row: { ...EMPTY_SAMPLE, purseId: "bad", label: "l", ...sample } }],
    });
    await store.transact(PLAN, () => NOTHING);
    const backend = "select pid from pg_stat_activity where application_name = 'values'";
    const before = await database.sql(backend);
    assert.equal(before.length, 1);
    for (const sample of [
      { anInteger: 2 ** 31 },
      { anInteger: 1.5 },
      { anId: 1.5 },
      { anAmount: 2n ** 63n },
      { aJson: { amount: 1n } },
      { texts: 7 },
      { aText: "\u0000" },
      { aJson: "\u0000" },
    ]) {
      const named = (error: Error) => error.name !== "StoreFailure";
      await assert.rejects(
        store.transact(PLAN, () => insert(sample)),
        named,
        JSON.stringify(Object.keys(sample)),
      );
    }
    assert.deepEqual(await database.sql("select * from lab.samples where purse_id = 'bad'"), []);
    assert.deepEqual(await database.sql(backend), before);
  } finally {
    await store.close();
  }
});

test("a statement that failed while it was prepared works the next time", async () => {
  const store = database.store();
  const load = () => store.transact({ ...PLAN, refs: [purses.at("somebody")] }, () => NOTHING);
  try {
    await database.sql("alter table lab.purses rename to hidden");
    await assert.rejects(load(), { code: "42P01" });
    await database.sql("alter table lab.hidden rename to purses");
    await load();
    await database.sql("revoke all on lab.purses from public; alter table lab.purses rename column balance to b");
    await assert.rejects(load());
    await database.sql("alter table lab.purses rename column b to balance");
    await load();
  } finally {
    await store.close();
  }
});
