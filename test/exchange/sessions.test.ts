/** What the list of chats costs: as much for somebody with a long history as for a newcomer. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { listSessions } from "../../src/exchange/sessions/queries.ts";
import type { TraderId } from "../../src/kernel/index.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";
import type { Json } from "../support/market.ts";

/** Ended orders of each; the one who has a hundred times as many comes last. */
const HISTORIES = { "trader-few": 200, "trader-many": 20_000 } as const;

let database: TestDatabase;
let client: pg.Client;
before(async () => {
  database = await createTestDatabase();
  const told = Object.entries(HISTORIES).flatMap(([trader, orders], index) => {
    const ids = `generate_series(${index * 1_000_000 + 1}, ${index * 1_000_000 + orders}) n`;
    return [
      `insert into exchange.order_states (order_id, buyer_id, seller_id, status, outcome, completed, changes, released_amount,
         last_seq, activity_at, ended_activity_at)
       select n, 'x', '${trader}', 'completed', 'released', true, 3, 1, 3, at, at
       from ${ids}, lateral (select now() - n * interval '1 minute' as at) t`,
      `insert into exchange.messages (order_id, seq, kind, sender, message, attachment_ids, created_at)
       select n, seq, 'user', 'x', 'hello', '{}', now() from ${ids}, generate_series(1, 3) seq`,
    ];
  });
  await query(database.superuserUrl, ...told, "vacuum analyze");
  client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
});
after(async () => {
  await client.end();
  await database.drop();
});

/** Pages of tables and indexes that the query looks at. */
const pagesRead = async (trader: string, offset: number): Promise<number> => {
  let pages = 0;
  const pool = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const { rows } = await client.query({ text: `explain (analyze, buffers, format json) ${text}`, values });
      const { Plan }: Json = rows[0]["QUERY PLAN"][0];
      pages += Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
      return { rows: [] };
    },
  };
  await listSessions(pool as unknown as pg.Pool, trader as TraderId, { limit: 20, offset });
  return pages;
};

test("a page of sessions reads no more of a long history than of a short one", async () => {
  for (const offset of [0, 100]) {
    const [few, many] = [await pagesRead("trader-few", offset), await pagesRead("trader-many", offset)];
    assert.ok(few > 0);
    assert.ok(many <= few * 1.5, `offset ${offset}: ${few} pages of ${HISTORIES["trader-few"]}, ${many} of a long one`);
  }
});
