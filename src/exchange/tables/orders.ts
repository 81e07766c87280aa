/** Orders: their terms, where they stand, what happened to them and when the clock looks. */
import { column, defineJournal, defineTable, type RowOf } from "../../engine/index.ts";
import type { AdId, OrderId, TraderId } from "../../kernel/index.ts";
import type { AdType } from "./ads.ts";
import { traders } from "./traders.ts";

export const ORDER_STATUSES = ["pending", "paid_by_buyer", "completed", "cancelled", "disputed"] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
export const OUTCOMES = [
  "released",
  "cancelled_by_buyer",
  "cancelled_by_seller",
  "payment_expired",
  "dispute_released",
  "dispute_refunded",
  "dispute_split",
] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** What became of the buyer's word that an order which was cancelled had been paid all the same. */
export const PAYMENT_CLAIMS = ["open", "honoured", "compensated", "dismissed"] as const;
export type PaymentClaim = (typeof PAYMENT_CLAIMS)[number];
export const ROLES = ["buyer", "seller"] as const;
export type Role = (typeof ROLES)[number];

/** The terms of an order: nothing of it ever changes. */
export const orders = defineTable({
  name: "exchange.orders",
  key: ["id"],
  fixed: {
    id: column.id<OrderId>(),
    adId: column.id<AdId>(),
    adVersion: column.integer(),
    adType: column.text<AdType>(),
    makerId: column.text<TraderId>(),
    takerId: column.text<TraderId>(),
    buyerId: column.text<TraderId>(),
    sellerId: column.text<TraderId>(),
    usdtAmount: column.amount(),
    fiatAmount: column.amount(),
    fiatCurrency: column.text(),
    exchangeRate: column.integer(),
    paymentMethod: column.text(),
    /** The seller's, as ciphertext. */
    paymentDetails: column.text(),
    instructions: column.text(),
    createdAt: column.instant(),
    payBy: column.instant(),
  },
  guardedBy: (order) => [traders.at(order.buyerId), traders.at(order.sellerId)],
});
export type Order = RowOf<typeof orders>;

/**
 * Where an order stands, for both of its sides. Apart from its terms, so that a step rewrites a narrow row. What lists are
 * sorted by changes once, at the order's end; until then no update touches an index.
 */
export const orderStates = defineTable({
  name: "exchange.order_states",
  key: ["orderId"],
  fixed: {
    orderId: column.id<OrderId>(),
    buyerId: column.text<TraderId>(),
    sellerId: column.text<TraderId>(),
  },
  changing: {
    status: column.text<OrderStatus>(),
    outcome: column.text<Outcome>().nullable,
    /** Null while the order is open: what lists are found by, since it changes once. */
    completed: column.boolean().nullable,
    /** How many times the status or the payment claim was set; the number of its history rows. */
    changes: column.integer(),
    /** Of the chat's newest line. */
    lastSeq: column.integer(),
    /** Attachments, whoever uploaded them. */
    files: column.integer(),
    /** Of those, as they were sent. */
    fileBytes: column.integer(),
    /** When anything last happened, a line included. */
    activityAt: column.instant(),
    /** The same once the order has ended, for the list of chats; null before. */
    endedActivityAt: column.instant().nullable,
    releaseBy: column.instant().nullable,
    paidAt: column.instant().nullable,
    disputedAt: column.instant().nullable,
    completedAt: column.instant().nullable,
    cancelledAt: column.instant().nullable,
    /** Null: the buyer has not claimed to have paid what was cancelled. */
    paymentClaim: column.text<PaymentClaim>().nullable,
    paymentClaimEndedAt: column.instant().nullable,
    /** The order's own escrow: its whole amount until it ends, then nothing. */
    escrow: column.amount(),
    releasedAmount: column.amount(),
    /** How far each side has marked the chat as read. */
    buyerReadSeq: column.integer(),
    sellerReadSeq: column.integer(),
    /** Each side's unread ones are the others' user and operator lines without those that it has read. */
    buyerLines: column.integer(),
    sellerLines: column.integer(),
    buyerLinesRead: column.integer(),
    sellerLinesRead: column.integer(),
    /** What each side gave the other, in stars. */
    buyerRating: column.integer().nullable,
    sellerRating: column.integer().nullable,
  },
  guardedBy: (order) => [traders.at(order.buyerId), traders.at(order.sellerId)],
});
export type OrderState = RowOf<typeof orderStates>;

/** One row for each time a status or a payment claim was set. The chat shows it as a system line. */
export const orderHistory = defineJournal({
  name: "exchange.order_history",
  columns: {
    orderId: column.id<OrderId>(),
    change: column.integer(),
    /** Of the chat's line that says so. */
    seq: column.integer(),
    status: column.text<OrderStatus>(),
    outcome: column.text<Outcome>().nullable,
    action: column.text(),
    /** The trader or operator who did it; null for the clock. */
    actor: column.text().nullable,
    at: column.instant(),
    /** What came with it, such as a dispute's reason. */
    details: column.json().nullable,
  },
});
export type OrderChange = RowOf<typeof orderHistory>;

/** When the clock must look at an order. Never withdrawn: a deadline that no longer matters is looked at and dropped. */
export const orderDeadlines = defineJournal({
  name: "exchange.order_deadlines",
  columns: {
    orderId: column.id<OrderId>(),
    dueAt: column.instant(),
  },
});
export type OrderDeadline = RowOf<typeof orderDeadlines>;
