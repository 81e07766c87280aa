/** Looks for orders whose deadline is over and submits the clock's command for each. Every node may do it. */
import type { Pool } from "pg";
import { type Executor, Unavailable } from "../../engine/index.ts";
import { isRefusal, type OrderId, SECOND } from "../../kernel/index.ts";
import type { Settings } from "../settings.ts";
import { meetDeadline, NOT_DUE } from "./meet-deadline.ts";

/** Deadlines looked at in one round. */
const AT_ONCE = 500;
/** Submitted together: fewer than the places that one caller may hold in the queue. */
const TOGETHER = 100;
/** A deadline that failed is left alone for so long, so that it is never in the way of others. */
const POSTPONED_MS = 10 * SECOND;

/** @property open whether it is the deadline that the order waits for now; null when it waits for none */
type Due = { readonly order_id: OrderId; readonly due_at: string; readonly open: boolean | null };

export type DueOrdersDeps = {
  readonly executor: Executor;
  /** May delete deadlines, and nothing else. */
  readonly chores: Pool;
  readonly settings: Settings;
  readonly onFailure: (order: OrderId, error: unknown) => void;
};

export const createDueOrders = ({ executor, chores, settings, onFailure }: DueOrdersDeps): (() => Promise<void>) => {
  const command = meetDeadline(settings);
  const postponed = new Map<OrderId, number>();

  /** Whether the deadline needs no further look. */
  const meet = async ({ order_id: orderId, open }: Due): Promise<boolean> => {
    if (open !== true) return true;
    try {
      const { outcome } = await executor.submit(command, { orderId }, { caller: "clock" });
      // Any other refusal says that the order has moved on. Too early, the deadline stays: clocks can step back.
      return outcome === null || (isRefusal(outcome) && outcome.refusal !== NOT_DUE);
    } catch (error) {
      postponed.set(orderId, Date.now() + POSTPONED_MS);
      if (!(error instanceof Unavailable)) onFailure(orderId, error);
      return false;
    }
  };

  return async () => {
    for (const [orderId, until] of postponed) if (until < Date.now()) postponed.delete(orderId);
    const { rows } = await chores.query<Due>({
      text: `select d.order_id, d.due_at::text,
          d.due_at = case s.status when 'pending' then o.pay_by when 'paid_by_buyer' then s.release_by end as open
        from exchange.order_deadlines d join exchange.order_states s on s.order_id = d.order_id
        join exchange.orders o on o.id = d.order_id
        where d.due_at <= now() and d.order_id <> all($1::bigint[]) order by d.due_at limit ${AT_ONCE}`,
      values: [[...postponed.keys()]],
    });
    const met: Due[] = [];
    for (let start = 0; start < rows.length; start += TOGETHER) {
      const group = rows.slice(start, start + TOGETHER);
      const done = await Promise.all(group.map(meet));
      met.push(...group.filter((_, index) => done[index]));
    }
    if (met.length === 0) return;
    await chores.query({
      text: `delete from exchange.order_deadlines d using unnest($1::bigint[], $2::timestamptz[]) as u(order_id, due_at)
        where d.due_at = u.due_at and d.order_id = u.order_id`,
      values: [met.map(({ order_id }) => order_id), met.map(({ due_at }) => due_at)],
    });
  };
};
