/**
 * What banks are told, as rows of the transaction that it tells of: no crash between a change and its callback loses it,
 * and a repeat has the same event id. Bodies hold guids and statuses; phones and signatures are put in when they are sent.
 */
import { hash } from "node:crypto";
import type { Write } from "../../engine/index.ts";
import { CHANNEL } from "../settings.ts";
import { callbacks, type OrderState, type Payment, type PayRequest, type Phone } from "../tables/index.ts";

/** What `deliveries` keeps. `data` becomes the callback's own. */
export type FeedEvent =
  | { readonly type: "link_creditor"; readonly request_guid: string; readonly order_guid: string }
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
      readonly type: "pay_in";
      readonly seq: number;
      readonly guid: string;
      readonly order_guid: string;
      readonly amount: string;
      readonly currency: string;
      readonly account: string;
    }
  | {
      readonly type: "pay_out";
      readonly seq: number;
      readonly guid: string;
      readonly order_guid: string;
      readonly status: string;
      readonly reason: string | null;
    };

/** @property eventId different for everything that is told */
type Queued = {
  readonly endpoint: string;
  readonly subject: string;
  readonly eventId: string;
  readonly told: FeedEvent;
};

/** The same at every attempt, and says nothing of what it is made of: a losing bank learns no order's guid by it. */
const opaque = ({ endpoint, eventId }: Queued): string =>
  `evt_${hash("sha256", `${endpoint} ${eventId}`, "base64url")}`;

const queued = (item: Queued): Write =>
  callbacks.append({
    channel: CHANNEL,
    endpoint: item.endpoint,
    subject: item.subject,
    eventId: opaque(item),
    body: JSON.stringify(item.told),
  });

/** Counts what is told of one order, and hands out the numbers. One per change of the order's state. */
export type OrderVoice = {
  say(endpoint: string, tell: (seq: number) => FeedEvent): void;
  /** The state with its new count, and the callbacks. */
  readonly writes: readonly Write[];
  readonly told: number;
};

export const voiceOf = (orderGuid: string, toldSoFar: number): OrderVoice => {
  const writes: Write[] = [];
  let told = toldSoFar;
  return {
    say(endpoint, tell) {
      told++;
      const eventId = `evt_${orderGuid}_${told}`;
      writes.push(queued({ endpoint, subject: `order ${orderGuid}`, eventId, told: tell(told) }));
    },
    writes,
    get told() {
      return told;
    },
  };
};

export const orderUpdated =
  ({ orderGuid, status, statusReason }: OrderState) =>
  (seq: number): FeedEvent => ({
    type: "order.updated",
    seq,
    order_guid: orderGuid,
    status,
    status_reason: statusReason,
  });

/** @param account the creditor's, once the payer's bank may know it */
export const payRequestTold =
  ({ guid, orderGuid, status, reason }: PayRequest, account: string | null) =>
  (seq: number): FeedEvent => ({ type: "pay_request", seq, guid, order_guid: orderGuid, status, reason, account });

export const linkCancelled =
  (requestGuid: string) =>
  (seq: number): FeedEvent => ({ type: "link_cancelled", seq, request_guid: requestGuid });

export const payIn =
  ({ guid, orderGuid, amountText, currency }: Payment, account: string) =>
  (seq: number): FeedEvent => ({
    type: "pay_in",
    seq,
    guid,
    order_guid: orderGuid,
    amount: amountText,
    currency,
    account,
  });

export const payOut =
  ({ guid, orderGuid, status, reason }: Payment) =>
  (seq: number): FeedEvent => ({ type: "pay_out", seq, guid, order_guid: orderGuid, status, reason });

/** Asks a bank whose phone it is. Sent to a path of its own; what is told of the order later comes after it. */
export const askForCreditor = (endpoint: string, orderGuid: string, requestGuid: string): Write =>
  queued({
    endpoint,
    subject: `order ${orderGuid}`,
    eventId: `ask_${requestGuid}`,
    told: { type: "link_creditor", request_guid: requestGuid, order_guid: orderGuid },
  });

/** Tells a bank of its alias. @returns the phone with its new count, and the callback */
export const tellOfAlias = (
  phone: Phone,
  endpoint: string,
  change: { readonly linked: boolean; readonly moves_at?: number },
): { readonly phone: Phone; readonly write: Write } => {
  const told = phone.told + 1;
  return {
    phone: { ...phone, told },
    write: queued({
      endpoint,
      subject: `phone ${phone.hash}`,
      eventId: `alias_${phone.hash}_${told}`,
      told: { type: "alias_updated", seq: told, phone_hash: phone.hash, ...change },
    }),
  };
};

/** Has the callback URL prove that it is the bank's. */
export const sendChallenge = (endpoint: string, challenge: string): Write =>
  queued({ endpoint, subject: "challenge", eventId: `challenge_${challenge}`, told: { type: "challenge", challenge } });
