/** What both banks of a payment are told and read of it, and what its creditor's bank answers. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { assertLinked, assertRefused, link, orderByPhone, readOrder, toldTo } from "../support/aliases.ts";
import {
  type Bank,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  phone,
  type Reply,
  useRail,
} from "../support/rail.ts";

const rail = useRail({ railSettings: { callbackBackOffSeconds: [0.05] } });
const AMOUNT = 12.5;

const quietBank = (callbackUrl: string | null = null) => rail.bank({ callbackUrl, receiverSearch: false });

const listeningBank = async (t: TestContext): Promise<{ readonly bank: Bank; readonly server: ListeningBank }> => {
  const server = await listenAsBank();
  t.after(() => server.close());
  return { bank: await quietBank(server.url), server };
};

const foundOrder = async (payer: Bank, creditor: Bank, terms: object = {}): Promise<Json & { account: string }> => {
  const number = phone();
  const account = creditor.iban();
  assertLinked(await link(creditor, number, account), true);
  return { ...(await orderByPhone(payer, number, { amount: AMOUNT, ...terms })), account };
};

const pay = async (payer: Bank, { guid }: Json, terms: object = {}): Promise<Json> => {
  const form = { order_guid: guid, payment_message_external_id: randomUUID(), amount: AMOUNT, currency: "UAH" };
  const reply = await payer.post("/p2p/payment-messages", { ...form, ...terms });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

const say = (bank: Bank, guid: string, result: string): Promise<Reply> =>
  bank.post("/p2p/callbacks", { type: "pay_in", guid, result });

const read = async (bank: Bank, path: string): Promise<Json> => {
  const reply = await bank.get(path);
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
};

const idsOf = ({ items }: Json): readonly string[] => items.map(({ guid }: Json) => guid);

test("pay_in holds all that matches a payment to money, with the amount as it was written", async (t) => {
  const payer = await quietBank();
  const { bank: creditor, server } = await listeningBank(t);
  server.answer({ status: 202 });
  const purpose = "Квитки, ряд 7";
  const order = await foundOrder(payer, creditor, { purpose });
  const external = `pm-${randomUUID()}`;
  const paid = await pay(payer, order, { payment_message_external_id: external });
  const { payload } = await server.next(({ payload: told }) => told.type === "pay_in");
  const { created_at, ...data } = payload.data;
  assert.deepEqual(data, {
    guid: paid.guid,
    order_guid: order.guid,
    payment_message_external_id: external,
    amount: AMOUNT,
    currency: "UAH",
    account: order.account,
    debtor: order.debtor,
    purpose,
    late: false,
  });
  assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000);
  const [queued] = await toldTo(rail, creditor, "pay_in");
  assert.deepEqual(Object.keys(queued).sort(), ["guid", "order_guid", "seq", "type"], "the queue keeps none of it");
});

test("an order shows its payment from the announcement on, and the second one once the first has failed", async () => {
  const [payer, creditor] = [await quietBank(), await quietBank()];
  const order = await foundOrder(payer, creditor);
  assert.ok(!("payment" in order));
  const { guid } = await pay(payer, order);
  const { at, ...shown } = (await readOrder(payer, order.guid)).payment;
  assert.deepEqual(shown, { guid, status: "created", amount: AMOUNT, currency: "UAH" });
  assert.equal((await say(creditor, guid, "success")).status, 200);
  assert.deepEqual((await readOrder(payer, order.guid)).payment, { ...shown, status: "completed", at });

  const made = await creditor.post("/p2p/orders", {
    type: "link",
    creditor: { account: creditor.iban() },
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "For the tickets",
  });
  const open = () => payer.post("/p2p/pay-requests", { order_guid: made.body.guid, debtor: { account: payer.iban() } });
  await open();
  const first = await pay(payer, made.body);
  assert.equal((await say(creditor, first.guid, "failure")).status, 200);
  assert.equal((await readOrder(creditor, made.body.guid)).payment.status, "failed");
  await open();
  const second = await pay(payer, made.body, { amount: 7 });
  assert.equal((await readOrder(creditor, made.body.guid)).payment.guid, second.guid);
});

test("both banks of a payment read it, each its own side, and nobody else does", async (t) => {
  const [payer, stranger] = [await quietBank(), await quietBank()];
  const { bank: creditor, server } = await listeningBank(t);
  server.answer({ status: 202 });
  const order = await foundOrder(payer, creditor);
  const external = `pm-${randomUUID()}`;
  const { guid } = await pay(payer, order, { payment_message_external_id: external });
  const seen = await read(payer, `/p2p/payment-messages/${guid}`);
  const { order_external_id: own, created_at, ...common } = seen;
  assert.equal(own, order.external_id);
  assert.deepEqual(common, {
    guid,
    order_guid: order.guid,
    payment_message_external_id: external,
    status: "created",
    late: false,
    amount: AMOUNT,
    currency: "UAH",
    purpose: order.purpose,
    debtor: order.debtor,
    creditor: { account: order.account },
    returned: 0,
  });
  assert.deepEqual(await read(creditor, `/p2p/payment-messages/${guid.toUpperCase()}`), { ...common, created_at });
  for (const query of [`order_guid=${order.guid}`, `payment_message_external_id=${external}`, "limit=5"]) {
    for (const bank of [payer, creditor])
      assert.deepEqual(idsOf(await read(bank, `/p2p/payment-messages?${query}`)), [guid], query);
    assert.deepEqual(idsOf(await read(stranger, `/p2p/payment-messages?${query}`)), [], query);
  }
  assertRefused(await stranger.get(`/p2p/payment-messages/${guid}`), 404, "NOT_FOUND");
  assertRefused(await payer.get(`/p2p/payment-messages/${randomUUID()}`), 404, "NOT_FOUND");
  assertRefused(await payer.get("/p2p/payment-messages/17"), 400, "INVALID_ORDER_GUID");
  await say(creditor, guid, "success");
  const { completed_at: at, status } = await read(payer, `/p2p/payment-messages/${guid}`);
  assert.deepEqual([status, at >= created_at], ["completed", true]);
});

test("another bank's external id is nobody's key: two banks with one id read their own payments", async () => {
  const [one, other, creditor] = [await quietBank(), await quietBank(), await quietBank()];
  const same = { payment_message_external_id: "1" };
  const first = await pay(one, await foundOrder(one, creditor), same);
  const second = await pay(other, await foundOrder(other, creditor), same);
  const list = "/p2p/payment-messages?payment_message_external_id=1";
  assert.deepEqual(idsOf(await read(one, list)), [first.guid]);
  assert.deepEqual(idsOf(await read(other, list)), [second.guid]);
  assert.deepEqual(idsOf(await read(creditor, list)), [first.guid, second.guid]);
});

test("a bank's payments, sent and received, are walked oldest first; a period and a payment to itself count once", async () => {
  const [one, other] = [await quietBank(), await quietBank()];
  const made: string[] = [];
  for (const [from, to] of [
    [one, other],
    [other, one],
    [one, one],
    [one, other],
  ] as const)
    made.push((await pay(from, await foundOrder(from, to))).guid);
  const walked: string[] = [];
  for (let cursor = ""; ; ) {
    const page = await read(one, `/p2p/payment-messages?limit=2${cursor}`);
    walked.push(...idsOf(page));
    if (page.next === null) break;
    if (walked.length === 2) made.push((await pay(one, await foundOrder(one, other))).guid);
    cursor = `&cursor=${page.next}`;
  }
  assert.deepEqual(walked, made);
  const { created_at: at } = await read(one, `/p2p/payment-messages/${made[1]}`);
  const from = encodeURIComponent(at);
  assert.deepEqual(idsOf(await read(one, `/p2p/payment-messages?from=${from}`)), made.slice(1));
  assert.deepEqual(idsOf(await read(one, `/p2p/payment-messages?to=${from}`)), made.slice(0, 1));
  assert.deepEqual(idsOf(await read(one, `/p2p/payment-messages?offset=1&limit=1`)), made.slice(1, 2));
});

test("a filter that is none is refused and says which", async () => {
  const bank = await quietBank();
  for (const [query, code, field] of [
    ["from=yesterday", "INVALID_REQUEST", "from"],
    ["to=2026-02-30T00:00:00Z", "INVALID_REQUEST", "to"],
    ["order_guid=17", "INVALID_ORDER_GUID", "order_guid"],
    ["payment_message_external_id=a%20b", "INVALID_EXTERNAL_ID", "payment_message_external_id"],
    [
      "payment_message_external_id=a&payment_message_external_id=b",
      "INVALID_EXTERNAL_ID",
      "payment_message_external_id",
    ],
    ["limit=101", "INVALID_REQUEST", "limit"],
    ["cursor=%21", "INVALID_REQUEST", "cursor"],
  ] as const)
    assertRefused(await bank.get(`/p2p/payment-messages?${query}`), 400, code, field);
});

const told = async (payer: Bank) =>
  eventually(async () => {
    const [last] = (await toldTo(rail, payer, "pay_out")).slice(-1);
    return last ?? false;
  }, "the payer's bank is told");

test("a creditor's bank refuses money with a 4xx that has a code, which the payer's bank is told", async (t) => {
  for (const [status, code] of [
    [400, "ACCOUNT_CLOSED"],
    [404, "NOT_FOUND"],
    [422, "рахунок закрито"],
  ] as const) {
    const payer = await quietBank();
    const { bank: creditor, server } = await listeningBank(t);
    server.answer({ status, body: { code } });
    const { guid } = await pay(payer, await foundOrder(payer, creditor));
    const { type: _t, seq: _s, order_guid: _o, payment_message_external_id: _p, ...outcome } = await told(payer);
    assert.deepEqual(outcome, { guid, status: "failed", reason: code });
    assert.equal(server.received.length, 1, "it is not asked again");
    const { reason } = await read(payer, `/p2p/payment-messages/${guid}`);
    assert.equal(reason, code);
  }
});

test("no money is refused because a bank could not tell who called, was busy, or said nothing that means something", async (t) => {
  for (const answer of [
    { status: 401, body: { code: "AUTHORIZATION_FAILED" } },
    { status: 429, body: { code: "RATE_LIMITED" } },
    { status: 400, body: {} },
    { status: 400, body: { code: 17 } },
    { status: 400, body: { code: "x".repeat(65) } },
    { status: 400, body: { code: "a\u202eb" } },
    { status: 500, body: { code: "ACCOUNT_CLOSED" } },
  ]) {
    const payer = await quietBank();
    const { bank: creditor, server } = await listeningBank(t);
    server.answer(answer);
    const { guid } = await pay(payer, await foundOrder(payer, creditor));
    const { status, reason } = await told(payer);
    assert.deepEqual([status, reason], ["created", "CREDITOR_BANK_SILENT"], JSON.stringify(answer));
    assert.deepEqual((await say(creditor, guid, "success")).body, { guid, status: "completed" });
  }
});
