/** Traders who are stopped: by an operator, or by a debt that an operator may excuse. What they may still do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { say } from "../support/chats.ts";
import { indebted, suspension } from "../support/claims.ts";
import { eventually, type Json, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  ENOUGH,
  order,
  someone,
  trade,
  tryOrder,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const operator = someone("operator");
const asOperator = () => market.as(operator, "operator");
const actsAbout = async (user: string): Promise<Json[]> =>
  market.sql(`select operator_id, act, details from exchange.operator_acts where details ->> 'user_id' = '${user}'
    order by id`);
const onMarket = async (ad: Json): Promise<boolean> =>
  assertDone(await market.stranger("GET", `/p2p/ads?type=${ad.type}&limit=100`)).items.some(
    ({ id }: Json) => id === ad.id,
  );

test("an operator suspends a trader with a reason: nothing new begins, what is open goes on, and it ends with resume", async () => {
  const { order: made, ad, seller, asBuyer, asSeller } = await trade(market, { funds: ENOUGH });
  assert.ok(await onMarket(ad));
  assert.deepEqual(assertDone(await suspension(asOperator(), seller, "suspend", { reason: "stolen cards" })), {
    user_id: seller,
    suspended: "operator",
    owed: 0,
  });
  assert.ok(!(await onMarket(ad)));
  const stopped = { reason: "operator", owed: 0 };
  assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE", { reason: "unavailable" });
  const theirs = await market.sellAd(await funded());
  assertRefused(await tryOrder(market, seller, theirs), "TRADER_SUSPENDED", stopped);
  assertRefused(await asSeller("POST", "/p2p/ads", {}), "VALIDATION_ERROR");
  assertRefused(await asSeller("PUT", `/p2p/ads/${ad.id}`, { status: "active" }), "TRADER_SUSPENDED", stopped);
  assertRefused(await asSeller("PUT", `/p2p/ads/${ad.id}`, { max_amount: 200_000 }), "TRADER_SUSPENDED", stopped);

  assertDone(await say(asSeller, made, "I am still here."), 201);
  assertDone(await act(asBuyer, made, "confirm-paid"));
  assertDone(await act(asSeller, made, "confirm-received"));
  assertDone(await asSeller("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
  assertDone(await suspension(asOperator(), seller, "resume", { reason: "explained" }));
  assertDone(await asSeller("PUT", `/p2p/ads/${ad.id}`, { status: "active" }));
  assert.ok(await onMarket(ad));
  await order(market, someone("taker"), ad);
  assert.deepEqual(
    (await actsAbout(seller)).map(({ operator_id, act: done, details }) => [operator_id, done, details.reason]),
    [
      [operator, "suspend", "stolen cards"],
      [operator, "resume", "explained"],
    ],
  );
});

const funded = async (): Promise<string> => {
  const user = someone("funded");
  await market.fund(user, ENOUGH);
  return user;
};

test("a trader learns of it by an event, and the market of every node hides the ads", async () => {
  const maker = await funded();
  const ad = await market.sellAd(maker);
  const call = market.as(maker);
  const { next } = assertDone(await call("GET", "/p2p/events?after="));
  assertDone(await suspension(asOperator(), maker, "suspend"));
  const told = async () => assertDone(await call("GET", `/p2p/events?after=${next}`)).items;
  await eventually(
    async () => (await told()).some(({ type }: Json) => type === "wallet.updated"),
    "the news of the suspension",
  );
  assert.ok(!(await onMarket(ad)));
});

test("suspending needs the role, a reason and somebody who is there; nobody judges oneself", async () => {
  const user = await funded();
  assertRefused(await suspension(market.as(user), user, "suspend"), "FORBIDDEN");
  assertRefused(await suspension(market.as("host", "platform"), user, "suspend"), "FORBIDDEN");
  assertInvalid(await suspension(asOperator(), user, "suspend", { reason: "" }), "/reason");
  assertInvalid(await asOperator()("POST", `/operator/users/${user}/suspend`, {}), "/reason");
  assertRefused(await suspension(asOperator(), "nobody-of-this-name", "suspend"), "USER_NOT_FOUND");
  for (const what of ["suspend", "resume"] as const) {
    assertRefused(await suspension(asOperator(), operator, what), "FORBIDDEN");
  }
  assert.deepEqual(await actsAbout(user), []);
});

test("F55 a debt's suspension is lifted by paying, or by an operator who says that it is in spite of the debt", async () => {
  const { seller, asSeller, ad } = await indebted(market);
  assertInvalid(await suspension(asOperator(), seller, "resume"), "/despite_debt");
  assert.equal((await market.sql(`select standing from exchange.traders where id = '${seller}'`))[0].standing, null);

  // An operator's own stop is lifted without it, and the debt's stays.
  assertDone(await suspension(asOperator(), seller, "suspend"));
  assert.equal(assertDone(await suspension(asOperator(), seller, "resume")).suspended, "debt");

  const excused = assertDone(await suspension(asOperator(), seller, "resume", { despite_debt: true }));
  assert.deepEqual([excused.suspended, excused.owed], [null, AMOUNT]);
  assertDone(await asSeller("PUT", `/p2p/ads/${ad.id}`, { status: "active" }));
  assert.equal((await actsAbout(seller)).at(-1)?.details.despite_debt, true);
});
