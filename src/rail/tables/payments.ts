/** Pay requests and the payments that take them. */
import { column, defineSet, defineTable, type RowOf } from "../../engine/index.ts";
import { gateOf } from "./orders.ts";
import type { Mode } from "./participants.ts";

export type PayRequestStatus = "created" | "completed" | "failed";
export type PayRequestReason =
  | "EXPIRED"
  | "ALIAS_CHANGED"
  | "REJECTED"
  | "ALREADY_PAID"
  | "REPLACED"
  | "PAYMENT_FAILED";

export const payRequests = defineTable({
  name: "rail.pay_requests",
  key: ["guid"],
  fixed: {
    guid: column.text(),
    orderGuid: column.text(),
    /** The payer's bank. */
    participantGuid: column.text(),
    phoneHash: column.text().nullable,
    debtorAccount: column.text(),
    createdAt: column.instant(),
  },
  changing: {
    status: column.text<PayRequestStatus>(),
    reason: column.text<PayRequestReason>().nullable,
    /** The payment that took it; without one it is open. */
    paymentGuid: column.text().nullable,
    changes: column.integer(),
  },
  guardedBy: ({ orderGuid, phoneHash }) => [gateOf({ guid: orderGuid, phoneHash })],
});
export type PayRequest = RowOf<typeof payRequests>;

/**
 * Those of one link order that money may come on: the open ones, at most `LIMITS.payRequestsPerLink`, and those that were
 * open when the order was over. Their banks had been told where to pay.
 */
export const payablePayRequests = defineSet(payRequests, {
  name: "rail.payable_pay_requests",
  by: "orderGuid",
  where: "phone_hash is null and (status <> 'failed' or reason = 'EXPIRED')",
  holds: ({ phoneHash, status, reason }) => phoneHash === null && (status !== "failed" || reason === "EXPIRED"),
});

/** What the payer's bank says that it sent, with what its settling has to know before it can lock anything. */
export const payments = defineTable({
  name: "rail.payments",
  key: ["guid"],
  fixed: {
    guid: column.text(),
    payRequestGuid: column.text(),
    orderGuid: column.text(),
    mode: column.text<Mode>(),
    phoneHash: column.text().nullable,
    /** The payer's bank. */
    participantGuid: column.text(),
    debtorAccount: column.text(),
    creditorParticipantGuid: column.text(),
    externalId: column.text(),
    amount: column.amount<bigint>(),
    amountText: column.text(),
    currency: column.text(),
    createdAt: column.instant(),
    /** Announced after its order was over, or its phone had moved. */
    late: column.boolean(),
  },
  changing: {
    status: column.text<"created" | "completed" | "failed">(),
    reason: column.text().nullable,
    /** When the creditor's bank said that the money had come. */
    completedAt: column.instant().nullable,
    /** Of its amount, in minor units. */
    returned: column.amount<bigint>(),
    /** How many returns. */
    returns: column.integer(),
  },
  guardedBy: ({ orderGuid, phoneHash }) => [gateOf({ guid: orderGuid, phoneHash })],
});
export type Payment = RowOf<typeof payments>;

/** The reason of a payment that its creditor's bank could not be told of; one that is settled later has another. */
export const SILENT = "CREDITOR_BANK_SILENT";
