/** A reader has seen what happened: to one order, or to all. A mark never goes back. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { ALL_ORDERS, notificationReads, orders, roleOf, traders } from "../tables/index.ts";

/** @property orderId null for all @property upTo a position of the feed that the reader may know */
export type MarkSeen = { readonly callerId: TraderId; readonly orderId: OrderId | null; readonly upTo: number };

export type MarkedSeen = { readonly order_id: number | null; readonly up_to: string };

export const markSeen = defineCommand<MarkSeen, MarkedSeen>()({
  name: "mark-seen",
  refuses: ["ORDER_NOT_FOUND"],
  route: ({ orderId }) => (orderId === null ? [] : [orders.at(orderId)]),
  needs: ({ callerId, orderId }) => [traders.at(callerId), notificationReads.at(callerId, orderId ?? ALL_ORDERS)],
  decide(state, { callerId, orderId, upTo }) {
    if (orderId !== null) {
      const order = state.get(orders.at(orderId));
      if (order === undefined || roleOf(order, callerId) === null) return refuse("ORDER_NOT_FOUND");
    }
    const ref = notificationReads.at(callerId, orderId ?? ALL_ORDERS);
    const known = state.get(ref);
    const position = Math.max(upTo, known?.position ?? 0);
    const row = { traderId: callerId, orderId: orderId ?? ALL_ORDERS, position };
    const write = known === undefined ? notificationReads.insert(row) : notificationReads.update(row);
    return {
      result: { order_id: orderId, up_to: String(position) },
      writes: known?.position === position ? [] : [write],
      events: [],
    };
  },
});
