/** The fiat leg of an order that is paid over the rail. */
import { column, defineTable, type RowOf } from "../../engine/index.ts";
import type { OrderId, TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

export const SETTLEMENT_STATES = ["preparing", "payable", "paying", "paid", "settled", "late", "failed"] as const;
export type SettlementState = (typeof SETTLEMENT_STATES)[number];

export const settlements = defineTable({
  name: "exchange.settlements",
  key: ["orderId"],
  fixed: {
    orderId: column.id<OrderId>(),
    buyerId: column.text<TraderId>(),
    sellerId: column.text<TraderId>(),
  },
  changing: {
    state: column.text<SettlementState>(),
    /** Where the buyer chooses a bank to pay with. */
    deeplinksPageUrl: column.text().nullable,
    /** The same as a picture: a PNG in base64. */
    qrCode: column.text().nullable,
    /** The payment of the rail that took it. */
    paymentGuid: column.text().nullable,
    /** Why it failed. */
    reason: column.text().nullable,
  },
  guardedBy: (settlement) => [traders.at(settlement.buyerId), traders.at(settlement.sellerId)],
});
export type Settlement = RowOf<typeof settlements>;
