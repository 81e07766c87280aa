/** What the pages of the list show beside the demo: orders in each state that has a page of its own. */
import assert from "node:assert/strict";
import type { Market } from "../support/market.ts";
import { openBrowser } from "../support/people.ts";

export type World = {
  /** Vera buys from Anna, and has not paid. */
  readonly pendingOrder: number;
  /** Oleg buys from Anna, and says that he has paid. */
  readonly paidOrder: number;
  /** Vera bought from Anna. */
  readonly completedOrder: number;
  /** Igor buys from Anna; an operator is called. */
  readonly disputedOrder: number;
  /** Pavel had paid, he says, what Anna cancelled. */
  readonly claimedOrder: number;
  /** Anna sells. */
  readonly ad: number;
};

const AMOUNT = 500_000;

const must = async (call: ReturnType<Market["as"]>, method: string, path: string, body?: object) => {
  const reply = await call(method, path, body);
  assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`);
  return reply.body;
};

export const createWorld = async (market: Market): Promise<World> => {
  const { items } = await must(market.stranger, "GET", "/p2p/ads?type=sell");
  const ad: number = items.find((item: { readonly maker: { readonly id: string } }) => item.maker.id === "anna")?.id;
  const order = async (taker: string): Promise<number> => {
    const made = await must(market.as(taker), "POST", "/p2p/orders", {
      ad_id: ad,
      usdt_amount: AMOUNT,
      payment_method: "card",
    });
    return made.id;
  };
  const pendingOrder = await order("vera");
  await must(market.as("vera"), "POST", `/p2p/orders/${pendingOrder}/messages`, {
    message: "Hello, I pay in a minute.",
  });
  const paidOrder = await order("oleg");
  await must(market.as("oleg"), "POST", `/p2p/orders/${paidOrder}/confirm-paid`);
  const claimedOrder = await order("pavel");
  await must(market.as("anna"), "POST", `/p2p/orders/${claimedOrder}/cancel`);
  await must(market.as("pavel"), "POST", `/p2p/orders/${claimedOrder}/claim`, { comment: "Sent at noon." });
  const first = async (person: string, status: string): Promise<number> => {
    const { items } = await must(market.as(person), "GET", `/p2p/orders?status=${status}`);
    assert.ok(items.length > 0, `${person} has no ${status} order`);
    return items[0].id;
  };
  await makeTokens(market);
  const completedOrder = await first("vera", "completed");
  const disputedOrder = await first("anna", "disputed");
  return { pendingOrder, paidOrder, completedOrder, disputedOrder, claimedOrder, ad };
};

/** Anna's programs: one of each kind, of which one has called. */
const makeTokens = async (market: Market): Promise<void> => {
  const { call } = openBrowser(market);
  await must(call, "POST", "/identity/demo", { person: "anna" });
  const make = (name: string, scope: string, more = {}) =>
    must(call, "POST", "/identity/tokens", { name, scope, expires_in_days: 90, ...more });
  const { token } = await make("Table of my orders", "read");
  await make("Bot that answers in chats", "trade");
  await make("Till in the shop", "trade", { release: true, expires_in_days: 7 });
  const used = await market.stranger("GET", "/wallet", undefined, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(used.status, 200, used.text);
};
