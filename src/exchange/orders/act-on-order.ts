/** What a party does to an order: confirm-paid, confirm-received, cancel, call-operator. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { isParty } from "../parties.ts";
import type { Settings } from "../settings.ts";
import { orderSides, orderStates, orders, traders } from "../tables/index.ts";
import { everAllowed, MOVES, moveOf, type PartyAction } from "./machine.ts";
import { type DisputeReason, orderNeeds, transition } from "./transition.ts";
import { type OrderDocument, orderDocument } from "./views.ts";

export type ActOnOrder = {
  readonly orderId: OrderId;
  readonly callerId: TraderId;
  /** What the caller believes the status to be. */
  readonly expectedStatus?: string | undefined;
  readonly details?: DisputeReason | null;
};

export const actOnOrder = (settings: Settings, action: PartyAction) => {
  const ends = MOVES.some((move) => move.action === action && move.money !== "hold");
  return defineCommand<ActOnOrder, OrderDocument>()({
    name: action,
    refuses: ["ORDER_NOT_FOUND", "FORBIDDEN", "INVALID_ORDER_STATUS"],
    route: ({ orderId }) => [orders.at(orderId)],
    needs: ({ orderId, callerId }, routes) => {
      const order = routes.get(orders.at(orderId));
      // A stranger locks nothing of the parties'.
      const party = order !== undefined && isParty(order, callerId);
      return [traders.at(callerId), ...(party ? orderNeeds(orderId, routes, ends) : [])];
    },
    decide(state, { orderId, callerId, expectedStatus, details = null }, { now }) {
      const order = state.get(orders.at(orderId));
      if (order === undefined || !isParty(order, callerId)) return refuse("ORDER_NOT_FOUND");
      const role = callerId === order.buyerId ? "buyer" : "seller";
      if (!everAllowed(action, role)) return refuse("FORBIDDEN");
      const { status } = state.need(orderStates.at(orderId));
      const move = moveOf(status, action, role);
      if (move === undefined || (expectedStatus !== undefined && expectedStatus !== status)) {
        return refuse("INVALID_ORDER_STATUS", { status });
      }
      const side = state.need(orderSides.at(callerId, orderId));
      const done = transition(state, settings, order, { move, actor: callerId, now, details });
      return {
        result: orderDocument({ order, state: done.state, side, buyer: done.buyer, seller: done.seller }, now),
        writes: done.writes,
        events: done.events,
      };
    },
  });
};
