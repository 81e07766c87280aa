/** Lines of an order's chat. Each takes the next number of its order, in the transaction of what it tells. */
import type { Event, Write } from "../../engine/index.ts";
import { after, HOUR, type Instant } from "../../kernel/index.ts";
import { event } from "../events.ts";
import { type MessageKind, messages, type OrderState, type OrderStatus, type Outcome } from "../tables/index.ts";

/** How long the parties may still write after the end. */
export const CHAT_OPEN_AFTER_END_MS = 72 * HOUR;

type Ends = Pick<OrderState, "completedAt" | "cancelledAt">;

export const endedAt = (state: Ends): Instant | null => state.completedAt ?? state.cancelledAt;

export const chatOpen = (state: Ends, now: Instant): boolean => {
  const end = endedAt(state);
  return end === null || now < after(end, CHAT_OPEN_AFTER_END_MS);
};

export type Line = {
  readonly kind: MessageKind;
  readonly sender: string | null;
  readonly message: string;
  readonly event?: object;
  readonly attachmentIds?: readonly string[];
};

/** @returns the state with its number taken, and the line itself */
export const withLine = (
  state: OrderState,
  line: Line,
  now: Instant,
): { state: OrderState; line: Write; told: Event } => {
  const seq = state.lastSeq + 1;
  const { event: details = null, attachmentIds = [], ...rest } = line;
  return {
    state: { ...state, lastSeq: seq, activityAt: now },
    line: messages.append({ orderId: state.orderId, seq, ...rest, event: details, attachmentIds, createdAt: now }),
    told: event("message.created", [state.buyerId, state.sellerId], { order_id: state.orderId, seq, kind: line.kind }),
  };
};

const SAID: Readonly<Record<OrderStatus, string>> = {
  pending: "The order was made. The seller's amount is in escrow; the buyer should pay now.",
  paid_by_buyer: "The buyer says that the payment was sent. The seller should check and confirm.",
  completed: "The order is completed.",
  cancelled: "The order is cancelled. The escrow went back to the seller.",
  disputed: "The order is disputed. An operator will look at it.",
};

const ENDED: Readonly<Record<Outcome, string>> = {
  released: "The seller confirmed the payment. The escrow was released to the buyer.",
  cancelled_by_buyer: "The buyer cancelled the order. The escrow went back to the seller.",
  cancelled_by_seller: "The seller cancelled the order. The escrow went back to the seller.",
  payment_expired: "The time to pay is over. The escrow went back to the seller.",
  dispute_released: "The dispute is over. The escrow was released to the buyer.",
  dispute_refunded: "The dispute is over. The escrow went back to the seller.",
  dispute_split: "The dispute is over. The escrow was split between buyer and seller.",
};

/** What the chat says of a status that was just set. */
export const systemLine = ({ status, outcome }: Pick<OrderState, "status" | "outcome">, action: string): Line => ({
  kind: "system",
  sender: null,
  message: outcome === null ? SAID[status] : ENDED[outcome],
  event: { action, status, outcome },
});
