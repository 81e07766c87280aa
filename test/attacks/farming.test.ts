/** Cashing out a bonus and farming a record: what was tried, and what is right now. With the product's own bounds. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";
import {
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  order,
  platform,
  someone,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket({ env: { MIN_ORDER_AMOUNT: "", RATE_BAND: "", FIAT_CURRENCIES: "RUB,USD" } });

const DETAILS = { payment_details: { card_number: "4276 0000 0000 9876" } };

const complete = async (buyer: string, seller: string, ad: Json, amount: number) => {
  const opened = await order(market, buyer, ad, { amount });
  assertDone(await act(market.as(buyer), opened, "confirm-paid"));
  assertDone(await act(market.as(seller), opened, "confirm-received"));
};

const profile = async (user: string): Promise<Json> => assertDone(await market.stranger("GET", `/p2p/users/${user}`));

describe("a record", () => {
  test("of twenty one-kopeck trades with a friend can't be made: no ad and no order is about so little", async () => {
    const seller = someone("seller");
    await market.fund(seller, 1_000_000);
    const tiny = { min_amount: 1, max_amount: 1 };
    assertInvalid(await market.as(seller)("POST", "/p2p/ads", { ...AD, ...tiny }), "/min_amount");
    const ad = await market.sellAd(seller, { min_amount: 1_000 });
    const edited = await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { min_amount: 999 });
    assertInvalid(edited, "/min_amount");
    assert.match(edited.body.details.issues[0].message, /1000/);
    const ordered = await tryOrder(market, someone("friend"), ad, { amount: 999 });
    assertInvalid(ordered, "/usdt_amount");
    assert.match(ordered.body.details.issues[0].message, /1000/);
  });

  test("of twenty least trades with a friend is one order and one partner", async () => {
    const [seller, friend] = [someone("seller"), someone("friend")];
    await market.fund(seller, 1_000_000);
    const ad = await market.sellAd(seller, { min_amount: 1_000 });
    for (let count = 0; count < 20; count++) await complete(friend, seller, ad, 1_000);
    for (const user of [seller, friend]) {
      const { orders_count, partners_count } = await profile(user);
      assert.deepEqual([orders_count, partners_count], [1, 1]);
    }
    const page = assertDone(await market.stranger("GET", `/p2p/ads?type=sell&fiat_currency=RUB&sort_by=orders_count`));
    assert.equal(page.items.find(({ id }: Json) => id === ad.id).maker.orders_count, 1);
  });
});

describe("a price", () => {
  test("beyond reason heads no list: the rate of each currency has its band, for new ads and for changes", async () => {
    const seller = someone("seller");
    await market.fund(seller, 1_000_000);
    for (const exchange_rate of [1, 49, 201, 1_000_000]) {
      const reply = await market.as(seller)("POST", "/p2p/ads", { ...AD, exchange_rate });
      assertInvalid(reply, "/exchange_rate");
      assert.match(reply.body.details.issues[0].message, /50 to 200/);
    }
    const ad = await market.sellAd(seller, { exchange_rate: 50 });
    assertInvalid(await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { exchange_rate: 49 }), "/exchange_rate");
    assertDone(await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { exchange_rate: 200 }));
    // A currency without a band has the contract's bounds alone.
    await market.buyAd(seller, { fiat_currency: "USD", exchange_rate: 1_000_000 });
  });

  test("of an ad that was there before the band is left alone until it is changed, so that it may be paused", async () => {
    const seller = someone("seller");
    await market.fund(seller, 1_000_000);
    const ad = await market.sellAd(seller);
    await market.sql(`with l as (update exchange.listings set exchange_rate = 7 where ad_id = ${ad.id})
      update exchange.ads set exchange_rate = 7, row_version = row_version + 1 where id = ${ad.id}`);
    const paused = assertDone(await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
    assert.equal(paused.exchange_rate, 7);
    assertInvalid(await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { exchange_rate: 8 }), "/exchange_rate");
    assertDone(await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { exchange_rate: 100 }));
  });
});

describe("a bonus", () => {
  test("and a friend's deposit that goes back and forth cash nothing out: the turnover is asked for", async () => {
    const [cheat, friend] = [someone("cheat"), someone("friend")];
    assertDone(await platform(market, "credits", { user_id: cheat, amount: 500_000, kind: "bonus" }), 201);
    await market.fund(friend, 200_000);
    // The friend sells to the cheat, which deposits: the minimum is met, the turnover is not.
    await complete(cheat, friend, await market.sellAd(friend), 200_000);
    assert.equal((await wallet(market, cheat)).deposited_total, 200_000);
    const buyAd = await market.buyAd(friend);
    const sold = await tryOrder(market, cheat, buyAd, { extra: DETAILS });
    assertRefused(sold, "WAGERING_REQUIREMENT_NOT_MET", { required: 500_000, wagered: 0 });
    const ad = await market.sellAd(cheat);
    assert.deepEqual(ad.hidden_reasons, ["wagering"]);
    assertRefused(await tryOrder(market, friend, ad), "AD_NOT_ACTIVE", { reason: "unavailable" });
  });

  test("given to one of two who wash the same money round and round meets no deposit rule a second time", async () => {
    const [one, other] = [someone("one"), someone("other")];
    for (const user of [one, other]) await market.fund(user, 100_000);
    const ads = { [one]: await market.sellAd(one), [other]: await market.sellAd(other) };
    for (let round = 0; round < 3; round++) {
      await complete(one, other, ads[other] as Json, 100_000);
      await complete(other, one, ads[one] as Json, 100_000);
    }
    const totals = [await wallet(market, one), await wallet(market, other)].map(
      ({ deposited_total }) => deposited_total,
    );
    assert.deepEqual(totals, [200_000, 100_000], "six trades, and one deposit");
  });

  test("is no deposit by itself, nor what an operator's adjustment gives", async () => {
    const cheat = someone("cheat");
    await bonus(market, cheat, 500_000);
    assertDone(await platform(market, "credits", { user_id: cheat, amount: 500_000, kind: "adjustment" }), 201);
    const reply = await tryOrder(market, cheat, await market.buyAd(someone("buyer")), { extra: DETAILS });
    assertRefused(reply, "MIN_DEPOSIT_REQUIRED", { required: 100_000, deposited: 0 });
  });
});

describe("a sum of fiat", () => {
  test("is paid to the kopeck, for an amount that is rounded down, never up", async () => {
    const seller = someone("seller");
    await market.fund(seller, 1_000_000);
    const ad = await market.sellAd(seller, { min_amount: 1_000, exchange_rate: 133 });
    const send = (taker: string, body: object) =>
      market.as(taker)("POST", "/p2p/orders", { ad_id: ad.id, payment_method: "card", ...body });
    const opened = assertDone(await send(someone("buyer"), { fiat_amount: 10_000 }), 201);
    assert.deepEqual([opened.fiat_amount, opened.usdt_amount], [10_000, 7_518]);
    // 1330 buys the least of 1,000; one less comes to 999.
    assertDone(await send(someone("buyer"), { fiat_amount: 1_330 }), 201);
    assertRefused(await send(someone("buyer"), { fiat_amount: 1_329 }), "AMOUNT_TOO_LOW", { min_amount: 1_000 });
    assertInvalid(await send(someone("buyer"), { fiat_amount: 1_330, usdt_amount: 1_000 }), "/fiat_amount");
    assertInvalid(await send(someone("buyer"), {}), "/usdt_amount");
    for (const fiat_amount of [0, -1, 1.5, 1e14, "1330"])
      assertInvalid(await send(someone("buyer"), { fiat_amount }), "/fiat_amount");
  });
});

const AD = {
  type: "sell",
  fiat_currency: "RUB",
  exchange_rate: 100,
  min_amount: 100_000,
  max_amount: 500_000,
  payment_methods: ["card"],
  payment_details: { card_number: "2200 0000 0000 1234" },
} as const;
