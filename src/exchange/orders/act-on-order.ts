/** What a party does to an order: confirm-paid, confirm-received, cancel, call-operator. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import type { Settings } from "../settings.ts";
import { orderStates, orders, roleOf, traders } from "../tables/index.ts";
import type { DisputeReason } from "./cases.ts";
import { everAllowed, MOVES, moveOf, type PartyAction } from "./machine.ts";
import { settlementOf } from "./settlement.ts";
import { holdsCancel } from "./settlement-machine.ts";
import { CHANGED_BY_END, orderNeeds, transition } from "./transition.ts";
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
    changes: ends ? CHANGED_BY_END : [],
    route: ({ orderId }) => [orders.at(orderId)],
    needs: ({ orderId, callerId }, routes) => {
      const order = routes.get(orders.at(orderId));
      // A stranger locks nothing of the parties'.
      const party = order !== undefined && roleOf(order, callerId) !== null;
      return [traders.at(callerId), ...(party ? orderNeeds(orderId, routes, ends) : [])];
    },
    decide(state, { orderId, callerId, expectedStatus, details = null }, { now }) {
      const order = state.get(orders.at(orderId));
      const role = order === undefined ? null : roleOf(order, callerId);
      if (order === undefined || role === null) return refuse("ORDER_NOT_FOUND");
      if (!everAllowed(action, role)) return refuse("FORBIDDEN");
      const { status } = state.need(orderStates.at(orderId));
      const settlement = settlementOf(state, order);
      if (holdsCancel(settlement?.state, action, role))
        return refuse("INVALID_ORDER_STATUS", { status, settlement: "paying" });
      const move = moveOf(status, action, role);
      if (move === undefined || (expectedStatus !== undefined && expectedStatus !== status)) {
        return refuse("INVALID_ORDER_STATUS", { status });
      }
      const done = transition(state, settings, order, { move, actor: callerId, now, details });
      return {
        result: orderDocument(
          { order, state: done.state, role, buyer: done.buyer, seller: done.seller, dispute: done.dispute, settlement },
          now,
        ),
        writes: done.writes,
        events: done.events,
      };
    },
  });
};
