/** The exchange's rows. A trader's row is the gate of that trader's ads, orders and accounts. */
import { letters, outbox } from "../../deliveries/index.ts";
import { accounts, transfers } from "./accounts.ts";
import { ads, listingCounts, listings } from "./ads.ts";
import { attachments, hiddenMessages, messages, readMarks } from "./chat.ts";
import { debts } from "./debts.ts";
import { disputes, operatorActs } from "./disputes.ts";
import { notificationReads } from "./notifications.ts";
import { orderDeadlines, orderHistory, orderStates, orders } from "./orders.ts";
import { platformActs } from "./platform.ts";
import { ratingDays, ratings } from "./ratings.ts";
import { settlements } from "./settlements.ts";
import { partners, traderRecords, traders } from "./traders.ts";
import { webhooks } from "./webhooks.ts";

export * from "./accounts.ts";
export * from "./ads.ts";
export * from "./chat.ts";
export * from "./debts.ts";
export * from "./disputes.ts";
export * from "./notifications.ts";
export * from "./order-sides.ts";
export * from "./orders.ts";
export * from "./platform.ts";
export * from "./ratings.ts";
export * from "./settlements.ts";
export * from "./traders.ts";
export * from "./webhooks.ts";

/** Sequences that ids are drawn from. */
export const SEQUENCES = { ads: "exchange.ad_ids", orders: "exchange.order_ids" } as const;

export const TABLES = [
  traders,
  accounts,
  ads,
  listings,
  listingCounts,
  orders,
  orderStates,
  attachments,
  ratingDays,
  traderRecords,
  partners,
  disputes,
  debts,
  settlements,
  notificationReads,
  webhooks,
  letters,
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
  platformActs,
  outbox,
] as const;
