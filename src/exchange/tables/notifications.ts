/** How far a reader has seen what happened to the reader's orders and account. */
import { column, defineTable, type RowOf } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

/** Stand for more than one order: no order has them. What befell the account is in the first alone. */
export const EVERYTHING = 0;
export const ALL_ORDERS = Number.MAX_SAFE_INTEGER;

export const notificationReads = defineTable({
  name: "exchange.notification_reads",
  key: ["traderId", "orderId"],
  fixed: {
    traderId: column.text<TraderId>(),
    orderId: column.id(),
  },
  /** In the feed. */
  changing: { position: column.id() },
  guardedBy: (read) => [traders.at(read.traderId)],
});
export type NotificationRead = RowOf<typeof notificationReads>;
