/** Amounts: what fiat they come to, how large they may be, where they are after each step of a trade. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Json, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  ENOUGH,
  order,
  platform,
  someone,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket();

const MOST = 10_000_000_000_000;

/** A seller rich enough for anything, and an ad at this rate. */
const anyAmountAt = async (exchange_rate: number): Promise<Json> => {
  const maker = someone("maker");
  for (let count = 0; count < 2; count++) await market.fund(maker, MOST);
  return market.sellAd(maker, { exchange_rate, min_amount: 1, max_amount: MOST, total_amount: MOST });
};

describe("the fiat amount", () => {
  const ROUNDED: readonly (readonly [amount: number, rate: number, fiat: number])[] = [
    [1, 100, 1],
    [12_345, 100, 12_345],
    [1, 50, 1], // 0.50 up
    [1, 149, 1], // 1.49 down
    [1, 150, 2], // 1.50 up
    [3, 50, 2], // 1.50 up
    [5, 50, 3], // 2.50 up, where half-even would go down
    [7, 7, 0], // 0.49: nothing, refused
    [10, 5, 1], // 0.50 up
    [10, 4, 0], // 0.40: nothing, refused
    [50, 1, 1],
    [49, 1, 0],
    [101, 101, 102], // 102.01
    [150, 33, 50], // 49.50 up
    [333, 333, 1_109], // 1108.89
    [1_000_001, 9_235, 92_350_092], // 92350092.35
    [MOST, 100, MOST],
    [MOST, 1, MOST / 100],
    [9_999_999_999_999, 33, 3_300_000_000_000], // 3299999999999.67
    [MOST / 10_000, 1_000_000, MOST],
    [MOST / 10_000 + 1, 1_000_000, MOST + 10_000], // too much, refused
    [MOST, 101, MOST + MOST / 100], // too much, refused
    [9_900_990_099_009, 101, 9_999_999_999_999], // 9999999999999.09
    [9_900_990_099_010, 101, MOST], // 10000000000000.10 is rounded to the limit
  ];
  for (const [amount, rate, fiat] of ROUNDED) {
    const allowed = fiat >= 1 && fiat <= MOST;
    test(`of ${amount} at ${rate} is ${allowed ? fiat : "out of bounds"}`, async () => {
      const reply = await tryOrder(market, someone("taker"), await anyAmountAt(rate), { amount });
      if (!allowed) return assertInvalid(reply, "/usdt_amount");
      const opened = assertDone(reply, 201);
      assert.deepEqual([opened.usdt_amount, opened.fiat_amount, opened.exchange_rate], [amount, fiat, rate]);
    });
  }

  test("is exact, half-up, for any amount and rate", async () => {
    const units = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: MOST }));
    const rates = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1_000_000 }));
    await fc.assert(
      fc.asyncProperty(units, rates, async (amount, rate) => {
        const product = BigInt(amount) * BigInt(rate);
        const fiat = product / 100n + (product % 100n >= 50n ? 1n : 0n);
        const reply = await tryOrder(market, someone("taker"), await anyAmountAt(rate), { amount });
        if (fiat < 1n || fiat > BigInt(MOST)) assertInvalid(reply, "/usdt_amount");
        else assert.equal(BigInt(assertDone(reply, 201).fiat_amount), fiat);
      }),
      { numRuns: 40 },
    );
  });

  test("is told of after the ad's own limits", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker, { exchange_rate: 1, min_amount: 10, max_amount: 100 });
    const of = async (amount: number) => (await tryOrder(market, someone("taker"), ad, { amount })).body.code;
    assert.deepEqual(
      [await of(9), await of(101), await of(49)],
      ["AMOUNT_TOO_LOW", "AMOUNT_TOO_HIGH", "VALIDATION_ERROR"],
    );
  });
});

describe("an order's amount", () => {
  const NO_AMOUNTS: readonly unknown[] = [0, -1, 1.5, MOST + 1, 1e300, "100000", null, true, [AMOUNT], { amount: 1 }];
  for (const amount of NO_AMOUNTS) {
    test(`is never ${JSON.stringify(amount)}`, async () => {
      const body = { ad_id: 1, usdt_amount: amount, payment_method: "card" };
      assertInvalid(await market.as(someone("taker"))("POST", "/p2p/orders", body), "/usdt_amount");
    });
  }

  test("is never beyond what a number can hold", async () => {
    for (const text of ["1e400", "-1e400", "9007199254740993", "1e-400", "100000.0000000000001"]) {
      const raw = `{"ad_id":999999999,"usdt_amount":${text},"payment_method":"card"}`;
      const reply = await market.as(someone("taker"))("POST", "/p2p/orders", undefined, { raw });
      // The last is exactly 100000 for every JSON reader with doubles.
      if (text.startsWith("100000")) assert.equal(reply.body.code, "AD_NOT_FOUND");
      else assertInvalid(reply, "/usdt_amount");
    }
  });

  test("may be the largest there is, and moves in whole", async () => {
    const ad = await anyAmountAt(100);
    const taker = someone("taker");
    const opened = await order(market, taker, ad, { amount: MOST });
    assertDone(await act(market.as(taker), opened, "confirm-paid"));
    const done = assertDone(await act(market.as(ad.maker.id), opened, "confirm-received"));
    assert.equal(done.released_amount, MOST);
    assert.equal((await wallet(market, taker)).available, MOST);
    assert.equal((await wallet(market, ad.maker.id)).available, MOST);
  });
});

describe("balances", () => {
  for (const type of ["sell", "buy"] as const) {
    test(`on a ${type} ad go from available to escrow to the buyer, or back`, async () => {
      const there = await trade(market, { type, amount: 300_000 });
      const both = async () => {
        const [seller, buyer] = [await wallet(market, there.seller), await wallet(market, there.buyer)];
        return [seller.available, seller.in_escrow, buyer.available, buyer.in_escrow];
      };
      assert.deepEqual(await both(), [700_000, 300_000, 0, 0]);
      assertDone(await act(there.asBuyer, there.order, "confirm-paid"));
      assert.deepEqual(await both(), [700_000, 300_000, 0, 0]);
      assertDone(await act(there.asSeller, there.order, "call-operator"));
      assert.deepEqual(await both(), [700_000, 300_000, 0, 0]);
      assertDone(await act(there.asSeller, there.order, "confirm-received"));
      assert.deepEqual(await both(), [700_000, 0, 300_000, 0]);
    });
  }

  test("in escrow are the sum of one's open orders as seller", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker);
    for (const amount of [100_000, 200_000]) await order(market, someone("taker"), ad, { amount });
    const buy = await market.buyAd(someone("buyer"));
    await order(market, maker, buy, { amount: 150_000 });
    const seen = await wallet(market, maker);
    assert.deepEqual([seen.available, seen.in_escrow], [550_000, 450_000]);
  });

  test("may be spent to the last kopeck and not beyond", async () => {
    const maker = someone("maker");
    await market.fund(maker, 300_000);
    const ad = await market.sellAd(maker, { min_amount: 1 });
    await order(market, someone("taker"), ad, { amount: 299_999 });
    const code = async (amount: number) => (await tryOrder(market, someone("taker"), ad, { amount })).body.code;
    assert.equal(await code(2), "SELLER_INSUFFICIENT_BALANCE");
    await order(market, someone("taker"), ad, { amount: 1 });
    assert.equal(await code(1), "SELLER_INSUFFICIENT_BALANCE");
    assert.equal((await wallet(market, maker)).available, 0);
  });
});

describe("the list of transfers", () => {
  const list = async (user: string, query = "") =>
    assertDone(await market.as(user)("GET", `/wallet/transfers${query}`));

  test("tells each movement with the balance after it, newest first, page by page", async () => {
    const there = await trade(market, { amount: 300_000 });
    assertDone(await act(there.asBuyer, there.order, "cancel"));
    const again = await order(market, there.buyer, there.ad, { amount: 200_000 });
    assertDone(await act(there.asBuyer, again, "confirm-paid"));
    assertDone(await act(there.asSeller, again, "confirm-received"));
    const debit = { user_id: there.seller, amount: 50_000, kind: "withdrawal", external_id: someone("out") };
    assertDone(await platform(market, "debits", debit), 201);

    const page = await list(there.seller);
    const told = page.items.map((item: Json) => [
      item.kind,
      item.direction,
      item.amount,
      item.balance_after,
      item.order_id,
    ]);
    assert.deepEqual(told, [
      ["withdrawal", "out", 50_000, 750_000, null],
      ["escrow_hold", "out", 200_000, 800_000, again.id],
      ["escrow_refund", "in", 300_000, 1_000_000, there.order.id],
      ["escrow_hold", "out", 300_000, 700_000, there.order.id],
      ["deposit", "in", 1_000_000, 1_000_000, null],
    ]);
    assert.equal(page.items[0].external_id, debit.external_id);
    assert.deepEqual([page.limit, page.offset, page.has_more], [20, 0, false]);
    const part = await list(there.seller, "?limit=2&offset=1");
    assert.deepEqual([part.items, part.has_more], [page.items.slice(1, 3), true]);
    const last = await list(there.seller, "?limit=2&offset=3");
    assert.deepEqual([last.items, last.has_more], [page.items.slice(3), false]);
    const buyers = (await list(there.buyer)).items.map((item: Json) => [item.kind, item.direction, item.balance_after]);
    assert.deepEqual(buyers, [["escrow_release", "in", 200_000]]);
  });

  test("is one's own, and its bounds are those of every list", async () => {
    const user = someone("user");
    assert.deepEqual((await list(user)).items, []);
    for (const query of ["limit=0", "limit=101", "offset=-1", "offset=10001", "user_id=x"])
      assertInvalid(await market.as(user)("GET", `/wallet/transfers?${query}`), `/${query.split("=")[0]}`);
  });
});
