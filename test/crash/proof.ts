/** Holds what the load wrote down against what the server says now. */
import assert from "node:assert/strict";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { query } from "../support/cluster.ts";
import type { Client, Reply } from "./client.ts";
import { type Load, type Step, type Trade, wealthOf } from "./load.ts";
import type { Installation } from "./server-process.ts";

const AT_ONCE = 32;

/** Statuses only go forward: what was acknowledged is reached or passed. */
const RANKS: Readonly<Record<string, number>> = {
  pending: 0,
  paid_by_buyer: 1,
  disputed: 2,
  completed: 3,
  cancelled: 3,
};

const forEach = async <Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> => {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};

type Acknowledged = { readonly trade: Trade; readonly order: { readonly id: number; readonly status: string } };

/** The last answer to each trade, as it is at this moment. */
export const acknowledged = (load: Load): readonly Acknowledged[] =>
  load.trades.flatMap((trade) => {
    const reply = trade.steps.findLast((step) => step.reply !== undefined)?.reply;
    return reply === undefined ? [] : [{ trade, order: JSON.parse(reply.text) as Acknowledged["order"] }];
  });

/** Every acknowledged trade is in the status that was told, or a later one. */
export const proveAcknowledged = async (client: Client, load: Load, told: readonly Acknowledged[]): Promise<void> => {
  await forEach(told, async ({ trade, order }) => {
    const ask = { method: "GET", path: `/api/v1/p2p/orders/${order.id}`, token: load.token(trade.buyer) } as const;
    const reply = await client.fly(ask).reply;
    assert.equal(reply.status, 200, reply.text);
    const { status } = JSON.parse(reply.text) as { status: string };
    assert.ok((RANKS[status] ?? -1) >= (RANKS[order.status] ?? 9), `${order.id} was ${order.status}, is ${status}`);
  });
};

/** An order that was cancelled meanwhile masks where to pay, in whatever answer. */
const withoutDetails = (text: string): string => text.replace(/"payment_details":\{[^}]*\}/, '"payment_details":{}');

/** The same key gives the first answer again, to the letter. */
const proveReplay = async (client: Client, { ask, reply: first }: Step): Promise<void> => {
  const { status, text, replayed } = await client.fly(ask).reply;
  const again: Reply = { status, text: withoutDetails(text), replayed };
  const { status: firstStatus, text: firstText } = first as Reply;
  assert.deepEqual(again, { status: firstStatus, text: withoutDetails(firstText), replayed: true }, ask.path);
};

const counts = async (url: string, sql: string): Promise<ReadonlyMap<string, number>> => {
  const [result] = await query(url, sql);
  return new Map(result?.rows.map(({ name, count }) => [name, Number(count)]));
};

/** Each step took effect once, whether its answer came at once or was lost. */
const proveEffects = async (url: string, load: Load): Promise<void> => {
  const orders = await counts(url, "select taker_id as name, count(*) from exchange.orders group by 1");
  const gifts = await counts(url, "select external_id as name, count(*) from exchange.transfers group by 1");
  const balances = await counts(url, "select owner as name, balance as count from exchange.accounts");
  for (const buyer of new Set(load.trades.map((trade) => trade.buyer))) {
    const taken = load.trades.filter((trade) => trade.buyer === buyer).length;
    assert.equal(orders.get(buyer), taken, `orders of ${buyer}`);
    assert.equal(balances.get(buyer), wealthOf(load, buyer), `what ${buyer} has`);
  }
  for (const { externalId } of load.gifts) assert.equal(gifts.get(externalId), 1, externalId);
};

/** When everybody has finished. */
export const proveAll = async (installation: Installation, client: Client, load: Load): Promise<void> => {
  assert.deepEqual(load.faults, []);
  const steps = [...load.trades.flatMap(({ steps: made }) => made), ...load.gifts.map(({ step }) => step)];
  assert.deepEqual(
    steps.filter(({ reply }) => reply === undefined),
    [],
  );
  await proveAcknowledged(client, load, acknowledged(load));
  await forEach(steps, (step) => proveReplay(client, step));
  const url = await installation.databaseUrl();
  await proveEffects(url, load);
  const { checks, findings } = await audit(url, DEFAULT_SETTINGS);
  assert.ok(checks > 0);
  assert.deepEqual(findings, []);
};
