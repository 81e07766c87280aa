/** Who may let banks take part, and what one world, or one bank's trials, can take from another. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { generateKey } from "../../src/jws/index.ts";
import { CONSENT } from "../support/aliases.ts";
import { type Bank, eventually, freshCode, listenAsBank, phone, startRail, useRail } from "../support/rail.ts";
import { done, isCode, ORDERS } from "../support/rail-orders.ts";

const ALIAS = "/p2p/alias";
/** The account of the published example. */
const SAMPLE = "UA41003506518366713636167";

const rail = useRail();

const byPhone = (account: string, number = phone()) => ({
  creditor: { phone: number },
  debtor: { account },
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Replenishment of own account",
  type: "phone",
});
const byLink = (account: string) => ({
  creditor: { account },
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Payment for services",
  type: "link",
});
const link = (bank: Bank, number: string, account = bank.iban()) =>
  bank.put(ALIAS, { phone: number, account, linked: true, consent: CONSENT });

describe("F165: an operator who settles disputes installs a bank", () => {
  const settles = { role: "operator" };
  const terms = (mode: string) => ({ name: "Bank", mode, bank_codes: [freshCode()] });

  it("makes, changes and keys banks of the sandbox", async () => {
    const made = done(await rail.operator("POST", "/participants", terms("sandbox"), settles), 201);
    assert.deepEqual([made.state, made.profile, made.receiver_search, made.keys], ["active", "strong", true, []]);
    const { publicJwk } = await generateKey("ES256");
    done(await rail.operator("POST", `/participants/${made.guid}/keys`, publicJwk, settles), 201);
    done(await rail.operator("PATCH", `/participants/${made.guid}`, { name: "Other" }, settles));
    assert.equal(
      (await rail.operator("DELETE", `/participants/${made.guid}/keys/${publicJwk.kid}`, undefined, settles)).status,
      204,
    );
  });

  it("does nothing at all to one in production, however it is asked", async () => {
    const refused = "PRODUCTION_NEEDS_RAIL_OPERATOR";
    isCode(await rail.operator("POST", "/participants", terms("production"), settles), 403, refused);
    const bank = await rail.bank({ mode: "production" });
    const { publicJwk } = await generateKey("ES256");
    const before = done(await rail.operator("GET", `/participants/${bank.guid}`));
    for (const [method, path, body] of [
      ["POST", "/keys", publicJwk],
      ["DELETE", `/keys/${bank.kid}`, undefined],
      ["PATCH", "", { state: "suspended" }],
      ["PATCH", "", { callback_url: "https://mine.example" }],
      ["POST", "/challenge", undefined],
    ] as const)
      isCode(await rail.operator(method, `/participants/${bank.guid}${path}`, body, settles), 403, refused, path);
    assert.deepEqual(done(await rail.operator("GET", `/participants/${bank.guid}`)), before);
  });

  it("cannot make a bank of the sandbox and move it over", async () => {
    const made = done(await rail.operator("POST", "/participants", terms("sandbox"), settles), 201);
    for (const change of [{ mode: "production" }, { guid: randomUUID() }, { keys: [] }])
      isCode(await rail.operator("PATCH", `/participants/${made.guid}`, change), 400, "VALIDATION_ERROR");
    assert.equal(done(await rail.operator("GET", `/participants/${made.guid}`)).mode, "sandbox");
  });

  it("nobody else sees that there are banks", async () => {
    for (const role of [null, "platform"])
      assert.equal((await rail.operator("GET", "/participants", undefined, { role })).status, 403);
  });
});

describe("F166: a bank of one world reaches into the other", () => {
  it("an order, a link, a pay request and an alias of the other world are not there", async () => {
    const code = freshCode();
    const [play, real] = [await rail.bank({ codes: [code] }), await rail.bank({ mode: "production", codes: [code] })];
    const number = phone();
    const account = play.iban();
    assert.equal(done(await link(play, number, account)).linked, true);
    // The same account of the same code, in the other world.
    const query = new URLSearchParams({ phone: number, account });
    assert.equal(done(await real.get(`${ALIAS}?${query}`)).linked, false);
    const asked = done(await real.post(ORDERS, byPhone(real.iban(), number)), 201);
    assert.deepEqual([asked.status, asked.status_reason], ["rejected", "NOT_LINKED"]);
    const found = done(await play.post(ORDERS, byPhone(play.iban(), number)), 201);
    assert.equal(found.status, "processing");
    const opened = done(await play.post(ORDERS, byLink(play.iban())), 201);
    for (const { guid } of [found, opened]) isCode(await real.get(`${ORDERS}/${guid}`), 404, "ORDER NOT FOUND");
    assert.equal((await real.get(`/p2p/pay-requests/${found.pay_request_guid}`)).status, 404);
    const debtor = { account: real.iban() };
    isCode(await real.post("/p2p/pay-requests", { order_guid: opened.guid, debtor }), 404, "ORDER NOT FOUND");
    const payment = { payment_message_external_id: randomUUID(), amount: 1, currency: "UAH" };
    for (const order_guid of [found.guid, opened.guid])
      isCode(await real.post("/p2p/payment-messages", { order_guid, ...payment }), 404, "ORDER NOT FOUND");
  });

  it("banks of the other world are not asked for a receiver", async () => {
    const real = await rail.bank({ mode: "production" });
    const asked = await rail.bank({ callbackUrl: "http://127.0.0.1:9/nobody" });
    try {
      assert.equal(done(await real.post(ORDERS, byPhone(real.iban())), 201).status, "rejected");
    } finally {
      await rail.operator("PATCH", `/participants/${asked.guid}`, { state: "suspended" });
    }
  });

  it("budgets are each world's: one code in both, used up in production, is full in the sandbox", async () => {
    const code = freshCode();
    const [real, play] = [await rail.bank({ mode: "production", codes: [code] }), await rail.bank({ codes: [code] })];
    const account = real.iban();
    const left = async (bank: Bank) => done(await bank.get(`/p2p/limits?account=${account}`)).payer.available;
    for (let miss = 0; miss < 5; miss++) done(await real.post(ORDERS, byPhone(account)), 201);
    isCode(await real.post(ORDERS, byPhone(account)), 429, "RATE_LIMITED");
    assert.equal(await left(real), 0);
    assert.equal(await left(play), 1_000);
    assert.equal(done(await play.post(ORDERS, byPhone(account)), 201).status, "rejected");
  });
});

describe("F167: one bank's trials stop another's", () => {
  it("the sample account is each bank's own: budget and places", async () => {
    const [busy, other] = [await rail.bank(), await rail.bank()];
    const left = async (bank: Bank) => done(await bank.get(`/p2p/limits?account=${SAMPLE}`)).payer.available;
    await Promise.all(Array.from({ length: 50 }, () => busy.post(ORDERS, byPhone(SAMPLE))));
    isCode(await busy.post(ORDERS, byPhone(SAMPLE)), 429, "RATE_LIMITED");
    assert.equal(await left(other), 1_000);
    assert.equal(done(await other.post(ORDERS, byPhone(SAMPLE)), 201).status, "rejected");
    const third = await rail.bank();
    for (const bank of [other, third]) {
      for (let place = 0; place < 5; place++) done(await link(bank, phone(), SAMPLE));
      isCode(await link(bank, phone(), SAMPLE), 400, "INVALID_CREDITOR_ACCOUNT");
    }
  });

  it("a phone that moves between two banks' sample accounts leaves its place", async () => {
    const [from, to] = [await rail.bank(), await rail.bank()];
    const number = phone();
    done(await link(from, number, SAMPLE));
    assert.equal(done(await link(to, number, SAMPLE)).linked, true);
    for (let place = 0; place < 4; place++) done(await link(from, phone(), SAMPLE));
    const places = `select count(*)::int as n from rail.account_phones where kept and account = 'sandbox ${SAMPLE} `;
    assert.equal((await rail.sql(`${places}${to.guid}'`))[0]?.n, 1);
    const query = new URLSearchParams({ phone: number, account: SAMPLE });
    const linked = async (bank: Bank) => done(await bank.get(`${ALIAS}?${query}`)).linked;
    assert.deepEqual([await linked(from), await linked(to)], [false, true]);
  });

  it("a number that everybody tries is counted for each bank", async () => {
    const few = await startRail({ railSettings: { searchesPerDay: { sandbox: 2, production: 2 } } });
    const server = await listenAsBank();
    server.answer({ status: 400, body: { code: "USER_NOT_FOUND" } });
    try {
      const asked = await few.bank({ callbackUrl: server.url });
      const [busy, other] = [await few.bank(), await few.bank()];
      const number = phone();
      const search = async (bank: Bank, time: number) => {
        const { guid } = done(await bank.post(ORDERS, byPhone(bank.iban(), number)), 201);
        await eventually(
          async () => done(await bank.get(`${ORDERS}/${guid}`)).status === "rejected",
          `search number ${time} has ended`,
        );
        assert.equal(server.of("/link_creditor").length, time);
      };
      await search(busy, 1);
      await search(busy, 2);
      await search(busy, 2);
      await search(other, 3);
      await search(other, 4);
      await search(other, 4);
      assert.equal(asked.mode, "sandbox");
    } finally {
      await few.end();
      await server.close();
    }
  });

  it("/limits shows ten times production's", async () => {
    const [play, real] = [await rail.bank(), await rail.bank({ mode: "production" })];
    const [more, less] = [done(await play.get("/p2p/limits")), done(await real.get("/p2p/limits"))];
    for (const who of ["participant", "payer"] as const)
      for (const what of ["capacity", "refill_per_minute"] as const)
        assert.equal(more[who][what], 10 * less[who][what], `${who} ${what}`);
    assert.equal(more.participant.available, 200_000);
    assert.deepEqual(more.calls, less.calls);
  });
});
