/** Money that goes back, and what a payer's bank asks to have back. */
import { column, defineTable, type RowOf } from "../../engine/index.ts";
import { quotas } from "./budgets.ts";
import { gateOf } from "./orders.ts";

export const RETURN_REASONS = ["CUSTOMER_REQUEST", "WRONG_AMOUNT", "DUPLICATE", "FRAUD", "ACCOUNT_CLOSED"] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** What the creditor's bank sent back: nothing of it ever changes. The sum of them is the payment's. */
export const returns = defineTable({
  name: "rail.returns",
  key: ["participantGuid", "externalId"],
  fixed: {
    /** The creditor's bank. */
    participantGuid: column.text(),
    externalId: column.text(),
    guid: column.text(),
    paymentGuid: column.text(),
    orderGuid: column.text(),
    debtorParticipantGuid: column.text(),
    amount: column.amount<bigint>(),
    amountText: column.text(),
    currency: column.text(),
    reason: column.text<ReturnReason>(),
    createdAt: column.instant(),
  },
  guardedBy: ({ participantGuid }) => [quotas.at(participantGuid)],
});
export type Return = RowOf<typeof returns>;

/** One for a payment: whoever was told no, or nothing for a week, has other ways. */
export const returnRequests = defineTable({
  name: "rail.return_requests",
  key: ["paymentGuid"],
  fixed: {
    paymentGuid: column.text(),
    orderGuid: column.text(),
    phoneHash: column.text().nullable,
    /** The payer's bank. */
    participantGuid: column.text(),
    creditorParticipantGuid: column.text(),
    /** Null: whatever is not returned yet. */
    amount: column.amount<bigint>().nullable,
    amountText: column.text().nullable,
    currency: column.text(),
    reason: column.text<ReturnReason>(),
    createdAt: column.instant(),
    until: column.instant(),
  },
  changing: {
    /** `completed`: something was returned since. */
    status: column.text<"created" | "completed" | "failed">(),
    /** Why it failed, where it says. */
    failure: column.text().nullable,
    endedAt: column.instant().nullable,
  },
  guardedBy: ({ orderGuid, phoneHash }) => [gateOf({ guid: orderGuid, phoneHash })],
});
export type ReturnRequest = RowOf<typeof returnRequests>;

/** Why a request failed that nobody answered in time. */
export const LAPSED = "LAPSED";
