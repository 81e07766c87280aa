/**
 * A trader's chats, newest activity first. Open orders are few and carry their activity on their state; ended ones are
 * walked along an index, so that a long history costs nothing.
 */

import type { Pool } from "pg";
import { instantOf, type ListQuery, listPage, NEWEST, placeOf } from "../../database/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { lineOf, linesOf } from "../chat/index.ts";
import { type OrderDocument, ordersOf } from "../orders/index.ts";

/** Of one side: all open ones, and the ended ones that a page may show. */
const walksOf = (side: "buyer_id" | "seller_id"): string => `
  select order_id, activity_at, last_seq from exchange.order_states where ${side} = $1 and completed is null
    and (activity_at, order_id) < (${instantOf("$4")}, $5::int8)
  union all
  (select order_id, activity_at, last_seq from exchange.order_states where ${side} = $1 and ended_activity_at is not null
    and (ended_activity_at, order_id) < (${instantOf("$4")}, $5::int8)
    order by ended_activity_at desc, order_id desc limit $2::int + $3::int)`;

export const listSessions = async (pool: Pool, viewer: TraderId, query: ListQuery) => {
  const start = placeOf(query, NEWEST);
  const { rows } = await pool.query({
    name: "sessions",
    text: `select k.order_id as id, k.activity_at, m.* from (
        select * from (${walksOf("buyer_id")} union all ${walksOf("seller_id")}) a
        order by activity_at desc, order_id desc limit $2::int offset $3::int) k
      join lateral (${linesOf({ condition: "order_id = k.order_id and seq = k.last_seq", limit: "1", viewer: "$1" })}) m on true
      order by k.activity_at desc, k.order_id desc`,
    values: [viewer, query.limit + 1, query.offset, start.rank, start.id],
  });
  const found = listPage(rows, query, ({ activity_at, id }) => ({ rank: activity_at, id }));
  const documents = await ordersOf(
    pool,
    viewer,
    found.items.map(({ id }) => id),
  );
  const byId = new Map(documents.map((document) => [document.id as number, document]));
  return { ...found, items: found.items.flatMap((row) => session(byId.get(row.id), row)) };
};

const session = (order: OrderDocument | undefined, row: Parameters<typeof lineOf>[0]) =>
  order === undefined
    ? []
    : [
        {
          order,
          counterparty: order.role === "buyer" ? order.seller : order.buyer,
          last_message: lineOf(row),
          unread: order.unread,
        },
      ];
