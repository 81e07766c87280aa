/** A request that breaks a rule and every later one is told of the first: the order of checks, pair by pair. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, type Market, type Reply, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  type Code,
  order,
  platform,
  someone,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket();

const MISSING_AD = 999_999_999;
const DETAILS = { card_number: "4276" };

/** As bad a taker on buy ads as there can be: an active withdrawal, no deposits, wagering outstanding, no money. */
const worstSeller = async (name: string): Promise<string> => {
  const taker = someone(name);
  await market.fund(taker, AMOUNT);
  await order(market, taker, await market.buyAd(someone("buyer")), { extra: { payment_details: DETAILS } });
  await spoil(taker);
  assert.equal((await wallet(market, taker)).available, 0);
  return taker;
};

/** Takes away the right to sell and leaves the balance as it was. */
const spoil = async (user: string) => {
  await bonus(market, user, AMOUNT, { wagering_required: 500 });
  assertDone(await platform(market, "debits", { user_id: user, amount: AMOUNT, kind: "deposit_reversal" }), 201);
};

const edit = async (maker: string, ad: Json, change: object) =>
  assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, change));

type Attempt = { readonly code: Code; readonly breaks: string; readonly send: () => Promise<Reply> };

const assertEach = async (attempts: readonly Attempt[]) => {
  for (const { code, breaks, send } of attempts) {
    const reply = await send();
    assert.equal(reply.body.code, code, `${breaks}: ${reply.text}`);
    assertRefused(reply, code);
  }
};

describe("creating an order", () => {
  test("on a buy ad each rule is told before every later one that is broken too", async () => {
    const taker = await worstSeller("worst");
    const own = await market.buyAd(taker, { min_amount: 200_000, max_amount: 400_000 });
    const maker = someone("maker");
    const ad = await market.buyAd(maker, { min_amount: 200_000, max_amount: 400_000 });
    const filler = someone("filler");
    await market.fund(filler, 200_000);
    await order(market, filler, ad, { amount: 200_000, extra: { payment_details: DETAILS } });
    // 200,000 are left of 400,000.
    const attempt = (on: Json, amount: number, extra: object = {}) => tryOrder(market, taker, on, { amount, extra });
    const stale = { ad_version: 7, payment_method: "cash" };
    const cash = { payment_method: "cash" };

    await edit(taker, own, { status: "paused" });
    await assertEach([
      { code: "AD_NOT_FOUND", breaks: "all", send: () => attempt({ id: MISSING_AD }, 1, stale) },
      { code: "AD_NOT_ACTIVE", breaks: "a paused own ad, low", send: () => attempt(own, 1, stale) },
      { code: "AD_NOT_ACTIVE", breaks: "a paused own ad, high", send: () => attempt(own, 400_001, stale) },
    ]);
    await edit(taker, own, { status: "active" });
    await assertEach([
      { code: "VERSION_MISMATCH", breaks: "an own ad, low", send: () => attempt(own, 1, stale) },
      { code: "VERSION_MISMATCH", breaks: "an own ad, high", send: () => attempt(own, 400_001, stale) },
      { code: "OWN_AD", breaks: "the method, low", send: () => attempt(own, 1, cash) },
      { code: "OWN_AD", breaks: "the method, high", send: () => attempt(own, 400_001, cash) },
      { code: "INVALID_PAYMENT_METHOD", breaks: "low", send: () => attempt(ad, 199_999, cash) },
      { code: "INVALID_PAYMENT_METHOD", breaks: "high, above the rest", send: () => attempt(ad, 400_001, cash) },
      { code: "AMOUNT_TOO_LOW", breaks: "no details", send: () => attempt(ad, 199_999) },
      { code: "AMOUNT_TOO_HIGH", breaks: "above the rest", send: () => attempt(ad, 400_001) },
      { code: "AMOUNT_EXCEEDS_AVAILABLE", breaks: "no details", send: () => attempt(ad, 200_001) },
      { code: "PAYMENT_DETAILS_REQUIRED", breaks: "an active order", send: () => attempt(ad, 200_000) },
    ]);
    const detailed = (who: string) =>
      tryOrder(market, who, ad, { amount: 200_000, extra: { payment_details: DETAILS } });
    const free = someone("free");
    await bonus(market, free, 1, { wagering_required: 500 });
    const wagering = someone("wagering");
    await market.fund(wagering, 100_000);
    await bonus(market, wagering, 1, { wagering_required: 500 });
    const poor = someone("poor");
    await market.fund(poor, 199_999);
    await assertEach([
      { code: "ACTIVE_WITHDRAW_ORDER_EXISTS", breaks: "no deposits", send: () => detailed(taker) },
      { code: "MIN_DEPOSIT_REQUIRED", breaks: "wagering, no money", send: () => detailed(free) },
      { code: "WAGERING_REQUIREMENT_NOT_MET", breaks: "no money", send: () => detailed(wagering) },
      { code: "SELLER_INSUFFICIENT_BALANCE", breaks: "nothing else", send: () => detailed(poor) },
    ]);
  });

  test("a version of the ad that no ad can have is VALIDATION_ERROR, and the last one that it could is a mismatch", async () => {
    const ad = await market.buyAd(someone("maker"));
    const versioned = (ad_version: number) => tryOrder(market, someone("taker"), ad, { extra: { ad_version } });
    assertRefused(await versioned(2_147_483_647), "VERSION_MISMATCH");
    for (const version of [2_147_483_648, Number.MAX_SAFE_INTEGER, 1e300, 0, -1, 1.5]) {
      assertInvalid(await versioned(version), "/ad_version");
    }
  });

  test("on a sell ad the maker's right to sell is judged last", async () => {
    const [maker, taker, other] = [someone("maker"), someone("taker"), someone("other")];
    await market.fund(maker, 1_000_000);
    const ad = await market.sellAd(maker, { min_amount: 200_000, max_amount: 400_000 });
    await order(market, other, ad, { amount: 200_000 });
    const elsewhere = someone("elsewhere");
    await market.fund(elsewhere, AMOUNT);
    await order(market, taker, await market.sellAd(elsewhere));
    const own = await market.sellAd(taker, { min_amount: 200_000, max_amount: 400_000 });
    // The maker has nothing left and may not sell any more.
    const left = (await wallet(market, maker)).available;
    assertDone(await platform(market, "debits", { user_id: maker, amount: left, kind: "deposit_reversal" }), 201);
    await bonus(market, maker, AMOUNT);
    assertDone(await platform(market, "debits", { user_id: maker, amount: AMOUNT, kind: "deposit_reversal" }), 201);
    assert.equal((await wallet(market, maker)).deposited_total, 100_000);
    await bonus(market, maker, 1, { wagering_required: 500 });

    const attempt = (on: Json, amount: number, extra: object = {}) => tryOrder(market, taker, on, { amount, extra });
    const stale = { ad_version: 7, payment_method: "cash" };
    const cash = { payment_method: "cash" };
    await assertEach([
      { code: "VERSION_MISMATCH", breaks: "an own ad, low", send: () => attempt(own, 1, stale) },
      { code: "OWN_AD", breaks: "the method, high", send: () => attempt(own, 400_001, cash) },
      { code: "INVALID_PAYMENT_METHOD", breaks: "low", send: () => attempt(ad, 1, cash) },
      { code: "AMOUNT_TOO_LOW", breaks: "an active order", send: () => attempt(ad, 199_999) },
      { code: "AMOUNT_TOO_HIGH", breaks: "above the rest", send: () => attempt(ad, 400_001) },
      { code: "AMOUNT_EXCEEDS_AVAILABLE", breaks: "an active order", send: () => attempt(ad, 200_001) },
      { code: "ACTIVE_DEPOSIT_ORDER_EXISTS", breaks: "the seller's balance", send: () => attempt(ad, 200_000) },
    ]);
    const late = someone("late");
    assertRefused(await tryOrder(market, late, ad, { amount: 200_000 }), "SELLER_INSUFFICIENT_BALANCE");
    await bonus(market, maker, 400_000);
    assertRefused(await tryOrder(market, late, ad, { amount: 200_000 }), "AD_NOT_ACTIVE");
    assertDone(await platform(market, "wagers", { user_id: maker, amount: 500 }), 201);
    assertDone(await tryOrder(market, late, ad, { amount: 200_000 }), 201);
  });

  test("the deposits that a maker lacks are judged last too", async () => {
    const maker = someone("maker");
    await bonus(market, maker, 1_000_000);
    const ad = await market.sellAd(maker);
    assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE");
    assertRefused(await tryOrder(market, someone("taker"), ad, { amount: 1_000_001 }), "SELLER_INSUFFICIENT_BALANCE");
    await market.fund(maker, 99_999);
    assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE");
    await market.fund(maker, 1);
    assertDone(await tryOrder(market, someone("taker"), ad), 201);
  });

  test("a deleted ad and a used up one are not active, whatever else is wrong", async () => {
    const maker = someone("maker");
    await market.fund(maker, 1_000_000);
    const deleted = await market.sellAd(maker);
    assertDone(await market.as(maker)("DELETE", `/p2p/ads/${deleted.id}`), 204);
    const ad = await market.sellAd(maker, { min_amount: AMOUNT, max_amount: 200_000 });
    await order(market, someone("taker"), ad, { amount: 100_001 });
    const worst = { amount: 1, extra: { ad_version: 7, payment_method: "cash" } };
    for (const gone of [deleted, ad]) {
      assertRefused(await tryOrder(market, maker, gone, worst), "AD_NOT_ACTIVE");
      assertRefused(await tryOrder(market, someone("taker"), gone, worst), "AD_NOT_ACTIVE");
    }
  });
});

describe("every write", () => {
  test("looks at the token, then the body, then the key, then the rules", async () => {
    const user = someone("user");
    const broken = { ad_id: "x", usdt_amount: 1, payment_method: "card" };
    const sound = { ad_id: MISSING_AD, usdt_amount: 1, payment_method: "card" };
    const send = (call: ReturnType<Market["as"]>, body: object, key: string) =>
      call("POST", "/p2p/orders", body, { key });
    assertRefused(await send(market.stranger, broken, "a b"), "UNAUTHORIZED");
    assertInvalid(await send(market.as(user), broken, "a b"), "/ad_id");
    assertInvalid(await send(market.as(user), sound, "a b"), "/Idempotency-Key");
    assertRefused(await send(market.as(user), sound, "a-b"), "AD_NOT_FOUND");
  });

  test("takes an absent body for an empty one", async () => {
    const user = market.as(someone("user"));
    assertInvalid(
      await user("POST", "/p2p/ads"),
      "/type",
      "/fiat_currency",
      "/min_amount",
      "/max_amount",
      "/payment_methods",
    );
    assertInvalid(await user("POST", "/p2p/orders"), "/ad_id", "/payment_method");
    assertRefused(await user("POST", `/p2p/orders/${MISSING_AD}/cancel`), "ORDER_NOT_FOUND");
    assertRefused(await user("PUT", `/p2p/ads/${MISSING_AD}`), "AD_NOT_FOUND");
  });
});
