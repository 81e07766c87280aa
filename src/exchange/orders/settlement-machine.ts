/**
 * The life of an order's payment over the rail, as one table. It goes beside the order's: what the banks report moves it,
 * each report once, in the order of the rail's feed. A step that comes from no state of its row has come too late to matter.
 */
import { MINUTE } from "../../kernel/index.ts";
import type { OrderStatus, Role, SettlementState } from "../tables/index.ts";
import type { PartyAction } from "./machine.ts";

export const SETTLEMENT_ACTIONS = [
  "payment-link",
  "payment-opened",
  "payment-announced",
  "payment-confirmed",
  "payment-failed",
  "payment-returned",
] as const;
export type SettlementAction = (typeof SETTLEMENT_ACTIONS)[number];

type SettlementMove = {
  readonly from: readonly SettlementState[];
  /** `same`: it stays where it is. */
  readonly to: SettlementState | "same";
  /** Where the order has ended without having been paid; left out: the same. */
  readonly toOfEnded?: SettlementMove["to"];
};

export const SETTLEMENT_MOVES: { readonly [Action in SettlementAction]: SettlementMove } = {
  "payment-link": { from: ["preparing"], to: "payable" },
  "payment-opened": { from: ["payable"], to: "paying" },
  // After a payment that the seller's bank refused there may be another one on the same link.
  "payment-announced": { from: ["payable", "paying", "failed"], to: "paid", toOfEnded: "late" },
  "payment-confirmed": { from: ["paid"], to: "settled" },
  "payment-failed": { from: ["preparing", "payable", "paying", "paid", "late"], to: "failed" },
  // Nothing moves by it: what was settled is, and the receiver of money has given it back outside.
  "payment-returned": { from: ["settled", "late"], to: "same" },
};

/** Null: nothing is to be done about it any more. */
export const nextSettlement = (
  state: SettlementState,
  action: SettlementAction,
  status: OrderStatus,
): SettlementState | null => {
  const { from, to, toOfEnded = to } = SETTLEMENT_MOVES[action];
  if (!from.includes(state)) return null;
  const next = status === "cancelled" ? toOfEnded : to;
  return next === "same" ? state : next;
};

/** While a bank is paying, the clock waits; so long after the end of the pay window at most. */
export const PAYING_GRACE_MS = 2 * MINUTE;

/** While a bank is paying, the seller does not cancel. */
export const holdsCancel = (state: SettlementState | undefined, action: PartyAction, who: Role): boolean =>
  state === "paying" && action === "cancel" && who === "seller";
