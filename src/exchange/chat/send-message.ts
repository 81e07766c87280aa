/** A party writes a line into the order's chat; so does the operator of the case. */
import type { Command, State, Write } from "../../engine/index.ts";
import { type OrderId, type Refusal, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { invalid } from "../issues.ts";
import {
  attachments,
  disputes,
  type OrderSide,
  type OrderState,
  operatorActs,
  orderSides,
  orderStates,
  orders,
  traders,
} from "../tables/index.ts";
import { chatOpen, endedAt, withLine } from "./lines.ts";
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
      ...parties.flatMap((party) => [traders.at(party), orderSides.at(party, orderId)]),
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
    const said = withLine(current, { kind, sender: senderId, message, attachmentIds }, now);
    const seq = said.state.lastSeq;
    const files = attachmentIds.map((id) => state.get(attachments.at(id))).filter((file) => file !== undefined);
    return {
      result: messageDocument({ ...input, sender: senderId, kind, seq, createdAt: now, files }),
      writes: [
        orderStates.update(said.state),
        said.line,
        ...countLine(state, said.state, senderId),
        ...(as === "operator"
          ? [operatorActs.append({ operatorId: senderId, orderId, act: "message", details: { seq }, at: now })]
          : []),
      ],
      events: [said.told],
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

/** One more line for each side that did not write it; an ended order moves up in both lists. */
const countLine = (state: State, order: OrderState, sender: TraderId): readonly Write[] => {
  const ended = endedAt(order) !== null;
  return [order.buyerId, order.sellerId].flatMap((party) => {
    const side = state.need(orderSides.at(party, order.orderId));
    const next: OrderSide = {
      ...side,
      lines: side.lines + (party === sender ? 0 : 1),
      activityAt: ended ? order.activityAt : side.activityAt,
    };
    return ended || party !== sender ? [orderSides.update(next)] : [];
  });
};
