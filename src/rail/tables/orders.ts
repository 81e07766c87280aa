/** Orders of banks: what was asked for, where it stands, what happened to it, and the search for a receiver. */
import { column, defineJournal, defineSet, defineTable, type Ref, type RowOf } from "../../engine/index.ts";
import { quotas } from "./budgets.ts";
import type { LastSeqs } from "./callbacks.ts";
import type { Mode } from "./participants.ts";
import { phones } from "./phones.ts";

export type OrderType = "phone" | "link";
export type OrderStatus = "processing" | "pending" | "rejected" | "created";
export type StatusReason = "NOT_LINKED" | "SEARCH_TIMEOUT" | "EXPIRED" | "CREDITOR_BANK_UNAVAILABLE";

/** What was opened for a link order; the gate of all that is paid on it. */
export const links = defineTable({
  name: "rail.links",
  key: ["orderGuid"],
  fixed: { orderGuid: column.text() },
  changing: {
    /** The pay request that took it. */
    paidBy: column.text().nullable,
    opened: column.integer(),
  },
});
export type Link = RowOf<typeof links>;

/** The gate of what happens to an order: its phone, or the link itself. */
export const gateOf = (order: { readonly guid: string; readonly phoneHash: string | null }): Ref =>
  order.phoneHash === null ? links.at(order.guid) : phones.at(order.phoneHash);

/** What a bank asked for: nothing of it ever changes. Texts as they were written stand beside what they mean. */
export const orders = defineTable({
  name: "rail.orders",
  key: ["guid"],
  fixed: {
    guid: column.text(),
    participantGuid: column.text(),
    mode: column.text<Mode>(),
    type: column.text<OrderType>(),
    phoneHash: column.text().nullable,
    /** Ciphertext. */
    phone: column.text().nullable,
    /** Of a link order. */
    creditorAccount: column.text().nullable,
    /** Of a phone order. */
    debtorAccount: column.text().nullable,
    expiresAt: column.instant(),
    expiresAtText: column.text().nullable,
    /** Minor units. */
    amount: column.amount<bigint>().nullable,
    amountText: column.text().nullable,
    currency: column.text(),
    externalId: column.text(),
    purpose: column.text(),
    payRequestGuid: column.text().nullable,
    /** Of the search for its receiver, if it waited for one. */
    requestGuid: column.text().nullable,
    createdAt: column.instant(),
  },
  guardedBy: (order) => [gateOf(order)],
});
export type Order = RowOf<typeof orders>;

export const orderStates = defineTable({
  name: "rail.order_states",
  key: ["orderGuid"],
  fixed: {
    orderGuid: column.text(),
    participantGuid: column.text(),
    phoneHash: column.text().nullable,
  },
  changing: {
    status: column.text<OrderStatus>(),
    statusReason: column.text<StatusReason>().nullable,
    /** Rows of its history. */
    changes: column.integer(),
    lastSeqs: column.json<LastSeqs>(),
    creditorParticipantGuid: column.text().nullable,
    creditorAccount: column.text().nullable,
    /** The last one that was announced. */
    paymentGuid: column.text().nullable,
  },
  guardedBy: (state) => [gateOf({ guid: state.orderGuid, phoneHash: state.phoneHash })],
});
export type OrderState = RowOf<typeof orderStates>;

export const orderHistory = defineJournal({
  name: "rail.order_history",
  columns: {
    orderGuid: column.text(),
    change: column.integer(),
    status: column.text<OrderStatus>(),
    statusReason: column.text<StatusReason>().nullable,
    at: column.instant(),
  },
});
export type OrderHistory = RowOf<typeof orderHistory>;

export const orderDeadlines = defineJournal({
  name: "rail.order_deadlines",
  columns: {
    orderGuid: column.text(),
    dueAt: column.instant(),
  },
});

/** Used once for ever; refused requests do not use theirs. */
export const externalIds = defineTable({
  name: "rail.external_ids",
  key: ["participantGuid", "kind", "externalId"],
  fixed: {
    participantGuid: column.text(),
    kind: column.text<"order" | "payment">(),
    externalId: column.text(),
    /** The order that it was used for. */
    targetGuid: column.text(),
    /** Of a payment's id. */
    paymentGuid: column.text().nullable,
    /** Of the payment. */
    amount: column.amount<bigint>().nullable,
    late: column.boolean().nullable,
  },
  guardedBy: ({ participantGuid }) => [quotas.at(participantGuid)],
});
export type ExternalId = RowOf<typeof externalIds>;

/** Who is asked whose phone it is. Several orders may wait for it; the row stays, for answers that come late. */
export const searches = defineTable({
  name: "rail.searches",
  key: ["requestGuid"],
  fixed: {
    requestGuid: column.text(),
    mode: column.text<Mode>(),
    phoneHash: column.text(),
    startedAt: column.instant(),
    until: column.instant(),
  },
  changing: {
    asked: column.texts(),
    /** Of them, those that have not said no. */
    asking: column.texts(),
    /** Of those, the ones that have not even said that they ask: by `ackUntil` they count as a no. */
    unheard: column.texts(),
    ackUntil: column.instant(),
    /** Banks that said yes: the first yes of each counts. */
    claimed: column.texts(),
    /** Orders. */
    waiting: column.integer(),
    /** When the clock has something to do about it. */
    dueAt: column.instant(),
    /** The phone was linked in time; all said no; its time was over, or nobody waited for it. */
    outcome: column.text<"found" | "refused" | "over">().nullable,
    endedAt: column.instant().nullable,
  },
  guardedBy: ({ phoneHash }) => [phones.at(phoneHash)],
});
export type Search = RowOf<typeof searches>;

/** At most one: the phone's lock is held by whoever begins or ends it. */
export const openSearches = defineSet(searches, {
  name: "rail.open_searches",
  by: "phoneHash",
  where: "ended_at is null",
  holds: ({ endedAt }) => endedAt === null,
});
