/** What operators do about cases and disputes, as the contract has it. Whoever loses one gets a strike; a split leaves no loser. */
import { type Move, make } from "./model-orders.ts";
import type { Assign, Resolve } from "./requests.ts";
import { type Answer, hasCase, isOpen, isParty, type World } from "./world.ts";

export const assign = (world: World, { who, order: handle, takeOver }: Assign): Answer => {
  const order = world.orders[handle];
  if (order === undefined) return { code: "ORDER_NOT_FOUND" };
  if (isParty(order, who)) return { code: "FORBIDDEN" };
  if (!hasCase(order)) return { code: "ORDER_NOT_FOUND" };
  if (!isOpen(order) && order.claim !== "open") return { code: "INVALID_ORDER_STATUS" };
  if (order.operator !== null && order.operator !== who && !takeOver) return { code: "ALREADY_ASSIGNED" };
  order.operator = who;
  return { facts: { status: "assigned" } };
};

const MOVES: Readonly<Record<Resolve["outcome"], Move>> = {
  release: ["disputed", "release", "operator", "completed", "dispute_released"],
  refund: ["disputed", "refund", "operator", "cancelled", "dispute_refunded"],
  split: ["disputed", "split", "operator", "completed", "dispute_split"],
};
const LOSERS = { release: "seller", refund: "buyer", split: null } as const;

export const resolve = (world: World, { who, order: handle, outcome, share }: Resolve): Answer => {
  const order = world.orders[handle];
  if (order === undefined) return { code: "ORDER_NOT_FOUND" };
  if (isParty(order, who)) return { code: "FORBIDDEN" };
  if (!hasCase(order)) return { code: "ORDER_NOT_FOUND" };
  if (order.operator !== who) return { code: "FORBIDDEN" };
  if (!isOpen(order)) return { code: "INVALID_ORDER_STATUS" };
  if (outcome === "split" && share >= order.amount) return { code: "VALIDATION_ERROR" };
  const loser = LOSERS[outcome];
  make(world, order, MOVES[outcome], {
    culprit: loser === null ? null : order[loser],
    released: outcome === "split" ? share : order.amount,
  });
  return { facts: { status: order.status, outcome: order.outcome, released_amount: order.released } };
};
