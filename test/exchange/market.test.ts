/** The market page: what it shows, in which order, through which filters. Each test has a currency of its own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, SELL_AD, useMarket } from "../support/market.ts";
import {
  type AdType,
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  bonus,
  ENOUGH,
  order,
  platform,
  someone,
} from "../support/trades.ts";

const CURRENCIES = ["RUB", ...Array.from({ length: 26 }, (_, index) => `X${String.fromCharCode(65 + index)}X`)];
let used = 0;
// Some of these write past the server, which drops no page then.
const market = useMarket({ settings: { fiatCurrencies: CURRENCIES, marketFreshMs: 0 } });

/** A market with nobody else in it. */
const place = () => {
  used++;
  const currency = CURRENCIES[used] as string;
  const post = async (type: AdType, terms: object = {}, maker = someone("maker")): Promise<Json> => {
    const all = { fiat_currency: currency, ...terms };
    if (type === "buy") return market.buyAd(maker, all);
    await market.fund(maker, ENOUGH);
    return market.sellAd(maker, all);
  };
  const page = async (type: AdType, query = "") =>
    assertDone(await market.stranger("GET", `/p2p/ads?type=${type}&fiat_currency=${currency}${query}`));
  const ids = async (type: AdType, query = ""): Promise<number[]> =>
    (await page(type, query)).items.map(({ id }: Json) => id);
  return { currency, post, page, ids };
};

/** What ratings and trades would bring about, on the person and in the market at once. */
const record = (maker: string, { rating = null, orders = 0 }: { rating?: number | null; orders?: number }) =>
  market.sql(`with t as (update exchange.traders set rating = ${rating}, orders_count = ${orders},
      ratings_count = ${rating === null ? 0 : 1} where id = '${maker}'),
    k as (update exchange.listing_counts set orders_count = ${orders} where maker_id = '${maker}')
    update exchange.listings set rating = ${rating} where maker_id = '${maker}'`);

/** The audit counts completed orders and ratings, which these tests only pretend. */
const undoRecords = () =>
  market.sql(`with t as (update exchange.traders set orders_count = 0, rating = null, ratings_count = 0
      where id like 'pretender-%'),
    k as (update exchange.listing_counts set orders_count = 0 where maker_id like 'pretender-%')
    update exchange.listings set rating = null where maker_id like 'pretender-%'`);

describe("the market sorts", () => {
  /** Posted in this order; the rate, the rating in hundredths and the completed orders of each maker. */
  const OFFERS = [
    { rate: 9_000, rating: 450, orders: 3 },
    { rate: 8_900, rating: null, orders: 9 },
    { rate: 9_100, rating: 500, orders: 3 },
    { rate: 8_900, rating: 450, orders: 0 },
    { rate: 9_000, rating: null, orders: 12 },
    { rate: 9_200, rating: 100, orders: 0 },
  ] as const;
  /** Positions in OFFERS: ties show the newest ad first. */
  const SORTED: readonly (readonly [AdType, string, readonly number[]])[] = [
    ["sell", "", [2, 3, 0, 5, 4, 1]],
    ["sell", "&sort_by=rating", [2, 3, 0, 5, 4, 1]],
    ["sell", "&sort_by=orders_count", [4, 1, 2, 0, 5, 3]],
    ["sell", "&sort_by=best_price", [3, 1, 4, 0, 2, 5]],
    ["buy", "", [2, 3, 0, 5, 4, 1]],
    ["buy", "&sort_by=orders_count", [4, 1, 2, 0, 5, 3]],
    ["buy", "&sort_by=best_price", [5, 2, 4, 0, 3, 1]],
  ];
  for (const [type, query, positions] of SORTED) {
    test(`${type} ads by ${query.slice("&sort_by=".length) || "rating when nothing is said"}, page by page`, async () => {
      const { post, page, ids } = place();
      const posted: number[] = [];
      for (const { rate, rating, orders } of OFFERS) {
        const maker = someone("pretender");
        posted.push((await post(type, { exchange_rate: rate }, maker)).id);
        await record(maker, { rating, orders });
      }
      const expected = positions.map((position) => posted[position]);
      assert.deepEqual(await ids(type, query), expected);
      for (const [offset, more] of [
        [0, true],
        [2, true],
        [4, false],
        [6, false],
      ] as const) {
        const part = await page(type, `${query}&limit=2&offset=${offset}`);
        assert.deepEqual(
          part.items.map(({ id }: Json) => id),
          expected.slice(offset, offset + 2),
        );
        assert.deepEqual([part.limit, part.offset, part.has_more], [2, offset, more]);
      }
      assert.equal((await page(type, `${query}&limit=6`)).has_more, false);
      assert.equal((await page(type, `${query}&limit=5`)).has_more, true);
      await undoRecords();
    });
  }

  test("shows the rating in stars", async () => {
    const { post, page } = place();
    const maker = someone("pretender");
    await post("sell", { exchange_rate: 100 }, maker);
    await record(maker, { rating: 467 });
    const { items } = await page("sell");
    assert.deepEqual([items[0].maker.rating, items[0].maker.ratings_count], [4.67, 1]);
    await undoRecords();
  });
});

describe("the market filters", () => {
  test("by amount: within the ad's range, and no more than is available", async () => {
    const { post, ids } = place();
    const narrow = await post("sell", { exchange_rate: 100, min_amount: 200_000, max_amount: 300_000 });
    const balance = await post("sell", { exchange_rate: 100, min_amount: 100_000, max_amount: 5_000_000 });
    const buy = await post("buy", { exchange_rate: 100, min_amount: 100_000, max_amount: 5_000_000 });
    const accepting = (amount: number, type: AdType = "sell") => ids(type, `&amount=${amount}`);
    assert.deepEqual(await accepting(99_999), []);
    assert.deepEqual(await accepting(100_000), [balance.id]);
    assert.deepEqual(await accepting(199_999), [balance.id]);
    assert.deepEqual(await accepting(200_000), [balance.id, narrow.id]);
    assert.deepEqual(await accepting(300_000), [balance.id, narrow.id]);
    assert.deepEqual(await accepting(300_001), [balance.id]);
    assert.deepEqual(await accepting(ENOUGH), [balance.id]);
    assert.deepEqual(await accepting(ENOUGH + 1), []);
    assert.deepEqual(await accepting(5_000_000, "buy"), [buy.id]);
    assert.deepEqual(await accepting(5_000_001, "buy"), []);
    await order(market, someone("taker"), narrow, { amount: 200_000 });
    assert.deepEqual(await accepting(200_000), [balance.id], "too little of the narrow one is left");
  });

  test("by payment method, alone and with an amount", async () => {
    const { post, ids } = place();
    const cards = await post("sell", { exchange_rate: 100, payment_methods: ["card"] });
    const both = await post("sell", { exchange_rate: 100, payment_methods: ["cash", "card"], min_amount: 500_000 });
    assert.deepEqual(await ids("sell", "&payment_method=card"), [both.id, cards.id]);
    assert.deepEqual(await ids("sell", "&payment_method=cash"), [both.id]);
    assert.deepEqual(await ids("sell", "&payment_method=wire"), []);
    assert.deepEqual(await ids("sell", "&payment_method=card&amount=499999"), [cards.id]);
    for (const sort of ["rating", "orders_count", "best_price"])
      assert.deepEqual(await ids("sell", `&payment_method=cash&amount=500000&sort_by=${sort}`), [both.id]);
  });

  test("by currency and type", async () => {
    const [here, there] = [place(), place()];
    const ours = await here.post("sell", { exchange_rate: 100 });
    await there.post("sell", { exchange_rate: 100 });
    const buying = await here.post("buy", { exchange_rate: 100 });
    assert.deepEqual([await here.ids("sell"), await here.ids("buy")], [[ours.id], [buying.id]]);
  });

  test("and refuses what it does not understand, by name", async () => {
    const get = (query: string) => market.stranger("GET", `/p2p/ads?${query}`);
    for (const [query, pointer] of [
      ["fiat_currency=RUB", "/type"],
      ["type=swap", "/type"],
      ["type=sell&fiat_currency=rub", "/fiat_currency"],
      ["type=sell&amount=0", "/amount"],
      ["type=sell&amount=-1", "/amount"],
      ["type=sell&amount=1.5", "/amount"],
      ["type=sell&amount=1e5", "/amount"],
      ["type=sell&amount=10000000000001", "/amount"],
      ["type=sell&amount=", "/amount"],
      ["type=sell&payment_method=Card", "/payment_method/0"],
      ["type=sell&payment_method=", "/payment_method/0"],
      ["type=sell&sort_by=price", "/sort_by"],
      ["type=sell&limit=0", "/limit"],
      ["type=sell&limit=101", "/limit"],
      ["type=sell&limit=ten", "/limit"],
      ["type=sell&offset=-1", "/offset"],
      ["type=sell&offset=10001", "/offset"],
      ["type=sell&sell=type", "/sell"],
      ["type=sell&type=buy", "/type"],
    ] as const)
      assertInvalid(await get(query), pointer);
    for (const query of ["limit=1", "limit=100", "offset=10000", "amount=1", "amount=10000000000000"])
      assertDone(await get(`type=sell&fiat_currency=RUB&${query}`));
  });
});

describe("the market shows an ad", () => {
  test("exactly as long as it may be ordered", async () => {
    const { post, ids } = place();
    const maker = someone("maker");
    const call = market.as(maker);
    const ad = await post("sell", { exchange_rate: 100, max_amount: 200_000 }, maker);
    const put = async (change: object) => assertDone(await call("PUT", `/p2p/ads/${ad.id}`, change));
    const debit = async (amount: number, kind = "withdrawal") =>
      assertDone(await platform(market, "debits", { user_id: maker, amount, kind }), 201);
    const shown = async (expected: boolean, why: string) =>
      assert.deepEqual(await ids("sell"), expected ? [ad.id] : [], why);

    await shown(true, "it is new");
    await put({ status: "paused" });
    await shown(false, "it is paused");
    await put({ status: "active" });
    await shown(true, "it is resumed");
    const taker = someone("taker");
    const enough = await order(market, taker, ad, { amount: 100_000 });
    await shown(true, "exactly the minimum is left");
    assertDone(await act(market.as(taker), enough, "cancel"));
    const opened = await order(market, taker, ad, { amount: 100_001 });
    await shown(false, "less than the minimum is left");
    assertDone(await act(market.as(taker), opened, "cancel"));
    await shown(true, "the remainder is back");
    await debit(ENOUGH - 99_999);
    await shown(false, "the balance is below the minimum");
    await bonus(market, maker, 1);
    await shown(true, "the balance is back at the minimum");
    await bonus(market, maker, ENOUGH, { wagering_required: 5 });
    await shown(false, "wagering is outstanding");
    assertDone(await platform(market, "wagers", { user_id: maker, amount: 5 }), 201);
    await shown(true, "nothing is outstanding");
    await debit(ENOUGH - 99_999, "deposit_reversal");
    await shown(false, "the deposits are below the minimum");
    await market.fund(maker, 1);
    await shown(true, "the deposits are back at the minimum");
    await put({ min_amount: 150_000 });
    await shown(true, "the balance reaches the new minimum");
    assertDone(await call("DELETE", `/p2p/ads/${ad.id}`), 204);
    await shown(false, "it is deleted");
  });

  test("that is posted after another was paused, and then the other again", async () => {
    const { post, ids } = place();
    const maker = someone("maker");
    const call = market.as(maker);
    const first = await post("sell", { exchange_rate: 100 }, maker);
    const status = async (ad: Json, status: string) => assertDone(await call("PUT", `/p2p/ads/${ad.id}`, { status }));
    const opened = await order(market, someone("taker"), first);
    await status(first, "paused");
    const second = await post("sell", { exchange_rate: 101 }, maker);
    assert.deepEqual(await ids("sell"), [second.id]);
    assertDone(await act(call, opened, "cancel"));
    assert.deepEqual(await ids("sell"), [second.id], "the paused ad's order has no say");
    await status(second, "paused");
    assert.deepEqual(await ids("sell"), []);
    await status(first, "active");
    assert.deepEqual(await ids("sell"), [first.id]);
  });

  test("with its terms and its amounts, and without payment details", async () => {
    const { post, page } = place();
    const ad = await post("sell", { exchange_rate: 9_100, payment_window_minutes: 20, max_amount: 700_000 });
    await order(market, someone("taker"), ad);
    const { items } = await page("sell");
    const { payment_details: _, hidden_reasons: __, ...shown } = ad;
    const now = { ...shown, remaining_amount: 600_000, available_amount: 600_000, orderable: true };
    assert.deepEqual(items, [now]);
    assert.deepEqual(assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`)), now);
    assert.equal(shown.instructions, SELL_AD.instructions);
    assert.equal(shown.min_amount, AMOUNT);
  });

  test("at once after its maker's completed order counts", async () => {
    const { post, page } = place();
    const maker = someone("maker");
    const taker = someone("taker");
    const opened = await order(market, taker, await post("sell", { exchange_rate: 100 }, maker));
    assertDone(await act(market.as(taker), opened, "confirm-paid"));
    assertDone(await act(market.as(maker), opened, "confirm-received"));
    assert.equal((await page("sell")).items[0].maker.orders_count, 1);
    assert.equal(assertDone(await market.stranger("GET", `/p2p/users/${taker}`)).orders_count, 1);
  });

  test("of every maker on one page of a hundred and no more", async () => {
    const { post, page } = place();
    const makers = Array.from({ length: 101 }, () => someone("crowd"));
    await Promise.all(makers.map((maker) => post("buy", { exchange_rate: 100 }, maker)));
    const first = await page("buy", "&limit=100");
    const rest = await page("buy", "&limit=100&offset=100");
    assert.deepEqual([first.items.length, first.has_more], [100, true]);
    assert.deepEqual([rest.items.length, rest.has_more], [1, false]);
    const seen = [...first.items, ...rest.items].map(({ maker }: Json) => maker.id);
    assert.deepEqual(seen.toSorted(), makers.toSorted());
    assert.equal((await page("buy")).items.length, 20);
  });
});
