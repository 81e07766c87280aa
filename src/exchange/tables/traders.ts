/** Traders, whose rows are the gates of all that is theirs, with what their records are made of. */
import { column, defineTable, type RowOf } from "../../engine/index.ts";
import type { AdId, OrderId, TraderId } from "../../kernel/index.ts";

/** `suspended`: an operator stopped the trader. `excused`: one lets the trader go on in spite of a debt. */
export type Standing = "suspended" | "excused";

export const traders = defineTable({
  name: "exchange.traders",
  key: ["id"],
  fixed: {
    id: column.text<TraderId>(),
    joinedAt: column.instant(),
  },
  changing: {
    name: column.text().nullable,
    /** In steps of five minutes; written outside the engine too. */
    lastSeenAt: column.instant(),
    /** Slots: what the trader may have only one of. */
    activeSellAd: column.id<AdId>().nullable,
    activeBuyAd: column.id<AdId>().nullable,
    openDepositOrder: column.id<OrderId>().nullable,
    openWithdrawOrder: column.id<OrderId>().nullable,
    /** Disputed orders that the trader is a party of. */
    openDisputes: column.integer(),
    depositedTotal: column.amount(),
    wageringRequired: column.amount(),
    wagered: column.amount(),
    /** What is left of this trader's debts. */
    owed: column.amount(),
    /** What an operator has said of this trader; null when nothing is said. */
    standing: column.text<Standing>().nullable,
    /** Hundredths of a star; null before the first rating. */
    rating: column.integer().nullable,
    /** Pairs and days that the mean is of; the sum of their latest ratings. */
    ratingsCount: column.integer(),
    ratingSum: column.integer(),
    /** Completed orders, a pair once a day. */
    ordersCount: column.integer(),
    /**
     * The days of the last month on which orders ended, oldest first, each as three numbers: the day (since 1970-01-01,
     * UTC), how many completed, how many ended by this trader's doing.
     */
    days: column.integers(),
    medianReleaseSeconds: column.integer().nullable,
    medianPaySeconds: column.integer().nullable,
    partnersCount: column.integer(),
    /** When this trader last dropped an order, newest last, at most as many as the limit asks about. */
    strikes: column.instants(),
    /** Of all files that this trader sent. */
    fileBytes: column.integer(),
    /** Set by the strike that is one too many: until then no order is taken, and the ads are hidden until the clock lifts it. */
    struckOutUntil: column.instant().nullable,
  },
});
export type Trader = RowOf<typeof traders>;

/** What the medians are of, apart from the gate, which is written more often than an order ends. */
export const traderRecords = defineTable({
  name: "exchange.trader_records",
  key: ["traderId"],
  fixed: { traderId: column.text<TraderId>() },
  changing: {
    /** From paid to released, as the seller. The last hundred. */
    releaseSeconds: column.integers(),
    /** From created to paid, as the buyer. The last hundred. */
    paySeconds: column.integers(),
  },
  guardedBy: (record) => [traders.at(record.traderId)],
});
export type TraderRecord = RowOf<typeof traderRecords>;

/** With whom a trader completed an order. */
export const partners = defineTable({
  name: "exchange.partners",
  key: ["traderId", "partnerId"],
  fixed: {
    traderId: column.text<TraderId>(),
    partnerId: column.text<TraderId>(),
    since: column.instant(),
  },
  changing: {
    /**
     * The day (since 1970-01-01, UTC) on which the trader last bought of the partner; null: never. With the partner's own
     * row it tells when these two last traded, and which way round.
     */
    boughtDay: column.integer().nullable,
  },
  guardedBy: (partner) => [traders.at(partner.traderId)],
});
export type Partner = RowOf<typeof partners>;
