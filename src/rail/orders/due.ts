/** Deadlines of the rail's orders: the end of the search that they wait for, and of the order itself. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import { expireOrder } from "./expire-order.ts";
import type { OrderRef } from "./settle-search.ts";

/** @property open whether it is the deadline that the order waits for now */
type Due = { readonly guid: string; readonly due_at: string; readonly open: boolean | null };

/** @param unavailable banks that are suspended at this moment */
export const orderDeadlinesIn = (chores: Pool, unavailable: () => readonly string[]): Deadlines<Due, OrderRef> => ({
  command: expireOrder,
  keyOf: ({ guid }) => guid,
  // The deadline of a search that ended well is over; the order then waits for another.
  inputOf: ({ guid, open }) => (open === true ? { guid, unavailable: unavailable() } : null),
  async find(postponed, limit) {
    const { rows } = await chores.query<Due>({
      text: `select d.order_guid as guid, d.due_at::text, s.status_reason is null and now() >=
          case s.status when 'pending' then least(q.until, o.expires_at) else o.expires_at end as open
        from rail.order_deadlines d join rail.order_states s on s.order_guid = d.order_guid
        join rail.orders o on o.guid = d.order_guid left join rail.searches q on q.request_guid = o.request_guid
        where d.due_at <= now() and d.order_guid <> all($1::text[]) order by d.due_at limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
  async remove(met) {
    await chores.query({
      text: `delete from rail.order_deadlines d using unnest($1::text[], $2::timestamptz[]) as u(order_guid, due_at)
        where d.due_at = u.due_at and d.order_guid = u.order_guid`,
      values: [met.map(({ guid }) => guid), met.map(({ due_at }) => due_at)],
    });
  },
});
