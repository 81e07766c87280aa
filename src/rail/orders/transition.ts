/** The only place that sets an order's status, with its history. Statuses only move forward. */
import type { Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import {
  type LastSeqs,
  type OrderState,
  type OrderStatus,
  orderHistory,
  orderStates,
  type StatusReason,
} from "../tables/index.ts";

/** The statuses that may follow each status. */
const FORWARD: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ["processing", "rejected"],
  // The same status, now with a reason: the order has expired.
  processing: ["processing"],
  created: ["created"],
  rejected: [],
};

export type Change = {
  readonly status: OrderStatus;
  readonly statusReason: StatusReason | null;
  readonly creditorParticipantGuid?: string;
  readonly creditorAccount?: string;
};

export const initialState = (state: Omit<OrderState, "changes" | "lastSeqs" | "paymentGuid">): OrderState => ({
  ...state,
  changes: 1,
  lastSeqs: {},
  paymentGuid: null,
});

/** @throws when the move is not allowed: a command checks before it calls this */
export const withStatus = (state: OrderState, change: Change): OrderState => {
  const forward = FORWARD[state.status].includes(change.status) && state.statusReason === null;
  if (!forward) throw new Error(`an order that is ${state.status} does not become ${change.status}`);
  return { ...state, ...change, changes: state.changes + 1 };
};

/** The history row of a change. */
export const historyOf = ({ orderGuid, changes, status, statusReason }: OrderState, at: Instant): Write =>
  orderHistory.append({ orderGuid, change: changes, status, statusReason, at });

/** @param lastSeqs of the callbacks about the order, see `OrderOutbox` */
export const updateState = (state: OrderState, lastSeqs: LastSeqs): Write => orderStates.update({ ...state, lastSeqs });
