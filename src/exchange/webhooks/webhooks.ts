/**
 * Turns the feed into deliveries to the host platform, by the Standard Webhooks specification
 * (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`.
 */
import { createHmac } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import {
  createDeliveries,
  type Deliveries,
  type Delivery,
  type Outbound,
  type Queued,
} from "../../deliveries/index.ts";
import { type EventCopy, type EventRow, expandRow, type MaintenanceTask, ROW_COLUMNS } from "../../engine/index.ts";
import { HOUR, instant, SECOND } from "../../kernel/index.ts";
import type { Sealing } from "../../keys/index.ts";
import { declared } from "../events.ts";
import { type OrderTerms, subjectOf, webhookBody } from "./body.ts";

/** Rows of the feed turned into deliveries in one transaction. */
const AT_ONCE = 500;
/** Of deliveries: those to the host platform. */
export const CHANNEL = "webhooks";
const SECRET_PREFIX = "whsec_";

export const secretContext = (id: string): string => `webhook ${id}`;

/** @param secret `whsec_` and base64, as the specification has it */
export const signWebhook = (secret: string, id: string, timestamp: number, body: string): string => {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
};

export type Webhooks = {
  readonly deliveries: Deliveries;
  readonly chores: readonly MaintenanceTask[];
  stop(): Promise<void>;
};

export type WebhooksDeps = {
  readonly pool: Pool;
  readonly sealing: Sealing;
  readonly outbound: Outbound;
  readonly onFailure: (what: string, error: unknown) => void;
};

/** @property after where the endpoint's cursor was */
type NextRow = EventRow & { readonly epoch: string; readonly after: number; readonly at: Date };

export const createWebhooks = ({ pool, sealing, outbound, onFailure }: WebhooksDeps): Webhooks => {
  const address = async (delivery: Delivery) => {
    const { rows } = await pool.query<{ url: string; secrets: readonly string[] }>({
      name: "webhook address",
      text: `select url, array_remove(array[secret, case when previous_until > now() then previous_secret end], null) as secrets
        from exchange.webhooks where id = $1 and deleted_at is null`,
      values: [delivery.endpoint],
    });
    const [webhook] = rows;
    if (webhook === undefined) return { unreachable: "the endpoint is gone" };
    const secrets = webhook.secrets.map((secret) => sealing.open(secret, secretContext(delivery.endpoint)));
    const timestamp = Math.floor(Date.now() / SECOND);
    return {
      url: webhook.url,
      headers: {
        "content-type": "application/json",
        "webhook-id": delivery.eventId,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": secrets
          .map((secret) => signWebhook(secret, delivery.eventId, timestamp, delivery.body))
          .join(" "),
      },
    };
  };

  const deliveries = createDeliveries({
    pool,
    channel: CHANNEL,
    address,
    ...outbound,
    onFailure: (error) => onFailure("sending a webhook", error),
  });

  return {
    deliveries,
    chores: [
      { name: "queue webhooks", everyMs: SECOND / 2, run: () => queueAll(pool, deliveries) },
      { name: "send webhooks", everyMs: SECOND / 4, run: deliveries.run },
      { name: "forget old webhooks", everyMs: HOUR, run: deliveries.forget },
    ],
    stop: deliveries.stop,
  };
};

type Endpoint = { readonly id: string; readonly events: readonly string[] };

/** In turns, each for itself: one that has much to catch up with, or that fails, is in no other's way. */
const queueAll = async (pool: Pool, deliveries: Deliveries): Promise<void> => {
  const { rows } = await pool.query<Endpoint>({
    name: "webhooks",
    text: "select id, events from exchange.webhooks where deleted_at is null",
  });
  const failures: unknown[] = [];
  for (let waiting = rows; waiting.length > 0; ) {
    const more: Endpoint[] = [];
    for (const endpoint of waiting) {
      const goesOn = await queueSome(pool, deliveries, endpoint).catch((error: unknown) => {
        failures.push(new Error(`webhook ${endpoint.id}`, { cause: error }));
        return false;
      });
      if (goesOn) more.push(endpoint);
    }
    waiting = more;
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} webhooks could not be queued`);
};

/** @returns whether there may be more */
const queueSome = async (pool: Pool, deliveries: Deliveries, { id, events }: Endpoint): Promise<boolean> => {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<NextRow>({
      name: "next webhook events",
      text: `with cursor as (select position from deliveries.cursors where endpoint = $1 for update skip locked)
        select f.epoch, c.position as after, e.* from exchange.feed f cross join cursor c cross join lateral (
          select ${ROW_COLUMNS}, items, at from exchange.events where position > c.position
          order by position limit ${AT_ONCE}) e
        order by e.position`,
      values: [id],
    });
    const copies = rows.flatMap((row) =>
      expandRow(row)
        .filter(({ position, type }) => position > row.after && events.includes(type))
        .map((copy) => ({ row, copy })),
    );
    const terms = await readTerms(
      client,
      copies.map(({ copy }) => copy),
    );
    await deliveries.enqueue(
      client,
      copies.map(({ row, copy }) => queued(id, row, copy, terms)),
    );
    const last = rows.at(-1);
    if (last !== undefined) {
      await client.query({
        name: "move cursor",
        text: "update deliveries.cursors set position = $2 where endpoint = $1",
        values: [id, last.position],
      });
    }
    await client.query("commit");
    return rows.length === AT_ONCE;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
};

type Terms = ReadonlyMap<number, OrderTerms>;

/** Of the orders whose status is told. They were committed with the event, and never change. */
const readTerms = async (client: PoolClient, copies: readonly EventCopy[]): Promise<Terms> => {
  const told = copies.map(declared).flatMap(({ type, data }) => (type === "order.updated" ? [data.order_id] : []));
  if (told.length === 0) return new Map();
  const { rows } = await client.query<{ readonly id: number; readonly terms: OrderTerms }>({
    name: "terms of orders for webhooks",
    text: `select id, json_build_object('ad_id', ad_id, 'buyer_id', buyer_id, 'seller_id', seller_id, 'usdt_amount', usdt_amount,
        'fiat_amount', fiat_amount, 'fiat_currency', fiat_currency, 'exchange_rate', exchange_rate,
        'payment_method', payment_method) as terms
      from exchange.orders where id = any($1::int8[])`,
    values: [[...new Set(told)]],
  });
  return new Map(rows.map(({ id, terms }) => [id, terms]));
};

/** A restored database counts on from where it was saved: without the epoch another event would come under a known id. */
const queued = (
  endpoint: string,
  { epoch, at }: NextRow,
  { position, recipient, ...copy }: EventCopy,
  terms: Terms,
): Queued => {
  const told = declared(copy);
  const order = told.type === "order.updated" ? terms.get(told.data.order_id) : undefined;
  return {
    endpoint,
    subject: subjectOf(told, recipient),
    eventId: `msg_${endpoint.slice(0, 8)}_${epoch}_${position}`,
    body: webhookBody(told, recipient, instant(at.getTime()), order),
  };
};
