/**
 * What happened to a reader's orders, newest first: what the feed told the reader and others did. The feed keeps it, so
 * that no trade writes a notification; only how far a reader has seen is a row.
 */

import type { Pool } from "pg";
import { type ListQuery, NEWEST, placeOf, walkedPage } from "../../database/index.ts";
import { copiesOf } from "../../engine/index.ts";
import { ALL_ORDERS, EVERYTHING } from "../tables/index.ts";
import type { Reader, Show } from "./show.ts";

/** Kept in the feed for longer than streams go back. */
const KEPT_DAYS = 30;
/** Rows of the feed that a page may look at: most of what a trader is told is of wallets and lines of the system's. */
const WALK = 2_000;
/** More than a row of the feed holds: a place may be inside of one. */
const MOST_COPIES = 100;
/** Of the bell: more is "99+". */
const MOST_UNSEEN = 100;

type Found = {
  readonly id: number;
  readonly type: string;
  readonly data: unknown;
  readonly read: boolean;
  readonly looked: number;
  readonly last: number;
};

/** The reader's rows of one column, newest first. */
const rowsOf = (column: "first_recipient" | "second_recipient"): string =>
  `(select position, first_recipient, second_recipient, items from exchange.events
    where ${column} = $1 and position < $2::int8 + ${MOST_COPIES} and at > now() - interval '${KEPT_DAYS} days'
    order by position desc limit ${WALK})`;

/**
 * An order's change that somebody else made, a line that somebody else wrote, or, where $3 says so, what befell how the
 * reader comes in.
 * @param condition what else they have to meet
 */
const happened = (condition: string): string => `
  with w as materialized (select distinct on (position) * from (${rowsOf("first_recipient")} union all
      ${rowsOf("second_recipient")}) u order by position desc limit ${WALK}),
    c as (select * from ${copiesOf("w")} c where c.recipient = $1 and c.id < $2),
    h as (select c.id, c.type, c.data, c.id <= coalesce((select max(r.position) from exchange.notification_reads r
          where r.trader_id = $1 and (r.order_id in (${EVERYTHING}, s.order_id)
            or r.order_id = ${ALL_ORDERS} and s.order_id is not null)), 0) as read
      from c left join exchange.order_states s on s.order_id = (c.data ->> 'order_id')::int8
      left join exchange.messages m on c.type = 'message.created' and m.order_id = s.order_id
        and m.seq = (c.data ->> 'seq')::int4
      where c.type = 'security.updated' and $3::bool or c.type = 'order.updated' and s.order_id is not null and c.data ->> 'by' is distinct from
            case $1 when s.buyer_id then 'buyer' when s.seller_id then 'seller' end
        or c.type = 'message.created' and m.sender <> $1)
  select e.looked, e.last, h.* from (select count(*)::int as looked, min(position) as last from w) e
  left join (select * from h ${condition}) h on true`;

const find = async (pool: Pool, { id, ofAccount }: Reader, before: number, limit: number, offset: number) => {
  const { rows } = await pool.query<Found>({
    name: "notifications",
    text: `${happened("order by id desc limit $4 offset $5")} order by h.id desc`,
    values: [id, before, ofAccount, limit, offset],
  });
  const [first] = rows;
  return {
    found: rows.filter(({ id }) => id !== null),
    walked: first === undefined || first.looked < WALK ? null : first.last,
  };
};

export const listNotifications = async (pool: Pool, show: Show, reader: Reader, query: ListQuery) => {
  const { found, walked } = await find(pool, reader, placeOf(query, NEWEST).id, query.limit + 1, query.offset);
  const { items, ...page } = walkedPage(found, query, walked);
  const events = items.map(({ id, type, data }) => ({ position: id, type, data }));
  const shown = new Map((await show(reader, events)).map((one) => [one.position, one] as const));
  return {
    ...page,
    items: items.flatMap(({ id, read }) => {
      const one = shown.get(id);
      return one === undefined ? [] : [{ id: String(id), read, type: one.type, data: one.data }];
    }),
  };
};

/** How many the reader has not seen, as far as the bell counts. */
export const countUnseen = async (pool: Pool, { id, ofAccount }: Reader): Promise<number> => {
  const { rows } = await pool.query<{ unseen: number }>({
    name: "notifications unseen",
    text: `select count(*)::int as unseen from (${happened(`where not read limit ${MOST_UNSEEN}`)}) n where n.id is not null`,
    values: [id, NEWEST.id, ofAccount],
  });
  return rows[0]?.unseen ?? 0;
};
