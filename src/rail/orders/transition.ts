/** The one place that sets an order's status, with its history. States only move forward. */
import type { Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { type OrderState, type OrderStatus, orderHistory, orderStates, type StatusReason } from "../tables/index.ts";

/** Where an order may go from where it is; every order ends where nothing follows. */
const FORWARD: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ["processing", "rejected"],
  // The same status with a reason: it is over.
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

export const opened = (state: Omit<OrderState, "changes" | "told">): OrderState => ({ ...state, changes: 1, told: 0 });

/** @throws when the order may not go there: the command has to look first */
export const moved = (state: OrderState, change: Change): OrderState => {
  const forward = FORWARD[state.status].includes(change.status) && state.statusReason === null;
  if (!forward) throw new Error(`an order that is ${state.status} does not become ${change.status}`);
  return { ...state, ...change, changes: state.changes + 1 };
};

/** The row of history that belongs to a change. */
export const historyOf = ({ orderGuid, changes, status, statusReason }: OrderState, at: Instant): Write =>
  orderHistory.append({ orderGuid, change: changes, status, statusReason, at });

/** The changed state, with what was told of it. */
export const saved = (state: OrderState, told: number): Write => orderStates.update({ ...state, told });
