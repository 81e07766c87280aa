/**
 * The outbox of callbacks: rows written in the transaction of the change that they report, so that no crash between a
 * change and its callback loses it, and a repeat carries the same event id. Bodies hold guids and statuses; phones and
 * signatures are added when they are sent.
 */
import { hash } from "node:crypto";
import type { Write } from "../../engine/index.ts";
import { CHANNEL } from "../settings.ts";
import {
  callbacks,
  type LastSeqs,
  type OrderState,
  type Payment,
  type PayRequest,
  type Phone,
  type Return,
  type ReturnRequest,
} from "../tables/index.ts";

/** What a row of the outbox holds. Numbered events become the `data` of the callback. */
export type CallbackEvent =
  | { readonly type: "link_creditor"; readonly request_guid: string }
  | { readonly type: "challenge"; readonly challenge: string }
  | {
      readonly type: "order.updated";
      readonly seq: number;
      readonly order_guid: string;
      readonly status: string;
      readonly status_reason: string | null;
    }
  | { readonly type: "link_cancelled"; readonly seq: number; readonly request_guid: string }
  | {
      readonly type: "alias_updated";
      readonly seq: number;
      readonly phone_hash: string;
      readonly linked: boolean;
      readonly moves_at?: number;
      /** The move that it announces: that it was taken is noted there. */
      readonly move?: string;
    }
  | {
      readonly type: "pay_request";
      readonly seq: number;
      readonly guid: string;
      readonly order_guid: string;
      readonly status: string;
      readonly reason: string | null;
      readonly account: string | null;
    }
  | {
      /** What it says of the payment never changes, and is read when it is sent. */
      readonly type: "pay_in";
      readonly seq: number;
      readonly guid: string;
      readonly order_guid: string;
    }
  | {
      readonly type: "pay_out";
      readonly seq: number;
      readonly guid: string;
      readonly order_guid: string;
      readonly payment_message_external_id: string;
      readonly status: string;
      readonly reason: string | null;
    }
  | {
      /** As of a payment: what it says never changes. */
      readonly type: "return";
      readonly seq: number;
      readonly guid: string;
      readonly order_guid: string;
      readonly payment_guid: string;
    }
  | {
      readonly type: "return_request";
      readonly seq: number;
      readonly order_guid: string;
      readonly payment_guid: string;
      readonly status: ReturnRequest["status"];
      readonly failure: string | null;
    };

/** Events with a sequence number, which share one path. */
export type NumberedEvent = Extract<CallbackEvent, { readonly seq: number }>;

/**
 * @property eventId unique to the event; its hash is what the bank sees
 * @property of the order or the search that it is about, if any: its id says when
 */
type QueuedCallback = {
  readonly endpoint: string;
  readonly of?: string;
  readonly subject: string;
  readonly eventId: string;
  readonly event: CallbackEvent;
};

/** The same at every attempt, and reveals nothing of its input: a bank that lost a search must not learn the order's guid. */
const opaqueId = ({ endpoint, eventId, of = "" }: QueuedCallback): string =>
  `evt_${of.slice(0, MINUTE_DIGITS)}${hash("sha256", `${endpoint} ${eventId}`, "base64url")}`;

/** Of an order's id: they tell the minute in which it was made, so that ids of one time stand together in the index. */
const MINUTE_DIGITS = 8;

const enqueue = (item: QueuedCallback): Write =>
  callbacks.append({
    channel: CHANNEL,
    endpoint: item.endpoint,
    subject: item.subject,
    eventId: opaqueId(item),
    body: JSON.stringify(item.event),
  });

/**
 * Numbers the callbacks about one order, for each bank from 1 without a gap: what others are told is nobody's business. One
 * outbox per change of the order's state.
 */
export type OrderOutbox = {
  enqueue(endpoint: string, eventOf: (seq: number) => CallbackEvent): void;
  readonly writes: readonly Write[];
  /** Kept in the order's state. */
  readonly lastSeqs: LastSeqs;
};

export const orderOutbox = (orderGuid: string, lastSeqsBefore: LastSeqs): OrderOutbox => {
  const writes: Write[] = [];
  let lastSeqs = lastSeqsBefore;
  return {
    enqueue(endpoint, eventOf) {
      const seq = nextSeq(lastSeqs, endpoint);
      lastSeqs = { ...lastSeqs, [endpoint]: seq };
      const eventId = `order_${orderGuid}_${seq}`;
      writes.push(enqueue({ endpoint, of: orderGuid, subject: `order ${orderGuid}`, eventId, event: eventOf(seq) }));
    },
    writes,
    get lastSeqs() {
      return lastSeqs;
    },
  };
};

const nextSeq = (lastSeqs: LastSeqs, endpoint: string): number => (lastSeqs[endpoint] ?? 0) + 1;

export const orderUpdated =
  ({ orderGuid, status, statusReason }: OrderState) =>
  (seq: number): CallbackEvent => ({
    type: "order.updated",
    seq,
    order_guid: orderGuid,
    status,
    status_reason: statusReason,
  });

/** @param account the creditor's, once the payer's bank may see it */
export const payRequestUpdated =
  ({ guid, orderGuid, status, reason }: PayRequest, account: string | null) =>
  (seq: number): CallbackEvent => ({ type: "pay_request", seq, guid, order_guid: orderGuid, status, reason, account });

export const payIn =
  ({ guid, orderGuid }: Payment) =>
  (seq: number): CallbackEvent => ({ type: "pay_in", seq, guid, order_guid: orderGuid });

export const payOut =
  ({ guid, orderGuid, externalId, status, reason }: Payment) =>
  (seq: number): CallbackEvent => ({
    type: "pay_out",
    seq,
    guid,
    order_guid: orderGuid,
    payment_message_external_id: externalId,
    status,
    reason,
  });

export const moneyReturned =
  ({ guid, orderGuid, paymentGuid }: Return) =>
  (seq: number): CallbackEvent => ({ type: "return", seq, guid, order_guid: orderGuid, payment_guid: paymentGuid });

export const returnRequestUpdated =
  ({ orderGuid, paymentGuid, status, failure }: ReturnRequest) =>
  (seq: number): CallbackEvent => ({
    type: "return_request",
    seq,
    order_guid: orderGuid,
    payment_guid: paymentGuid,
    status,
    failure,
  });

/** Asks a bank whether the phone is a client's. Sent to its own path; that the search is over comes after it. */
export const askForReceiver = (endpoint: string, requestGuid: string): Write =>
  enqueue({
    endpoint,
    of: requestGuid,
    subject: `search ${requestGuid}`,
    eventId: `ask_${requestGuid}`,
    event: { type: "link_creditor", request_guid: requestGuid },
  });

/** The one numbered callback about a search that a bank gets. */
export const linkCancelled = (endpoint: string, requestGuid: string): Write =>
  enqueue({
    endpoint,
    of: requestGuid,
    subject: `search ${requestGuid}`,
    eventId: `cancel_${requestGuid}`,
    event: { type: "link_cancelled", seq: 1, request_guid: requestGuid },
  });

/** Numbered for each bank and phone. @returns the phone with its new number, and the callback */
export const notifyOfAlias = (
  phone: Phone,
  endpoint: string,
  change: { readonly linked: boolean; readonly moves_at?: number; readonly move?: string },
): { readonly phone: Phone; readonly write: Write } => {
  const seq = nextSeq(phone.lastSeqs, endpoint);
  return {
    phone: { ...phone, lastSeqs: { ...phone.lastSeqs, [endpoint]: seq } },
    write: enqueue({
      endpoint,
      subject: `phone ${phone.hash}`,
      eventId: `phone_${phone.hash}_${seq}`,
      event: { type: "alias_updated", seq, phone_hash: phone.hash, ...change },
    }),
  };
};

/** Has the callback URL prove that it belongs to the bank. */
export const sendChallenge = (endpoint: string, challenge: string): Write =>
  enqueue({
    endpoint,
    subject: "challenge",
    eventId: `challenge_${challenge}`,
    event: { type: "challenge", challenge },
  });
