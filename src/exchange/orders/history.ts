/** One row for each time a status was set. */
import type { Instant } from "../../kernel/index.ts";
import type { OrderChange, OrderState } from "../tables/index.ts";

export const historyOf = (
  state: OrderState,
  action: string,
  actor: string | null,
  at: Instant,
  details: object | null = null,
): OrderChange => ({
  orderId: state.orderId,
  change: state.changes,
  seq: state.lastSeq,
  status: state.status,
  outcome: state.outcome,
  action,
  actor,
  at,
  details,
});
