/** Where in a first trade somebody is, by the order itself and by the page. Pure. */
import type { Order } from "../../data/types.ts";

export type Side = "buy" | "sell";
export type Step = "choose" | "start" | "pay" | "wait" | "release" | "rate";

export const STEPS: Readonly<Record<Side, readonly Step[]>> = {
  buy: ["choose", "start", "pay", "wait", "rate"],
  sell: ["choose", "start", "wait", "release", "rate"],
};

/** `finished`: nothing is left to do. `disputed`: what comes next is not this guide's to say. */
export type Place = Step | "finished" | "disputed";

type Followed = Pick<Order, "status" | "my_rating" | "allowed_actions">;

/** @param order the one that the guide follows; null: there is none yet, or it fell through @param onAd whether an ad is open */
export const placeOf = (side: Side, order: Followed | null, onAd: boolean): Place => {
  switch (order?.status) {
    case "pending":
      return side === "buy" ? "pay" : "wait";
    case "paid_by_buyer":
      return side === "buy" ? "wait" : "release";
    case "disputed":
      return "disputed";
    case "completed":
      return order.my_rating === null && order.allowed_actions.includes("rate") ? "rate" : "finished";
    default:
      return onAd ? "start" : "choose";
  }
};

/** How many steps are behind. A dispute holds up the step before the last. */
export const doneOf = (side: Side, place: Place): number => {
  const steps = STEPS[side];
  if (place === "finished") return steps.length;
  return place === "disputed" ? steps.length - 2 : steps.indexOf(place);
};
