/**
 * The life of an order, as one table. The rules, the docs and `allowed_actions` all read it; no other move exists, and
 * statuses only go forward.
 */
import type { OrderStatus, Outcome, Role } from "../tables/index.ts";

export type Actor = Role | "clock" | "operator" | "rail";
export const PARTY_ACTIONS = ["confirm-paid", "confirm-received", "cancel", "call-operator"] as const;
export type PartyAction = (typeof PARTY_ACTIONS)[number];
/** What the banks report of a payment over the rail: that it was sent, that it has come. */
export type RailAction = "payment-announced" | "payment-confirmed";
export type ClockAction = "expire" | "escalate";
/** What the assigned operator decides. */
export const DECISIONS = ["release", "refund", "split"] as const;
export type OperatorAction = (typeof DECISIONS)[number];
export type Action = PartyAction | ClockAction | OperatorAction | RailAction;

/** `hold`: the money stays in escrow. */
export type Money = "hold" | "to_buyer" | "to_seller" | "to_both";

export type Move = {
  readonly from: OrderStatus;
  readonly action: Action;
  readonly who: Actor;
  readonly to: OrderStatus;
  readonly outcome: Outcome | null;
  readonly money: Money;
  /** Who drops the order by it, and gets a strike. A split leaves no loser. */
  readonly strikes: Role | null;
};

const move = (
  from: OrderStatus,
  action: Action,
  who: Actor,
  to: OrderStatus,
  outcome: Outcome | null = null,
  money: Money = "hold",
  strikes: Role | null = null,
): Move => ({ from, action, who, to, outcome, money, strikes });

export const MOVES: readonly Move[] = [
  move("pending", "confirm-paid", "buyer", "paid_by_buyer"),
  move("pending", "cancel", "buyer", "cancelled", "cancelled_by_buyer", "to_seller", "buyer"),
  move("pending", "cancel", "seller", "cancelled", "cancelled_by_seller", "to_seller", "seller"),
  move("pending", "expire", "clock", "cancelled", "payment_expired", "to_seller", "buyer"),
  move("pending", "payment-announced", "rail", "paid_by_buyer"),
  move("paid_by_buyer", "payment-confirmed", "rail", "completed", "released", "to_buyer"),
  move("paid_by_buyer", "confirm-received", "seller", "completed", "released", "to_buyer"),
  move("paid_by_buyer", "call-operator", "buyer", "disputed"),
  move("paid_by_buyer", "call-operator", "seller", "disputed"),
  move("paid_by_buyer", "escalate", "clock", "disputed"),
  move("disputed", "confirm-received", "seller", "completed", "dispute_released", "to_buyer"),
  move("disputed", "cancel", "buyer", "cancelled", "dispute_refunded", "to_seller", "buyer"),
  move("disputed", "release", "operator", "completed", "dispute_released", "to_buyer", "seller"),
  move("disputed", "refund", "operator", "cancelled", "dispute_refunded", "to_seller", "buyer"),
  move("disputed", "split", "operator", "completed", "dispute_split", "to_both"),
];

export const moveOf = (from: OrderStatus, action: Action, who: Actor): Move | undefined =>
  MOVES.find((candidate) => candidate.from === from && candidate.action === action && candidate.who === who);

/** Whether that side may ever do it, in whatever status. */
export const everAllowed = (action: Action, who: Actor): boolean =>
  MOVES.some((candidate) => candidate.action === action && candidate.who === who);

export const allowedActions = (from: OrderStatus, who: Role): readonly PartyAction[] =>
  PARTY_ACTIONS.filter((action) => moveOf(from, action, who) !== undefined);
