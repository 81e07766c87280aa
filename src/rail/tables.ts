/**
 * The rail's rows. Gates: the quota of the bank that writes, the phone of an alias and of every order that names it, and
 * a link order's own row.
 */
import { type AnyTable, defineJournal, defineSet, defineTable } from "../engine/index.ts";
import type { Instant } from "../kernel/index.ts";

/** Two worlds that never meet. */
export type Mode = "sandbox" | "production";
export type Profile = "compat" | "strong";

export type Participant = {
  readonly guid: string;
  readonly mode: Mode;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly name: string;
  /** The six digits inside an IBAN. */
  readonly bankCodes: readonly string[];
  readonly callbackUrl: string | null;
  /** Null: not proven, which only the sandbox does without. */
  readonly callbackProvenAt: Instant | null;
  /** What the callback URL has to answer with; null once it did. */
  readonly challenge: string | null;
  readonly deeplinkUrl: string | null;
  readonly profile: Profile;
  /** Whether it is asked for receivers. */
  readonly receiverSearch: boolean;
  readonly state: "active" | "suspended";
};

export const participants = defineTable<Participant>()({
  name: "rail.participants",
  key: ["guid"],
  fixed: ["mode", "createdAt", "createdBy"],
  columns: {
    guid: "text",
    mode: "text",
    createdAt: "instant",
    createdBy: "text",
    name: "text",
    bankCodes: "text[]",
    callbackUrl: "text",
    callbackProvenAt: "instant",
    challenge: "text",
    deeplinkUrl: "text",
    profile: "text",
    receiverSearch: "boolean",
    state: "text",
  },
});

/** Whose a bank code is in a world; null: given up. */
export type BankCode = { readonly mode: Mode; readonly code: string; readonly participantGuid: string | null };

export const bankCodes = defineTable<BankCode>()({
  name: "rail.bank_codes",
  key: ["mode", "code"],
  fixed: [],
  columns: { mode: "text", code: "text", participantGuid: "text" },
});

export type Key = {
  readonly kid: string;
  readonly participantGuid: string;
  readonly jwk: object;
  readonly notBefore: Instant | null;
  readonly expiresAt: Instant | null;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
};

export const keys = defineTable<Key>()({
  name: "rail.keys",
  key: ["kid"],
  fixed: ["participantGuid", "jwk", "notBefore", "expiresAt", "createdAt"],
  columns: {
    kid: "text",
    participantGuid: "text",
    jwk: "json",
    notBefore: "instant",
    expiresAt: "instant",
    createdAt: "instant",
    revokedAt: "instant",
  },
  guardedBy: ({ participantGuid }) => [participants.at(participantGuid)],
});

/** Those that are not revoked: at most `LIMITS.maxKeys`. */
export const activeKeys = defineSet<Key>(keys, {
  name: "rail.active_keys",
  by: "participantGuid",
  where: "revoked_at is null",
  holds: (key) => key.revokedAt === null,
});

export type ParticipantAct = {
  readonly participantGuid: string;
  readonly operatorId: string;
  readonly act: string;
  readonly details: object;
  readonly at: Instant;
};

export const participantActs = defineJournal<ParticipantAct>()({
  name: "rail.participant_acts",
  columns: { participantGuid: "text", operatorId: "text", act: "text", details: "json", at: "instant" },
});

/** A budget's level in milliseconds of refilling, so that it stays an integer; see `budgets/`. */
export type Level = { readonly units: number; readonly refilledAt: Instant };

/** The gate of whatever a participant writes, with its own budget. */
export type Quota = Level & { readonly participantGuid: string };

export const quotas = defineTable<Quota>()({
  name: "rail.quotas",
  key: ["participantGuid"],
  fixed: [],
  columns: { participantGuid: "text", units: "integer", refilledAt: "instant" },
});

/** A payer's account across the whole network. `id` is its world and the account. */
export type Payer = Level & { readonly id: string };

export const payers = defineTable<Payer>()({
  name: "rail.payers",
  key: ["id"],
  fixed: [],
  columns: { id: "text", units: "integer", refilledAt: "instant" },
});

/** A phone of one world. Its row is there once it was linked or searched for. */
export type Phone = {
  readonly hash: string;
  readonly mode: Mode;
  /** Ciphertext. */
  readonly phone: string;
  readonly participantGuid: string | null;
  readonly account: string | null;
  readonly linkedAt: Instant | null;
  /** Who takes it over, unless the present bank objects until then. */
  readonly heldParticipantGuid: string | null;
  readonly heldAccount: string | null;
  readonly heldUntil: Instant | null;
  readonly told: number;
};

export const phones = defineTable<Phone>()({
  name: "rail.phones",
  key: ["hash"],
  fixed: ["mode", "phone"],
  columns: {
    hash: "text",
    mode: "text",
    phone: "text",
    participantGuid: "text",
    account: "text",
    linkedAt: "instant",
    heldParticipantGuid: "text",
    heldAccount: "text",
    heldUntil: "instant",
    told: "integer",
  },
});

export type AliasAct = "linked" | "unlinked" | "moved" | "held" | "objected" | "withdrawn";

export type AliasHistory = {
  readonly phoneHash: string;
  readonly participantGuid: string;
  readonly account: string;
  readonly act: AliasAct;
  readonly consent: object | null;
  readonly at: Instant;
};

export const aliasHistory = defineJournal<AliasHistory>()({
  name: "rail.alias_history",
  columns: {
    phoneHash: "text",
    participantGuid: "text",
    account: "text",
    act: "text",
    consent: "json",
    at: "instant",
  },
});

export type OrderType = "phone" | "link";
export type OrderStatus = "processing" | "pending" | "rejected" | "created";
export type StatusReason = "NOT_LINKED" | "SEARCH_TIMEOUT" | "EXPIRED";

/** What a bank asked for. Texts as they were written stand beside what they mean. */
export type Order = {
  readonly guid: string;
  readonly participantGuid: string;
  readonly mode: Mode;
  readonly type: OrderType;
  readonly phoneHash: string | null;
  /** Ciphertext. */
  readonly phone: string | null;
  /** Of a link order. */
  readonly creditorAccount: string | null;
  /** Of a phone order. */
  readonly debtorAccount: string | null;
  readonly expiresAt: Instant;
  readonly expiresAtText: string | null;
  /** Minor units. */
  readonly amount: bigint | null;
  readonly amountText: string | null;
  readonly currency: string;
  readonly externalId: string;
  readonly purpose: string;
  readonly payRequestGuid: string | null;
  /** Of the search for its receiver, if there was one. */
  readonly requestGuid: string | null;
  readonly createdAt: Instant;
};

/** The gate of what happens to an order: its phone, or the link itself. */
export const gateOf = (order: { readonly guid: string; readonly phoneHash: string | null }) =>
  order.phoneHash === null ? links.at(order.guid) : phones.at(order.phoneHash);

export const orders = defineTable<Order>()({
  name: "rail.orders",
  key: ["guid"],
  fixed: [
    "participantGuid",
    "mode",
    "type",
    "phoneHash",
    "phone",
    "creditorAccount",
    "debtorAccount",
    "expiresAt",
    "expiresAtText",
    "amount",
    "amountText",
    "currency",
    "externalId",
    "purpose",
    "payRequestGuid",
    "requestGuid",
    "createdAt",
  ],
  columns: {
    guid: "text",
    participantGuid: "text",
    mode: "text",
    type: "text",
    phoneHash: "text",
    phone: "text",
    creditorAccount: "text",
    debtorAccount: "text",
    expiresAt: "instant",
    expiresAtText: "text",
    amount: "amount",
    amountText: "text",
    currency: "text",
    externalId: "text",
    purpose: "text",
    payRequestGuid: "text",
    requestGuid: "text",
    createdAt: "instant",
  },
  guardedBy: (order) => [gateOf(order)],
});

export type OrderState = {
  readonly orderGuid: string;
  readonly participantGuid: string;
  readonly phoneHash: string | null;
  readonly status: OrderStatus;
  readonly statusReason: StatusReason | null;
  readonly changes: number;
  readonly told: number;
  readonly creditorParticipantGuid: string | null;
  readonly creditorAccount: string | null;
  /** Banks that said no. */
  readonly refused: readonly string[];
};

export const orderStates = defineTable<OrderState>()({
  name: "rail.order_states",
  key: ["orderGuid"],
  fixed: ["participantGuid", "phoneHash"],
  columns: {
    orderGuid: "text",
    participantGuid: "text",
    phoneHash: "text",
    status: "text",
    statusReason: "text",
    changes: "integer",
    told: "integer",
    creditorParticipantGuid: "text",
    creditorAccount: "text",
    refused: "text[]",
  },
  guardedBy: (state) => [gateOf({ guid: state.orderGuid, phoneHash: state.phoneHash })],
});

export type OrderHistory = {
  readonly orderGuid: string;
  readonly change: number;
  readonly status: OrderStatus;
  readonly statusReason: StatusReason | null;
  readonly at: Instant;
};

export const orderHistory = defineJournal<OrderHistory>()({
  name: "rail.order_history",
  columns: { orderGuid: "text", change: "integer", status: "text", statusReason: "text", at: "instant" },
});

/** Phones whose alias changed; what that means for their orders is settled one by one, after it. */
export const phoneChanges = defineJournal<{ readonly phoneHash: string; readonly at: Instant }>()({
  name: "rail.phone_changes",
  columns: { phoneHash: "text", at: "instant" },
});

export const orderDeadlines = defineJournal<{ readonly orderGuid: string; readonly dueAt: Instant }>()({
  name: "rail.order_deadlines",
  columns: { orderGuid: "text", dueAt: "instant" },
});

/** Used once for ever; refused requests do not use theirs. */
export type ExternalId = {
  readonly participantGuid: string;
  readonly kind: "order" | "payment";
  readonly externalId: string;
  /** The order that it was used for. */
  readonly targetGuid: string;
  /** Of a payment's id. */
  readonly paymentGuid: string | null;
  /** Of the payment. */
  readonly amount: bigint | null;
};

export const externalIds = defineTable<ExternalId>()({
  name: "rail.external_ids",
  key: ["participantGuid", "kind", "externalId"],
  fixed: ["targetGuid", "paymentGuid", "amount"],
  columns: {
    participantGuid: "text",
    kind: "text",
    externalId: "text",
    targetGuid: "text",
    paymentGuid: "text",
    amount: "amount",
  },
  guardedBy: ({ participantGuid }) => [quotas.at(participantGuid)],
});

/** Who was asked whose phone it is, with what an answer has to know of the order before it can lock anything. */
export type Search = {
  readonly requestGuid: string;
  readonly orderGuid: string;
  readonly participantGuid: string;
  readonly mode: Mode;
  readonly phoneHash: string;
  readonly debtorAccount: string;
  readonly payRequestGuid: string;
  readonly asked: readonly string[];
  readonly until: Instant;
};

export const searches = defineTable<Search>()({
  name: "rail.searches",
  key: ["requestGuid"],
  fixed: ["orderGuid", "participantGuid", "mode", "phoneHash", "debtorAccount", "payRequestGuid", "asked", "until"],
  columns: {
    requestGuid: "text",
    orderGuid: "text",
    participantGuid: "text",
    mode: "text",
    phoneHash: "text",
    debtorAccount: "text",
    payRequestGuid: "text",
    asked: "text[]",
    until: "instant",
  },
  guardedBy: ({ phoneHash }) => [phones.at(phoneHash)],
});

/** What was opened for a link order; the gate of all that is paid on it. */
export type Link = { readonly orderGuid: string; readonly paidBy: string | null; readonly opened: number };

export const links = defineTable<Link>()({
  name: "rail.links",
  key: ["orderGuid"],
  fixed: [],
  columns: { orderGuid: "text", paidBy: "text", opened: "integer" },
});

export type PayRequestStatus = "created" | "completed" | "failed";
export type PayRequestReason = "EXPIRED" | "ALIAS_CHANGED" | "REJECTED" | "PAID" | "REPLACED" | "PAYMENT_FAILED";

export type PayRequest = {
  readonly guid: string;
  readonly orderGuid: string;
  /** The payer's bank. */
  readonly participantGuid: string;
  readonly phoneHash: string | null;
  readonly debtorAccount: string;
  readonly status: PayRequestStatus;
  readonly reason: PayRequestReason | null;
  /** The payment that took it; without one it is open. */
  readonly paymentGuid: string | null;
  readonly changes: number;
  readonly createdAt: Instant;
};

export const payRequests = defineTable<PayRequest>()({
  name: "rail.pay_requests",
  key: ["guid"],
  fixed: ["orderGuid", "participantGuid", "phoneHash", "debtorAccount", "createdAt"],
  columns: {
    guid: "text",
    orderGuid: "text",
    participantGuid: "text",
    phoneHash: "text",
    debtorAccount: "text",
    status: "text",
    reason: "text",
    paymentGuid: "text",
    changes: "integer",
    createdAt: "instant",
  },
  guardedBy: ({ orderGuid, phoneHash }) => [gateOf({ guid: orderGuid, phoneHash })],
});

/** Those of one link order that are not over: at most `LIMITS.payRequestsPerLink`. */
export const openPayRequests = defineSet<PayRequest>(payRequests, {
  name: "rail.open_pay_requests",
  by: "orderGuid",
  where: "status <> 'failed'",
  holds: (request) => request.status !== "failed",
});

/** What the payer's bank says that it sent, with what its settling has to know before it can lock anything. */
export type Payment = {
  readonly guid: string;
  readonly payRequestGuid: string;
  readonly orderGuid: string;
  readonly mode: Mode;
  readonly phoneHash: string | null;
  /** The payer's bank. */
  readonly participantGuid: string;
  readonly debtorAccount: string;
  readonly creditorParticipantGuid: string;
  readonly externalId: string;
  readonly amount: bigint;
  readonly amountText: string;
  readonly currency: string;
  readonly createdAt: Instant;
  readonly status: "created" | "completed" | "failed";
  readonly reason: string | null;
};

export const payments = defineTable<Payment>()({
  name: "rail.payments",
  key: ["guid"],
  fixed: [
    "payRequestGuid",
    "orderGuid",
    "mode",
    "phoneHash",
    "participantGuid",
    "debtorAccount",
    "creditorParticipantGuid",
    "externalId",
    "amount",
    "amountText",
    "currency",
    "createdAt",
  ],
  columns: {
    guid: "text",
    payRequestGuid: "text",
    orderGuid: "text",
    mode: "text",
    phoneHash: "text",
    participantGuid: "text",
    debtorAccount: "text",
    creditorParticipantGuid: "text",
    externalId: "text",
    amount: "amount",
    amountText: "text",
    currency: "text",
    createdAt: "instant",
    status: "text",
    reason: "text",
  },
  guardedBy: ({ orderGuid, phoneHash }) => [gateOf({ guid: orderGuid, phoneHash })],
});

/** What is sent to banks: a row of `deliveries`, in the transaction of what it tells. */
export type Callback = {
  readonly channel: string;
  /** The participant. */
  readonly endpoint: string;
  /** Delivered in order within it. */
  readonly subject: string;
  readonly eventId: string;
  /** JSON with guids and statuses; no phone and no token: those are put in when it is sent. */
  readonly body: string;
};

export const callbacks = defineJournal<Callback>()({
  name: "deliveries.queue",
  columns: { channel: "text", endpoint: "text", subject: "text", eventId: "text", body: "text" },
});

export const TABLES: readonly AnyTable[] = [
  participants,
  bankCodes,
  keys,
  quotas,
  payers,
  phones,
  orders,
  orderStates,
  externalIds,
  searches,
  links,
  payRequests,
  payments,
];

export const JOURNALS = [participantActs, aliasHistory, orderHistory, orderDeadlines, phoneChanges] as const;
