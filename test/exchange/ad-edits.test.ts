/** Changing an ad: versions, what resets the remainder, and the remainder through the lives of its orders. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  ENOUGH,
  order,
  platform,
  someone,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket({ settings: { fiatCurrencies: ["RUB", "USD"] } });

/** A funded maker with one sell ad, and what can be done to it. */
const offer = async (terms: object = {}, funds = ENOUGH) => {
  const maker = someone("maker");
  await market.fund(maker, funds);
  const ad = await market.sellAd(maker, { max_amount: 500_000, ...terms });
  const call = market.as(maker);
  const put = (change: object) => call("PUT", `/p2p/ads/${ad.id}`, change);
  const look = async (): Promise<Json> => assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`));
  const amounts = async () => {
    const { remaining_amount, available_amount } = await look();
    return [remaining_amount, available_amount];
  };
  const take = async (amount: number) => {
    const taker = someone("taker");
    const opened = await order(market, taker, ad, { amount });
    return {
      pay: async () => assertDone(await act(market.as(taker), opened, "confirm-paid")),
      dispute: async () => assertDone(await act(market.as(taker), opened, "call-operator")),
      release: async () => assertDone(await act(call, opened, "confirm-received")),
      cancel: async () => assertDone(await act(market.as(taker), opened, "cancel")),
    };
  };
  const sell = async (amount: number) => {
    const taken = await take(amount);
    await taken.pay();
    await taken.release();
  };
  return { maker, ad, put, look, amounts, take, sell };
};

describe("the version", () => {
  const TERMS: readonly (readonly [string, unknown])[] = [
    ["exchange_rate", 101],
    ["min_amount", 100_001],
    ["max_amount", 499_999],
    ["total_amount", 800_000],
    ["payment_methods", ["card", "cash"]],
    ["payment_details", { card_number: "5500" }],
    ["instructions", "Be quick."],
    ["payment_window_minutes", 30],
  ];
  for (const [term, value] of TERMS) {
    test(`counts a change of ${term}, and not the same again`, async () => {
      const { put } = await offer();
      const changed = assertDone(await put({ [term]: value }));
      assert.deepEqual([changed.version, changed[term]], [2, value]);
      const again = assertDone(await put({ [term]: value }));
      assert.deepEqual([again.version, again[term]], [2, value]);
    });
  }

  test("counts several changes in one request once", async () => {
    const { put } = await offer();
    assert.equal(assertDone(await put(Object.fromEntries(TERMS))).version, 2);
  });

  test("does not count pauses, fills, nor a request that changes nothing", async () => {
    const { ad, put, look, sell, take } = await offer();
    assertDone(await put({}));
    assertDone(await put({ status: "paused" }));
    assertDone(await put({ status: "active" }));
    assertDone(await put({ type: "sell", fiat_currency: "RUB" }));
    const { type, fiat_currency, exchange_rate, min_amount, max_amount, payment_methods, instructions } = ad;
    const { payment_details } = ad;
    const same = { type, fiat_currency, exchange_rate, min_amount, max_amount, payment_methods, instructions };
    assertDone(await put({ ...same, payment_details }));
    await sell(AMOUNT);
    await (await take(AMOUNT)).cancel();
    assert.equal((await look()).version, 1);
  });

  test("does not count payment details whose members come in another order", async () => {
    const { put } = await offer({ payment_details: { bank: "T", card: "2200" } });
    assert.equal(assertDone(await put({ payment_details: { card: "2200", bank: "T" } })).version, 1);
    assert.equal(assertDone(await put({ payment_details: { card: "2200" } })).version, 2);
  });

  test("does not count a refused change", async () => {
    const { put, look } = await offer();
    assertInvalid(await put({ instructions: "New.", min_amount: 500_001 }), "/min_amount");
    const now = await look();
    assert.deepEqual([now.version, now.min_amount], [1, 100_000]);
  });
});

describe("a change is refused", () => {
  const REFUSED: readonly (readonly [string, string, object])[] = [
    ["another type", "/type", { type: "buy" }],
    ["another currency", "/fiat_currency", { fiat_currency: "USD" }],
    ["deletion by status", "/status", { status: "deleted" }],
    ["a minimum above the maximum there is", "/min_amount", { min_amount: 500_001 }],
    ["a maximum below the minimum there is", "/min_amount", { max_amount: 99_999 }],
    ["a total below the minimum there is", "/total_amount", { total_amount: 99_999 }],
    ["a sell ad's details taken away", "/payment_details", { payment_details: {} }],
    ["a method twice", "/payment_methods", { payment_methods: ["card", "card"] }],
    ["no methods", "/payment_methods", { payment_methods: [] }],
    ["a rate of nothing", "/exchange_rate", { exchange_rate: 0 }],
    ["instructions that are too long", "/instructions", { instructions: "x".repeat(1_001) }],
    ["a window that is too short", "/payment_window_minutes", { payment_window_minutes: 4 }],
    ["an amount beyond the limit", "/max_amount", { max_amount: 10_000_000_000_001 }],
    ["a member that there is not", "/version", { version: 1 }],
  ];
  for (const [what, pointer, change] of REFUSED) {
    test(`for ${what}`, async () => {
      const { put, look } = await offer();
      const before = await look();
      assertInvalid(await put({ instructions: "Changed too.", ...change }), pointer);
      assert.deepEqual(await look(), before);
    });
  }

  test("for another's ad, whatever it says", async () => {
    const { ad } = await offer();
    const other = market.as(someone("other"));
    for (const change of [{}, { status: "paused" }, { type: "buy" }])
      assertRefused(await other("PUT", `/p2p/ads/${ad.id}`, change), "FORBIDDEN");
  });
});

describe("orders under way", () => {
  test("keep the terms that they were made on", async () => {
    const { ad, put, look } = await offer({ instructions: "As agreed." });
    const taker = someone("taker");
    const opened = await order(market, taker, ad);
    assertDone(
      await put({
        exchange_rate: 200,
        min_amount: 200_000,
        payment_methods: ["cash"],
        payment_details: { card_number: "9999" },
        instructions: "Changed.",
        payment_window_minutes: 1_440,
      }),
    );
    const seen = assertDone(await market.as(taker)("GET", `/p2p/orders/${opened.id}`));
    const { server_time: _, ...terms } = seen;
    const { server_time: __, ...before } = opened;
    assert.deepEqual(terms, before);
    assert.deepEqual([seen.ad_version, seen.fiat_amount, seen.instructions], [1, AMOUNT, "As agreed."]);
    assert.equal((await look()).version, 2);
    assertRefused(await tryOrder(market, someone("taker"), ad, { amount: 200_000 }), "INVALID_PAYMENT_METHOD");
  });

  test("go on while the ad is paused, and return to its remainder", async () => {
    const { put, take, amounts } = await offer();
    const taken = await take(200_000);
    assertDone(await put({ status: "paused" }));
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    await taken.cancel();
    assert.deepEqual(await amounts(), [500_000, 500_000]);
  });
});

describe("the remainder", () => {
  test("follows each order: held, returned, released", async () => {
    const { amounts, take } = await offer();
    assert.deepEqual(await amounts(), [500_000, 500_000]);
    const first = await take(200_000);
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    const second = await take(100_000);
    assert.deepEqual(await amounts(), [200_000, 200_000]);
    await first.cancel();
    assert.deepEqual(await amounts(), [400_000, 400_000]);
    await second.pay();
    assert.deepEqual(await amounts(), [400_000, 400_000]);
    await second.release();
    assert.deepEqual(await amounts(), [400_000, 400_000]);
    const third = await take(100_000);
    await third.pay();
    await third.dispute();
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    await third.cancel();
    assert.deepEqual(await amounts(), [400_000, 400_000]);
  });

  test("is available up to the maker's balance, which other trades change", async () => {
    const { maker, amounts, put } = await offer({}, 300_000);
    assert.deepEqual(await amounts(), [500_000, 300_000]);
    assertDone(await platform(market, "debits", { user_id: maker, amount: 50_000, kind: "withdrawal" }), 201);
    assert.deepEqual(await amounts(), [500_000, 250_000]);
    const buy = await market.buyAd(someone("buyer"));
    const sold = await order(market, maker, buy);
    assert.deepEqual(await amounts(), [500_000, 150_000]);
    assertDone(await act(market.as(maker), sold, "cancel"));
    assert.deepEqual(await amounts(), [500_000, 250_000]);
    assertDone(await put({ max_amount: 200_000 }));
    assert.deepEqual(await amounts(), [200_000, 200_000]);
  });

  test("of a buy ad has nothing to do with balances", async () => {
    const maker = someone("maker");
    const ad = await market.buyAd(maker, { max_amount: 500_000 });
    const seller = someone("seller");
    await market.fund(seller, 200_000);
    const amounts = async () => {
      const seen = assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`));
      return [seen.remaining_amount, seen.available_amount];
    };
    assert.deepEqual(await amounts(), [500_000, 500_000]);
    const details = { payment_details: { card_number: "4276" } };
    const first = await order(market, seller, ad, { amount: 200_000, extra: details });
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    assertDone(await act(market.as(maker), first, "cancel"));
    assert.deepEqual(await amounts(), [500_000, 500_000]);
    const second = await order(market, seller, ad, { amount: 200_000, extra: details });
    assertDone(await act(market.as(maker), second, "confirm-paid"));
    assertDone(await act(market.as(seller), second, "confirm-received"));
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    assert.equal((await wallet(market, maker)).available, 200_000);
  });

  test("starts anew with a new maximum while no total was given", async () => {
    const { amounts, put, sell, take } = await offer();
    await sell(200_000);
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    assertDone(await put({ max_amount: 500_000 }));
    assert.deepEqual(await amounts(), [300_000, 300_000], "the maximum is not new");
    assertDone(await put({ max_amount: 600_000 }));
    assert.deepEqual(await amounts(), [600_000, 600_000]);
    await take(100_000);
    assertDone(await put({ max_amount: 400_000 }));
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    assertDone(await put({ min_amount: 1, exchange_rate: 90, instructions: "No reset." }));
    assert.deepEqual(await amounts(), [300_000, 300_000]);
  });

  test("starts anew with a total, and from then on a new maximum leaves it alone", async () => {
    const { amounts, put, sell, take } = await offer({ total_amount: 700_000 });
    await sell(200_000);
    assertDone(await put({ max_amount: 400_000 }));
    assert.deepEqual(await amounts(), [500_000, 500_000]);
    const opened = await take(100_000);
    assertDone(await put({ total_amount: 700_000 }));
    assert.deepEqual(await amounts(), [400_000, 400_000], "the total is not new");
    assertDone(await put({ total_amount: 800_000 }));
    assert.deepEqual(await amounts(), [700_000, 700_000]);
    await opened.cancel();
    assert.deepEqual(await amounts(), [800_000, 800_000]);
    await sell(300_000);
    assertDone(await put({ total_amount: 300_000 }));
    assert.deepEqual(await amounts(), [300_000, 300_000]);
  });

  test("a total given later holds too", async () => {
    const { amounts, put, sell } = await offer();
    await sell(200_000);
    assertDone(await put({ total_amount: 300_000 }));
    assert.deepEqual(await amounts(), [300_000, 300_000]);
    await sell(100_000);
    assertDone(await put({ max_amount: 450_000 }));
    assert.deepEqual(await amounts(), [200_000, 200_000]);
  });

  test("never goes below the open orders", async () => {
    const { amounts, put, take } = await offer();
    const opened = await take(300_000);
    assertInvalid(await put({ total_amount: 299_999 }), "/total_amount");
    assertInvalid(await put({ max_amount: 299_999 }), "/max_amount");
    assert.deepEqual(await amounts(), [200_000, 200_000]);
    assertDone(await put({ total_amount: 300_000 }));
    assert.deepEqual(await amounts(), [0, 0]);
    await opened.pay();
    await opened.release();
    assert.deepEqual(await amounts(), [0, 0]);
  });

  test("that is below the minimum can be used again once it is raised", async () => {
    const { ad, put, sell } = await offer();
    await sell(450_000);
    assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE", { reason: "used_up" });
    assertDone(await put({ min_amount: 50_000 }));
    assertDone(await tryOrder(market, someone("taker"), ad, { amount: 50_000 }), 201);
  });
});
