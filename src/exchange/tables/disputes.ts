/** Cases: disputes and payment claims, and what operators did about them and anything else. */
import { column, defineJournal, defineTable, type RowOf } from "../../engine/index.ts";
import type { OrderId, TraderId } from "../../kernel/index.ts";
import type { Role } from "./orders.ts";
import { traders } from "./traders.ts";

export const DISPUTE_STATUSES = ["open", "assigned", "resolved"] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** A case is about an order that goes on, or about one that was cancelled and is said to have been paid. */
export const CASE_KINDS = ["dispute", "claim"] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** An order has one at most: what can be claimed was never disputed. */
export const disputes = defineTable({
  name: "exchange.disputes",
  key: ["orderId"],
  fixed: {
    orderId: column.id<OrderId>(),
    buyerId: column.text<TraderId>(),
    sellerId: column.text<TraderId>(),
    kind: column.text<CaseKind>(),
    /** Null: the release window was over. */
    openedBy: column.text<Role>().nullable,
    openedAt: column.instant(),
    reason: column.text().nullable,
    comment: column.text().nullable,
  },
  changing: {
    status: column.text<DisputeStatus>(),
    assignedTo: column.text<TraderId>().nullable,
    /** What the parties and other operators call that operator: the name when the case was taken. */
    assignedName: column.text().nullable,
    resolvedAt: column.instant().nullable,
    /** The operator's reason, which both parties read; null where a party ended it. */
    resolution: column.text().nullable,
  },
  guardedBy: (dispute) => [traders.at(dispute.buyerId), traders.at(dispute.sellerId)],
});
export type Dispute = RowOf<typeof disputes>;

/** The audit trail: every act of an operator, reading included. */
export const operatorActs = defineJournal({
  name: "exchange.operator_acts",
  columns: {
    operatorId: column.text<TraderId>(),
    /** Null: of no order in particular. */
    orderId: column.id<OrderId>().nullable,
    act: column.text(),
    details: column.json().nullable,
    at: column.instant(),
  },
});
export type OperatorAct = RowOf<typeof operatorActs>;
