/** The exchange between people, once through: chat, read marks, sessions, dispute, rating, dossier, live updates. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";

let order: Json;
const market = useMarket({}, async () => {
  await market.fund("anna", 1_000_000);
  const ad = await market.sellAd("anna");
  const created = await market.as("vera")("POST", "/p2p/orders", {
    ad_id: ad.id,
    usdt_amount: 500_000,
    payment_method: "card",
  });
  order = created.body;
});

const at = (path: string) => `/p2p/orders/${order.id}${path}`;

test("each status change and each message takes the next number", async () => {
  const vera = market.as("vera");
  const sent = await vera("POST", at("/messages"), {
    message: "Payment sent, please check.",
    client_id: "6f2b0a4e-55e4-4d0c-9a53-0d43a1f7a001",
  });
  assert.equal(sent.status, 201, sent.text);
  assert.equal(sent.body.seq, 2);
  assert.equal(sent.body.kind, "user");
  const again = await vera("POST", at("/messages"), {
    message: "Payment sent, please check.",
    client_id: "6f2b0a4e-55e4-4d0c-9a53-0d43a1f7a001",
  });
  assert.deepEqual(again.body, sent.body);
  const page = await market.as("anna")("GET", at("/messages?limit=50&offset=0"));
  assert.deepEqual(
    page.body.items.map((line: Json) => [line.seq, line.kind]),
    [
      [1, "system"],
      [2, "user"],
    ],
  );
  assert.equal(page.body.last_seq, 2);
  assert.equal((await market.as("oleg")("GET", at("/messages"))).status, 404);
});

test("unread counts the other's lines until they are marked", async () => {
  const anna = market.as("anna");
  assert.equal((await anna("GET", at(""))).body.unread, 1);
  const sessions = await anna("GET", "/p2p/sessions");
  assert.equal(sessions.status, 200, sessions.text);
  assert.equal(sessions.body.items[0].unread, 1);
  assert.equal(sessions.body.items[0].counterparty.id, "vera");
  const marked = await anna("POST", at("/messages/read"), { up_to_seq: 2 });
  assert.deepEqual(marked.body, { up_to_seq: 2, unread: 0 });
  const page = await market.as("vera")("GET", at("/messages?after_seq=1"));
  assert.notEqual(page.body.items[0].read_at, null);
});

test("a dispute is resolved by the operator who is assigned, and told apart by its outcome", async () => {
  await market.as("vera")("POST", at("/confirm-paid"));
  const called = await market.as("vera")("POST", at("/call-operator"), {
    reason: "paid_not_released",
    comment: "an hour ago",
  });
  assert.equal(called.body.status, "disputed", called.text);
  const olga = market.as("olga", "operator");
  const queue = await olga("GET", "/operator/disputes");
  assert.equal(queue.body.items[0].order_id, order.id);
  assert.equal(
    (await olga("POST", `/operator/orders/${order.id}/resolve`, { outcome: "release", reason: "x" })).status,
    403,
  );
  assert.equal((await olga("POST", `/operator/orders/${order.id}/assign`)).status, 200);
  const said = await olga("POST", `/operator/orders/${order.id}/messages`, { message: "I am looking at it." });
  assert.equal(said.body.kind, "operator");
  const split = await olga("POST", `/operator/orders/${order.id}/resolve`, {
    outcome: "split",
    buyer_amount: 200_000,
    reason: "half was sent",
  });
  assert.deepEqual(split.body, {
    order_id: order.id,
    status: "completed",
    outcome: "dispute_split",
    released_amount: 200_000,
    refunded_amount: 300_000,
  });
  assert.equal((await market.as("vera")("GET", "/wallet")).body.available, 200_000);
});

test("each side rates once, and the ad shows it", async () => {
  const rated = await market.as("vera")("POST", at("/rate"), { rating: 4, comment: "Fine." });
  assert.equal(rated.status, 201, rated.text);
  assert.equal((await market.as("vera")("POST", at("/rate"), { rating: 5 })).body.code, "ALREADY_RATED");
  const page = await market.stranger("GET", "/p2p/ads?type=sell");
  assert.equal(page.body.items[0].maker.rating, 4);
  assert.equal(page.body.items[0].maker.completion_rate_30d, 1);
});

test("the dossier tells the whole story to the parties and to operators", async () => {
  const mine = await market.as("anna")("GET", at("/dossier"));
  assert.equal(mine.status, 200, mine.text);
  assert.ok(mine.body.entries.length > 10);
  assert.equal((await market.as("oleg")("GET", at("/dossier"))).status, 404);
  const theirs = await market.as("olga", "operator")("GET", `/operator/orders/${order.id}`);
  assert.ok(theirs.body.entries.some((entry: Json) => entry.kind === "operator_act"));
});

test("settings name every rule with its code", async () => {
  const { rules } = (await market.stranger("GET", "/p2p/settings")).body;
  const named = new Map<string, Json>(rules.map((rule: Json) => [rule.name, rule]));
  assert.equal(named.size, rules.length, "a name comes twice");
  for (const [name, value, code, status] of [
    ["pay_window", 15, "INVALID_ORDER_STATUS", 409],
    ["release_window", 60, "INVALID_ORDER_STATUS", 409],
    ["min_deposit", 100_000, "MIN_DEPOSIT_REQUIRED", 403],
    ["wagering_multiplier", 0, "WAGERING_REQUIREMENT_NOT_MET", 403],
    ["dropped_orders_per_day", 5, "RATE_LIMITED", 429],
    ["message", 2_000, "VALIDATION_ERROR", 400],
    ["attachment", 10_485_760, "PAYLOAD_TOO_LARGE", 413],
    ["chat_open_after_end", 72, "CHAT_CLOSED", 409],
    ["rating_window", 30, "RATING_CLOSED", 409],
    ["writes_per_10_seconds", 1_000_000, "RATE_LIMITED", 429],
    ["calls_without_token_per_10_seconds_and_address", 1_000_000, "RATE_LIMITED", 429],
    ["page_limit", 100, "VALIDATION_ERROR", 400],
    ["page_offset", 10_000, "VALIDATION_ERROR", 400],
  ]) {
    const rule = named.get(String(name));
    assert.deepEqual([rule?.value, rule?.code, rule?.status], [value, code, status], String(name));
  }
});

test("the feed's poll goes on from where it was", async () => {
  const vera = market.as("vera");
  const start = await vera("GET", "/p2p/events?after=");
  assert.equal(start.status, 200, start.text);
  await market.as("anna")("POST", at("/messages"), { message: "Thank you." });
  const next = await vera("GET", `/p2p/events?after=${start.body.next}`);
  assert.ok(next.status === 200);
});
