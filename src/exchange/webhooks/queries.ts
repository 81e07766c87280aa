/** Reads the registered webhook endpoints. */

import type { Pool } from "pg";
import { type ListQuery, listPage, NEWEST, placeOf } from "../../database/index.ts";
import { rowOf } from "../rows.ts";
import { webhooks } from "../tables/index.ts";
import { webhookDocument } from "./webhook-commands.ts";

/** Hashes may be negative, ids of places may not. */
const HASH_OFFSET = 2_147_483_649;

/** Newest first. Ids are random texts: the time decides, and among equals a number that is made of the id. */
export const listWebhooks = async (pool: Pool, query: ListQuery) => {
  const start = placeOf(query, NEWEST);
  const { rows } = await pool.query({
    name: "list webhooks",
    text: `select * from (
        select w.*, floor(extract(epoch from created_at) * 1000)::int8 as made,
          hashtext(id)::int8 + ${HASH_OFFSET} as tie from exchange.webhooks w where deleted_at is null) w
      where (made, tie) < ($3::int8, $4::int8) order by made desc, tie desc limit $1 offset $2`,
    values: [query.limit + 1, query.offset, start.rank, start.id],
  });
  const found = listPage(rows, query, ({ made, tie }) => ({ rank: made, id: tie }));
  return { ...found, items: found.items.map((row) => webhookDocument(rowOf(webhooks, row))) };
};
