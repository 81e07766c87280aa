/** Debts: what a seller could not pay for a claim, how it stops its debtor, and how it is paid. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, operatorCall } from "../support/chats.ts";
import { claim, claimed, honour, indebted, leave, resolve, suspension } from "../support/claims.ts";
import { eventually, type Json, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertRefused,
  ENOUGH,
  order,
  platform,
  someone,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const owed = async (user: string): Promise<number> => (await wallet(market, user)).owed;
const untilOwed = (user: string, rest: number) =>
  eventually(async () => (await owed(user)) === rest, `a debt of ${rest}`);
const transfersOf = async (user: string): Promise<Json[]> =>
  assertDone(await market.as(user)("GET", "/wallet/transfers")).items;
const deposit = async (user: string, amount: number) =>
  assertDone(await platform(market, "credits", { user_id: user, amount, kind: "deposit" }), 201);

test("what the seller has goes over at once, and the rest is owed: in both wallets, on the order, in the answer", async () => {
  const had = AMOUNT / 4;
  const { order: made, asOperator, asBuyer, asSeller, seller, buyer } = await claimed(market);
  await leave(market, seller, had);
  const done = assertDone(await resolve(asOperator, made, { outcome: "compensate", amount: AMOUNT }));
  assert.deepEqual([done.compensated_amount, done.owed_amount], [had, AMOUNT - had]);
  for (const call of [asBuyer, asSeller]) {
    const { claim: state, awarded, owed: left } = assertDone(await call("GET", `/p2p/orders/${made.id}`));
    assert.deepEqual([state, awarded, left], ["compensated", AMOUNT, AMOUNT - had]);
  }
  const [debtor, creditor] = [await wallet(market, seller), await wallet(market, buyer)];
  assert.deepEqual([debtor.available, debtor.owed, debtor.owed_by_others], [0, AMOUNT - had, 0]);
  assert.deepEqual([creditor.available, creditor.owed, creditor.owed_by_others], [had, 0, AMOUNT - had]);
});

test("whatever the debtor gets is the creditor's, down to the last of it; then the debtor may go on", async () => {
  const { order: made, asBuyer, asSeller, seller, buyer, ad } = await indebted(market);
  assertRefused(await asSeller("POST", "/p2p/ads", { ...BUY }), "TRADER_SUSPENDED", { reason: "debt", owed: AMOUNT });
  const hidden = assertDone(await asSeller("GET", "/p2p/ads/my")).items.find(({ id }: Json) => id === ad.id);
  assert.ok(hidden.hidden_reasons.includes("suspended"), String(hidden.hidden_reasons));

  await deposit(seller, AMOUNT / 2);
  await untilOwed(seller, AMOUNT / 2);
  assert.equal((await wallet(market, buyer)).available, AMOUNT / 2);
  assert.equal((await linesOf(asBuyer, made)).at(-1)?.event.action, "compensate");

  await deposit(seller, ENOUGH);
  await untilOwed(seller, 0);
  assert.deepEqual(
    [(await wallet(market, buyer)).available, (await wallet(market, seller)).available],
    [AMOUNT, ENOUGH - AMOUNT / 2],
  );
  assert.equal((await linesOf(asBuyer, made)).at(-1)?.event.action, "debt-paid");
  assert.deepEqual(
    (await transfersOf(buyer)).map(({ kind, amount, order_id }) => [kind, amount, order_id]),
    [
      ["debt_payment", AMOUNT / 2, made.id],
      ["debt_payment", AMOUNT / 2, made.id],
    ],
  );
  assertDone(await asSeller("POST", "/p2p/ads", { ...BUY }), 201);
  await order(market, someone("taker"), ad);
  const { entries } = assertDone(await asBuyer("GET", `/p2p/orders/${made.id}/dossier`));
  assert.equal(entries.filter(({ data }: Json) => data.kind === "debt_payment").length, 2);
});

const BUY = {
  type: "buy",
  fiat_currency: "RUB",
  exchange_rate: 100,
  min_amount: 100_000,
  max_amount: 5_000_000,
  payment_methods: ["card"],
};

test("what a debtor is paid for an open order, or gets back from one, pays the debt", async () => {
  const { order: claimedOrder, asOperator, seller } = await claimed(market, { funds: 3 * AMOUNT });
  // As a buyer: released to the debtor. As a seller: returned to the debtor.
  const other = someone("other");
  await market.fund(other, ENOUGH);
  const buying = await order(market, seller, await market.sellAd(other));
  const selling = await order(market, seller, await market.buyAd(someone("maker")), {
    extra: { payment_details: { card_number: "4276 0000 0000 9876" } },
  });
  await leave(market, seller, 0);
  assertDone(await resolve(asOperator, claimedOrder, { outcome: "compensate", amount: AMOUNT }));
  assert.equal(await owed(seller), AMOUNT);

  // What is open goes on for who is stopped.
  assertDone(await act(market.as(seller), buying, "confirm-paid"));
  assertDone(await act(market.as(other), buying, "confirm-received"));
  await untilOwed(seller, 0);
  assertDone(await act(market.as(seller), selling, "cancel"));
  assert.deepEqual([(await wallet(market, seller)).available, (await wallet(market, seller)).in_escrow], [AMOUNT, 0]);
});

test("who owes to two pays the one who has waited longer first, and each no more than is owed", async () => {
  const first = await claimed(market, { funds: ENOUGH });
  const { seller, ad } = first;
  const buyer = someone("second");
  const made = await order(market, buyer, ad);
  assertDone(await act(market.as(seller), made, "cancel"));
  assertDone(await claim(market.as(buyer), made));
  assertDone(await operatorCall(first.asOperator, made, "assign"));
  await leave(market, seller, 0);
  for (const one of [first.order, made]) {
    assertDone(await resolve(first.asOperator, one, { outcome: "compensate", amount: AMOUNT }));
  }
  assert.equal(await owed(seller), 2 * AMOUNT);
  await deposit(seller, AMOUNT + AMOUNT / 2);
  await untilOwed(seller, AMOUNT / 2);
  assert.deepEqual(
    [(await wallet(market, first.buyer)).available, (await wallet(market, buyer)).available],
    [AMOUNT, AMOUNT / 2],
  );
  await deposit(seller, AMOUNT);
  await untilOwed(seller, 0);
  assert.equal((await wallet(market, seller)).available, AMOUNT / 2);
});

test("a debtor's own claims are heard, and what they bring pays the debt", async () => {
  const { seller: debtor } = await indebted(market);
  // An order that the debtor had taken before, as its buyer.
  const made = await excused(debtor, async () => order(market, debtor, await market.sellAd(await funded())));
  const asOther = market.as(made.seller.id);
  assertDone(await act(asOther, made, "cancel"));
  assertDone(await claim(market.as(debtor), made));
  assertDone(await honour(asOther, made));
  await untilOwed(debtor, 0);
});

/** What a debtor does while an operator lets it. */
const excused = async (debtor: string, act: () => Promise<Json>): Promise<Json> => {
  const asOperator = market.as(someone("operator"), "operator");
  assertDone(await suspension(asOperator, debtor, "resume", { despite_debt: true }));
  const done = await act();
  assertDone(await suspension(asOperator, debtor, "suspend"));
  assert.equal(assertDone(await suspension(asOperator, debtor, "resume")).suspended, "debt");
  return done;
};

const funded = async (): Promise<string> => {
  const user = someone("funded");
  await market.fund(user, ENOUGH);
  return user;
};

test("an order for the ad of a debtor is AD_NOT_ACTIVE, whichever side the debtor is on, and says no more than that", async () => {
  const { seller } = await indebted(market, 0, { funds: 3 * AMOUNT });
  const buy = await excused(seller, () => market.buyAd(seller));
  const taker = await funded();
  assertRefused(
    await tryOrder(market, taker, buy, { extra: { payment_details: { card_number: "4276 0000 0000 9876" } } }),
    "AD_NOT_ACTIVE",
    { reason: "unavailable" },
  );
});
