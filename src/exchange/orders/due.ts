/** Deadlines of orders: the end of a pay window, and of a release window. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import type { Settings } from "../settings.ts";
import { type MeetDeadline, meetDeadline } from "./meet-deadline.ts";

/** @property open whether it is the deadline that the order waits for now; null when it waits for none */
type Due = { readonly order_id: OrderId; readonly due_at: string; readonly open: boolean | null };

/** @param chores may delete deadlines, and nothing else */
export const orderDeadlinesIn = (chores: Pool, settings: Settings): Deadlines<Due, MeetDeadline> => ({
  command: meetDeadline(settings),
  keyOf: ({ order_id }) => String(order_id),
  inputOf: ({ order_id: orderId, open }) => (open === true ? { orderId } : null),
  async find(postponed, limit) {
    const { rows } = await chores.query<Due>({
      text: `select d.order_id, d.due_at::text,
          d.due_at = case s.status when 'pending' then o.pay_by when 'paid_by_buyer' then s.release_by end as open
        from exchange.order_deadlines d join exchange.order_states s on s.order_id = d.order_id
        join exchange.orders o on o.id = d.order_id
        where d.due_at <= now() and d.order_id <> all($1::bigint[]) order by d.due_at limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
  async remove(met) {
    await chores.query({
      text: `delete from exchange.order_deadlines d using unnest($1::bigint[], $2::timestamptz[]) as u(order_id, due_at)
        where d.due_at = u.due_at and d.order_id = u.order_id`,
      values: [met.map(({ order_id }) => order_id), met.map(({ due_at }) => due_at)],
    });
  },
});
