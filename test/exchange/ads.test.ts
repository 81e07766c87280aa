/** Posting, listing and deleting one's own ads: what an ad may say, and how many there may be. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BUY_AD, type Json, SELL_AD, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  order,
  platform,
  someone,
  tryOrder,
} from "../support/trades.ts";

const market = useMarket({ settings: { fiatCurrencies: ["RUB", "USD"] } });

const MOST = 10_000_000_000_000;
const post = (body: object, maker = someone("maker")) => market.as(maker)("POST", "/p2p/ads", body);
const many = (count: number, prefix = "m") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const pairs = (count: number) => Object.fromEntries(many(count).map((name) => [name, "1"]));
const without = (ad: object, member: string) => {
  const { [member]: _, ...rest } = ad as Record<string, unknown>;
  return rest;
};

describe("an ad is posted", () => {
  const ACCEPTED: readonly (readonly [string, object])[] = [
    ["the lowest amounts", { min_amount: 1, max_amount: 1 }],
    ["the highest amounts", { min_amount: MOST, max_amount: MOST, total_amount: MOST }],
    ["a total that is its minimum", { total_amount: SELL_AD.min_amount }],
    ["a total above its maximum", { total_amount: SELL_AD.max_amount * 3 }],
    ["the lowest rate", { exchange_rate: 1 }],
    ["the highest rate", { exchange_rate: 1_000_000 }],
    ["the shortest window", { payment_window_minutes: 5 }],
    ["the longest window", { payment_window_minutes: 1_440 }],
    ["ten methods", { payment_methods: many(10) }],
    ["the longest name of a method", { payment_methods: ["a".repeat(32)] }],
    ["all characters of a method", { payment_methods: ["a_0"] }],
    ["ten pairs of details", { payment_details: pairs(10) }],
    ["no instructions", { instructions: "" }],
    ["the longest instructions", { instructions: "x".repeat(1_000) }],
    ["the longest instructions beyond the basic plane", { instructions: "\u{1F4B8}".repeat(1_000) }],
    ["instructions in any script", { instructions: "Переведите \u202Eпо номеру\u202C 卡号 🧾" }],
    ["another currency with its rate", { fiat_currency: "USD", exchange_rate: 9_000 }],
  ];
  for (const [what, change] of ACCEPTED) {
    test(`with ${what}`, async () => {
      const ad = assertDone(await post({ ...SELL_AD, ...change }), 201);
      for (const [member, value] of Object.entries(change)) assert.deepEqual(ad[member], value, member);
      const seen = assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`));
      for (const [member, value] of Object.entries(change))
        if (member !== "payment_details") assert.deepEqual(seen[member], value, member);
    });
  }

  test("for RUB without a rate at one to one; the maximum stands for a total that was not given", async () => {
    const ad = assertDone(await post(without(SELL_AD, "exchange_rate")), 201);
    assert.deepEqual([ad.exchange_rate, ad.total_amount], [100, SELL_AD.max_amount]);
    assert.deepEqual([ad.status, ad.version, ad.instructions], ["active", 1, SELL_AD.instructions]);
    assert.equal(assertDone(await post(without(SELL_AD, "instructions")), 201).instructions, "");
  });

  test("for buying without saying where to pay", async () => {
    for (const ad of [BUY_AD, { ...BUY_AD, payment_details: {} }])
      assert.deepEqual(assertDone(await post(ad), 201).payment_details, {});
    const told = { ...BUY_AD, payment_details: { phone: "+7" } };
    assert.deepEqual(assertDone(await post(told), 201).payment_details, { phone: "+7" });
  });

  test("and shows its maker", async () => {
    const maker = someone("maker");
    const { maker: shown } = assertDone(await post(SELL_AD, maker), 201);
    for (const member of ["id", "name", "rating", "ratings_count", "orders_count", "joined_at", "last_seen_at"])
      assert.ok(member in shown, member);
    assert.deepEqual([shown.id, shown.rating, shown.ratings_count, shown.orders_count], [maker, null, 0, 0]);
    assert.equal(Date.parse(shown.last_seen_at) % 300_000, 0);
    assert.deepEqual(assertDone(await market.stranger("GET", `/p2p/users/${maker}`)), shown);
  });
});

describe("an ad is refused", () => {
  const REFUSED: readonly (readonly [string, string, object])[] = [
    ["an unknown type", "/type", { type: "swap" }],
    ["a type in another case", "/type", { type: "Sell" }],
    ["a currency that is not configured", "/fiat_currency", { fiat_currency: "EUR" }],
    ["a currency that is none", "/fiat_currency", { fiat_currency: "rub" }],
    ["a rate of nothing", "/exchange_rate", { exchange_rate: 0 }],
    ["a negative rate", "/exchange_rate", { exchange_rate: -100 }],
    ["a rate above the highest", "/exchange_rate", { exchange_rate: 1_000_001 }],
    ["a broken rate", "/exchange_rate", { exchange_rate: 99.5 }],
    ["a rate as text", "/exchange_rate", { exchange_rate: "100" }],
    ["no rate at all", "/exchange_rate", { exchange_rate: null }],
    ["a minimum of nothing", "/min_amount", { min_amount: 0 }],
    ["a negative minimum", "/min_amount", { min_amount: -1 }],
    ["a broken minimum", "/min_amount", { min_amount: 100.01 }],
    ["a minimum as text", "/min_amount", { min_amount: "100000" }],
    ["a minimum above the maximum", "/min_amount", { min_amount: 5_000_001 }],
    ["a maximum above the highest", "/max_amount", { max_amount: MOST + 1 }],
    ["a maximum of nothing", "/max_amount", { min_amount: 1, max_amount: 0 }],
    ["a total above the highest", "/total_amount", { total_amount: MOST + 1 }],
    ["a total below the minimum", "/total_amount", { total_amount: SELL_AD.min_amount - 1 }],
    ["a total of nothing", "/total_amount", { total_amount: 0 }],
    ["no methods", "/payment_methods", { payment_methods: [] }],
    ["eleven methods", "/payment_methods", { payment_methods: many(11) }],
    ["a method twice", "/payment_methods", { payment_methods: ["card", "cash", "card"] }],
    ["a method in capitals", "/payment_methods/0", { payment_methods: ["Card"] }],
    ["a method with a blank", "/payment_methods/1", { payment_methods: ["card", "bank transfer"] }],
    ["a method without a name", "/payment_methods/0", { payment_methods: [""] }],
    ["a method's name that is too long", "/payment_methods/0", { payment_methods: ["a".repeat(33)] }],
    ["a method in another script", "/payment_methods/0", { payment_methods: ["карта"] }],
    ["a method with a line feed", "/payment_methods/0", { payment_methods: ["card\n"] }],
    ["one method instead of a list", "/payment_methods", { payment_methods: "card" }],
    ["eleven pairs of details", "/payment_details", { payment_details: pairs(11) }],
    ["a sell ad with empty details", "/payment_details", { payment_details: {} }],
    ["details that are no texts", "/payment_details/card", { payment_details: { card: 2200 } }],
    ["details as a list", "/payment_details", { payment_details: ["2200"] }],
    ["instructions that are too long", "/instructions", { instructions: "x".repeat(1_001) }],
    ["instructions that are no text", "/instructions", { instructions: { text: "x" } }],
    ["a window that is too short", "/payment_window_minutes", { payment_window_minutes: 4 }],
    ["a window that is too long", "/payment_window_minutes", { payment_window_minutes: 1_441 }],
    ["a broken window", "/payment_window_minutes", { payment_window_minutes: 5.5 }],
    ["a window as text", "/payment_window_minutes", { payment_window_minutes: "15" }],
    ["a member that there is not", "/colour", { colour: "red" }],
    ["a status", "/status", { status: "active" }],
    ["an id", "/id", { id: 1 }],
    ["a remainder", "/remaining_amount", { remaining_amount: 1 }],
  ];
  for (const [what, pointer, change] of REFUSED) {
    test(`for ${what}`, async () => assertInvalid(await post({ ...SELL_AD, ...change }), pointer));
  }

  for (const member of ["type", "fiat_currency", "min_amount", "max_amount", "payment_methods", "payment_details"]) {
    test(`without ${member}`, async () => assertInvalid(await post(without(SELL_AD, member)), `/${member}`));
  }

  test("for another currency than RUB without a rate", async () => {
    const dollars = { ...without(SELL_AD, "exchange_rate"), fiat_currency: "USD" };
    assertInvalid(await post(dollars), "/exchange_rate");
    assertDone(await post({ ...dollars, exchange_rate: 1 }), 201);
  });

  test("with every issue named at once", async () => {
    const wrong = { ...SELL_AD, min_amount: 0, payment_methods: [], colour: "red", size: 1 };
    assertInvalid(await post(wrong), "/min_amount", "/payment_methods", "/colour", "/size");
  });

  test("and then takes no place", async () => {
    const maker = someone("maker");
    assertInvalid(await post({ ...SELL_AD, min_amount: 0 }, maker), "/min_amount");
    assertDone(await post(SELL_AD, maker), 201);
  });
});

describe("one active ad of each type", () => {
  test("a second one is refused, the other type's is not", async () => {
    const maker = someone("maker");
    const sell = await market.sellAd(maker);
    const buy = await market.buyAd(maker);
    assertRefused(await post(SELL_AD, maker), "DUPLICATE_AD_TYPE", { ad_id: sell.id });
    assertRefused(await post(BUY_AD, maker), "DUPLICATE_AD_TYPE", { ad_id: buy.id });
  });

  test("another currency does not make another type", async () => {
    const maker = someone("maker");
    const ad = await market.sellAd(maker);
    const dollars = { ...SELL_AD, fiat_currency: "USD", exchange_rate: 9_000 };
    assertRefused(await post(dollars, maker), "DUPLICATE_AD_TYPE", { ad_id: ad.id });
  });

  test("a paused ad does not count, and can't be resumed beside another", async () => {
    const maker = someone("maker");
    const call = market.as(maker);
    const first = await market.sellAd(maker);
    assertDone(await call("PUT", `/p2p/ads/${first.id}`, { status: "paused" }));
    const second = await market.sellAd(maker);
    const resume = () => call("PUT", `/p2p/ads/${first.id}`, { status: "active" });
    assertRefused(await resume(), "DUPLICATE_AD_TYPE", { ad_id: second.id });
    assert.equal(assertDone(await market.stranger("GET", `/p2p/ads/${first.id}`)).status, "paused");
    assertDone(await call("PUT", `/p2p/ads/${second.id}`, { status: "paused" }));
    assert.equal(assertDone(await resume()).status, "active");
    assert.equal(assertDone(await resume()).status, "active");
    assertRefused(await call("PUT", `/p2p/ads/${second.id}`, { status: "active" }), "DUPLICATE_AD_TYPE");
  });

  test("a used up ad counts", async () => {
    const maker = someone("maker");
    await market.fund(maker, 1_000_000);
    const ad = await market.sellAd(maker, { max_amount: AMOUNT });
    await order(market, someone("taker"), ad);
    assertRefused(await post(SELL_AD, maker), "DUPLICATE_AD_TYPE", { ad_id: ad.id });
  });

  test("a deleted ad does not count", async () => {
    const maker = someone("maker");
    const ad = await market.sellAd(maker);
    assertDone(await market.as(maker)("DELETE", `/p2p/ads/${ad.id}`), 204);
    await market.sellAd(maker);
  });
});

describe("one's own ads", () => {
  const mine = async (maker: string, query = "") => assertDone(await market.as(maker)("GET", `/p2p/ads/my${query}`));

  test("are all but the deleted ones, newest first, with payment details, page by page", async () => {
    const maker = someone("maker");
    const call = market.as(maker);
    const ids: number[] = [];
    for (let count = 0; count < 4; count++) {
      const { id } = await market.sellAd(maker);
      ids.unshift(id);
      if (count < 3) assertDone(await call("PUT", `/p2p/ads/${id}`, { status: "paused" }));
    }
    const [, deleted] = ids;
    assertDone(await call("DELETE", `/p2p/ads/${deleted}`), 204);
    const left = ids.filter((id) => id !== deleted);
    const page = await mine(maker);
    assert.deepEqual(
      page.items.map(({ id }: Json) => id),
      left,
    );
    assert.deepEqual([page.limit, page.offset, page.has_more], [20, 0, false]);
    for (const ad of page.items) assert.deepEqual(ad.payment_details, SELL_AD.payment_details);
    const first = await mine(maker, "?limit=2");
    assert.deepEqual([first.items.map(({ id }: Json) => id), first.has_more], [left.slice(0, 2), true]);
    const rest = await mine(maker, "?limit=2&offset=2");
    assert.deepEqual([rest.items.map(({ id }: Json) => id), rest.has_more], [left.slice(2), false]);
    assert.deepEqual((await mine(someone("newcomer"))).items, []);
  });

  test("say why the market hides them, each reason as long as it holds", async () => {
    const maker = someone("maker");
    const call = market.as(maker);
    const reasons = async () => (await mine(maker)).items[0].hidden_reasons.toSorted();
    const ad = await market.sellAd(maker, { max_amount: 200_000, total_amount: 200_000 });
    assert.deepEqual(ad.hidden_reasons.toSorted(), ["balance", "min_deposit"]);
    await bonus(market, maker, 500_000);
    assert.deepEqual(await reasons(), ["min_deposit"]);
    assertDone(await call("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
    assert.deepEqual(await reasons(), ["min_deposit", "paused"]);
    await market.fund(maker, 100_000);
    assert.deepEqual(await reasons(), ["paused"]);
    assertDone(await call("PUT", `/p2p/ads/${ad.id}`, { status: "active" }));
    assert.deepEqual(await reasons(), []);
    await bonus(market, maker, 1, { wagering_required: 10 });
    assert.deepEqual(await reasons(), ["wagering"]);
    assertDone(await platform(market, "wagers", { user_id: maker, amount: 10 }), 201);
    assert.deepEqual(await reasons(), []);
    const taker = someone("taker");
    for (const [amount, expected] of [
      [100_001, ["used_up"]],
      [100_000, []],
    ] as const) {
      const opened = await order(market, taker, ad, { amount });
      assert.deepEqual(await reasons(), expected, `${200_000 - amount} are left`);
      assertDone(await act(market.as(taker), opened, "cancel"));
      assert.deepEqual(await reasons(), []);
    }
  });

  test("of type buy are hidden by no rule that binds sellers", async () => {
    const maker = someone("maker");
    await bonus(market, maker, 1, { wagering_required: 10 });
    assert.deepEqual((await market.buyAd(maker)).hidden_reasons, []);
  });
});

describe("a deleted ad", () => {
  test("answers 204 without a body, and is not found any more", async () => {
    const maker = someone("maker");
    const call = market.as(maker);
    const ad = await market.sellAd(maker);
    const reply = await call("DELETE", `/p2p/ads/${ad.id}`);
    assert.deepEqual([reply.status, reply.text], [204, ""]);
    assertRefused(await market.stranger("GET", `/p2p/ads/${ad.id}`), "AD_NOT_FOUND");
    assertRefused(await call("GET", `/p2p/ads/${ad.id}`), "AD_NOT_FOUND");
    assertRefused(await call("PUT", `/p2p/ads/${ad.id}`, { status: "active" }), "AD_NOT_FOUND");
    assertRefused(await call("DELETE", `/p2p/ads/${ad.id}`), "AD_NOT_FOUND");
    assertRefused(await market.as(someone("other"))("DELETE", `/p2p/ads/${ad.id}`), "AD_NOT_FOUND");
    assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE");
  });

  test("lets its orders go on", async () => {
    const [maker, payer, dropout] = [someone("maker"), someone("payer"), someone("dropout")];
    await market.fund(maker, 500_000);
    const ad = await market.sellAd(maker);
    const paid = await order(market, payer, ad);
    const dropped = await order(market, dropout, ad);
    assertDone(await market.as(maker)("DELETE", `/p2p/ads/${ad.id}`), 204);
    assertDone(await act(market.as(payer), paid, "confirm-paid"));
    assert.equal(assertDone(await act(market.as(maker), paid, "confirm-received")).status, "completed");
    assert.equal(assertDone(await act(market.as(dropout), dropped, "cancel")).status, "cancelled");
    assert.equal(assertDone(await market.as(maker)("GET", "/wallet")).available, 400_000);
  });
});
