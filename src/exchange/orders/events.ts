/** What the parties are told of an order, and the operators of its case. */
import type { Event } from "../../engine/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { event, type Mover, OPERATORS } from "../events.ts";
import type { OrderState } from "../tables/index.ts";

export type Doing = { readonly action: string; readonly by: Mover; readonly at: Instant };

export const orderUpdated = (
  { orderId, buyerId, sellerId, status, outcome, changes }: OrderState,
  { action, by, at }: Doing,
): Event =>
  event("order.updated", [buyerId, sellerId], {
    order_id: orderId,
    status,
    outcome,
    change: changes,
    action,
    by,
    at: toRfc3339(at),
  });

export const caseUpdated = (orderId: OrderState["orderId"], act: "opened" | "assigned" | "taken_over" | "resolved") =>
  event("case.updated", [OPERATORS], { order_id: orderId, act });
