/** What the parties are told. Ids and status only; a reader looks the rest up. */
import type { Event } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import type { OrderState } from "../tables/index.ts";

export const orderUpdated = (order: OrderState): Event => ({
  type: "order.updated",
  to: [order.buyerId, order.sellerId],
  data: { order_id: order.orderId, status: order.status, outcome: order.outcome, change: order.changes },
});

export const walletUpdated = (owner: TraderId, orderId: number): Event => ({
  type: "wallet.updated",
  to: [owner],
  data: { order_id: orderId },
});
