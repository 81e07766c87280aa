/** Ratings and track records: once per side, in time, the mean of the latest per pair and day, at once on the ads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, type Json, useMarket } from "../support/market.ts";
import {
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  completedAgo,
  order,
  STATUSES,
  someone,
  tally,
  together,
  trade,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2, settings: { fiatCurrencies: ["RUB", "USD", "EUR"] } });

const rate = (user: string, { id }: Json, rating: unknown, more: object = {}, options = {}) =>
  market.as(user)("POST", `/p2p/orders/${id}/rate`, { rating, ...more }, options);
const profile = async (user: string): Promise<Json> => assertDone(await market.stranger("GET", `/p2p/users/${user}`));

type Shop = { readonly seller: string; readonly ad: Json };
/** A seller with enough for many orders. */
const shop = async (terms: object = {}): Promise<Shop> => {
  const seller = someone("seller");
  await market.fund(seller, 20_000_000);
  return { seller, ad: await market.sellAd(seller, { max_amount: 10_000_000, ...terms }) };
};
/** A completed order; `between` may move times by SQL. */
const deal = async (
  { seller, ad }: Shop,
  buyer: string,
  between: (order: Json, step: "created" | "paid") => Promise<unknown> = async () => {},
): Promise<Json> => {
  const made = await order(market, buyer, ad);
  await between(made, "created");
  assertDone(await act(market.as(buyer), made, "confirm-paid"));
  await between(made, "paid");
  return assertDone(await act(market.as(seller), made, "confirm-received"));
};
/** As if it had been given so many days earlier. */
const backdate = async ({ id }: Json, days: number) => {
  const [row] = await market.sql(`update exchange.ratings set at = at - interval '${days} days' where order_id = ${id}
    returning ratee_id, rater_id`);
  await market.sql(`update exchange.rating_days set day = day - ${days}
    where ratee_id = '${row.ratee_id}' and rater_id = '${row.rater_id}' and day = (current_timestamp at time zone 'UTC')::date - date '1970-01-01'`);
};

test("F17 a side's rating counts once, however often and on however many nodes it is sent at once", async () => {
  for (let round = 0; round < 5; round++) {
    const { order: made, buyer, seller } = await trade(market, { status: "completed" });
    const replies = await together(12, (index) => rate(buyer, made, 1 + (index % 5), {}, { node: index % 2 }));
    assert.deepEqual(tally(replies), { 201: 1, ALREADY_RATED: 11 });
    const given = replies.find(({ status }) => status === 201)?.body.rating;
    const { rating, ratings_count } = await profile(seller);
    assert.deepEqual([rating, ratings_count], [given, 1]);
    assert.equal(assertDone(await market.as(buyer)("GET", `/p2p/orders/${made.id}`)).my_rating, given);
  }
});

test("both sides rate, each once; a second try changes nothing and says what was given", async () => {
  const { order: made, buyer, seller } = await trade(market, { status: "completed", type: "buy" });
  const first = assertDone(await rate(buyer, made, 4, { comment: "Fast. 👍" }), 201);
  assert.deepEqual(
    { ...first, created_at: null },
    { order_id: made.id, rating: 4, comment: "Fast. 👍", created_at: null },
  );
  assert.equal(assertDone(await rate(seller, made, 2), 201).comment, null);
  for (const [user, given] of [
    [buyer, 4],
    [seller, 2],
  ] as const) {
    assertRefused(await rate(user, made, 5), "ALREADY_RATED", { rating: given });
    const seen = assertDone(await market.as(user)("GET", `/p2p/orders/${made.id}`));
    assert.equal(seen.my_rating, given);
    assert.ok(!seen.allowed_actions.includes("rate"));
  }
  assert.deepEqual([(await profile(seller)).rating, (await profile(buyer)).rating], [4, 2]);
});

test("F15 the second order of the same two is rated as well as the first", async () => {
  const place = await shop();
  const buyer = someone("buyer");
  for (const stars of [5, 3]) {
    const made = await deal(place, buyer);
    assert.equal(made.my_rating, null);
    assertDone(await rate(buyer, made, stars), 201);
    assertDone(await rate(place.seller, made, stars), 201);
    assert.equal(assertDone(await market.as(buyer)("GET", `/p2p/orders/${made.id}`)).my_rating, stars);
  }
});

test("the same Idempotency-Key is the first answer, and one rating", async () => {
  const { order: made, buyer, seller } = await trade(market, { status: "completed" });
  const [first, again] = [
    await rate(buyer, made, 5, {}, { key: "rate-it" }),
    await rate(buyer, made, 5, {}, { key: "rate-it", node: 1 }),
  ];
  assert.deepEqual([first.status, again.status, again.text], [201, 201, first.text]);
  assert.equal(again.headers["idempotent-replay"], "true");
  assert.equal((await profile(seller)).ratings_count, 1);
});

test("only a completed order is rated, by its two sides, with 1 to 5 and up to 500 characters", async () => {
  for (const status of STATUSES.filter((each) => each !== "completed")) {
    const { order: made, buyer } = await trade(market, { status });
    assertRefused(await rate(buyer, made, 5), "INVALID_ORDER_STATUS", { status });
  }
  const { order: made, buyer, seller } = await trade(market, { status: "completed" });
  assertRefused(await rate(someone("stranger"), made, 5), "ORDER_NOT_FOUND");
  for (const stars of [0, 6, -1, 4.5, "5", null]) assertInvalid(await rate(buyer, made, stars), "/rating");
  assertInvalid(await market.as(buyer)("POST", `/p2p/orders/${made.id}/rate`), "/rating");
  assertInvalid(await rate(buyer, made, 5, { comment: "😀".repeat(501) }), "/comment");
  assertInvalid(await rate(buyer, made, 5, { stars: 5 }), "/stars");
  assert.equal((await profile(seller)).rating, null);
  assert.equal(assertDone(await rate(buyer, made, 5, { comment: "😀".repeat(500) }), 201).comment, "😀".repeat(500));
});

test("an order is rated within 30 days of its completion, then RATING_CLOSED", async () => {
  const { order: made, buyer, seller } = await trade(market, { status: "completed" });
  const age = (interval: string) => completedAgo(market, made, interval);
  const mayRate = async (user: string) =>
    assertDone(await market.as(user)("GET", `/p2p/orders/${made.id}`)).allowed_actions.includes("rate");
  await age("29 days 23 hours 59 minutes");
  assert.ok(await mayRate(buyer));
  assertDone(await rate(buyer, made, 3), 201);
  await age("30 days");
  assert.ok(!(await mayRate(seller)));
  assertRefused(await rate(seller, made, 3), "RATING_CLOSED");
  assertRefused(await rate(buyer, made, 3), "ALREADY_RATED");
  assert.equal((await profile(buyer)).rating, null);
});

test("the mean is of the latest rating per pair and UTC day, to two decimals", async () => {
  const place = await shop();
  const shown = async () => {
    const { rating, ratings_count } = await profile(place.seller);
    return [rating, ratings_count];
  };
  const [vera, oleg, ivan] = [someone("vera"), someone("oleg"), someone("ivan")];
  const give = async (buyer: string, stars: number) => {
    const made = await deal(place, buyer);
    assertDone(await rate(buyer, made, stars), 201);
    return made;
  };
  const first = await give(vera, 1);
  assert.deepEqual(await shown(), [1, 1]);
  // The same pair on the same day: the latest alone.
  await give(vera, 5);
  assert.deepEqual(await shown(), [5, 1]);
  await give(vera, 4);
  assert.deepEqual(await shown(), [4, 1]);
  await give(oleg, 4);
  await give(ivan, 5);
  assert.deepEqual(await shown(), [4.33, 3]);
  // Yesterday's are a day of their own.
  await market.sql(`update exchange.ratings set at = at - interval '1 day' where rater_id = '${vera}'`);
  await backdate(first, 1);
  await market.sql(`update exchange.ratings set at = at + interval '1 day' where order_id = ${first.id}`);
  await give(vera, 1);
  assert.deepEqual(await shown(), [3.5, 4]);
  await give(vera, 2);
  assert.deepEqual(await shown(), [3.75, 4]);
  // What the seller gives is the other's.
  assert.equal((await profile(vera)).rating, null);
});

test("means are rounded to the nearest hundredth", async () => {
  for (const [given, mean] of [
    [[5, 5, 4], 4.67],
    [[1, 1, 2], 1.33],
    [[1, 2, 2, 2, 2, 2], 1.83],
    [[5, 4, 4, 4, 4, 4, 4, 4], 4.13],
  ] as const) {
    const place = await shop();
    for (const stars of given) {
      const buyer = someone("buyer");
      assertDone(await rate(buyer, await deal(place, buyer), stars), 201);
    }
    const { rating, ratings_count } = await profile(place.seller);
    assert.deepEqual([rating, ratings_count], [mean, given.length]);
  }
});

test("a rating and a completion reach the person's ads in their own transaction", async () => {
  const place = await shop({ fiat_currency: "USD", exchange_rate: 1 });
  await market.buyAd(place.seller, { fiat_currency: "USD", exchange_rate: 1 });
  const buyer = someone("buyer");
  const made = await deal(place, buyer);
  const listed = () =>
    market.sql(`select l.type, l.rating, k.orders_count, greatest(l.xmin::text::bigint, k.xmin::text::bigint)::text as "by"
      from exchange.listings l join exchange.listing_counts k using (maker_id, type)
      where maker_id = '${place.seller}' order by type`);
  const [history] = await market.sql(`select xmin::text as "by" from exchange.order_history
    where order_id = ${made.id} and status = 'completed'`);
  assert.deepEqual(await listed(), [
    { type: "buy", rating: null, orders_count: 1, by: history.by },
    { type: "sell", rating: null, orders_count: 1, by: history.by },
  ]);
  assertDone(await rate(buyer, made, 4), 201);
  const [given] = await market.sql(`select xmin::text as "by" from exchange.ratings where order_id = ${made.id}`);
  assert.deepEqual(await listed(), [
    { type: "buy", rating: 400, orders_count: 1, by: given.by },
    { type: "sell", rating: 400, orders_count: 1, by: given.by },
  ]);
  for (const path of ["/p2p/ads?type=sell&fiat_currency=USD", "/p2p/ads?type=buy&fiat_currency=USD"]) {
    const { items } = assertDone(await market.stranger("GET", path, undefined, { node: 1 }));
    assert.deepEqual([items[0].maker.rating, items[0].maker.orders_count], [4, 1]);
  }
  assert.equal(assertDone(await market.stranger("GET", `/p2p/ads/${place.ad.id}`)).maker.rating, 4);
});

test("the market goes by rating, unrated last, and by orders; the newest ad first among equals", async () => {
  const terms = { fiat_currency: "EUR", exchange_rate: 1 };
  const shops: Shop[] = [];
  for (let index = 0; index < 5; index++) shops.push(await shop(terms));
  const [good, none, best, bad, fresh] = shops as [Shop, Shop, Shop, Shop, Shop];
  const buyer = someone("buyer");
  for (const [place, stars] of [
    [good, 4],
    [best, 5],
    [bad, 1],
  ] as const) {
    assertDone(await rate(buyer, await deal(place, buyer), stars), 201);
  }
  await deal(bad, someone("buyer"));
  const ids = async (query: string) =>
    assertDone(await market.stranger("GET", `/p2p/ads?type=sell&fiat_currency=EUR${query}`)).items.map(
      ({ id }: Json) => id,
    );
  const byRating = [best, good, bad, fresh, none].map(({ ad }) => ad.id);
  assert.deepEqual(await ids("&sort_by=rating"), byRating);
  assert.deepEqual(await ids(""), byRating);
  assert.deepEqual(
    await ids("&sort_by=orders_count"),
    [bad, best, good, fresh, none].map(({ ad }) => ad.id),
  );
  // The next rating moves the ad at once.
  assertDone(await rate(buyer, await deal(best, buyer), 1), 201);
  assert.deepEqual(
    await ids("&sort_by=rating"),
    [good, bad, best, fresh, none].map(({ ad }) => ad.id),
  );
});

test("orders_count counts completed orders on either side, a pair once a day, and no others", async () => {
  const place = await shop();
  const buyer = someone("buyer");
  assert.equal((await profile(place.seller)).orders_count, 0);
  await deal(place, buyer);
  const dropped = await order(market, buyer, place.ad);
  assertDone(await act(market.as(buyer), dropped, "cancel"));
  for (const user of [buyer, place.seller]) assert.equal((await profile(user)).orders_count, 1);
  await deal(place, buyer);
  for (const user of [buyer, place.seller]) assert.equal((await profile(user)).orders_count, 1, "the same day");
  await deal(place, someone("buyer"));
  assert.equal((await profile(place.seller)).orders_count, 2);
  // As if what these two did had been yesterday.
  await market.sql(`update exchange.order_states set completed_at = completed_at - interval '1 day'
    where seller_id = '${place.seller}' and buyer_id = '${buyer}'`);
  await market.sql(`update exchange.partners set bought_day = bought_day - 1, row_version = row_version + 1
    where trader_id = '${buyer}' and partner_id = '${place.seller}'`);
  await deal(place, buyer);
  assert.deepEqual([(await profile(buyer)).orders_count, (await profile(place.seller)).orders_count], [2, 3]);
  const { partners_count } = await profile(buyer);
  assert.equal(partners_count, 1);
});

test("the completion rate is what was completed of that and what this person dropped, of 30 days", async () => {
  const place = await shop();
  const buyer = someone("buyer");
  assertDone(await market.as(buyer)("GET", "/wallet"));
  const rates = async () => [
    (await profile(buyer)).completion_rate_30d,
    (await profile(place.seller)).completion_rate_30d,
  ];
  assert.deepEqual(await rates(), [null, null]);
  await deal(place, buyer);
  assert.deepEqual(await rates(), [1, 1]);
  assertDone(await act(market.as(buyer), await order(market, buyer, place.ad), "cancel"));
  assert.deepEqual(await rates(), [0.5, 1]);
  assertDone(await act(market.as(place.seller), await order(market, buyer, place.ad), "cancel"));
  assert.deepEqual(await rates(), [0.5, 0.5]);
  // A missed payment is the buyer's.
  const missed = await order(market, buyer, place.ad);
  await market.sql(`update exchange.orders set pay_by = now() - interval '1 second' where id = ${missed.id}`);
  await market.sql(`update exchange.order_deadlines d set due_at = o.pay_by from exchange.orders o
    where o.id = d.order_id and o.id = ${missed.id}`);
  await eventually(
    async () => assertDone(await market.as(buyer)("GET", `/p2p/orders/${missed.id}`)).outcome === "payment_expired",
    "the end of the pay window",
  );
  const [third] = await rates();
  assert.deepEqual([third?.toFixed(2), (await rates())[1]], ["0.33", 0.5]);
  // The oldest day that counts, and the first that does not.
  const shift = (days: number) =>
    market.sql(`update exchange.traders set days[1] = days[1] - ${days} where id = '${place.seller}'`);
  await shift(29);
  assert.equal((await rates())[1], 0.5);
  await shift(1);
  assert.equal((await rates())[1], null);
});

test("giving up a dispute is a drop of the buyer; an operator's refund is nobody's", async () => {
  const given = await trade(market, { status: "disputed" });
  assertDone(await act(given.asBuyer, given.order, "cancel"));
  assert.deepEqual(
    [(await profile(given.buyer)).completion_rate_30d, (await profile(given.seller)).completion_rate_30d],
    [0, null],
  );
  const refunded = await trade(market, { status: "disputed" });
  const operator = market.as(someone("operator"), "operator");
  assertDone(await operator("POST", `/operator/orders/${refunded.order.id}/assign`));
  const body = { outcome: "refund", reason: "nothing came" };
  assertDone(await operator("POST", `/operator/orders/${refunded.order.id}/resolve`, body));
  for (const user of [refunded.buyer, refunded.seller]) assert.equal((await profile(user)).completion_rate_30d, null);
});

test("medians are of how long the buyer took to pay and the seller to release", async () => {
  const place = await shop();
  const buyer = someone("buyer");
  assertDone(await market.as(buyer)("GET", "/wallet"));
  const medians = async () => [
    (await profile(buyer)).median_pay_seconds,
    (await profile(place.seller)).median_release_seconds,
  ];
  assert.deepEqual(await medians(), [null, null]);
  // An order's terms never change, so that a node remembers them: new nodes read what was moved.
  const timed = (pay: number, release: number) =>
    deal(place, buyer, async ({ id }, step) => {
      if (step === "paid") {
        await market.sql(`update exchange.order_states set paid_at = paid_at - interval '${release} seconds'
          where order_id = ${id}`);
        return;
      }
      await market.sql(`update exchange.orders set created_at = created_at - interval '${pay + release} seconds'
        where id = ${id}`);
      await market.restart();
    });
  // A busy machine takes its own time between two steps: less than what lies between the values.
  const slack = 300;
  const near = (values: readonly (number | null)[], wanted: readonly number[]) =>
    wanted.forEach((value, index) => {
      const got = values[index];
      assert.ok(typeof got === "number" && got >= value && got <= value + slack, `${values} is not about ${wanted}`);
    });
  await timed(100, 1_000);
  near(await medians(), [100, 1_000]);
  await timed(900, 3_000);
  await timed(500, 2_000);
  near(await medians(), [500, 2_000]);
  // Each is of one's own role.
  assert.equal((await profile(buyer)).median_release_seconds, null);
  assert.equal((await profile(place.seller)).median_pay_seconds, null);
});

test("medians are of the last hundred orders", async () => {
  const { seller, order: made, asSeller } = await trade(market, { status: "paid_by_buyer" });
  await market.sql(`insert into exchange.trader_records (trader_id, release_seconds, pay_seconds)
    values ('${seller}', array_fill(9000, array[50]) || array_fill(7000, array[50]), '{}')`);
  assertDone(await act(asSeller, made, "confirm-received"));
  const [record] = await market.sql(
    `select release_seconds from exchange.trader_records where trader_id = '${seller}'`,
  );
  assert.equal(record.release_seconds.length, 100);
  assert.deepEqual([record.release_seconds[0], record.release_seconds[49]], [9_000, 7_000]);
  assert.equal((await profile(seller)).median_release_seconds, 7_000);
});

test("partners are different people of completed orders", async () => {
  const place = await shop();
  const [vera, oleg] = [someone("vera"), someone("oleg")];
  const partners = async () => (await profile(place.seller)).partners_count;
  assertDone(await act(market.as(vera), await order(market, vera, place.ad), "cancel"));
  assert.equal(await partners(), 0);
  await deal(place, vera);
  await deal(place, vera);
  assert.equal(await partners(), 1);
  await deal(place, oleg);
  assert.equal(await partners(), 2);
  assert.equal((await profile(vera)).partners_count, 1);
});

test("a profile says to who is signed in how often the two have traded, either way round, and to nobody else", async () => {
  const own = await shop();
  const buyer = someone("buyer");
  const stranger = someone("stranger");
  const seenBy = async (viewer: string, user: string): Promise<unknown> =>
    assertDone(await market.as(viewer)("GET", `/p2p/users/${user}`)).traded_with_you;
  assert.equal(await seenBy(buyer, own.seller), 0);
  await deal(own, buyer);
  const dropped = await order(market, buyer, own.ad);
  assertDone(await act(market.as(own.seller), dropped, "cancel"));
  assert.equal(await seenBy(buyer, own.seller), 1, "what was cancelled is no trade");
  await market.fund(buyer, 1_000_000);
  await deal({ seller: buyer, ad: await market.sellAd(buyer) }, own.seller);
  assert.equal(await seenBy(buyer, own.seller), 2);
  assert.equal(await seenBy(own.seller, buyer), 2);
  assert.equal(await seenBy(stranger, own.seller), 0);
  assert.equal(await seenBy(buyer, buyer), undefined, "oneself");
  assert.equal((await profile(own.seller)).traded_with_you, undefined);
});
