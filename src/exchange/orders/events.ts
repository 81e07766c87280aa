/** What the parties are told of an order, and the operators of its case. */
import type { Event } from "../../engine/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { event, type Mover, OPERATORS, SETTLEMENTS } from "../events.ts";
import type { OrderState, SettlementState } from "../tables/index.ts";

export type Doing = {
  readonly action: string;
  readonly by: Mover;
  readonly at: Instant;
  readonly settlement?: SettlementState | undefined;
};

export const orderUpdated = (
  { orderId, buyerId, sellerId, status, outcome, changes }: OrderState,
  { action, by, at, settlement }: Doing,
): Event =>
  event("order.updated", [buyerId, sellerId, ...(settlement === "preparing" ? [SETTLEMENTS] : [])], {
    order_id: orderId,
    status,
    outcome,
    change: changes,
    action,
    by,
    ...(settlement !== undefined && { settlement }),
    at: toRfc3339(at),
  });

export const caseUpdated = (orderId: OrderState["orderId"], act: "opened" | "assigned" | "taken_over" | "resolved") =>
  event("case.updated", [OPERATORS], { order_id: orderId, act });
