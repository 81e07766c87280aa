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
  /** Pairs and days that the mean is of; the sum of their latest ratings. */
  readonly ratingsCount: number;
  readonly ratingSum: number;
  readonly ordersCount: number;
  /**
   * The days of the last month on which orders ended, oldest first, each as three numbers: the day (since 1970-01-01,
   * UTC), how many completed, how many ended by this trader's doing.
   */
  readonly days: readonly number[];
  readonly medianReleaseSeconds: number | null;
  readonly medianPaySeconds: number | null;
  readonly partnersCount: number;
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
    ratingSum: "integer",
    ordersCount: "integer",
    days: "integer[]",
    medianReleaseSeconds: "integer",
    medianPaySeconds: "integer",
    partnersCount: "integer",
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
  /** Of the chat's newest line. */
  readonly lastSeq: number;
  /** Attachments, whoever uploaded them. */
  readonly files: number;
  /** When anything last happened, a line included. */
  readonly activityAt: Instant;
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
    lastSeq: "integer",
    files: "integer",
    activityAt: "instant",
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
  /** How far this side has marked the chat as read. */
  readonly readSeq: number;
  /** The others' user and operator lines, and those of them that were read. */
  readonly lines: number;
  readonly linesRead: number;
  /** What this side gave the other, in stars. */
  readonly rating: number | null;
  /** Null while the order is open. */
  readonly activityAt: Instant | null;
};

export const orderSides = defineTable<OrderSide>()({
  name: "exchange.order_sides",
  key: ["traderId", "orderId"],
  fixed: ["role"],
  columns: {
    traderId: "text",
    orderId: "id",
    role: "text",
    phase: "text",
    readSeq: "integer",
    lines: "integer",
    linesRead: "integer",
    rating: "integer",
    activityAt: "instant",
  },
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

export type MessageKind = "user" | "system" | "operator";

/** A line of an order's chat. What an operator's line is, is said here, never by its text. */
export type Message = {
  readonly orderId: OrderId;
  /** 1, 2, 3 … per order, without a gap. */
  readonly seq: number;
  readonly kind: MessageKind;
  readonly sender: string | null;
  readonly message: string;
  /** Of a system line: what happened. */
  readonly event: object | null;
  readonly attachmentIds: readonly string[];
  readonly createdAt: Instant;
};

export const messages = defineJournal<Message>()({
  name: "exchange.messages",
  columns: {
    orderId: "id",
    seq: "integer",
    kind: "text",
    sender: "text",
    message: "text",
    event: "json",
    attachmentIds: "text[]",
    createdAt: "instant",
  },
});

export type ReadMark = {
  readonly orderId: OrderId;
  readonly traderId: TraderId;
  readonly upToSeq: number;
  readonly at: Instant;
};

export const readMarks = defineJournal<ReadMark>()({
  name: "exchange.read_marks",
  columns: { orderId: "id", traderId: "text", upToSeq: "integer", at: "instant" },
});

export type HiddenMessage = {
  readonly orderId: OrderId;
  readonly seq: number;
  readonly operatorId: TraderId;
  readonly reason: string;
  readonly at: Instant;
};

export const hiddenMessages = defineJournal<HiddenMessage>()({
  name: "exchange.hidden_messages",
  columns: { orderId: "id", seq: "integer", operatorId: "text", reason: "text", at: "instant" },
});

/** A file of an order's chat; its bytes are in the file store under the digest. Never changes. */
export type Attachment = {
  readonly id: string;
  readonly orderId: OrderId;
  readonly uploaderId: TraderId;
  readonly sha256: string;
  readonly type: string;
  readonly size: number;
  readonly createdAt: Instant;
};

export const attachments = defineTable<Attachment>()({
  name: "exchange.attachments",
  key: ["id"],
  fixed: ["orderId", "uploaderId", "sha256", "type", "size", "createdAt"],
  columns: {
    id: "text",
    orderId: "id",
    uploaderId: "text",
    sha256: "text",
    type: "text",
    size: "integer",
    createdAt: "instant",
  },
  guardedBy: (attachment) => [traders.at(attachment.uploaderId)],
});

export type Rating = {
  readonly orderId: OrderId;
  readonly raterId: TraderId;
  readonly rateeId: TraderId;
  readonly rating: number;
  readonly comment: string | null;
  readonly at: Instant;
};

export const ratings = defineJournal<Rating>()({
  name: "exchange.ratings",
  columns: { orderId: "id", raterId: "text", rateeId: "text", rating: "integer", comment: "text", at: "instant" },
});

/** The latest rating of a pair on a day. Days are counted from 1970-01-01, UTC. */
export type RatingDay = {
  readonly rateeId: TraderId;
  readonly raterId: TraderId;
  readonly day: number;
  readonly rating: number;
};

export const ratingDays = defineTable<RatingDay>()({
  name: "exchange.rating_days",
  key: ["rateeId", "raterId", "day"],
  fixed: [],
  columns: { rateeId: "text", raterId: "text", day: "integer", rating: "integer" },
  guardedBy: (day) => [traders.at(day.rateeId)],
});

/** What the medians are of, apart from the gate, which is written more often than an order ends. */
export type TraderRecord = {
  readonly traderId: TraderId;
  /** From paid to released, as the seller; from created to paid, as the buyer. The last hundred. */
  readonly releaseSeconds: readonly number[];
  readonly paySeconds: readonly number[];
};

export const traderRecords = defineTable<TraderRecord>()({
  name: "exchange.trader_records",
  key: ["traderId"],
  fixed: [],
  columns: {
    traderId: "text",
    releaseSeconds: "integer[]",
    paySeconds: "integer[]",
  },
  guardedBy: (record) => [traders.at(record.traderId)],
});

export type Partner = { readonly traderId: TraderId; readonly partnerId: TraderId; readonly since: Instant };

export const partners = defineTable<Partner>()({
  name: "exchange.partners",
  key: ["traderId", "partnerId"],
  fixed: ["since"],
  columns: { traderId: "text", partnerId: "text", since: "instant" },
  guardedBy: (partner) => [traders.at(partner.traderId)],
});

export type DisputeStatus = "open" | "assigned" | "resolved";

export type Dispute = {
  readonly orderId: OrderId;
  readonly buyerId: TraderId;
  readonly sellerId: TraderId;
  readonly status: DisputeStatus;
  /** Null: the release window was over. */
  readonly openedBy: Role | null;
  readonly openedAt: Instant;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly assignedTo: TraderId | null;
  readonly resolvedAt: Instant | null;
};

export const disputes = defineTable<Dispute>()({
  name: "exchange.disputes",
  key: ["orderId"],
  fixed: ["buyerId", "sellerId", "openedBy", "openedAt", "reason", "comment"],
  columns: {
    orderId: "id",
    buyerId: "text",
    sellerId: "text",
    status: "text",
    openedBy: "text",
    openedAt: "instant",
    reason: "text",
    comment: "text",
    assignedTo: "text",
    resolvedAt: "instant",
  },
  guardedBy: (dispute) => [traders.at(dispute.buyerId), traders.at(dispute.sellerId)],
});

/** The audit trail: every act of an operator, reading included. */
export type OperatorAct = {
  readonly operatorId: TraderId;
  /** Null: of no order in particular. */
  readonly orderId: OrderId | null;
  readonly act: string;
  readonly details: object | null;
  readonly at: Instant;
};

export const operatorActs = defineJournal<OperatorAct>()({
  name: "exchange.operator_acts",
  columns: { operatorId: "text", orderId: "id", act: "text", details: "json", at: "instant" },
});

/** An endpoint of the host platform that is told of orders and wallets. */
export type Webhook = {
  readonly id: string;
  readonly createdBy: TraderId;
  readonly url: string;
  /** Ciphertext. */
  readonly secret: string;
  readonly events: readonly string[];
  readonly createdAt: Instant;
  readonly deletedAt: Instant | null;
};

export const webhooks = defineTable<Webhook>()({
  name: "exchange.webhooks",
  key: ["id"],
  fixed: ["createdBy", "url", "secret", "events", "createdAt"],
  columns: {
    id: "text",
    createdBy: "text",
    url: "text",
    secret: "text",
    events: "text[]",
    createdAt: "instant",
    deletedAt: "instant",
  },
  guardedBy: (webhook) => [traders.at(webhook.createdBy)],
});

/** Of one caller: those that are told. */
export const liveWebhooks = defineSet<Webhook>(webhooks, {
  name: "exchange.live_webhooks",
  by: "createdBy",
  where: "deleted_at is null",
  holds: (webhook) => webhook.deletedAt === null,
});

/** Sequences that ids are drawn from. */
export const SEQUENCES = { ads: "exchange.ad_ids", orders: "exchange.order_ids" } as const;

export const TABLES = [
  traders,
  accounts,
  ads,
  listings,
  orders,
  orderStates,
  orderSides,
  attachments,
  ratingDays,
  traderRecords,
  partners,
  disputes,
  webhooks,
] as const;
export const JOURNALS = [
  transfers,
  orderHistory,
  orderDeadlines,
  messages,
  readMarks,
  hiddenMessages,
  ratings,
  operatorActs,
] as const;
