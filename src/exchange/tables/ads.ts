/** Ads, and the listings that the market looks through. */
import { column, defineSet, defineTable, type RowOf } from "../../engine/index.ts";
import type { AdId, TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

export const AD_TYPES = ["sell", "buy"] as const;
export type AdType = (typeof AD_TYPES)[number];
export const AD_STATUSES = ["active", "paused", "deleted"] as const;
export type AdStatus = (typeof AD_STATUSES)[number];

/** The terms are counted by `version`; pauses and fills are not terms. */
export const ads = defineTable({
  name: "exchange.ads",
  key: ["id"],
  fixed: {
    id: column.id<AdId>(),
    makerId: column.text<TraderId>(),
    type: column.text<AdType>(),
    fiatCurrency: column.text(),
    createdAt: column.instant(),
  },
  changing: {
    status: column.text<AdStatus>(),
    version: column.integer(),
    exchangeRate: column.integer(),
    minAmount: column.amount(),
    maxAmount: column.amount(),
    /** Null while none was given: then the maximum is the total. */
    totalAmount: column.amount().nullable,
    paymentMethods: column.texts(),
    /** Ciphertext; null on a buy ad without any. */
    paymentDetails: column.text().nullable,
    instructions: column.text(),
    /** Null: the platform's own pay window. */
    paymentWindowMinutes: column.integer().nullable,
    /** Held by orders under way. */
    openAmount: column.amount(),
    /** Released since the total was last set. */
    releasedAmount: column.amount(),
  },
  guardedBy: (ad) => [traders.at(ad.makerId)],
});
export type Ad = RowOf<typeof ads>;

/** At most one of each type. */
export const activeAds = defineSet(ads, {
  name: "exchange.active_ads",
  by: "makerId",
  where: "status = 'active'",
  holds: (ad) => ad.status === "active",
});

/** What the market looks through: one narrow row per maker and type, kept by whatever changes what it shows. */
export const listings = defineTable({
  name: "exchange.listings",
  key: ["makerId", "type"],
  fixed: {
    makerId: column.text<TraderId>(),
    type: column.text<AdType>(),
  },
  changing: {
    adId: column.id<AdId>(),
    fiatCurrency: column.text(),
    exchangeRate: column.integer(),
    minAmount: column.amount(),
    maxAmount: column.amount(),
    paymentMethods: column.texts(),
    remainingAmount: column.amount(),
    /** The remainder; on a sell ad no more than the maker's available balance. */
    availableAmount: column.amount(),
    /** Active, with enough left for its minimum, and of a maker who may offer it. */
    shown: column.boolean(),
    rating: column.integer().nullable,
  },
  guardedBy: (listing) => [traders.at(listing.makerId)],
});
export type Listing = RowOf<typeof listings>;

/** What sorts the market by completed orders. Apart, because it changes with each of them, and all the rest's indexes with it. */
export const listingCounts = defineTable({
  name: "exchange.listing_counts",
  key: ["makerId", "type"],
  fixed: {
    makerId: column.text<TraderId>(),
    type: column.text<AdType>(),
  },
  changing: {
    adId: column.id<AdId>(),
    fiatCurrency: column.text(),
    shown: column.boolean(),
    ordersCount: column.integer(),
  },
  guardedBy: (count) => [traders.at(count.makerId)],
});
export type ListingCount = RowOf<typeof listingCounts>;
