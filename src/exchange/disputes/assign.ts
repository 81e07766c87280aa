/** An operator takes a case; takes it over from another only by saying so and why. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { caseUpdated } from "../orders/index.ts";
import { gatesOf, isParty } from "../parties.ts";
import { disputes, operatorActs, orderStates, orders, traders } from "../tables/index.ts";
import { displayName } from "../traders/index.ts";
import { type DisputeDocument, disputeDocument } from "./views.ts";

export type AssignDispute = {
  readonly orderId: OrderId;
  readonly operatorId: TraderId;
  readonly takeOver: boolean;
  readonly reason: string | null;
};

export const assignDispute = defineCommand<AssignDispute, DisputeDocument>()({
  name: "assign-dispute",
  refuses: ["ORDER_NOT_FOUND", "FORBIDDEN", "INVALID_ORDER_STATUS", "ALREADY_ASSIGNED"],
  route: ({ orderId }) => [orders.at(orderId)],
  needs({ orderId, operatorId }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined) return [traders.at(operatorId)];
    return [...gatesOf(order, operatorId), disputes.at(orderId), orderStates.at(orderId)];
  },
  decide(state, { orderId, operatorId, takeOver, reason }, { now }) {
    const order = state.get(orders.at(orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    if (isParty(order, operatorId)) return refuse("FORBIDDEN");
    const dispute = state.get(disputes.at(orderId));
    if (dispute === undefined) return refuse("ORDER_NOT_FOUND");
    const { status } = state.need(orderStates.at(orderId));
    if (dispute.status === "resolved") return refuse("INVALID_ORDER_STATUS", { status });
    const foreign = dispute.assignedTo !== null && dispute.assignedTo !== operatorId;
    if (foreign && !takeOver) return refuse("ALREADY_ASSIGNED", { assigned_to: dispute.assignedName });
    const assignedName = displayName(state.need(traders.at(operatorId)));
    const assigned = { ...dispute, status: "assigned" as const, assignedTo: operatorId, assignedName };
    const details = foreign ? { took_over_from: dispute.assignedTo, reason } : null;
    return {
      result: disputeDocument(assigned, operatorId),
      writes: [
        disputes.update(assigned),
        operatorActs.append({ operatorId, orderId, act: foreign ? "take_over" : "assign", details, at: now }),
      ],
      events: dispute.assignedTo === operatorId ? [] : [caseUpdated(orderId, foreign ? "taken_over" : "assigned")],
    };
  },
});
