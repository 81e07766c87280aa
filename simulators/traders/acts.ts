/**
 * What a simulated trader does about an order, judged by nothing but the order as it is shown to its party. Pure. It answers
 * whoever has taken one of its ads, and leaves everything else to people: what it took itself, what is disputed, what is over.
 */
import type { Schemas } from "@parley/client";

export type Order = Schemas["Order"];

/** In the order in which they happen. */
export type Act = "greet" | "pay" | "release" | "rate";

/** How long each takes: as quick as somebody who sits there and waits, and slow enough to be seen happening. */
export const PACE_MS: Readonly<Record<Act, number>> = { greet: 1_000, pay: 4_000, release: 3_000, rate: 2_000 };

/** Banks that have begun to pay say themselves how it ends. */
const isWithBanks = ({ settlement }: Order): boolean => settlement?.state === "paying" || settlement?.state === "paid";

export const actsOf = (order: Order): readonly Act[] => {
  const { side, status, outcome, role, allowed_actions } = order;
  // Only a maker has no side: this order answers one of its own ads.
  if (side !== null) return [];
  const may = (action: Order["allowed_actions"][number]): boolean => allowed_actions.includes(action);
  switch (status) {
    case "pending":
      return [...(may("message") ? (["greet"] as const) : []), ...(may("confirm-paid") ? (["pay"] as const) : [])];
    case "paid_by_buyer":
      return role === "seller" && !isWithBanks(order) ? ["release"] : [];
    case "completed":
      return outcome === "released" && may("rate") ? ["rate"] : [];
    default:
      return [];
  }
};
