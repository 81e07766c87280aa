/**
 * Lines of an order's chat. Each takes the next number of its order, in the transaction of what it tells. What the system
 * says is not kept: it follows from the order's history.
 */
import type { Event } from "../../engine/index.ts";
import { after, HOUR, type Instant, type TraderId } from "../../kernel/index.ts";
import { event } from "../events.ts";
import type { MessageKind, OrderState, OrderStatus, Outcome } from "../tables/index.ts";

/** How long the parties may still write after the end, and after that of a claim. */
export const CHAT_OPEN_AFTER_END_MS = 72 * HOUR;

type Ends = Pick<OrderState, "completedAt" | "cancelledAt" | "paymentClaim" | "paymentClaimEndedAt">;

/** When the last was over that there was to talk about; null while there still is something. */
export const settledAt = (state: Ends): Instant | null =>
  state.paymentClaim === "open" ? null : (state.paymentClaimEndedAt ?? endedAt(state));

const endedAt = (state: Pick<Ends, "completedAt" | "cancelledAt">): Instant | null =>
  state.completedAt ?? state.cancelledAt;

/** A claim keeps it open for as long as it is undecided: there is one for an order, and an operator decides it. */
export const chatOpen = (state: Ends, now: Instant): boolean => {
  const end = settledAt(state);
  return end === null || now < after(end, CHAT_OPEN_AFTER_END_MS);
};

/** Whether files may be added: while something may still have to be shown. */
export const takesFiles = (state: Ends): boolean => settledAt(state) === null;

/** The next number of the chat taken; an ended order moves up in the list of chats. */
export const withNextLine = (state: OrderState, now: Instant): OrderState => ({
  ...state,
  lastSeq: state.lastSeq + 1,
  activityAt: now,
  endedActivityAt: endedAt(state) === null ? null : now,
});

type Written = Pick<OrderState, "lastSeq" | "changes" | "buyerId" | "sellerId" | "buyerLines" | "sellerLines">;

/** How many lines of a chat are somebody's own: of what was written, what is not new to them. The rest is of no party. */
export const linesBy = (state: Written, writer: TraderId): number => {
  const written = state.lastSeq - state.changes;
  if (writer === state.buyerId) return written - state.buyerLines;
  if (writer === state.sellerId) return written - state.sellerLines;
  return state.buyerLines + state.sellerLines - written;
};

/** Tells both parties of the newest line. */
export const lineAdded = ({ orderId, lastSeq, buyerId, sellerId }: OrderState, kind: MessageKind): Event =>
  event("message.created", [buyerId, sellerId], { order_id: orderId, seq: lastSeq, kind });

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

export type SystemLine = { readonly status: OrderStatus; readonly outcome: Outcome | null; readonly action: string };

/** What happened beside the status, which stayed. */
const SETTLED: ReadonlyMap<string, string> = new Map([
  [
    "claim",
    "The buyer says that the order was paid all the same. The seller can honour it; an operator will look at it.",
  ],
  ["honour", "The seller honoured the claim. The amount went from the seller's balance to the buyer."],
  [
    "compensate",
    "An operator decided for the buyer, who gets what was awarded. What the seller does not have is owed to the buyer.",
  ],
  ["dismiss", "An operator dismissed the claim. The order stays cancelled."],
  ["debt-paid", "All that was owed to the buyer is paid."],
  ["payment-link", "The order can be paid from a bank's app."],
  ["payment-opened", "The buyer is paying from a bank's app. The seller cannot cancel meanwhile."],
  ["payment-announced", "The buyer's bank has sent the money. The seller's bank will confirm that it came."],
  ["payment-confirmed", "The seller's bank confirmed the payment. The escrow was released to the buyer."],
  ["payment-arrived", "The seller's bank confirmed the payment."],
  ["payment-failed", "The order cannot be paid over the rail. You may go on by hand, or cancel."],
  ["payment-late", "The buyer's bank sent the money after the order had ended. The seller can honour it."],
  ["payment-returned", "The seller's bank has sent money of this payment back."],
]);

/** What the chat says of what happened to the order: its text, and the same for programs. */
export const systemLine = ({ status, outcome, action }: SystemLine) => ({
  message: SETTLED.get(action) ?? (outcome === null ? SAID[status] : ENDED[outcome]),
  event: { action, status, outcome },
});
