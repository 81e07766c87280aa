/** A party writes a line into the order's chat; so does the operator of the case. */
import type { Command, State } from "../../engine/index.ts";
import { type OrderId, type Refusal, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { invalid } from "../issues.ts";
import {
  attachments,
  disputes,
  messages,
  type OrderState,
  operatorActs,
  orderStates,
  orders,
  traders,
} from "../tables/index.ts";
import { chatOpen, endedAt, lineAdded, withNextLine } from "./lines.ts";
import { type MessageDocument, messageDocument } from "./views.ts";

export type SendMessage = {
  readonly orderId: OrderId;
  readonly senderId: TraderId;
  /** By the call that was made, not by what the sender is. */
  readonly as: "party" | "operator";
  readonly message: string;
  readonly attachmentIds: readonly string[];
};

export const sendMessage: Command<SendMessage, MessageDocument> = {
  name: "send-message",
  route: ({ orderId, attachmentIds }) => [orders.at(orderId), ...attachmentIds.map((id) => attachments.at(id))],
  needs({ orderId, senderId, as }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined) return [traders.at(senderId)];
    const parties = [order.buyerId, order.sellerId];
    if (as === "party" && !parties.includes(senderId)) return [traders.at(senderId)];
    return [
      traders.at(senderId),
      orderStates.at(orderId),
      disputes.at(orderId),
      ...parties.map((party) => traders.at(party)),
    ];
  },
  decide(state, input, { now }) {
    const { orderId, senderId, as, message, attachmentIds } = input;
    const order = state.get(orders.at(orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    const refusal = as === "party" ? refuseStranger(order, senderId) : refuseOperator(state, order, senderId);
    if (refusal !== undefined) return refusal;
    const current = state.need(orderStates.at(orderId));
    if (!chatOpen(current, now)) return refuse("CHAT_CLOSED", { ended_at: toRfc3339(endedAt(current) ?? now) });
    const foreign = attachmentIds.find((id) => {
      const attachment = state.get(attachments.at(id));
      return attachment?.orderId !== orderId || attachment.uploaderId !== senderId;
    });
    if (foreign !== undefined) {
      return invalid({
        pointer: "/attachment_ids",
        message: `names ${foreign}, which you have not uploaded to this order`,
      });
    }
    const kind = as === "operator" ? "operator" : "user";
    const next = countLine(withNextLine(current, now), senderId);
    const seq = next.lastSeq;
    const files = attachmentIds.map((id) => state.get(attachments.at(id))).filter((file) => file !== undefined);
    return {
      result: messageDocument({ ...input, sender: senderId, kind, seq, createdAt: now, files }),
      writes: [
        orderStates.update(next),
        messages.append({ orderId, seq, kind, sender: senderId, message, attachmentIds, createdAt: now }),
        ...(as === "operator"
          ? [operatorActs.append({ operatorId: senderId, orderId, act: "message", details: { seq }, at: now })]
          : []),
      ],
      events: [lineAdded(next, kind)],
    };
  },
};

type Parties = { readonly id: OrderId; readonly buyerId: TraderId; readonly sellerId: TraderId };

export const isParty = ({ buyerId, sellerId }: Omit<Parties, "id">, person: TraderId): boolean =>
  person === buyerId || person === sellerId;

const refuseStranger = (order: Parties, sender: TraderId): Refusal | undefined =>
  isParty(order, sender) ? undefined : refuse("ORDER_NOT_FOUND");

/** Only who is assigned to the case, and never a party of it. */
export const refuseOperator = (state: State, order: Parties, operator: TraderId): Refusal | undefined => {
  if (isParty(order, operator)) return refuse("FORBIDDEN");
  const dispute = state.get(disputes.at(order.id));
  if (dispute === undefined) return refuse("ORDER_NOT_FOUND");
  return dispute.assignedTo === operator ? undefined : refuse("FORBIDDEN");
};

/** One more line for each side that did not write it. */
const countLine = (order: OrderState, sender: TraderId): OrderState => ({
  ...order,
  buyerLines: order.buyerLines + (order.buyerId === sender ? 0 : 1),
  sellerLines: order.sellerLines + (order.sellerId === sender ? 0 : 1),
});
