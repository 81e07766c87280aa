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
import { type JsonMember, jsonObject, jsonString } from "../json.ts";
import { createOrderPresenter, findAnyOrder } from "../orders/index.ts";
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

/** @param url where it is sent @returns the payload of one attempt, with a `jti` of its own */
export type Serialize = (event: CallbackEvent, eventId: string, url: string) => Promise<string>;

export const createSerialize = ({ pool, phones, publicUrl }: SerializeDeps): Serialize => {
  const orders = createOrderPresenter({ phones, publicUrl });
  const inTheClear = ({ hash, sealed }: SealedPhone) => jsonString(phones.open(hash, sealed));

  const linkCreditorMembers = async (requestGuid: string): Promise<readonly JsonMember[]> => {
    const search = found(await findSearch(pool, requestGuid), "search");
    return [
      ["request_guid", jsonString(requestGuid)],
      ["phone", inTheClear(search)],
      ["expires_at", jsonString(toRfc3339(search.until))],
    ];
  };

  const orderData = async ({ order_guid, status, status_reason }: CallbackEvent & { type: "order.updated" }) => {
    const { order, state } = found(await findAnyOrder(pool, order_guid), "order");
    const then = { status: status as OrderStatus, statusReason: status_reason as StatusReason | null };
    return orders.found({ order, state: { ...state, ...then } });
  };

  const aliasData = async ({ phone_hash, linked, moves_at }: CallbackEvent & { type: "alias_updated" }) =>
    jsonObject([
      ["phone", inTheClear(found(await findPhone(pool, phone_hash), "phone"))],
      ["linked", String(linked)],
      ["moves_at", moves_at === undefined ? undefined : jsonString(toRfc3339(instant(moves_at)))],
    ]);

  const dataOf = async (event: NumberedEvent): Promise<string> => {
    if (event.type === "order.updated") return orderData(event);
    return event.type === "alias_updated" ? aliasData(event) : jsonObject(membersOfEvent(event));
  };

  const payloadOf = async (event: CallbackEvent, eventId: string): Promise<readonly JsonMember[]> => {
    if (event.type === "link_creditor") return linkCreditorMembers(event.request_guid);
    if (event.type === "challenge") return [["challenge", jsonString(event.challenge)]];
    return [
      ["event_id", jsonString(eventId)],
      ["seq", String(event.seq)],
      ["type", jsonString(event.type)],
      ["data", await dataOf(event)],
    ];
  };

  return async (event, eventId, url) =>
    jsonObject([
      ["jti", jsonString(randomUUID())],
      ["iat", String(Math.floor(Date.now() / SECOND))],
      ["iss", jsonString(publicUrl())],
      ["aud", jsonString(url)],
      ...(await payloadOf(event, eventId)),
    ]);
};

/** For events that need nothing from the database. */
const membersOfEvent = (
  event: Exclude<NumberedEvent, { readonly type: "order.updated" | "alias_updated" }>,
): readonly JsonMember[] => {
  if (event.type === "link_cancelled") return [["request_guid", jsonString(event.request_guid)]];
  const which: readonly JsonMember[] = [
    ["guid", jsonString(event.guid)],
    ["order_guid", jsonString(event.order_guid)],
  ];
  if (event.type === "pay_in")
    return [
      ...which,
      ["amount", event.amount],
      ["currency", jsonString(event.currency)],
      ["account", jsonString(event.account)],
      ["late", String(event.late)],
    ];
  const outcome: readonly JsonMember[] = [
    ...which,
    ["status", jsonString(event.status)],
    ["reason", jsonString(event.reason)],
  ];
  if (event.type === "pay_out" || event.account === null) return outcome;
  return [...outcome, ["creditor", jsonObject([["account", jsonString(event.account)]])]];
};

const found = <Row>(row: Row | null, what: string): Row => {
  if (row === null) throw new Error(`the ${what} of a callback does not exist`);
  return row;
};
