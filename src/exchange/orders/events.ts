/** What the parties are told of an order. Ids and status only; a reader looks the rest up. */
import type { Event } from "../../engine/index.ts";
import { event } from "../events.ts";
import type { OrderState } from "../tables/index.ts";

export const orderUpdated = ({ orderId, buyerId, sellerId, status, outcome, changes }: OrderState): Event =>
  event("order.updated", [buyerId, sellerId], { order_id: orderId, status, outcome, change: changes });
