/** Money that goes back: by the creditor's bank alone, never more than came; and asking for it, once, for a week. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { isRefusal, refuse } from "../../src/kernel/index.ts";
import { LIMITS } from "../../src/rail/settings.ts";
import { assertLinked, assertRefused, link, orderByPhone, toldTo } from "../support/aliases.ts";
import { type Bank, eventually, type Json, listenAsBank, phone, type Reply, useRail } from "../support/rail.ts";
import { done } from "../support/rail-orders.ts";
import { together } from "../support/trades.ts";

const NODES = 2;
const AMOUNT = 12.5;

let payer: Bank;
let creditor: Bank;
let stranger: Bank;

const rail = useRail({ nodes: NODES, railSettings: { callbackBackOffSeconds: [0] } }, async () => {
  [payer, creditor, stranger] = await Promise.all([rail.bank(), rail.bank(), rail.bank()]);
});

/** A payment that has come, or has not, or of which nothing is known. */
const payment = async (result: "success" | "failure" | null = "success", to: Bank = creditor): Promise<string> => {
  const number = phone();
  assertLinked(await link(to, number, to.iban()), true);
  const order = await orderByPhone(payer, number, { amount: AMOUNT });
  const form = { payment_message_external_id: randomUUID(), amount: AMOUNT, currency: "UAH" };
  const { guid } = done(await payer.post("/p2p/payment-messages", { order_guid: order.guid, ...form }), 201);
  if (result !== null) done(await to.post("/p2p/callbacks", { type: "pay_in", guid, result }), 200);
  return guid;
};

const giveBack = (bank: Bank, guid: string, terms: object = {}, node = 0): Promise<Reply> => {
  const form = { payment_guid: guid, return_external_id: randomUUID(), amount: AMOUNT, reason: "CUSTOMER_REQUEST" };
  return bank.post("/p2p/returns", { ...form, ...terms }, { node });
};

const ask = (bank: Bank, guid: string, terms: object = {}, node = 0): Promise<Reply> =>
  bank.post("/p2p/return-requests", { payment_guid: guid, reason: "FRAUD", ...terms }, { node });

const sayNo = (bank: Bank, guid: string, terms: object = {}): Promise<Reply> =>
  bank.post("/p2p/callbacks", { type: "return_request", payment_guid: guid, result: "failure", ...terms });

const returnedOf = async (guid: string): Promise<number> =>
  done(await payer.get(`/p2p/payment-messages/${guid}`), 200).returned;

const told = async (bank: Bank, type: string, guid: string): Promise<readonly Json[]> =>
  (await toldTo(rail, bank, type)).filter(({ payment_guid }) => payment_guid === guid);

test("a return bit by bit, up to what came: both banks read it, the payer's is told, and nobody else sees it", async () => {
  const guid = await payment();
  const first = done(await giveBack(creditor, guid, { amount: 2.5, reason: "WRONG_AMOUNT" }), 201);
  const { guid: id, created_at: _, order_guid, return_external_id: external, ...terms } = first;
  assert.deepEqual(terms, { payment_guid: guid, amount: 2.5, currency: "UAH", reason: "WRONG_AMOUNT" });
  assert.equal(await returnedOf(guid), 2.5);
  assertRefused(await giveBack(creditor, guid, { amount: 10.01 }), 400, "INVALID_REQUEST", "amount");
  const second = done(await giveBack(creditor, guid, { amount: 10 }), 201);
  assert.equal(await returnedOf(guid), AMOUNT);
  assertRefused(await giveBack(creditor, guid, { amount: 0.01 }), 400, "INVALID_REQUEST", "amount");
  for (const bank of [payer, creditor]) {
    assert.deepEqual(done(await bank.get(`/p2p/returns/${id}`), 200), first);
    assert.deepEqual(done(await bank.get(`/p2p/returns?payment_guid=${guid}`), 200).items, [first, second]);
  }
  assertRefused(await stranger.get(`/p2p/returns/${id}`), 404, "NOT_FOUND");
  assert.deepEqual(done(await stranger.get(`/p2p/returns?payment_guid=${guid}`), 200).items, []);
  assert.deepEqual(
    (await told(payer, "return", guid)).map((each) => [each.guid, each.order_guid, "amount" in each]),
    [
      [id, order_guid, false],
      [second.guid, order_guid, false],
    ],
  );
  assert.ok(external.length > 0);
});

test("the same external id again is the same return; with other words it is refused", async () => {
  const [guid, other] = [await payment(), await payment()];
  const once = { return_external_id: `r-${randomUUID()}`, amount: 5 };
  const first = done(await giveBack(creditor, guid, once), 201);
  assert.deepEqual(done(await giveBack(creditor, guid, once, 1), 200), first);
  for (const reply of [
    await giveBack(creditor, guid, { ...once, amount: 4 }),
    await giveBack(creditor, guid, { ...once, reason: "FRAUD" }),
    await giveBack(creditor, other, once),
  ]) {
    assertRefused(reply, 400, "EXTERNAL_ID_NOT_UNIQUE", "return_external_id");
    assert.equal(reply.body.order_guid, first.order_guid);
  }
  assert.equal(await returnedOf(guid), 5);
  // It is this bank's id alone.
  const elsewhere = await payment("success", stranger);
  done(await giveBack(stranger, elsewhere, once), 201);
});

test("fifty returns at once, on two nodes, return no more than came", async () => {
  const guid = await payment();
  const replies = await together(50, (index) => giveBack(creditor, guid, { amount: 5 }, index % NODES));
  assert.deepEqual(
    replies.map(({ status }) => status).filter((status) => status === 201),
    [201, 201],
  );
  assert.equal(await returnedOf(guid), 10);
  const once = { return_external_id: `r-${randomUUID()}`, amount: 2.5 };
  const same = await together(20, (index) => giveBack(creditor, guid, once, index % NODES));
  assert.equal(new Set(same.map(({ body }) => body.guid)).size, 1);
  assert.equal(await returnedOf(guid), AMOUNT);
});

test("only the creditor's bank returns, only what has come, and only in form", async () => {
  const guid = await payment();
  for (const bank of [payer, stranger]) assertRefused(await giveBack(bank, guid), 404, "NOT_FOUND");
  assertRefused(await giveBack(creditor, randomUUID()), 404, "NOT_FOUND");
  for (const result of ["failure", null] as const)
    assertRefused(await giveBack(creditor, await payment(result)), 400, "INVALID_REQUEST", "payment_guid");
  for (const [wrong, code, field] of [
    [{ payment_guid: 17 }, "INVALID_REQUEST", "payment_guid"],
    [{ payment_guid: "17" }, "INVALID_ORDER_GUID", "payment_guid"],
    [{ amount: "1" }, "INVALID_REQUEST", "amount"],
    [{ amount: -1 }, "INVALID_REQUEST", "amount"],
    [{ amount: undefined }, "INVALID_REQUEST", "amount"],
    [{ reason: "BORED" }, "INVALID_REQUEST", "reason"],
    [{ reason: "toString" }, "INVALID_REQUEST", "reason"],
    [{ return_external_id: "a b" }, "INVALID_EXTERNAL_ID", "return_external_id"],
    [{ return_external_id: "x".repeat(65) }, "INVALID_EXTERNAL_ID", "return_external_id"],
  ] as const)
    assertRefused(await giveBack(creditor, guid, wrong), 400, code, field);
  assert.equal(await returnedOf(guid), 0);
});

test("a payment has room for so many returns: none is a way to call another bank for ever", async () => {
  const guid = await payment();
  done(await giveBack(creditor, guid, { amount: 0.01 }), 201);
  // As if the others had been made.
  await rail.sql(`with made as (insert into rail.returns (participant_guid, external_id, guid, payment_guid, order_guid,
      debtor_participant_guid, amount, amount_text, currency, reason, created_at)
    select participant_guid, 'many ' || n, gen_random_uuid()::text, payment_guid, order_guid, debtor_participant_guid, 1,
      '0.01', currency, reason, now() from rail.returns, generate_series(2, ${LIMITS.returnsPerPayment}) n
      where payment_guid = '${guid}' returning 1)
    update rail.payments set returned = ${LIMITS.returnsPerPayment}, returns = ${LIMITS.returnsPerPayment},
      row_version = row_version + 1 where guid = '${guid}'`);
  assertRefused(await giveBack(creditor, guid, { amount: 0.01 }), 400, "INVALID_REQUEST", "payment_guid");
});

test("the payer's bank asks for money back, once; a return answers it", async () => {
  const guid = await payment();
  const asked = done(await ask(payer, guid, { amount: 5 }), 201);
  const { order_guid: _o, created_at: at, expires_at: until, ...terms } = asked;
  assert.deepEqual(terms, { payment_guid: guid, status: "created", amount: 5, currency: "UAH", reason: "FRAUD" });
  assert.equal(Date.parse(until) - Date.parse(at), 7 * 86_400_000);
  assert.deepEqual(done(await ask(payer, guid, { amount: 5 }, 1), 200), asked);
  assertRefused(await ask(payer, guid), 400, "INVALID_REQUEST", "payment_guid");
  assert.deepEqual(
    (await told(creditor, "return_request", guid)).map(({ status }) => status),
    ["created"],
  );
  for (const bank of [payer, creditor])
    assert.deepEqual(done(await bank.get(`/p2p/return-requests/${guid}`), 200), asked);
  assertRefused(await stranger.get(`/p2p/return-requests/${guid}`), 404, "NOT_FOUND");
  done(await giveBack(creditor, guid, { amount: 1 }), 201);
  assert.equal(done(await payer.get(`/p2p/return-requests/${guid}`), 200).status, "completed");
  assert.equal(done(await sayNo(creditor, guid), 200).status, "completed", "what has ended stays as it ended");
});

test("a bank that returns nothing says so, or says nothing for a week: the payer's bank is told", async () => {
  const [refused, forgotten] = [await payment(), await payment()];
  for (const guid of [refused, forgotten]) done(await ask(payer, guid), 201);
  for (const bank of [payer, stranger]) assertRefused(await sayNo(bank, refused), 404, "NOT_FOUND");
  assertRefused(await sayNo(creditor, await payment()), 404, "NOT_FOUND");
  assertRefused(await sayNo(creditor, refused, { result: "success" }), 400, "INVALID_REQUEST", "result");
  assertRefused(await sayNo(creditor, refused, { reason: "a\u202eb" }), 400, "INVALID_REQUEST", "reason");
  assert.deepEqual(done(await sayNo(creditor, refused, { reason: "It was spent" }), 200), {
    payment_guid: refused,
    status: "failed",
  });
  await rail.sql(
    `update rail.return_requests set until = now() - interval '1 second' where payment_guid = '${forgotten}'`,
  );
  for (const node of rail.nodes) await node.rail.chores.find(({ name }) => name === "let return requests lapse")?.run();
  for (const [guid, failure] of [
    [refused, "It was spent"],
    [forgotten, "LAPSED"],
  ] as const) {
    const request = done(await creditor.get(`/p2p/return-requests/${guid}`), 200);
    assert.deepEqual([request.status, request.failure], ["failed", failure]);
    const [said, ...more] = await told(payer, "return_request", guid);
    assert.deepEqual([said.status, said.failure, more.length], ["failed", failure, 0]);
    // It may be returned all the same.
    done(await giveBack(creditor, guid), 201);
    assert.equal(done(await payer.get(`/p2p/return-requests/${guid}`), 200).status, "failed");
  }
});

test("only the payer's bank asks, only for what has come and is not back", async () => {
  const guid = await payment();
  for (const bank of [creditor, stranger]) assertRefused(await ask(bank, guid), 404, "NOT_FOUND");
  assertRefused(await ask(payer, guid, { amount: 12.51 }), 400, "INVALID_REQUEST", "amount");
  assertRefused(await ask(payer, guid, { amount: null }), 400, "INVALID_REQUEST", "amount");
  assertRefused(await ask(payer, guid, { reason: undefined }), 400, "INVALID_REQUEST", "reason");
  for (const result of ["failure", null] as const)
    assertRefused(await ask(payer, await payment(result)), 400, "INVALID_REQUEST", "payment_guid");
  done(await giveBack(creditor, guid), 201);
  assertRefused(await ask(payer, guid), 400, "INVALID_REQUEST", "payment_guid");
  const twice = await payment();
  const replies = await together(20, (index) => ask(payer, twice, {}, index % NODES));
  assert.equal(replies.filter(({ status }) => status === 201).length, 1);
  assert.equal((await told(creditor, "return_request", twice)).length, 1);
});

test("callbacks carry the whole return, and the request as it was when they were queued", async () => {
  const server = await listenAsBank();
  const bank = await rail.bank({ callbackUrl: server.url, receiverSearch: false });
  const guid = await payment(null, bank);
  await eventually(
    async () =>
      (await rail.sql(`select from rail.payments where guid = '${guid}' and status = 'completed'`)).length > 0,
    "it has come",
  );
  const asked = done(await ask(payer, guid), 201);
  const { payload } = await server.next(({ payload: seen }) => seen.type === "return_request");
  assert.deepEqual(payload.data, asked);
  const back = await rail.bank({ callbackUrl: server.url, receiverSearch: false });
  const number = phone();
  assertLinked(await link(creditor, number, creditor.iban()), true);
  const order = await orderByPhone(back, number, { amount: AMOUNT });
  const form = { order_guid: order.guid, payment_message_external_id: randomUUID(), amount: AMOUNT, currency: "UAH" };
  const paid = done(await back.post("/p2p/payment-messages", form), 201);
  done(await creditor.post("/p2p/callbacks", { type: "pay_in", guid: paid.guid, result: "success" }), 200);
  const made = done(await giveBack(creditor, paid.guid), 201);
  const told = await server.next(({ payload: seen }) => seen.type === "return");
  assert.deepEqual(told.payload.data, made);
  await server.close();
});

test("F227: a row that has something called a refusal was answered as if it were one; what a refusal holds decides", () => {
  assert.ok(isRefusal(refuse("NOT_FOUND")) && isRefusal(refuse("INVALID_REQUEST", { field: "amount" })));
  assert.ok(!isRefusal({ refusal: "LAPSED", status: "failed" }) && !isRefusal({ refusal: null, amount: 1 }));
});
