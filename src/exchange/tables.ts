/** The exchange's rows. A trader's row is the gate of that trader's ads, orders and accounts. */
import { defineJournal, defineSet, defineTable } from "../engine/index.ts";
import type { AdId, Amount, Instant, OrderId, TraderId } from "../kernel/index.ts";
import { defineLedger } from "../ledger/index.ts";

export type AdType = "sell" | "buy";
export type AdStatus = "active" | "paused" | "deleted";
export type OrderStatus = "pending" | "paid_by_buyer" | "completed" | "cancelled" | "disputed";
export type Outcome =
  | "released"
  | "cancelled_by_buyer"
  | "cancelled_by_seller"
  | "payment_expired"
  | "dispute_released"
  | "dispute_refunded"
  | "dispute_split";
export type Role = "buyer" | "seller";
/** What lists distinguish: an order leaves `open` once and for ever. */
export type Phase = "open" | "completed" | "cancelled";

export type Trader = {
  readonly id: TraderId;
  readonly name: string | null;
  readonly joinedAt: Instant;
  /** In steps of five minutes; written outside the engine too. */
  readonly lastSeenAt: Instant;
  /** Slots: what the trader may have only one of. */
  readonly activeSellAd: AdId | null;
  readonly activeBuyAd: AdId | null;
  readonly openDepositOrder: OrderId | null;
  readonly openWithdrawOrder: OrderId | null;
  readonly depositedTotal: Amount;
  readonly wageringRequired: Amount;
  readonly wagered: Amount;
  /** Hundredths of a star; null before the first rating. */
  readonly rating: number | null;
  readonly ratingsCount: number;
  readonly ordersCount: number;
  /** When this taker last cancelled or failed to pay, newest last, at most as many as the limit asks about. */
  readonly strikes: readonly Instant[];
};

export const traders = defineTable<Trader>()({
  name: "exchange.traders",
  key: ["id"],
  fixed: ["joinedAt"],
  columns: {
    id: "text",
    name: "text",
    joinedAt: "instant",
    lastSeenAt: "instant",
    activeSellAd: "id",
    activeBuyAd: "id",
    openDepositOrder: "id",
    openWithdrawOrder: "id",
    depositedTotal: "amount",
    wageringRequired: "amount",
    wagered: "amount",
    rating: "integer",
    ratingsCount: "integer",
    ordersCount: "integer",
    strikes: "instant[]",
  },
});

export const { accounts, transfers, openBook } = defineLedger("exchange", (owner) => traders.at(owner as TraderId));

/** The terms are counted by `version`; pauses and fills are not terms. */
export type Ad = {
  readonly id: AdId;
  readonly makerId: TraderId;
  readonly type: AdType;
  readonly fiatCurrency: string;
  readonly createdAt: Instant;
  readonly status: AdStatus;
  readonly version: number;
  readonly exchangeRate: number;
  readonly minAmount: Amount;
  readonly maxAmount: Amount;
  /** Null while none was given: then the maximum is the total. */
  readonly totalAmount: Amount | null;
  readonly paymentMethods: readonly string[];
  /** Ciphertext; null on a buy ad without any. */
  readonly paymentDetails: string | null;
  readonly instructions: string;
  /** Null: the platform's own pay window. */
  readonly paymentWindowMinutes: number | null;
  /** Held by orders under way. */
  readonly openAmount: Amount;
  /** Released since the total was last set. */
  readonly releasedAmount: Amount;
};

export const ads = defineTable<Ad>()({
  name: "exchange.ads",
  key: ["id"],
  fixed: ["makerId", "type", "fiatCurrency", "createdAt"],
  columns: {
    id: "id",
    makerId: "text",
    type: "text",
    fiatCurrency: "text",
    createdAt: "instant",
    status: "text",
    version: "integer",
    exchangeRate: "integer",
    minAmount: "amount",
    maxAmount: "amount",
    totalAmount: "amount",
    paymentMethods: "text[]",
    paymentDetails: "text",
    instructions: "text",
    paymentWindowMinutes: "integer",
    openAmount: "amount",
    releasedAmount: "amount",
  },
  guardedBy: (ad) => [traders.at(ad.makerId)],
});

/** At most one of each type. */
export const activeAds = defineSet<Ad>(ads, {
  name: "exchange.active_ads",
  by: "makerId",
  where: "status = 'active'",
  holds: (ad) => ad.status === "active",
});

/** What the market looks through: one narrow row per maker and type, kept by whatever changes what it shows. */
export type Listing = {
  readonly makerId: TraderId;
  readonly type: AdType;
  readonly adId: AdId;
  readonly fiatCurrency: string;
  readonly exchangeRate: number;
  readonly minAmount: Amount;
  readonly maxAmount: Amount;
  readonly paymentMethods: readonly string[];
  readonly remainingAmount: Amount;
  /** The remainder; on a sell ad no more than the maker's available balance. */
  readonly availableAmount: Amount;
  /** Active, with enough left for its minimum, and of a maker who may sell. */
  readonly shown: boolean;
  readonly rating: number | null;
  readonly ordersCount: number;
};

export const listings = defineTable<Listing>()({
  name: "exchange.listings",
  key: ["makerId", "type"],
  fixed: [],
  columns: {
    makerId: "text",
    type: "text",
    adId: "id",
    fiatCurrency: "text",
    exchangeRate: "integer",
    minAmount: "amount",
    maxAmount: "amount",
    paymentMethods: "text[]",
    remainingAmount: "amount",
    availableAmount: "amount",
    shown: "boolean",
    rating: "integer",
    ordersCount: "integer",
  },
  guardedBy: (listing) => [traders.at(listing.makerId)],
});

/** The terms of an order: nothing of it ever changes. */
export type Order = {
  readonly id: OrderId;
  readonly adId: AdId;
  readonly adVersion: number;
  readonly adType: AdType;
  readonly makerId: TraderId;
  readonly takerId: TraderId;
  readonly buyerId: TraderId;
  readonly sellerId: TraderId;
  readonly usdtAmount: Amount;
  readonly fiatAmount: Amount;
  readonly fiatCurrency: string;
  readonly exchangeRate: number;
  readonly paymentMethod: string;
  /** The seller's, as ciphertext. */
  readonly paymentDetails: string;
  readonly instructions: string;
  readonly createdAt: Instant;
  readonly payBy: Instant;
};

export const orders = defineTable<Order>()({
  name: "exchange.orders",
  key: ["id"],
  fixed: [
    "adId",
    "adVersion",
    "adType",
    "makerId",
    "takerId",
    "buyerId",
    "sellerId",
    "usdtAmount",
    "fiatAmount",
    "fiatCurrency",
    "exchangeRate",
    "paymentMethod",
    "paymentDetails",
    "instructions",
    "createdAt",
    "payBy",
  ],
  columns: {
    id: "id",
    adId: "id",
    adVersion: "integer",
    adType: "text",
    makerId: "text",
    takerId: "text",
    buyerId: "text",
    sellerId: "text",
    usdtAmount: "amount",
    fiatAmount: "amount",
    fiatCurrency: "text",
    exchangeRate: "integer",
    paymentMethod: "text",
    paymentDetails: "text",
    instructions: "text",
    createdAt: "instant",
    payBy: "instant",
  },
  guardedBy: (order) => [traders.at(order.buyerId), traders.at(order.sellerId)],
});

/** Where an order stands. Apart from its terms, so that a step rewrites a narrow row. */
export type OrderState = {
  readonly orderId: OrderId;
  readonly buyerId: TraderId;
  readonly sellerId: TraderId;
  readonly status: OrderStatus;
  readonly outcome: Outcome | null;
  /** How many times the status was set; the number of its history rows. */
  readonly changes: number;
  readonly releaseBy: Instant | null;
  readonly paidAt: Instant | null;
  readonly disputedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly cancelledAt: Instant | null;
  readonly releasedAmount: Amount;
};

export const orderStates = defineTable<OrderState>()({
  name: "exchange.order_states",
  key: ["orderId"],
  fixed: ["buyerId", "sellerId"],
  columns: {
    orderId: "id",
    buyerId: "text",
    sellerId: "text",
    status: "text",
    outcome: "text",
    changes: "integer",
    releaseBy: "instant",
    paidAt: "instant",
    disputedAt: "instant",
    completedAt: "instant",
    cancelledAt: "instant",
    releasedAmount: "amount",
  },
  guardedBy: (order) => [traders.at(order.buyerId), traders.at(order.sellerId)],
});

/** Two narrow rows per order: whatever lists a trader's orders reads these. */
export type OrderSide = {
  readonly traderId: TraderId;
  readonly orderId: OrderId;
  readonly role: Role;
  readonly phase: Phase;
};

export const orderSides = defineTable<OrderSide>()({
  name: "exchange.order_sides",
  key: ["traderId", "orderId"],
  fixed: ["role"],
  columns: { traderId: "text", orderId: "id", role: "text", phase: "text" },
  guardedBy: (side) => [traders.at(side.traderId)],
});

/** One row for each time a status was set. */
export type OrderChange = {
  readonly orderId: OrderId;
  readonly change: number;
  readonly status: OrderStatus;
  readonly outcome: Outcome | null;
  readonly action: string;
  /** The trader or operator who did it; null for the clock. */
  readonly actor: string | null;
  readonly at: Instant;
  /** What came with it, such as a dispute's reason. */
  readonly details: object | null;
};

export const orderHistory = defineJournal<OrderChange>()({
  name: "exchange.order_history",
  columns: {
    orderId: "id",
    change: "integer",
    status: "text",
    outcome: "text",
    action: "text",
    actor: "text",
    at: "instant",
    details: "json",
  },
});

/** When the clock must look at an order. Never withdrawn: a deadline that no longer matters is looked at and dropped. */
export type OrderDeadline = { readonly orderId: OrderId; readonly dueAt: Instant };

export const orderDeadlines = defineJournal<OrderDeadline>()({
  name: "exchange.order_deadlines",
  columns: { orderId: "id", dueAt: "instant" },
});

/** Sequences that ids are drawn from. */
export const SEQUENCES = { ads: "exchange.ad_ids", orders: "exchange.order_ids" } as const;

export const TABLES = [traders, accounts, ads, listings, orders, orderStates, orderSides] as const;
export const JOURNALS = [transfers, orderHistory, orderDeadlines] as const;
