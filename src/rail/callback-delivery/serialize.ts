/**
 * What was queued as guids and statuses, as the text that a bank reads: phones in the clear, amounts as they were
 * written, an order with the status that it had then.
 */
import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { Delivery } from "../../deliveries/index.ts";
import { instant, SECOND, toRfc3339 } from "../../kernel/index.ts";
import type { FeedEvent } from "../callbacks/index.ts";
import type { RailDeps } from "../deps.ts";
import { type MemberText, objectText, text } from "../json.ts";
import { createOrderPresenter, findAnyOrder } from "../orders/index.ts";
import type { OrderStatus, StatusReason } from "../tables/index.ts";
import { findPhone, findSearch, type SealedPhone } from "./queries.ts";

export type RenderDeps = Pick<RailDeps, "phones" | "publicUrl"> & {
  /** Reads. */
  readonly pool: Pool;
};

/** Of `callbacks/`, which is the only one to queue. */
export const toldOf = ({ body }: Pick<Delivery, "body">): FeedEvent => JSON.parse(body) as FeedEvent;

/** Below the callback URL. */
export const pathOf = ({ type }: FeedEvent): string =>
  type === "link_creditor" || type === "challenge" ? type : "callbacks";

/** The payload of one attempt: its `jti` is never used again. @param url where it is sent to */
export type Render = (told: FeedEvent, eventId: string, url: string) => Promise<string>;

export const createRender = ({ pool, phones, publicUrl }: RenderDeps): Render => {
  const orders = createOrderPresenter({ phones, publicUrl });
  const inTheClear = ({ hash, sealed }: SealedPhone) => text(phones.open(hash, sealed));

  const asking = async (requestGuid: string): Promise<readonly MemberText[]> => {
    const search = found(await findSearch(pool, requestGuid), "search");
    return [
      ["request_guid", text(requestGuid)],
      ["phone", inTheClear(search)],
      ["expires_at", text(toRfc3339(search.until))],
    ];
  };

  const orderThen = async ({ order_guid, status, status_reason }: FeedEvent & { type: "order.updated" }) => {
    const { order, state } = found(await findAnyOrder(pool, order_guid), "order");
    const then = { status: status as OrderStatus, statusReason: status_reason as StatusReason | null };
    return orders.found({ order, state: { ...state, ...then } });
  };

  const aliasThen = async ({ phone_hash, linked, moves_at }: FeedEvent & { type: "alias_updated" }) =>
    objectText([
      ["phone", inTheClear(found(await findPhone(pool, phone_hash), "phone"))],
      ["linked", String(linked)],
      ["moves_at", moves_at === undefined ? undefined : text(toRfc3339(instant(moves_at)))],
    ]);

  const dataOf = async (told: Event): Promise<string> => {
    if (told.type === "order.updated") return orderThen(told);
    return told.type === "alias_updated" ? aliasThen(told) : objectText(membersOf(told));
  };

  const contentOf = async (told: FeedEvent, eventId: string): Promise<readonly MemberText[]> => {
    if (told.type === "link_creditor") return asking(told.request_guid);
    if (told.type === "challenge") return [["challenge", text(told.challenge)]];
    return [
      ["event_id", text(eventId)],
      ["seq", String(told.seq)],
      ["type", text(told.type)],
      ["data", await dataOf(told)],
    ];
  };

  return async (told, eventId, url) =>
    objectText([
      ["jti", text(randomUUID())],
      ["iat", String(Math.floor(Date.now() / SECOND))],
      ["iss", text(publicUrl())],
      ["aud", text(url)],
      ...(await contentOf(told, eventId)),
    ]);
};

/** What is told by its number, at the one address for all of them. */
type Event = Exclude<FeedEvent, { readonly type: "link_creditor" | "challenge" }>;

/** What needs no looking up. */
const membersOf = (
  told: Exclude<Event, { readonly type: "order.updated" | "alias_updated" }>,
): readonly MemberText[] => {
  if (told.type === "link_cancelled") return [["request_guid", text(told.request_guid)]];
  const which: readonly MemberText[] = [
    ["guid", text(told.guid)],
    ["order_guid", text(told.order_guid)],
  ];
  if (told.type === "pay_in")
    return [...which, ["amount", told.amount], ["currency", text(told.currency)], ["account", text(told.account)]];
  const outcome: readonly MemberText[] = [...which, ["status", text(told.status)], ["reason", text(told.reason)]];
  if (told.type === "pay_out" || told.account === null) return outcome;
  return [...outcome, ["creditor", objectText([["account", text(told.account)]])]];
};

const found = <Row>(row: Row | null, what: string): Row => {
  if (row === null) throw new Error(`there is no such ${what} to tell of`);
  return row;
};
