/** A party, or the operator of the case, adds a file to the order's chat. Its bytes are in the file store by then. */
import { type OrderId, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import { gatesOf, isParty } from "../parties.ts";
import { LIMITS } from "../settings.ts";
import { attachments, disputes, operatorActs, orderStates, orders, traders } from "../tables/index.ts";
import { chatOpen, settledAt } from "./lines.ts";
import { type FileSource, fileView } from "./views.ts";

export type AddAttachment = FileSource & {
  readonly orderId: OrderId;
  readonly uploaderId: TraderId;
  /** Whether the caller has the role now; who is assigned may have lost it. */
  readonly isOperator: boolean;
};

export const addAttachment = defineCommand<AddAttachment, FileSource>()({
  name: "add-attachment",
  refuses: ["ORDER_NOT_FOUND", "CHAT_CLOSED", "VALIDATION_ERROR"],
  route: ({ orderId }) => [orders.at(orderId)],
  needs({ orderId, uploaderId }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined) return [traders.at(uploaderId)];
    return [...gatesOf(order, uploaderId), orderStates.at(orderId), disputes.at(orderId)];
  },
  decide(state, input, { now }) {
    const { orderId, uploaderId, isOperator, id, sha256, type, size } = input;
    const order = state.get(orders.at(orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    const party = isParty(order, uploaderId);
    const assigned = isOperator && state.get(disputes.at(orderId))?.assignedTo === uploaderId;
    if (!party && !assigned) return refuse("ORDER_NOT_FOUND");
    const current = state.need(orderStates.at(orderId));
    if (!chatOpen(current, now)) return refuse("CHAT_CLOSED", { ended_at: toRfc3339(settledAt(current) ?? now) });
    if (current.files >= LIMITS.attachmentsPerOrder) {
      return invalid({ pointer: "/file", message: `an order holds at most ${LIMITS.attachmentsPerOrder} files` });
    }
    return {
      result: fileView(input),
      writes: [
        orderStates.update({ ...current, files: current.files + 1 }),
        attachments.insert({ id, orderId, uploaderId, sha256, type, size, createdAt: now }),
        ...(party
          ? []
          : [operatorActs.append({ operatorId: uploaderId, orderId, act: "attach", details: { id }, at: now })]),
      ],
      events: [],
    };
  },
});
