/** Trades whose payment goes over the rail: exchange, rail and the banks' signatures, over HTTP, to the end. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { auditSettlement } from "../../src/settlement/index.ts";
import { link } from "../support/aliases.ts";
import { type Bank, eventually, type Json, phone, type Reply, useRail } from "../support/rail.ts";

const AMOUNT = 100_000;
/** Hryvnias for a hundred of the balance's units. */
const RATE = 50;
const PAID = 500.0;

let payer: Bank;
let creditor: Bank;

const rail = useRail({ env: { FIAT_CURRENCIES: "RUB,UAH" } }, async () => {
  // Without a callback URL: they are asked for what there is, and report by themselves.
  [payer, creditor] = await Promise.all([rail.bank({ mode: "production" }), rail.bank({ mode: "production" })]);
});

const assertDone = ({ status, body, text }: Reply, expected = 200): Json => {
  assert.equal(status, expected, text);
  return body;
};

let people = 0;
type Trade = {
  readonly id: number;
  readonly buyer: ReturnType<typeof rail.trader>;
  readonly seller: ReturnType<typeof rail.trader>;
};

const sellAd = (number: string, terms: object = {}) => ({
  type: "sell",
  fiat_currency: "UAH",
  exchange_rate: RATE,
  min_amount: AMOUNT,
  max_amount: AMOUNT,
  payment_methods: ["rail", "card"],
  payment_details: { phone: number, card_number: "4444 0000 1111 2222" },
  ...terms,
});

/** A buyer takes the ad of a seller whose phone is linked, unless it is said otherwise. */
const trade = async ({ linked = true, method = "rail" } = {}): Promise<Trade> => {
  const [seller, buyer] = [`seller${++people}`, `buyer${people}`];
  const number = phone();
  if (linked) assertDone(await link(creditor, number, creditor.iban()));
  const credit = { user_id: seller, amount: AMOUNT, kind: "deposit", external_id: `fund-${people}` };
  assertDone(await rail.trader("host", "platform")("POST", "/platform/credits", credit), 201);
  const ad = assertDone(await rail.trader(seller)("POST", "/p2p/ads", sellAd(number)), 201);
  const body = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: method };
  const { id } = assertDone(await rail.trader(buyer)("POST", "/p2p/orders", body), 201);
  return { id, buyer: rail.trader(buyer), seller: rail.trader(seller) };
};

const read = async (who: Trade["buyer"], { id }: Trade): Promise<Json> =>
  assertDone(await who("GET", `/p2p/orders/${id}`));

const act = (who: Trade["buyer"], { id }: Trade, action: string): Promise<Reply> =>
  who("POST", `/p2p/orders/${id}/${action}`);

const settledAs = async (made: Trade, state: string): Promise<Json> => {
  let order: Json = null;
  await eventually(async () => {
    order = await read(made.buyer, made);
    return order.settlement.state === state;
  }, `the payment over the rail is ${state}`);
  return order;
};

/** The rail's order, by the link that the buyer is shown. */
const railOrder = async (made: Trade): Promise<string> => {
  const { settlement } = await settledAs(made, "payable");
  return new URL(settlement.deeplinks_page_url).pathname.split("/").at(-1) ?? "";
};

const open = async (guid: string): Promise<Json> =>
  assertDone(await payer.post("/p2p/pay-requests", { order_guid: guid, debtor: { account: payer.iban() } }), 202);

const announce = (guid: string, terms: object = {}): Promise<Reply> =>
  payer.post("/p2p/payment-messages", {
    order_guid: guid,
    payment_message_external_id: randomUUID(),
    amount: PAID,
    currency: "UAH",
    ...terms,
  });

const report = (payment: Json, result: "success" | "failure", more: object = {}): Promise<Reply> =>
  creditor.post("/p2p/callbacks", { type: "pay_in", guid: payment.guid, result, ...more });

const available = async (who: Trade["buyer"]): Promise<number> => assertDone(await who("GET", "/wallet")).available;

const linesOf = async (who: Trade["buyer"], { id }: Trade): Promise<readonly string[]> =>
  assertDone(await who("GET", `/p2p/orders/${id}/messages`)).items.map(({ event }: Json) => event?.action);

test("a trade confirms itself: the banks' reports mark it paid, release the escrow, and are told in the chat", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  const forSeller = (await read(made.seller, made)).settlement;
  assert.deepEqual([forSeller.state, forSeller.deeplinks_page_url, forSeller.qr_code], ["payable", null, null]);
  const opened = await open(guid);
  assert.ok(opened.creditor.account.includes(creditor.codes[0]), "the seller's own account is paid");
  await settledAs(made, "paying");
  const payment = assertDone(await announce(guid), 201);
  const paid = await settledAs(made, "paid");
  assert.equal(paid.status, "paid_by_buyer");
  assertDone(await report(payment, "success"));
  const done = await settledAs(made, "settled");
  assert.deepEqual([done.status, done.outcome, done.settlement.payment_guid], ["completed", "released", payment.guid]);
  assert.equal(await available(made.buyer), AMOUNT);
  assert.deepEqual(await linesOf(made.buyer, made), [
    "create",
    "payment-link",
    "payment-opened",
    "payment-announced",
    "payment-confirmed",
  ]);
});

test("while a bank is paying, the seller cannot cancel, and the buyer can", async () => {
  const made = await trade();
  await open(await railOrder(made));
  await settledAs(made, "paying");
  const refused = await act(made.seller, made, "cancel");
  assert.deepEqual(
    [refused.status, refused.body.code, refused.body.details],
    [409, "INVALID_ORDER_STATUS", { status: "pending", settlement: "paying" }],
  );
  assert.ok(!(await read(made.seller, made)).allowed_actions.includes("cancel"));
  assert.equal(assertDone(await act(made.buyer, made, "cancel")).status, "cancelled");
});

test("a phone that is linked nowhere: it is said at once, and the two go on by hand", async () => {
  const made = await trade({ linked: false });
  const { settlement } = await settledAs(made, "failed");
  assert.equal(settlement.reason, "NOT_LINKED");
  assertDone(await act(made.buyer, made, "confirm-paid"));
  assert.equal(assertDone(await act(made.seller, made, "confirm-received")).status, "completed");
});

test("an order that is paid by hand has nothing of it", async () => {
  const made = await trade({ method: "card" });
  assert.equal((await read(made.buyer, made)).settlement, null);
  assert.deepEqual(await rail.sql(`select order_id from exchange.settlements where order_id = ${made.id}`), []);
});

test("what the seller's bank refuses stays marked as paid, with its reason; another payment on the same link settles it", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  await open(guid);
  const first = assertDone(await announce(guid), 201);
  await settledAs(made, "paid");
  assertDone(await report(first, "failure", { reason: "ACCOUNT_BLOCKED" }));
  const failed = await settledAs(made, "failed");
  assert.deepEqual([failed.status, failed.settlement.reason], ["paid_by_buyer", "ACCOUNT_BLOCKED"]);
  await open(guid);
  const second = assertDone(await announce(guid), 201);
  await settledAs(made, "paid");
  assertDone(await report(second, "success"));
  assert.equal((await settledAs(made, "settled")).status, "completed");
});

test("a seller who releases first, and a buyer who pressed paid as well: the banks' reports change nothing", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  assertDone(await act(made.buyer, made, "confirm-paid"));
  await open(guid);
  const payment = assertDone(await announce(guid), 201);
  await settledAs(made, "paid");
  assert.equal(assertDone(await act(made.seller, made, "confirm-received")).status, "completed");
  assertDone(await report(payment, "success"));
  const done = await settledAs(made, "settled");
  assert.deepEqual([done.status, done.outcome], ["completed", "released"]);
  assert.equal(await available(made.buyer), AMOUNT);
});

test("money that comes after the end is late: a claim is open by the banks' word, and the seller honours it", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  assertDone(await act(made.buyer, made, "cancel"));
  await open(guid);
  const payment = assertDone(await announce(guid), 201);
  const late = await settledAs(made, "late");
  assert.deepEqual([late.status, late.claim], ["cancelled", "open"]);
  assertDone(await report(payment, "success"));
  assert.equal(assertDone(await act(made.seller, made, "honour")).claim, "honoured");
  assert.equal(await available(made.buyer), AMOUNT);
});

test("a dispute is an operator's: what the banks report then is shown, and releases nothing", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  await open(guid);
  const payment = assertDone(await announce(guid), 201);
  await settledAs(made, "paid");
  assertDone(await act(made.seller, made, "call-operator"));
  assertDone(await report(payment, "success"));
  assert.equal((await settledAs(made, "settled")).status, "disputed");
  const operator = rail.trader("olga", "operator");
  assertDone(await operator("POST", `/operator/orders/${made.id}/assign`));
  assertDone(
    await operator("POST", `/operator/orders/${made.id}/resolve`, { outcome: "release", reason: "The money came." }),
  );
  assert.equal(await available(made.buyer), AMOUNT);
});

test("no trader can say what a bank reports: the actions have no route", async () => {
  const made = await trade();
  await settledAs(made, "payable");
  for (const action of ["payment-announced", "payment-confirmed", "settle-order"]) {
    for (const who of [made.buyer, made.seller, rail.trader("rail"), rail.trader("olga", "operator")]) {
      assert.equal((await act(who, made, action)).status, 404);
    }
  }
  assert.equal((await read(made.buyer, made)).status, "pending");
});

test("an ad is refused where the rail does not go: another currency, a phone that is none", async () => {
  const maker = rail.trader("maker");
  for (const [terms, pointer] of [
    [{ fiat_currency: "RUB" }, "/payment_methods"],
    [{ payment_details: { card_number: "4444 0000 1111 2222" } }, "/payment_details/phone"],
    [{ payment_details: { phone: "050 123" } }, "/payment_details/phone"],
  ] as const) {
    const refused = await maker("POST", "/p2p/ads", sellAd(phone(), terms));
    assert.deepEqual([refused.status, refused.body.code], [400, "VALIDATION_ERROR"], refused.text);
    assert.equal(refused.body.details.issues[0].pointer, pointer);
  }
});

test("stopped in the middle and started again, the walk goes on", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  await open(guid);
  const payment = assertDone(await announce(guid), 201);
  await rail.restart();
  await settledAs(made, "paid");
  assertDone(await report(payment, "success"));
  assert.equal((await settledAs(made, "settled")).status, "completed");
});

test("the audit across both finds an order that was released without its payment, and one by a payment of another sum", async () => {
  const made = await trade();
  const guid = await railOrder(made);
  await open(guid);
  const payment = assertDone(await announce(guid), 201);
  await settledAs(made, "paid");
  assertDone(await report(payment, "success"));
  await settledAs(made, "settled");
  const spoil = async (statement: string): Promise<readonly string[]> => {
    await rail.sql(statement);
    return (await auditSettlement(rail.database.superuserUrl)).findings.flatMap(({ faults }) => faults);
  };
  const update = (set: string) => `update rail.payments set ${set} where guid = '${payment.guid}'`;
  assert.deepEqual(await spoil(update("status = 'failed', completed_at = null")), [
    `order ${made.id}: payment ${payment.guid}, status failed`,
  ]);
  assert.equal((await spoil(update("status = 'completed', completed_at = created_at, amount = amount + 1"))).length, 1);
  assert.deepEqual(await spoil(update("amount = amount - 1")), []);
});
