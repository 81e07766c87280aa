/**
 * Turns a row of the outbox into the text that a bank reads: phones in the clear, amounts as they were written, and the
 * order with the status that it had when the callback was queued.
 */
import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { Delivery } from "../../deliveries/index.ts";
import { instant, SECOND, toRfc3339 } from "../../kernel/index.ts";
import type { CallbackEvent, NumberedEvent } from "../callbacks/index.ts";
import type { RailDeps } from "../deps.ts";
import { found } from "../found.ts";
import { optional } from "../json.ts";
import { createOrderPresenter, findAnyOrder } from "../orders/index.ts";
import { findPayment, payInDocument } from "../pay-requests/index.ts";
import { findReturn, findReturnRequest, returnDocument, returnRequestDocument } from "../returns/index.ts";
import type { OrderStatus, StatusReason } from "../tables/index.ts";
import { findPhone, findSearch, type SealedPhone } from "./queries.ts";

export type SerializeDeps = Pick<RailDeps, "phones" | "publicUrl"> & {
  /** Reads. */
  readonly pool: Pool;
};

/** The body was written by `callbacks/outbox.ts`, the only writer of the queue. */
export const eventOf = ({ body }: Pick<Delivery, "body">): CallbackEvent => JSON.parse(body) as CallbackEvent;

/** Relative to the callback URL. */
export const pathOf = ({ type }: CallbackEvent): string =>
  type === "link_creditor" || type === "challenge" ? type : "callbacks";

/** What a delivery is known by, and whose it is. */
type Sent = Pick<Delivery, "eventId" | "endpoint">;

/** @param url where it is sent @returns the payload of one attempt, with a `jti` of its own */
export type Serialize = (event: CallbackEvent, sent: Sent, url: string) => Promise<string>;

export const createSerialize = ({ pool, phones, publicUrl }: SerializeDeps): Serialize => {
  const orders = createOrderPresenter({ phones, publicUrl });
  const inTheClear = ({ hash, sealed }: SealedPhone) => phones.open(hash, sealed);

  const linkCreditorMembers = async (requestGuid: string): Promise<object> => {
    const search = found(await findSearch(pool, requestGuid), "search");
    return { request_guid: requestGuid, phone: inTheClear(search), expires_at: toRfc3339(search.until) };
  };

  const orderData = async ({ order_guid, status, status_reason }: CallbackEvent & { type: "order.updated" }) => {
    const { state, ...rest } = found(await findAnyOrder(pool, order_guid), "order");
    const then = { status: status as OrderStatus, statusReason: status_reason as StatusReason | null };
    return orders.found({ ...rest, state: { ...state, ...then } });
  };

  const aliasData = async ({ phone_hash, linked, moves_at }: CallbackEvent & { type: "alias_updated" }) => ({
    phone: inTheClear(found(await findPhone(pool, phone_hash), "phone")),
    linked,
    ...optional("moves_at", moves_at === undefined ? null : toRfc3339(instant(moves_at))),
  });

  const payInData = async ({ guid }: CallbackEvent & { type: "pay_in" }) =>
    payInDocument(found(await findPayment(pool, guid), "payment"));

  const returnData = async ({ guid }: CallbackEvent & { type: "return" }) =>
    returnDocument(found(await findReturn(pool, guid), "return"));

  const returnRequestData = async ({ payment_guid, status, failure }: CallbackEvent & { type: "return_request" }) => {
    const request = found(await findReturnRequest(pool, payment_guid), "return request");
    return returnRequestDocument({ ...request, status, failure });
  };

  const dataOf = async (event: NumberedEvent): Promise<object> => {
    if (event.type === "order.updated") return orderData(event);
    if (event.type === "pay_in") return payInData(event);
    if (event.type === "return") return returnData(event);
    if (event.type === "return_request") return returnRequestData(event);
    return event.type === "alias_updated" ? aliasData(event) : membersOfEvent(event);
  };

  const payloadOf = async (event: CallbackEvent, eventId: string): Promise<object> => {
    if (event.type === "link_creditor") return linkCreditorMembers(event.request_guid);
    if (event.type === "challenge") return { challenge: event.challenge };
    return { event_id: eventId, seq: event.seq, type: event.type, data: await dataOf(event) };
  };

  return async (event, { eventId, endpoint }, url) =>
    JSON.stringify({
      jti: randomUUID(),
      iat: Math.floor(Date.now() / SECOND),
      iss: publicUrl(),
      aud: url,
      sub: endpoint,
      ...(await payloadOf(event, eventId)),
    });
};

/** For events that need nothing from the database. */
const membersOfEvent = (
  event: Exclude<
    NumberedEvent,
    { readonly type: "order.updated" | "alias_updated" | "pay_in" | "return" | "return_request" }
  >,
): object => {
  if (event.type === "link_cancelled") return { request_guid: event.request_guid };
  const which = { guid: event.guid, order_guid: event.order_guid };
  const outcome = { status: event.status, ...optional("reason", event.reason) };
  if (event.type === "pay_out")
    return { ...which, payment_message_external_id: event.payment_message_external_id, ...outcome };
  return { ...which, ...outcome, ...optional("creditor", event.account === null ? null : { account: event.account }) };
};
