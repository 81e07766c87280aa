/** A party, or the operator of the case, adds a file to the order's chat. Its bytes are in the file store by then. */
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { gatesOf, isParty } from "../parties.ts";
import { attachments, disputes, operatorActs, orderStates, orders, traders } from "../tables/index.ts";
import { FILE_RULES, refuseFile } from "./upload-rules.ts";
import { type FileSource, type FileView, fileView } from "./views.ts";

export type AddAttachment = FileSource & {
  readonly originalType: string;
  readonly originalSize: number;
  readonly orderId: OrderId;
  readonly uploaderId: TraderId;
  /** Whether the caller has the role now; who is assigned may have lost it. */
  readonly isOperator: boolean;
};

export const addAttachment = defineCommand<AddAttachment, FileView>()({
  name: "add-attachment",
  refuses: ["ORDER_NOT_FOUND", ...FILE_RULES],
  route: ({ orderId }) => [orders.at(orderId)],
  needs({ orderId, uploaderId }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined) return [traders.at(uploaderId)];
    return [...gatesOf(order, uploaderId), orderStates.at(orderId), disputes.at(orderId)];
  },
  decide(state, { isOperator, ...file }, { now }) {
    const { orderId, uploaderId, id, originalSize } = file;
    const order = state.get(orders.at(orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    const party = isParty(order, uploaderId);
    const assigned = isOperator && state.get(disputes.at(orderId))?.assignedTo === uploaderId;
    if (!party && !assigned) return refuse("ORDER_NOT_FOUND");
    const current = state.need(orderStates.at(orderId));
    const uploader = state.need(traders.at(uploaderId));
    const refusal = refuseFile(current, uploader, originalSize);
    if (refusal !== undefined) return refusal;
    const fileBytes = current.fileBytes + originalSize;
    return {
      result: fileView(file),
      writes: [
        orderStates.update({ ...current, files: current.files + 1, fileBytes }),
        traders.update({ ...uploader, fileBytes: uploader.fileBytes + originalSize }),
        attachments.insert({ ...file, createdAt: now }),
        ...(party
          ? []
          : [operatorActs.append({ operatorId: uploaderId, orderId, act: "attach", details: { id }, at: now })]),
      ],
      events: [],
    };
  },
});
