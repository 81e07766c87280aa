/** Debts: what an operator awarded the buyer of a payment claim and the seller did not have. */
import { column, defineTable, type RowOf } from "../../engine/index.ts";
import type { OrderId, TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

/** One for an order at most. Paid out of whatever its debtor gets, until nothing is left of it. */
export const debts = defineTable({
  name: "exchange.debts",
  key: ["orderId"],
  fixed: {
    orderId: column.id<OrderId>(),
    debtorId: column.text<TraderId>(),
    creditorId: column.text<TraderId>(),
    amount: column.amount(),
    createdAt: column.instant(),
  },
  changing: {
    outstanding: column.amount(),
    /** When nothing was left of it. */
    paidAt: column.instant().nullable,
  },
  guardedBy: (debt) => [traders.at(debt.debtorId), traders.at(debt.creditorId)],
});
export type Debt = RowOf<typeof debts>;
