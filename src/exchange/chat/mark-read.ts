/** A party says how far it has read. Reading alone marks nothing. */
import { type OrderId, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { invalid } from "../issues.ts";
import { gatesOf, isParty } from "../parties.ts";
import { orderStates, orders, readMarks, roleOf, sideOf, traders, withSide } from "../tables/index.ts";

export type MarkRead = {
  readonly orderId: OrderId;
  readonly callerId: TraderId;
  readonly upToSeq: number;
  /**
   * The others' user and operator lines up to there, counted before the lock: lines never change, so that the count of
   * lines that exist is final.
   */
  readonly lines: number;
};

export type MarkedRead = { readonly up_to_seq: number; readonly unread: number };

export const markRead = defineCommand<MarkRead, MarkedRead>()({
  name: "mark-read",
  refuses: ["ORDER_NOT_FOUND", "VALIDATION_ERROR"],
  route: ({ orderId }) => [orders.at(orderId)],
  needs({ orderId, callerId }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined || !isParty(order, callerId)) return [traders.at(callerId)];
    return [...gatesOf(order), orderStates.at(orderId)];
  },
  decide(state, { orderId, callerId, upToSeq, lines }, { now }) {
    const order = state.get(orders.at(orderId));
    const role = order === undefined ? null : roleOf(order, callerId);
    if (role === null) return refuse("ORDER_NOT_FOUND");
    const current = state.need(orderStates.at(orderId));
    const { lastSeq } = current;
    if (upToSeq > lastSeq)
      return invalid({ pointer: "/up_to_seq", message: `must be at most ${lastSeq}, the last line` });
    const side = sideOf(current, role);
    if (upToSeq <= side.readSeq) {
      return { result: { up_to_seq: side.readSeq, unread: side.lines - side.linesRead }, writes: [], events: [] };
    }
    const linesRead = Math.max(side.linesRead, lines);
    return {
      result: { up_to_seq: upToSeq, unread: side.lines - linesRead },
      writes: [
        orderStates.update(withSide(current, { ...side, readSeq: upToSeq, linesRead })),
        readMarks.append({ orderId, traderId: callerId, upToSeq, at: now }),
      ],
      events: [
        event("message.updated", [current.buyerId, current.sellerId], {
          order_id: orderId,
          up_to_seq: upToSeq,
          by: role,
          read_at: toRfc3339(now),
        }),
      ],
    };
  },
});
