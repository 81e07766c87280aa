/** A party writes a line into the order's chat; so does the operator of the case. */
import type { Decision, Ref, State } from "../../engine/index.ts";
import { type Instant, type OrderId, type RefusalOf, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import { gatesOf, isParty, type Parties } from "../parties.ts";
import { LIMITS } from "../settings.ts";
import {
  type Attachment,
  attachments,
  disputes,
  messages,
  type OrderState,
  operatorActs,
  orderStates,
  orders,
  traders,
} from "../tables/index.ts";
import { displayName } from "../traders/index.ts";
import { chatOpen, lineAdded, linesBy, settledAt, withNextLine } from "./lines.ts";
import { type MessageDocument, messageDocument } from "./views.ts";

export type SendMessage = {
  readonly orderId: OrderId;
  readonly senderId: TraderId;
  /** Empty where files say it all. */
  readonly message: string;
  readonly clientId?: string | null;
  readonly attachmentIds: readonly string[];
};

/** What `addLine` says no with. */
const LINE_REFUSALS = ["CHAT_CLOSED", "VALIDATION_ERROR"] as const;

/** What `refuseOperator` says no with, and an order that there is not. */
export const OPERATOR_REFUSALS = ["ORDER_NOT_FOUND", "FORBIDDEN"] as const;

const routeOf = ({ orderId, attachmentIds }: SendMessage): readonly Ref[] => [
  orders.at(orderId),
  ...attachmentIds.map((id) => attachments.at(id)),
];

const needsOf = ({ orderId, senderId }: SendMessage, order: Parties): readonly Ref[] => [
  ...gatesOf(order, senderId),
  orderStates.at(orderId),
  disputes.at(orderId),
];

export const sendMessage = defineCommand<SendMessage, MessageDocument>()({
  name: "send-message",
  refuses: ["ORDER_NOT_FOUND", ...LINE_REFUSALS],
  route: routeOf,
  needs(input, routes) {
    const order = routes.get(orders.at(input.orderId));
    if (order === undefined || !isParty(order, input.senderId)) return [traders.at(input.senderId)];
    return needsOf(input, order);
  },
  decide(state, input, { now }) {
    const order = state.get(orders.at(input.orderId));
    if (order === undefined || !isParty(order, input.senderId)) return refuse("ORDER_NOT_FOUND");
    return addLine(state, input, "user", now);
  },
});

/** By the call that was made, not by what the sender is: the operator of the case writes to both parties. */
export const sendOperatorMessage = defineCommand<SendMessage, MessageDocument>()({
  name: "send-operator-message",
  refuses: [...OPERATOR_REFUSALS, ...LINE_REFUSALS],
  route: routeOf,
  needs(input, routes) {
    const order = routes.get(orders.at(input.orderId));
    return order === undefined ? [traders.at(input.senderId)] : needsOf(input, order);
  },
  decide(state, input, { now }) {
    const order = state.get(orders.at(input.orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    return refuseOperator(state, order, input.senderId) ?? addLine(state, input, "operator", now);
  },
});

const addLine = (
  state: State,
  input: SendMessage,
  kind: "user" | "operator",
  now: Instant,
): RefusalOf<typeof LINE_REFUSALS> | Decision<MessageDocument> => {
  const { orderId, senderId, message, clientId = null, attachmentIds } = input;
  const current = state.need(orderStates.at(orderId));
  if (!chatOpen(current, now)) return refuse("CHAT_CLOSED", { ended_at: toRfc3339(settledAt(current) ?? now) });
  if (linesBy(current, senderId) >= LIMITS.linesPerWriter) {
    return invalid({ pointer: "/message", message: `is one too many: a chat holds ${LIMITS.linesPerWriter} of yours` });
  }
  const files = attachmentIds.map((id) => ownFile(state, id, input));
  const foreign = files.indexOf(undefined);
  if (foreign >= 0) {
    return invalid({
      pointer: "/attachment_ids",
      message: `names ${attachmentIds[foreign]}, which you have not uploaded to this order`,
    });
  }
  const next = countLine(withNextLine(current, now), senderId);
  const seq = next.lastSeq;
  return {
    result: messageDocument({
      ...input,
      clientId,
      sender: kind === "operator" ? displayName(state.need(traders.at(senderId))) : senderId,
      kind,
      seq,
      createdAt: now,
      files: files.filter((file) => file !== undefined),
    }),
    writes: [
      orderStates.update(next),
      messages.append({ orderId, seq, kind, sender: senderId, clientId, message, attachmentIds, createdAt: now }),
      ...(kind === "operator"
        ? [operatorActs.append({ operatorId: senderId, orderId, act: "message", details: { seq }, at: now })]
        : []),
    ],
    events: [lineAdded(next, kind)],
  };
};

/** What the sender has uploaded to this very order. */
const ownFile = (state: State, id: string, { orderId, senderId }: SendMessage): Attachment | undefined => {
  const file = state.get(attachments.at(id));
  return file?.orderId === orderId && file.uploaderId === senderId ? file : undefined;
};

/** Only who is assigned to the case, and never a party of it. */
export const refuseOperator = (
  state: State,
  order: Parties & { readonly id: OrderId },
  operator: TraderId,
): RefusalOf<typeof OPERATOR_REFUSALS> | undefined => {
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
