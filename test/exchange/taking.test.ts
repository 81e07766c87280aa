/** Whether an ad may be taken, as the market tells whoever asks with a token, and the filters beside the published ones. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";
import {
  act,
  ageStrikes,
  assertDone,
  assertInvalid,
  bonus,
  ENOUGH,
  order,
  platform,
  someone,
  tryOrder,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const DETAILS = { payment_details: { card_number: "4276 0000 0000 9876" } };

const seller = async (): Promise<string> => {
  const maker = someone("maker");
  await market.fund(maker, ENOUGH);
  return maker;
};

const onPage = async (user: string, { id, type }: Json, node = 0): Promise<Json> => {
  const path = `/p2p/ads?type=${type}&fiat_currency=RUB&limit=100`;
  const page = assertDone(await market.as(user)("GET", path, undefined, { node }));
  return page.items.find((item: Json) => item.id === id);
};
const alone = async (user: string, { id }: Json): Promise<Json> =>
  assertDone(await market.as(user)("GET", `/p2p/ads/${id}`));

const amongTheirs = async (user: string, { id, maker }: Json): Promise<Json | undefined> =>
  assertDone(await market.as(user)("GET", `/p2p/users/${maker.id}/ads`)).items.find((item: Json) => item.id === id);

/** What is said of an ad, on the page, among its maker's and alone, which must be the same; and what an order for its least comes to. */
const said = async (user: string, ad: Json) => {
  const [listed, single] = [await onPage(user, ad), await alone(user, ad)];
  assert.deepEqual([listed.can_take, listed.reasons], [single.can_take, single.reasons]);
  assert.deepEqual(await amongTheirs(user, single), listed);
  assert.equal(single.can_take, single.reasons.length === 0);
  return single.reasons;
};

/** An order is refused with the first reason, figures included. */
const assertJudged = async (user: string, ad: Json, code: string, reason: string) => {
  const [first] = await said(user, ad);
  assert.equal(first.reason, reason);
  const reply = await tryOrder(market, user, ad, { amount: ad.min_amount, extra: DETAILS });
  assert.equal(reply.body.code, code, reply.text);
  assert.deepEqual(first.details, reply.body.details);
};

describe("with a token, each ad says whether it may be taken, and why not, as an order would", () => {
  test("nothing stands in between, and without a token nothing is said", async () => {
    const ad = await market.sellAd(await seller());
    assert.deepEqual(await said(someone("taker"), ad), []);
    const anonymous = assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`));
    assert.deepEqual([anonymous.orderable, anonymous.can_take, anonymous.reasons], [true, undefined, undefined]);
    const page = assertDone(await market.stranger("GET", "/p2p/ads?type=sell&fiat_currency=RUB&limit=100"));
    const theirs = assertDone(await market.stranger("GET", `/p2p/users/${ad.maker.id}/ads`));
    for (const item of [...page.items, ...theirs.items])
      assert.deepEqual([item.orderable, item.can_take], [true, undefined]);
  });

  test("own_ad", async () => {
    const maker = await seller();
    await assertJudged(maker, await market.sellAd(maker), "OWN_AD", "own_ad");
  });

  test("active_order, and on the next look after it ended no more", async () => {
    const [taker, ad] = [someone("taker"), await market.sellAd(await seller())];
    const opened = await order(market, taker, ad);
    await assertJudged(taker, ad, "ACTIVE_DEPOSIT_ORDER_EXISTS", "active_order");
    assertDone(await act(market.as(taker), opened, "cancel"));
    assert.deepEqual(await said(taker, ad), []);
  });

  test("min_deposit, wagering and balance of a taker who sells, all of them at once", async () => {
    const taker = someone("taker");
    const ad = await market.buyAd(someone("buyer"));
    await bonus(market, taker, 50_000, { wagering_required: 70 });
    assert.deepEqual(await said(taker, ad), [
      { reason: "min_deposit", details: { required: 100_000, deposited: 0 } },
      { reason: "wagering", details: { required: 70, wagered: 0 } },
      { reason: "balance", details: { required: 100_000, available: 50_000 } },
    ]);
    await assertJudged(taker, ad, "MIN_DEPOSIT_REQUIRED", "min_deposit");
    await market.fund(taker, 100_000);
    await assertJudged(taker, ad, "WAGERING_REQUIREMENT_NOT_MET", "wagering");
    assertDone(await platform(market, "wagers", { user_id: taker, amount: 70 }), 201);
    assert.deepEqual(await said(taker, ad), []);
    assertDone(await platform(market, "debits", { user_id: taker, amount: 60_000, kind: "withdrawal" }), 201);
    await assertJudged(taker, ad, "SELLER_INSUFFICIENT_BALANCE", "balance");
  });

  test("strikes, until they are older", async () => {
    const [taker, ad] = [someone("taker"), await market.sellAd(await seller())];
    for (let count = 0; count < 5; count++)
      assertDone(await act(market.as(taker), await order(market, taker, ad), "cancel"));
    const [{ reason, details }] = await said(taker, ad);
    assert.deepEqual([reason, details.reason], ["strikes", "strikes"]);
    assert.ok(details.retry_after_seconds > 86_000);
    await ageStrikes(market, taker, "1 day");
    // Other nodes than the one that wrote are as fresh as pages are.
    assert.deepEqual((await alone(someone("taker"), ad)).reasons, []);
  });

  test("unavailable says nothing of the maker, and of the ad what everybody sees", async () => {
    const [maker, taker] = [await seller(), someone("taker")];
    const ad = await market.sellAd(maker, { min_amount: 100_000, max_amount: 150_000 });
    const closed = async () => {
      const { orderable, can_take, reasons } = await alone(taker, ad);
      assert.deepEqual([orderable, can_take], [false, false]);
      const reply = await tryOrder(market, taker, ad, { amount: 100_000 });
      assert.equal(reply.body.code, "AD_NOT_ACTIVE");
      assert.deepEqual(reasons[0], { reason: "unavailable", details: reply.body.details });
      return reasons[0].details.reason;
    };
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
    assert.equal(await closed(), "paused");
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { status: "active" }));
    await bonus(market, maker, 1, { wagering_required: 10 });
    assert.equal(await closed(), "unavailable");
    assertDone(await platform(market, "wagers", { user_id: maker, amount: 10 }), 201);
    await order(market, someone("other"), ad, { amount: 60_000 + 50_000 });
    assert.equal(await closed(), "used_up");
  });

  test("two callers of one page are told each their own", async () => {
    const maker = await seller();
    const ad = await market.sellAd(maker);
    const [own, other] = await Promise.all([onPage(maker, ad), onPage(someone("taker"), ad)]);
    assert.deepEqual([own.can_take, other.can_take], [false, true]);
  });
});

describe("filters", () => {
  const ids = async (query: string): Promise<number[]> =>
    assertDone(await market.stranger("GET", `/p2p/ads?type=sell&fiat_currency=RUB&limit=100&${query}`)).items.map(
      ({ id }: Json) => id,
    );

  test("maker: one person's ad, whatever else is asked", async () => {
    const [maker, other] = [await seller(), await seller()];
    const [ad] = [await market.sellAd(maker), await market.sellAd(other)];
    for (const more of ["", "&sort_by=best_price", "&sort_by=orders_count", "&amount=100000", "&payment_method=card"])
      assert.deepEqual(await ids(`maker=${maker}${more}`), [ad.id], more);
    assert.deepEqual(await ids(`maker=${maker}&payment_method=cash`), []);
    assert.deepEqual(await ids("maker=nobody"), []);
  });

  test("payment_method: any of those that are named", async () => {
    const [one, two, none] = [await seller(), await seller(), await seller()];
    const ads = [
      await market.sellAd(one, { payment_methods: ["rare_one"] }),
      await market.sellAd(two, { payment_methods: ["rare_two", "card"] }),
    ];
    await market.sellAd(none);
    const found = await ids("payment_method=rare_one&payment_method=rare_two");
    assert.deepEqual(found.sort(), ads.map(({ id }) => id).sort());
    assert.deepEqual(await ids("payment_method=rare_one"), [ads[0]?.id]);
    const many = Array.from({ length: 11 }, (_, index) => `payment_method=m${index}`).join("&");
    assertInvalid(await market.stranger("GET", `/p2p/ads?type=sell&${many}`), "/payment_method");
  });

  test("fiat_amount: ads that take the sum at their own rate, as an order for it does", async () => {
    const makers = [await seller(), await seller(), await seller()];
    const terms = { min_amount: 100_000, max_amount: 200_000, payment_methods: ["by_sum"] };
    const ads: Json[] = [];
    for (const [index, exchange_rate] of [50, 100, 133].entries())
      ads.push(await market.sellAd(makers[index] as string, { ...terms, exchange_rate }));
    for (const sum of [49_999, 50_000, 100_000, 100_001, 132_999, 133_000, 200_000, 266_000, 266_133]) {
      const found = await ids(`fiat_amount=${sum}&payment_method=by_sum&sort_by=best_price`);
      const expected = ads.filter(({ exchange_rate }) => {
        const units = Math.floor((sum * 100) / exchange_rate);
        return units >= 100_000 && units <= 200_000;
      });
      assert.deepEqual(
        found,
        expected.map(({ id }) => id),
        String(sum),
      );
      for (const ad of expected) {
        const body = { ad_id: ad.id, fiat_amount: sum, payment_method: "by_sum" };
        const taker = someone("taker");
        const opened = assertDone(await market.as(taker)("POST", "/p2p/orders", body), 201);
        assert.equal(opened.fiat_amount, sum);
        assertDone(await act(market.as(taker), opened, "cancel"));
      }
    }
  });

  test("min_rating: makers of that rating and above, the unrated left out", async () => {
    const rated = async (stars: number) => {
      const maker = await seller();
      const ad = await market.sellAd(maker, { payment_methods: ["by_stars", "card"] });
      const buyer = someone("buyer");
      const opened = await order(market, buyer, ad);
      assertDone(await act(market.as(buyer), opened, "confirm-paid"));
      assertDone(await act(market.as(maker), opened, "confirm-received"));
      assertDone(await market.as(buyer)("POST", `/p2p/orders/${opened.id}/rate`, { rating: stars }), 201);
      return ad.id;
    };
    const [three, four, five] = [await rated(3), await rated(4), await rated(5)];
    await market.sellAd(await seller(), { payment_methods: ["by_stars"] });
    const at = (least: string) => ids(`min_rating=${least}&payment_method=by_stars&sort_by=rating`);
    assert.deepEqual(await at("1"), [five, four, three]);
    assert.deepEqual(await at("4"), [five, four]);
    assert.deepEqual(await at("4.01"), [five]);
    assert.ok((await ids("min_rating=5&sort_by=best_price")).includes(five));
    for (const wrong of ["0", "5.5", "six", "1e1"])
      assertInvalid(await market.stranger("GET", `/p2p/ads?type=sell&min_rating=${wrong}`), "/min_rating");
  });
});
