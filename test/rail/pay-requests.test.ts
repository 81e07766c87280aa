/** Paying over HTTP, on two nodes: where to pay, who may, that it was paid, and what became of the money. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { LIMITS } from "../../src/rail/settings.ts";
import { assertRefused, link, orderByPhone, readOrder, toldTo, unlink } from "../support/aliases.ts";
import {
  type Bank,
  eventually,
  type Json,
  listenAsBank,
  phone,
  type Reply,
  type SignedOptions,
  startRail,
  useRail,
} from "../support/rail.ts";
import { done } from "../support/rail-orders.ts";
import { together } from "../support/trades.ts";

const NODES = 2;
const AMOUNT = 12.5;

let payer: Bank;
let creditor: Bank;
let stranger: Bank;

const rail = useRail({ nodes: NODES, railSettings: { callbackBackOffSeconds: [0] } }, async () => {
  // Without a callback URL: nobody answers `pay_in` for them.
  [payer, creditor, stranger] = await Promise.all([rail.bank(), rail.bank(), rail.bank()]);
});

type Found = { readonly order: Json; readonly number: string; readonly account: string };

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

/** An order of `payer` to a phone that is linked at `creditor`. */
const foundOrder = async (terms: object = {}): Promise<Found> => {
  const number = phone();
  const account = creditor.iban();
  done(await link(creditor, number, account), 200);
  const order = await orderByPhone(payer, number, { amount: AMOUNT, expires_at: inAnHour(), ...terms });
  assert.equal(order.status, "processing");
  return { order, number, account };
};

/** A link of `creditor`. An undefined member is left out. */
const linkOrder = async (terms: object = {}): Promise<Json> =>
  done(
    await creditor.post("/p2p/orders", {
      type: "link",
      creditor: { account: creditor.iban() },
      amount: AMOUNT,
      currency: "UAH",
      external_id: randomUUID(),
      purpose: "For the tickets",
      expires_at: inAnHour(),
      ...terms,
    }),
    201,
  );

const open = (bank: Bank, { guid }: Json, account: string = bank.iban(), options?: SignedOptions): Promise<Reply> =>
  bank.post("/p2p/pay-requests", { order_guid: guid, debtor: { account } }, options);

const pay = (bank: Bank, { guid }: Json, terms: object = {}, options?: SignedOptions): Promise<Reply> =>
  bank.post(
    "/p2p/payment-messages",
    { order_guid: guid, payment_message_external_id: randomUUID(), amount: AMOUNT, currency: "UAH", ...terms },
    options,
  );

const say = (bank: Bank, { guid }: Json, result: string, more: object = {}): Promise<Reply> =>
  bank.post("/p2p/callbacks", { type: "pay_in", guid, result, ...more });

/** What a payer's client must see. */
const termsOf = ({ amount, currency, purpose, expires_at }: Json): Json => ({ amount, currency, purpose, expires_at });

const readRequest = async (bank: Bank, guid: string): Promise<Json> =>
  done(await bank.get(`/p2p/pay-requests/${guid}`), 200);

/** What a bank was told of one order, but that nobody could be told of its money: most banks here have no server. */
const toldOf = async (bank: Bank, type: string, { guid }: Json): Promise<readonly Json[]> =>
  (await toldTo(rail, bank, type)).filter(
    ({ order_guid, reason }) => order_guid === guid && reason !== "CREDITOR_BANK_SILENT",
  );

/** How many were answered how: `{ 201: 1, INVALID_REQUEST: 19 }`. */
const tally = (replies: readonly Reply[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status, body } of replies) {
    const outcome = status < 300 ? String(status) : body.code;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

/** The order is over by the clock; its deadline is not met yet. The node that made it remembers its terms, others look. */
const letPass = ({ guid }: Json): Promise<Json[]> =>
  rail.sql(`update rail.orders set expires_at = now() - interval '1 second' where guid = '${guid}'`);

test("a phone order's pay request says where to pay, to the order's bank alone", async () => {
  const { order, account } = await foundOrder();
  assert.deepEqual(await readRequest(payer, order.pay_request_guid), {
    guid: order.pay_request_guid,
    order_guid: order.guid,
    status: "completed",
    creditor: { account },
    ...termsOf(order),
  });
  assert.equal((await payer.get(`/p2p/pay-requests/${order.pay_request_guid.toUpperCase()}`)).status, 200);
  for (const bank of [creditor, stranger])
    assertRefused(await bank.get(`/p2p/pay-requests/${order.pay_request_guid}`), 404, "NOT_FOUND");
  assertRefused(await payer.get(`/p2p/pay-requests/${randomUUID()}`), 404, "NOT_FOUND");
  assertRefused(await payer.get("/p2p/pay-requests/17"), 400, "INVALID_ORDER_GUID");
});

test("before the receiver is found, and without one, there is no pay request to read and none to pay", async () => {
  const rejected = await orderByPhone(payer, phone(), { amount: AMOUNT });
  assert.equal(rejected.status, "rejected");
  const server = await listenAsBank();
  server.answer({ status: 202 });
  const asked = await rail.bank({ callbackUrl: server.url });
  const pending = await orderByPhone(payer, phone(), { amount: AMOUNT });
  assert.equal(pending.status, "pending");
  for (const order of [rejected, pending]) {
    assertRefused(await payer.get(`/p2p/pay-requests/${order.pay_request_guid}`), 404, "NOT_FOUND");
    assertRefused(await pay(payer, order), 400, "INVALID_REQUEST", "order_guid");
  }
  done(await rail.operator("PATCH", `/participants/${asked.guid}`, { state: "suspended" }), 200);
  await Promise.all(rail.nodes.map((node) => node.rail.directory.refresh()));
  await server.close();
});

test("a payment is told to the creditor's bank, its result to the payer's, and the question's price comes back", async () => {
  const { order } = await foundOrder();
  const unitsOf = async () => {
    const [row] = await rail.sql(`select units from rail.payers where id = 'sandbox ${order.debtor.account}'`);
    return row.units;
  };
  const before = await unitsOf();
  const paid = done(await pay(payer, order), 201);
  assert.deepEqual(Object.keys(paid), ["guid", "status"]);
  assert.equal(paid.status, "created");
  const [payIn] = await toldOf(creditor, "pay_in", order);
  const { seq: _, ...told } = payIn;
  assert.deepEqual(told, { type: "pay_in", guid: paid.guid, order_guid: order.guid });
  assert.deepEqual(done(await say(creditor, paid, "success"), 200), { guid: paid.guid, status: "completed" });
  const [payOut, ...more] = await toldOf(payer, "pay_out", order);
  assert.deepEqual([payOut.guid, payOut.status, payOut.reason, more.length], [paid.guid, "completed", null, 0]);
  // All tokens are there again.
  const token = 30_000;
  assert.deepEqual([before < 999.5 * token, await unitsOf()], [true, 1_000 * token]);
  assert.equal((await readRequest(payer, order.pay_request_guid)).status, "completed");
  // The first word counts.
  for (const result of ["success", "failure"])
    assert.deepEqual(done(await say(creditor, paid, result), 200), { guid: paid.guid, status: "completed" });
  assert.equal((await toldOf(payer, "pay_out", order)).length, 1);
  assertRefused(await pay(payer, order), 400, "INVALID_REQUEST", "order_guid");
});

test("a creditor's bank that answers pay_in with 200 has confirmed it", async () => {
  const server = await listenAsBank();
  const bank = await rail.bank({ callbackUrl: server.url, receiverSearch: false });
  const number = phone();
  done(await link(bank, number, bank.iban()), 200);
  const order = await orderByPhone(payer, number, { amount: undefined });
  const paid = done(await pay(payer, order, { amount: 0.01 }), 201);
  await eventually(async () => (await toldOf(payer, "pay_out", order))[0], "pay_out");
  assert.deepEqual(done(await say(bank, paid, "failure"), 200), { guid: paid.guid, status: "completed" });
  await server.close();
});

test("a payment that failed fails its request with it, and the payer's bank is told why", async () => {
  const { order } = await foundOrder();
  const paid = done(await pay(payer, order), 201);
  const failed = { guid: paid.guid, status: "failed" };
  assert.deepEqual(done(await say(creditor, paid, "failure", { reason: "Account closed" }), 200), failed);
  assert.deepEqual(done(await say(creditor, paid, "success"), 200), failed);
  const [told] = await toldOf(payer, "pay_out", order);
  assert.deepEqual([told.status, told.reason], ["failed", "Account closed"]);
  assert.deepEqual(await readRequest(payer, order.pay_request_guid), {
    guid: order.pay_request_guid,
    order_guid: order.guid,
    status: "failed",
    reason: "PAYMENT_FAILED",
    ...termsOf(order),
  });
  assertRefused(await pay(payer, order), 400, "INVALID_REQUEST", "order_guid");
});

test("only the creditor's bank says what became of a payment, and only in form", async () => {
  const { order } = await foundOrder();
  const paid = done(await pay(payer, order), 201);
  for (const bank of [payer, stranger]) assertRefused(await say(bank, paid, "success"), 404, "NOT_FOUND");
  assertRefused(await say(creditor, { guid: randomUUID() }, "success"), 404, "NOT_FOUND");
  assertRefused(await say(creditor, { guid: "17" }, "success"), 400, "INVALID_REQUEST", "guid");
  assertRefused(await say(creditor, paid, "perhaps"), 400, "INVALID_REQUEST", "result");
  assertRefused(await say(creditor, paid, "failure", { reason: 17 }), 400, "INVALID_REQUEST", "reason");
  assertRefused(await say(creditor, paid, "failure", { reason: "a\u202eb" }), 400, "INVALID_REQUEST", "reason");
  const [row] = await rail.sql(`select status from rail.payments where guid = '${paid.guid}'`);
  assert.equal(row.status, "created");
});

test("a payment message is judged in one order: form, currency, external id, guid, then the order's own terms", async () => {
  const { order } = await foundOrder();
  const terms: readonly (readonly [object, string, string])[] = [
    [{ order_guid: 17, currency: "uah" }, "INVALID_REQUEST", "order_guid"],
    [{ payment_message_external_id: null, currency: "uah" }, "INVALID_REQUEST", "payment_message_external_id"],
    [{ amount: undefined, currency: "uah" }, "INVALID_REQUEST", "amount"],
    [{ amount: "12.50" }, "INVALID_REQUEST", "amount"],
    [{ amount: 0, currency: "uah" }, "INVALID_REQUEST", "amount"],
    [{ amount: 1.005 }, "INVALID_REQUEST", "amount"],
    [{ currency: undefined, payment_message_external_id: "a b" }, "INVALID_CURRENCY", "currency"],
    [{ currency: "uah", order_guid: "17" }, "INVALID_CURRENCY", "currency"],
    [{ currency: "EUR", order_guid: "17" }, "UNSUPPORTED_CURRENCY", "currency"],
    [{ payment_message_external_id: "a b", order_guid: "17" }, "INVALID_EXTERNAL_ID", "payment_message_external_id"],
    [{ payment_message_external_id: undefined }, "INVALID_EXTERNAL_ID", "payment_message_external_id"],
    [{ order_guid: "17", amount: 1 }, "INVALID_ORDER_GUID", "order_guid"],
    [{ order_guid: undefined }, "INVALID_ORDER_GUID", "order_guid"],
    [{ amount: 12.51 }, "INVALID_REQUEST", "amount"],
  ];
  for (const [wrong, code, field] of terms) assertRefused(await pay(payer, order, wrong), 400, code, field);
  for (const bank of [creditor, stranger]) assertRefused(await pay(bank, order), 404, "ORDER NOT FOUND");
  assertRefused(await pay(payer, { guid: randomUUID() }), 404, "ORDER NOT FOUND");
  done(await pay(payer, order), 201);
});

test("an amount is compared as money and passed on as it was written", async () => {
  const compat = await rail.bank({ profile: "compat" });
  const order = await linkOrder();
  done(await open(compat, order), 202);
  const written = (amount: string) =>
    `{"jti":"${randomUUID()}","order_guid":"${order.guid}","payment_message_external_id":"one","amount":${amount},"currency":"UAH"}`;
  const send = (amount: string) => compat.post("/p2p/payment-messages", {}, { payloadText: written(amount) });
  for (const wrong of ["12.500", "125e-1", "12.49", "-12.5"])
    assertRefused(await send(wrong), 400, "INVALID_REQUEST", "amount");
  done(await send("12.50"), 201);
  const { text } = await creditor.get(`/p2p/payment-messages?order_guid=${order.guid}`);
  assert.ok(text.includes('"amount":12.50,'), text);
});

test("a currency of the scheme that is not the order's is refused as no currency of it", async () => {
  const other = await startRail({ railSettings: { currencies: ["UAH", "EUR"] } });
  const bank = await other.bank();
  const order = done(
    await bank.post("/p2p/orders", {
      type: "link",
      creditor: { account: bank.iban() },
      currency: "UAH",
      external_id: "one",
      purpose: "For the tickets",
    }),
    201,
  );
  done(await open(bank, order), 202);
  assertRefused(await pay(bank, order, { currency: "EUR" }), 400, "INVALID_CURRENCY", "currency");
  done(await pay(bank, order, { amount: 100 }), 201);
  await other.end();
});

test("the same external id again is the first payment, as it is by now; of another order it is not unique", async () => {
  const [{ order }, { order: second }] = await Promise.all([foundOrder(), foundOrder()]);
  const once = { payment_message_external_id: `pm-${randomUUID()}` };
  const first = done(await pay(payer, order, once), 201);
  assert.deepEqual(done(await pay(payer, order, once, { node: 1 }), 200), first);
  const refused = await pay(payer, second, once);
  assertRefused(refused, 400, "EXTERNAL_ID_NOT_UNIQUE", "payment_message_external_id");
  assert.equal(refused.body.order_guid, order.guid);
  // Orders' ids are others.
  done(await pay(payer, second, { payment_message_external_id: order.external_id }), 201);
  done(await say(creditor, first, "failure"), 200);
  assert.deepEqual(done(await pay(payer, order, once), 200), { ...first, status: "failed" });
});

test("fifty messages with one external id at once, on two nodes, are one payment", async () => {
  const { order } = await foundOrder();
  const once = { payment_message_external_id: `pm-${randomUUID()}` };
  const replies = await together(50, (index) => pay(payer, order, once, { node: index % NODES }));
  assert.deepEqual(tally(replies), { 200: 49, 201: 1 });
  assert.equal(new Set(replies.map(({ body }) => body.guid)).size, 1);
  const [{ count }] = (await rail.sql(
    `select count(*)::int from rail.payments where order_guid = '${order.guid}'`,
  )) as [Json];
  assert.equal(count, 1);
  assert.equal((await toldOf(creditor, "pay_in", order)).length, 1);
});

test("fifty payments of one phone order at once are one", async () => {
  const { order } = await foundOrder();
  const replies = await together(50, (index) => pay(payer, order, {}, { node: index % NODES }));
  assert.deepEqual(tally(replies), { 201: 1, INVALID_REQUEST: 49 });
});

test("when the alias changes, the open pay request fails, and what was paid to where the phone was is late", async () => {
  const { order, number, account } = await foundOrder();
  done(await link(creditor, number, creditor.iban()), 200);
  await eventually(async () => (await toldOf(payer, "pay_request", order))[0], "the pay request fails");
  const [told] = await toldOf(payer, "pay_request", order);
  assert.deepEqual([told.status, told.reason, told.account], ["failed", "ALIAS_CHANGED", null]);
  assert.deepEqual(await readRequest(payer, order.pay_request_guid), {
    guid: order.pay_request_guid,
    order_guid: order.guid,
    status: "failed",
    reason: "ALIAS_CHANGED",
    ...termsOf(order),
  });
  assert.equal((await readOrder(payer, order.guid)).status, "processing");
  // What failed does not come back with the alias.
  done(await link(creditor, number, account), 200);
  assert.equal((await readRequest(payer, order.pay_request_guid)).status, "failed");
  assert.equal(done(await pay(payer, order), 201).late, true);
});

test("money that is under way when the alias goes is settled all the same", async () => {
  const { order, number, account } = await foundOrder();
  const paid = done(await pay(payer, order), 201);
  done(await unlink(creditor, number, account), 200);
  await eventually(
    async () => (await rail.sql("select from rail.phone_changes")).length === 0,
    "the followers have looked",
  );
  assert.equal((await readRequest(payer, order.pay_request_guid)).status, "completed");
  assert.equal(done(await say(creditor, paid, "success"), 200).status, "completed");
});

test("an order that is over takes late money alone, from a bank that knew where to pay, also before its deadline is met", async () => {
  const { order } = await foundOrder();
  await letPass(order);
  assert.equal(done(await pay(payer, order, {}, { node: 1 }), 201).late, true);
  const shown = await linkOrder();
  await letPass(shown);
  assertRefused(await open(payer, shown, payer.iban(), { node: 1 }), 400, "ORDER_IS_EXPIRED");
  const soon = await linkOrder({ expires_at: new Date(Date.now() + 5_000).toISOString() });
  const { guid } = done(await open(payer, soon), 202);
  await eventually(async () => (await readOrder(creditor, soon.guid)).status_reason === "EXPIRED", "it expires");
  assertRefused(await pay(stranger, soon), 400, "ORDER_IS_EXPIRED");
  assertRefused(await open(payer, soon), 400, "ORDER_IS_EXPIRED");
  assert.deepEqual(await readRequest(payer, guid), {
    guid,
    order_guid: soon.guid,
    status: "failed",
    reason: "EXPIRED",
    ...termsOf(soon),
  });
  const late = done(await pay(payer, soon), 201);
  assert.equal(late.late, true);
  assertRefused(await pay(payer, soon), 400, "ORDER_IS_EXPIRED");
  assert.equal(done(await say(creditor, late, "failure"), 200).status, "failed");
  assertRefused(await pay(payer, soon), 400, "ORDER_IS_EXPIRED");
});

test("a payment that was made in time is answered as before when its order is over, and settled", async () => {
  const order = await linkOrder({ expires_at: new Date(Date.now() + 5_000).toISOString() });
  const mine = done(await open(payer, order), 202);
  const once = { payment_message_external_id: `pm-${randomUUID()}` };
  const paid = done(await pay(payer, order, once), 201);
  await eventually(async () => (await readOrder(creditor, order.guid)).status_reason === "EXPIRED", "it expires");
  assert.deepEqual(done(await pay(payer, order, once), 200), paid);
  assert.equal((await readRequest(payer, mine.guid)).status, "completed");
  assert.equal(done(await say(creditor, paid, "failure"), 200).status, "failed");
  assert.equal((await readRequest(payer, mine.guid)).reason, "PAYMENT_FAILED");
  assertRefused(await open(payer, order), 400, "ORDER_IS_EXPIRED");
});

test("any bank of the world opens a pay request for a link, and sees its own alone", async () => {
  const order = await linkOrder();
  const reply = await open(payer, order);
  const opened = done(reply, 202);
  assert.deepEqual(opened, {
    guid: opened.guid,
    order_guid: order.guid,
    status: "created",
    creditor: { account: order.creditor.account },
    ...termsOf(order),
  });
  assert.equal(reply.headers.location, `/api/v1/p2p/pay-requests/${opened.guid}`);
  assert.deepEqual(await readRequest(payer, opened.guid), opened);
  for (const bank of [creditor, stranger])
    assertRefused(await bank.get(`/p2p/pay-requests/${opened.guid}`), 404, "NOT_FOUND");
  assert.notEqual(done(await open(stranger, order), 202).guid, opened.guid);
});

test("opening a pay request is judged in one order: form, account, guid, then the order", async () => {
  const order = await linkOrder();
  const { order: byPhone } = await foundOrder();
  const account = payer.iban();
  const post = (payload: object, bank = payer) => bank.post("/p2p/pay-requests", payload);
  const cases: readonly (readonly [object, number, string, string?])[] = [
    [{ order_guid: 17, debtor: {} }, 400, "INVALID_REQUEST", "order_guid"],
    [{ order_guid: "17", debtor: "me" }, 400, "INVALID_REQUEST", "debtor"],
    [{ order_guid: "17", debtor: null }, 400, "INVALID_REQUEST", "debtor"],
    [{ order_guid: "17", debtor: { account: 17 } }, 400, "INVALID_REQUEST", "debtor.account"],
    [{ order_guid: "17" }, 400, "INVALID_DEBTOR_ACCOUNT", "debtor.account"],
    [{ order_guid: "17", debtor: { account: creditor.iban() } }, 400, "INVALID_DEBTOR_ACCOUNT", "debtor.account"],
    [{ order_guid: "17", debtor: { account } }, 400, "INVALID_ORDER_GUID", "order_guid"],
    [{ debtor: { account } }, 400, "INVALID_ORDER_GUID", "order_guid"],
    [{ order_guid: randomUUID(), debtor: { account } }, 404, "ORDER NOT FOUND"],
    [{ order_guid: byPhone.guid, debtor: { account } }, 404, "ORDER NOT FOUND"],
  ];
  for (const [payload, status, code, field] of cases) assertRefused(await post(payload), status, code, field);
  const production = await rail.bank({ mode: "production" });
  assertRefused(await open(production, order), 404, "ORDER NOT FOUND");
  assertRefused(await pay(production, order), 404, "ORDER NOT FOUND");
  const fixture = "UA41003506518366713636167";
  assertRefused(await open(production, order, fixture), 400, "INVALID_DEBTOR_ACCOUNT", "debtor.account");
  done(await open(payer, order, fixture), 202);
});

test("the same account again is the same request; another takes its place", async () => {
  const order = await linkOrder();
  const account = payer.iban();
  const first = done(await open(payer, order, account), 202);
  assert.deepEqual(done(await open(payer, order, account, { node: 1 }), 202), first);
  const second = done(await open(payer, order), 202);
  assert.notEqual(second.guid, first.guid);
  assert.deepEqual(await readRequest(payer, first.guid), {
    guid: first.guid,
    order_guid: order.guid,
    status: "failed",
    reason: "REPLACED",
    ...termsOf(order),
  });
  const [told, ...more] = await toldOf(payer, "pay_request", order);
  assert.deepEqual([told.guid, told.status, told.reason, more.length], [first.guid, "failed", "REPLACED", 0]);
  done(await pay(payer, order), 201);
  const [row] = await rail.sql(`select pay_request_guid as guid from rail.payments where order_guid = '${order.guid}'`);
  assert.equal(row.guid, second.guid);
});

test("an Idempotency-Key gives the first request, as it is by now", async () => {
  const order = await linkOrder();
  const account = payer.iban();
  const key = randomUUID();
  const first = done(await open(payer, order, account, { key }), 202);
  done(await open(payer, order), 202);
  const again = await open(payer, order, account, { key });
  const { creditor: _, ...kept } = first;
  assert.deepEqual(done(again, 202), { ...kept, status: "failed", reason: "REPLACED" });
  assert.equal(again.headers["idempotent-replay"], "true");
});

test("a link has room for so many banks", async () => {
  const order = await linkOrder();
  await rail.sql(`insert into rail.pay_requests (guid, order_guid, participant_guid, debtor_account, status, created_at)
    select gen_random_uuid()::text, '${order.guid}', 'bank ' || n, 'UA', 'created', now()
    from generate_series(1, ${LIMITS.payRequestsPerLink - 1}) as n`);
  const account = payer.iban();
  const { guid } = done(await open(payer, order, account), 202);
  assertRefused(await open(stranger, order), 400, "INVALID_REQUEST", "order_guid");
  // Whoever is in may come again, and change its mind.
  assert.equal(done(await open(payer, order, account), 202).guid, guid);
  done(await open(payer, order), 202);
});

test("the first payment of a link closes the rest; once it failed, all may try again", async () => {
  const order = await linkOrder();
  const mine = done(await open(payer, order), 202);
  assertRefused(await pay(stranger, order), 404, "ORDER NOT FOUND");
  const theirs = done(await open(stranger, order), 202);
  const paid = done(await pay(payer, order), 201);
  assert.equal((await readRequest(payer, mine.guid)).status, "completed");
  assert.deepEqual(await readRequest(stranger, theirs.guid), {
    guid: theirs.guid,
    order_guid: order.guid,
    status: "failed",
    reason: "ALREADY_PAID",
    ...termsOf(order),
  });
  const [closed] = await toldOf(stranger, "pay_request", order);
  assert.deepEqual([closed.guid, closed.status, closed.reason], [theirs.guid, "failed", "ALREADY_PAID"]);
  const [payIn] = await toldOf(creditor, "pay_in", order);
  assert.equal(payIn.guid, paid.guid);
  assertRefused(await open(stranger, order), 400, "INVALID_REQUEST", "order_guid");
  assertRefused(await pay(stranger, order), 400, "INVALID_REQUEST", "order_guid");

  done(await say(creditor, paid, "failure"), 200);
  assert.deepEqual(
    (await toldOf(payer, "pay_request", order)).map(({ guid, reason }) => [guid, reason]),
    [[mine.guid, "PAYMENT_FAILED"]],
  );
  assertRefused(await pay(payer, order), 404, "ORDER NOT FOUND");
  done(await open(stranger, order), 202);
  const second = done(await pay(stranger, order), 201);
  assert.equal(done(await say(creditor, second, "success"), 200).status, "completed");
  assert.deepEqual(
    (await toldOf(stranger, "pay_out", order)).map(({ guid, status }) => [guid, status]),
    [[second.guid, "completed"]],
  );
  assert.equal((await readOrder(creditor, order.guid)).status, "created");
});

test("twenty banks that pay one link at once, on two nodes, make one payment", async () => {
  const banks = await Promise.all(Array.from({ length: 20 }, () => rail.bank()));
  const order = await linkOrder();
  const opened = await Promise.all(banks.map((bank, index) => open(bank, order, bank.iban(), { node: index % NODES })));
  assert.deepEqual(tally(opened), { 202: 20 });
  const replies = await Promise.all(banks.map((bank, index) => pay(bank, order, {}, { node: index % NODES })));
  assert.deepEqual(tally(replies), { 201: 1, INVALID_REQUEST: 19 });
  const rows = await rail.sql(`select status, reason, count(*)::int as n from rail.pay_requests
    where order_guid = '${order.guid}' group by 1, 2 order by 1`);
  assert.deepEqual(rows, [
    { status: "completed", reason: null, n: 1 },
    { status: "failed", reason: "ALREADY_PAID", n: 19 },
  ]);
  assert.equal((await toldOf(creditor, "pay_in", order)).length, 1);
});

test("paying, confirming, moving the alias and expiry at once leave one story", async () => {
  const found = await together(12, () => foundOrder({ expires_at: new Date(Date.now() + 6_000).toISOString() }));
  const replies = await Promise.all(
    found.flatMap(({ order, number }, index) => [
      pay(payer, order, {}, { node: index % NODES }),
      pay(payer, order, {}, { node: (index + 1) % NODES }),
      link(creditor, number, creditor.iban(), { node: index % NODES }),
    ]),
  );
  const paid = replies.filter(({ status }) => status === 201);
  for (const { body } of paid)
    assert.deepEqual(
      new Set(
        (await Promise.all([say(creditor, body, "success"), say(creditor, body, "failure")])).map((r) => r.status),
      ),
      new Set([200]),
    );
  const guids = found.map(({ order }) => `'${order.guid}'`).join(", ");
  await eventually(
    async () =>
      (await rail.sql(`select from rail.order_states where order_guid in (${guids}) and status_reason is null`))
        .length === 0,
    "all are over",
  );
  const open = await rail.sql(`select guid from rail.pay_requests
    where order_guid in (${guids}) and payment_guid is null and status <> 'failed'`);
  assert.deepEqual(open, []);
});
