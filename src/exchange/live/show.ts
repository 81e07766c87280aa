/**
 * What a reader is shown of events: the payloads, with the order, line, wallet, ad or case as that reader may see it now.
 * Read where it is shown, so that no trade writes it, a line that was hidden since is hidden here as well, and nobody is
 * shown what a route would not show.
 */
import type { FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { FeedEvent } from "../../engine/index.ts";
import { callerOf } from "../../http/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { ownAdsOf } from "../ads/index.ts";
import { linesAt, type MessageDocument, unreadIn } from "../chat/index.ts";
import type { DetailsCipher } from "../details-cipher.ts";
import { casesOf, type QueuedDispute } from "../disputes/index.ts";
import { declared, type ExchangeEvent, OPERATORS } from "../events.ts";
import { ordersOf, type PresentedOrder, presentOrder } from "../orders/index.ts";
import type { Settings } from "../settings.ts";
import { findWallet } from "../wallet/index.ts";

/** @property ofAccount whether what befalls the account is shown: to whoever signs in, and to no program with a token */
export type Reader = { readonly id: TraderId; readonly isOperator: boolean; readonly ofAccount: boolean };

export const readerOf = (request: FastifyRequest): Reader => {
  const { traderId, roles, personalToken } = callerOf(request);
  return { id: traderId, isOperator: roles.has("operator"), ofAccount: personalToken === null };
};

/** Whose events a reader is told. */
export const recipientsOf = ({ id, isOperator }: Reader): readonly string[] => (isOperator ? [id, OPERATORS] : [id]);

/** An event with what is shown of it. */
export type Shown = {
  readonly position: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type Show = (reader: Reader, events: readonly FeedEvent[]) => Promise<readonly Shown[]>;

export type ShowDeps = { readonly pool: Pool; readonly details: DetailsCipher; readonly settings: Settings };

type Found = {
  readonly orders: ReadonlyMap<number, PresentedOrder>;
  readonly lines: ReadonlyMap<string, MessageDocument>;
  readonly unread: ReadonlyMap<number, number>;
  readonly wallet: object | null;
  readonly ads: ReadonlyMap<number, object>;
  readonly cases: ReadonlyMap<number, QueuedDispute>;
};

export const createShow =
  (deps: ShowDeps): Show =>
  async (reader, events) => {
    const told = events
      .map((event) => ({ position: event.position, ...declared(event) }))
      .filter(({ type }) => reader.ofAccount || type !== "security.updated");
    const found = await findAll(deps, reader, told);
    return told.flatMap(({ position, ...event }) => {
      const more = moreOf(event, found);
      return more === null ? [] : [{ position, type: event.type, data: { ...event.data, ...more } }];
    });
  };

const lineKey = (orderId: number, seq: number): string => `${orderId}/${seq}`;

/** One query for each kind of thing that the events are about, whatever their number. */
const findAll = async (
  { pool, details, settings }: ShowDeps,
  reader: Reader,
  events: readonly ExchangeEvent[],
): Promise<Found> => {
  const idsOf = (...types: readonly ExchangeEvent["type"][]) => [
    ...new Set(
      events.flatMap(({ type, data }) => (types.includes(type) && "order_id" in data ? [data.order_id ?? 0] : [])),
    ),
  ];
  const [orders, chats, cases] = [
    idsOf("order.updated"),
    idsOf("message.created", "message.updated"),
    idsOf("case.updated"),
  ];
  const adIds = [...new Set(events.flatMap(({ type, data }) => (type === "ad.updated" ? [data.ad_id ?? 0] : [])))];
  const lines = events.flatMap(({ data }) =>
    "seq" in data ? [{ orderId: data.order_id as number, seq: data.seq }] : [],
  );
  const present = presentOrder(details);
  const read = async <Item, Key>(needed: boolean, items: () => Promise<readonly Item[]>, key: (item: Item) => Key) =>
    needed ? new Map((await items()).map((item) => [key(item), item])) : new Map<Key, Item>();

  const [ordersFound, linesFound, unread, wallet, ads, casesFound] = await Promise.all([
    read(
      orders.length > 0,
      async () => (await ordersOf(pool, reader.id, orders)).map(present),
      ({ id }): number => id,
    ),
    read(
      lines.length > 0,
      () => linesAt(pool, reader.id, lines),
      ({ orderId, message }) => lineKey(orderId, message.seq),
    ),
    chats.length > 0 ? unreadIn(pool, reader.id, chats) : new Map<number, number>(),
    events.some(({ type }) => type === "wallet.updated") ? findWallet(pool, reader.id) : null,
    read(
      adIds.length > 0,
      () => ownAdsOf(pool, settings, reader.id, adIds),
      ({ id }): number => id,
    ),
    read(
      cases.length > 0,
      () => casesOf(pool, reader.id, cases),
      ({ order_id }): number => order_id,
    ),
  ]);
  return {
    orders: ordersFound,
    lines: new Map([...linesFound].map(([key, { message }]) => [key, message])),
    unread,
    wallet,
    ads: new Map(
      [...ads].map(([id, ad]) => [id, { ...ad, payment_details: details.open(ad.payment_details, reader.id) }]),
    ),
    cases: casesFound,
  };
};

/** Null for what the reader is not shown at all, such as a case that the reader is a party of. */
const moreOf = ({ type, data }: ExchangeEvent, found: Found): Readonly<Record<string, unknown>> | null => {
  switch (type) {
    case "order.updated": {
      const order = found.orders.get(data.order_id);
      return order === undefined ? null : { order };
    }
    case "wallet.updated":
      return found.wallet === null ? null : { wallet: found.wallet };
    case "message.created":
    case "message.updated": {
      const unread = found.unread.get(data.order_id) ?? 0;
      if (!("seq" in data)) return { unread };
      const message = found.lines.get(lineKey(data.order_id, data.seq));
      return message === undefined ? null : { unread, message };
    }
    case "ad.updated":
      return { ad: found.ads.get(data.ad_id) ?? null };
    case "case.updated": {
      const about = found.cases.get(data.order_id);
      return about === undefined ? null : { case: about };
    }
    case "security.updated":
      return {};
    default:
      // Told by a newer node: its payload is all that is known.
      return {};
  }
};
