/** Where to pay is for the owner and the two parties of an order, and only as long as they need it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useMarket } from "../support/market.ts";
import {
  type AdType,
  act,
  assertDone,
  assertRefused,
  completedAgo,
  order,
  type Status,
  someone,
  type Trade,
  trade,
  tryOrder,
} from "../support/trades.ts";

const market = useMarket();

const SECRET = "2200111122223333";
const DETAILS = { card_number: SECRET, holder: "A. Petrova" };

const detailsFor = async ({ asBuyer, asSeller, order: { id } }: Trade) => {
  const seen = [];
  for (const call of [asBuyer, asSeller]) seen.push(assertDone(await call("GET", `/p2p/orders/${id}`)).payment_details);
  return seen;
};

/** Nothing of the secret but perhaps its end. */
const assertMasked = (details: Record<string, string>, names: readonly string[]) => {
  assert.deepEqual(Object.keys(details).toSorted(), [...names].toSorted());
  const text = JSON.stringify(details);
  assert.ok(!text.includes(SECRET.slice(0, 12)) && !text.includes("Petrova"), text);
};

test("no answer to anybody else holds them", async () => {
  const { ad, order: opened, maker } = await trade(market, { terms: { payment_details: DETAILS } });
  const stranger = market.as(someone("stranger"));
  for (const call of [market.stranger, stranger]) {
    for (const path of [
      "/p2p/ads?type=sell&fiat_currency=RUB&limit=100",
      `/p2p/ads/${ad.id}`,
      `/p2p/users/${maker}`,
      `/p2p/orders/${opened.id}`,
      "/p2p/orders",
      "/p2p/ads/my",
    ]) {
      const { text } = await call("GET", path);
      assert.ok(!text.includes("payment_details"), path);
      for (const value of Object.values(DETAILS)) assert.ok(!text.includes(value), path);
    }
    const refused = await act(call, opened, "cancel");
    for (const value of Object.values(DETAILS)) assert.ok(!refused.text.includes(value));
  }
});

test("they are nowhere in the clear in the database", async () => {
  const { order: opened, asBuyer } = await trade(market, { terms: { payment_details: DETAILS } });
  assertDone(await act(asBuyer, opened, "confirm-paid", {}, { key: someone("key") }));
  const tables = ["ads", "orders", "listings", "claims", "events", "order_history"];
  for (const table of tables) {
    const rows = await market.sql(`select r::text as row from exchange.${table} r where r::text like '%${SECRET}%'`);
    assert.deepEqual(rows, [], table);
  }
});

test("a taker who is refused learns nothing", async () => {
  const maker = someone("maker");
  const ad = await market.sellAd(maker, { payment_details: DETAILS });
  const refused = await tryOrder(market, someone("taker"), ad);
  assertRefused(refused, "SELLER_INSUFFICIENT_BALANCE");
  assert.ok(!refused.text.includes(SECRET));
});

for (const status of ["pending", "paid_by_buyer", "disputed", "completed"] as const satisfies readonly Status[]) {
  test(`both parties see them in an order that is ${status}`, async () => {
    const there = await trade(market, { status, terms: { payment_details: DETAILS } });
    assert.deepEqual(await detailsFor(there), [DETAILS, DETAILS]);
  });
}

test("both parties see them masked once the order is cancelled, in its list and in the answer too", async () => {
  const there = await trade(market, { terms: { payment_details: DETAILS } });
  const names = Object.keys(DETAILS);
  assertMasked(assertDone(await act(there.asSeller, there.order, "cancel")).payment_details, names);
  for (const details of await detailsFor(there)) assertMasked(details, names);
  for (const call of [there.asBuyer, there.asSeller]) {
    const { items } = assertDone(await call("GET", "/p2p/orders"));
    assertMasked(items[0].payment_details, names);
  }
});

test("both parties see them masked when a dispute ends in a refund", async () => {
  const there = await trade(market, { status: "disputed", terms: { payment_details: DETAILS } });
  assertDone(await act(there.asBuyer, there.order, "cancel"));
  for (const details of await detailsFor(there)) assertMasked(details, Object.keys(DETAILS));
});

test("both parties see them masked from 30 days after the completion on, and not before", async () => {
  const there = await trade(market, { status: "completed", terms: { payment_details: DETAILS } });
  const completed = (before: string) => completedAgo(market, there.order, before);
  await completed("30 days -1 minute");
  assert.deepEqual(await detailsFor(there), [DETAILS, DETAILS]);
  await completed("30 days");
  for (const details of await detailsFor(there)) assertMasked(details, Object.keys(DETAILS));
});

test("a mask shows nothing of a short value, and four characters of a long one at most", async () => {
  const terms = { payment_details: { pin: "1234", phone: "+7 999 123-45-67", emoji: "💳💳💳💳💳💳💳💳💳" } };
  const there = await trade(market, { terms });
  const { payment_details: masked } = assertDone(await act(there.asSeller, there.order, "cancel"));
  assert.ok(!/\d/.test(masked.pin), masked.pin);
  assert.ok(!masked.phone.includes("999") && masked.phone.replaceAll("•", "").length <= 4, masked.phone);
  assert.ok(masked.emoji.isWellFormed() && (masked.emoji.match(/💳/gu) ?? []).length <= 4, masked.emoji);
});

test("the owner sees an ad's own, whatever became of its orders", async () => {
  const there = await trade(market, { status: "cancelled", terms: { payment_details: DETAILS } });
  const { items } = assertDone(await there.asSeller("GET", "/p2p/ads/my"));
  assert.deepEqual(items[0].payment_details, DETAILS);
  assert.deepEqual(assertDone(await there.asBuyer("GET", "/p2p/ads/my")).items, []);
});

test("on an order they are always the seller's, whichever side made the ad", async () => {
  for (const type of ["sell", "buy"] as const satisfies readonly AdType[]) {
    const own = { phone: `the maker's of a ${type} ad` };
    const there = await trade(market, { type, terms: { payment_details: own } });
    const expected = type === "sell" ? own : { card_number: "4276 0000 0000 9876" };
    assert.deepEqual(await detailsFor(there), [expected, expected], type);
  }
});

test("a buyer's own on a buy ad are shown to no taker", async () => {
  const maker = someone("maker");
  const ad = await market.buyAd(maker, { payment_details: DETAILS });
  const taker = someone("taker");
  await market.fund(taker, 1_000_000);
  const { id } = await order(market, taker, ad, { extra: { payment_details: { phone: "+7" } } });
  const { text } = await market.as(taker)("GET", `/p2p/orders/${id}`);
  assert.ok(!text.includes(SECRET));
});
