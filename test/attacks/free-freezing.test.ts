/** Freezing other people's money and harvesting payment details for nothing: what was tried, and what is right now. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  ageStrikes,
  assertDone,
  assertRefused,
  ENOUGH,
  order,
  someone,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket();

const DETAILS = { payment_details: { card_number: "4276 0000 0000 9876" } };
const STRIKES = 5;

const openAds = async (count: number): Promise<Json[]> => {
  const ads: Json[] = [];
  for (let index = 0; index < count; index++) {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    ads.push(await market.sellAd(maker));
  }
  return ads;
};

const frozen = async (ads: readonly Json[]): Promise<number> => {
  const wallets = await Promise.all(ads.map(({ maker }) => wallet(market, maker.id)));
  return wallets.filter(({ in_escrow }) => in_escrow > 0).length;
};

/** Create, paid, call-operator. Null where the ad was not given. */
const freeze = async (taker: string, ad: Json): Promise<Json | null> => {
  const reply = await tryOrder(market, taker, ad);
  if (reply.status !== 201) return null;
  assertDone(await act(market.as(taker), reply.body, "confirm-paid"));
  return assertDone(await act(market.as(taker), reply.body, "call-operator"));
};

/** Three orders with three people, which makes somebody known. */
const known = async (): Promise<string> => {
  const taker = someone("known");
  for (const ad of await openAds(3)) {
    const opened = await order(market, taker, ad);
    assertDone(await act(market.as(taker), opened, "confirm-paid"));
    assertDone(await act(market.as(ad.maker.id), opened, "confirm-received"));
  }
  return taker;
};

test("a new account that goes create, paid, call-operator through three ads freezes one of them, and sees one card", async () => {
  const ads = await openAds(3);
  const taker = someone("freezer");
  const outcomes: (Json | null)[] = [];
  for (const ad of ads) outcomes.push(await freeze(taker, ad));
  assert.equal(outcomes.filter((opened) => opened !== null).length, 1);
  assert.equal(await frozen(ads), 1);
  const refused = await tryOrder(market, taker, ads[1] as Json);
  assertRefused(refused, "ACTIVE_DEPOSIT_ORDER_EXISTS", { order_id: outcomes[0]?.id });
  assert.equal(refused.text.includes("2200"), false);
});

test("giving each dispute up to take the next one costs a strike each, and five end it", async () => {
  const ads = await openAds(STRIKES + 1);
  const taker = someone("freezer");
  for (const ad of ads.slice(0, STRIKES)) {
    const opened = await freeze(taker, ad);
    assert.ok(opened !== null);
    assertDone(await act(market.as(taker), opened, "cancel"));
  }
  const reply = await tryOrder(market, taker, ads[STRIKES] as Json);
  assertRefused(reply, "RATE_LIMITED");
  assert.equal(reply.body.details.reason, "strikes");
  assert.ok(Number(reply.headers["retry-after"]) > 86_000);
  assert.equal(await frozen(ads), 0);
});

test("strikes are judged before anything of the order: an ad that is not there tells a striker nothing else", async () => {
  const [ad] = await openAds(1);
  const taker = someone("striker");
  for (let count = 0; count < STRIKES; count++) {
    const opened = await order(market, taker, ad as Json);
    assertDone(await act(market.as(taker), opened, "cancel"));
  }
  assertRefused(await tryOrder(market, taker, { id: 999_999_999 }), "RATE_LIMITED");
  await ageStrikes(market, taker, "1 day");
  assertRefused(await tryOrder(market, taker, { id: 999_999_999 }), "AD_NOT_FOUND");
});

test("strikes as a maker count for the taker as well: dropping one's own ad's orders and taking others' is one person", async () => {
  const [ad, ...others] = await openAds(3);
  const person = (ad as Json).maker.id;
  for (let count = 0; count < STRIKES - 1; count++) {
    const opened = await order(market, someone("taker"), ad as Json);
    assertDone(await act(market.as(person), opened, "cancel"));
  }
  const opened = await order(market, person, others[0] as Json);
  assertDone(await act(market.as(person), opened, "cancel"));
  assertRefused(await tryOrder(market, person, others[1] as Json), "RATE_LIMITED");
  assertRefused(await tryOrder(market, someone("taker"), ad as Json), "AD_NOT_ACTIVE", { reason: "unavailable" });
});

test("many cancels at once on several orders' ends count each, and no more than five orders are dropped in a day", async () => {
  const taker = someone("striker");
  await market.fund(taker, ENOUGH);
  const [sell] = await openAds(1);
  const buy = await market.buyAd(someone("buyer"));
  let dropped = 0;
  for (let round = 0; round < STRIKES; round++) {
    const replies = await Promise.all([
      tryOrder(market, taker, sell as Json),
      tryOrder(market, taker, buy, { extra: DETAILS }),
    ]);
    const opened = replies.filter(({ status }) => status === 201).map(({ body }) => body);
    const ends = await Promise.all(opened.map((one) => act(market.as(taker), one, "cancel")));
    dropped += ends.filter(({ status }) => status === 200).length;
  }
  // The fifth and the sixth were under way together.
  assert.equal(dropped, STRIKES + 1);
});

test("who has three completed orders may go on while one is disputed, but not freeze a second and a third", async () => {
  const taker = await known();
  const ads = await openAds(3);
  assert.ok((await freeze(taker, ads[0] as Json)) !== null);
  assert.ok((await freeze(taker, ads[1] as Json)) !== null, "one dispute is no reason");
  assertRefused(await tryOrder(market, taker, ads[2] as Json), "ACTIVE_DEPOSIT_ORDER_EXISTS");
  assert.equal(await frozen(ads), 2);
});

test("three orders with the same friend on one day make nobody known", async () => {
  const [friend, ...ads] = await openAds(3);
  const taker = someone("freezer");
  for (let count = 0; count < 3; count++) {
    const opened = await order(market, taker, friend as Json);
    assertDone(await act(market.as(taker), opened, "confirm-paid"));
    assertDone(await act(market.as((friend as Json).maker.id), opened, "confirm-received"));
  }
  assert.ok((await freeze(taker, ads[0] as Json)) !== null);
  assertRefused(await tryOrder(market, taker, ads[1] as Json), "ACTIVE_DEPOSIT_ORDER_EXISTS");
});

test("a seller who answers buy ads and lets each become a dispute holds one of them", async () => {
  const taker = someone("freezer");
  await market.fund(taker, ENOUGH);
  const [first, second] = [await market.buyAd(someone("buyer")), await market.buyAd(someone("buyer"))];
  const opened = await order(market, taker, first, { extra: DETAILS });
  assertDone(await act(market.as(first.maker.id), opened, "confirm-paid"));
  assertDone(await act(market.as(taker), opened, "call-operator"));
  const reply = await tryOrder(market, taker, second, { extra: DETAILS });
  assertRefused(reply, "ACTIVE_WITHDRAW_ORDER_EXISTS", { order_id: opened.id });
});

test("a maker who takes orders and cancels each, to see who comes, is off the market after five, and back by the clock alone", async () => {
  const [ad] = await openAds(1);
  const maker = (ad as Json).maker.id;
  for (let count = 0; count < STRIKES; count++) {
    const opened = await order(market, someone("taker"), ad as Json, { amount: AMOUNT });
    assertDone(await act(market.as(maker), opened, "cancel"));
  }
  const page = assertDone(await market.stranger("GET", "/p2p/ads?type=sell&fiat_currency=RUB&limit=100"));
  assert.equal(
    page.items.some(({ id }: Json) => id === (ad as Json).id),
    false,
  );
  for (const change of [{ status: "paused" }, { status: "active" }, { exchange_rate: 99 }])
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${(ad as Json).id}`, change));
  assertRefused(await tryOrder(market, someone("taker"), ad as Json), "AD_NOT_ACTIVE", { reason: "unavailable" });
});
