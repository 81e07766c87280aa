/** A reader has seen what happened: to one order, or to all. A mark never goes back. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { ALL_ORDERS, EVERYTHING, notificationReads, orders, roleOf, traders } from "../tables/index.ts";

/**
 * @property orderId null for all @property upTo a position of the feed that the reader may know
 * @property ofAccount whether what befell the account is meant as well, where all is: no token hides that from its owner
 */
export type MarkSeen = {
  readonly callerId: TraderId;
  readonly orderId: OrderId | null;
  readonly upTo: number;
  readonly ofAccount: boolean;
};

const markOf = ({ callerId, orderId, ofAccount }: MarkSeen) =>
  [callerId, orderId ?? (ofAccount ? EVERYTHING : ALL_ORDERS)] as const;

export type MarkedSeen = { readonly order_id: number | null; readonly up_to: string };

export const markSeen = defineCommand<MarkSeen, MarkedSeen>()({
  name: "mark-seen",
  refuses: ["ORDER_NOT_FOUND"],
  route: ({ orderId }) => (orderId === null ? [] : [orders.at(orderId)]),
  needs: (input) => [traders.at(input.callerId), notificationReads.at(...markOf(input))],
  decide(state, input) {
    const { callerId, orderId, upTo } = input;
    if (orderId !== null) {
      const order = state.get(orders.at(orderId));
      if (order === undefined || roleOf(order, callerId) === null) return refuse("ORDER_NOT_FOUND");
    }
    const [traderId, marked] = markOf(input);
    const known = state.get(notificationReads.at(traderId, marked));
    const position = Math.max(upTo, known?.position ?? 0);
    const row = { traderId, orderId: marked, position };
    const write = known === undefined ? notificationReads.insert(row) : notificationReads.update(row);
    return {
      result: { order_id: orderId, up_to: String(position) },
      writes: known?.position === position ? [] : [write],
      events: [],
    };
  },
});
