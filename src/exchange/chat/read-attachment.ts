/** The operator of a case looks at a file of its chat: in the audit trail before a byte of it is sent. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { gatesOf } from "../parties.ts";
import { disputes, operatorActs, orders, traders } from "../tables/index.ts";

export type ReadAttachment = {
  readonly orderId: OrderId;
  readonly operatorId: TraderId;
  readonly id: string;
  readonly original: boolean;
};

export const readAttachment = defineCommand<ReadAttachment, null>()({
  name: "read-attachment",
  refuses: ["ORDER_NOT_FOUND"],
  route: ({ orderId }) => [orders.at(orderId)],
  needs({ orderId, operatorId }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined) return [traders.at(operatorId)];
    return [...gatesOf(order, operatorId), disputes.at(orderId)];
  },
  decide(state, { orderId, operatorId, id, original }, { now }) {
    const order = state.get(orders.at(orderId));
    // The case may have been taken over since.
    const assigned = order !== undefined && state.get(disputes.at(orderId))?.assignedTo === operatorId;
    if (!assigned) return refuse("ORDER_NOT_FOUND");
    const act = operatorActs.append({
      operatorId,
      orderId,
      act: "read_attachment",
      details: { id, original },
      at: now,
    });
    return { result: null, writes: [act], events: [] };
  },
});
