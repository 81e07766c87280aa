/** Who may sell: the minimum deposit and the wagering, for takers and for makers alike. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Json, type Market, startMarket, useMarket } from "../support/market.ts";
import {
  act,
  assertDone,
  assertRefused,
  bonus,
  order,
  platform,
  someone,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const MULTIPLIER = 3;
let plain: Market;
const market = useMarket({ settings: { wageringMultiplier: BigInt(MULTIPLIER) } }, async () => {
  plain = await startMarket();
});
after(() => plain.end());

const DETAILS = { payment_details: { card_number: "4276" } };

const sellTo = async (where: Market, user: string, ad?: Json) =>
  tryOrder(where, user, ad ?? (await where.buyAd(someone("buyer"))), { extra: DETAILS });

const credit = async (where: Market, user_id: string, kind: string, amount: number, wagering_required?: number) =>
  assertDone(
    await platform(where, "credits", {
      user_id,
      kind,
      amount,
      // Most tests are about something else than what a bonus asks for by itself.
      ...(wagering_required === undefined && kind !== "bonus" ? {} : { wagering_required: wagering_required ?? 0 }),
    }),
    201,
  );

const wager = async (where: Market, user_id: string, amount: number) =>
  assertDone(await platform(where, "wagers", { user_id, amount }), 201).wagering;

/** The user buys from somebody else, which deposits. */
const buy = async (where: Market, user: string, amount: number) => {
  const seller = someone("seller");
  await where.fund(seller, 1_000_000);
  await credit(where, seller, "bonus", 1, 0);
  await wager(where, seller, 1_000_000 * MULTIPLIER);
  const opened = await order(where, user, await where.sellAd(seller), { amount });
  assertDone(await act(where.as(user), opened, "confirm-paid"));
  assertDone(await act(where.as(seller), opened, "confirm-received"));
};

/** Buys through a sell ad of the seller's. */
const buyOf = async (where: Market, buyer: string, seller: string) => {
  const opened = await order(where, buyer, await where.sellAd(seller));
  assertDone(await act(where.as(buyer), opened, "confirm-paid"));
  assertDone(await act(where.as(seller), opened, "confirm-received"));
};

const outstanding = async (where: Market, user: string) => {
  const { required, wagered } = (await wallet(where, user)).wagering;
  return [required, wagered];
};

describe("the minimum deposit", () => {
  test("counts what the user bought and what the host platform calls a deposit, and nothing else", async () => {
    const user = someone("user");
    const deposited = async () => (await wallet(plain, user)).deposited_total;
    await credit(plain, user, "bonus", 500_000);
    await credit(plain, user, "adjustment", 500_000);
    assert.equal(await deposited(), 0);
    assertRefused(await sellTo(plain, user), "MIN_DEPOSIT_REQUIRED", { required: 100_000, deposited: 0 });
    await credit(plain, user, "deposit", 40_000);
    assert.equal(await deposited(), 40_000);
    const seller = someone("seller");
    await plain.fund(seller, 1_000_000);
    const ad = await plain.sellAd(seller, { min_amount: 1 });
    const opened = await order(plain, user, ad, { amount: 59_999 });
    assert.equal(await deposited(), 40_000, "an order that is not completed is no deposit");
    assertDone(await act(plain.as(user), opened, "confirm-paid"));
    assertDone(await act(plain.as(seller), opened, "confirm-received"));
    assertRefused(await sellTo(plain, user), "MIN_DEPOSIT_REQUIRED", { required: 100_000, deposited: 99_999 });
    await credit(plain, user, "deposit", 1);
    assertDone(await sellTo(plain, user), 201);
  });

  test("counts what a maker bought through a buy ad", async () => {
    const maker = someone("maker");
    const seller = someone("seller");
    await plain.fund(seller, 1_000_000);
    const opened = await order(plain, seller, await plain.buyAd(maker), { amount: 150_000, extra: DETAILS });
    assertDone(await act(plain.as(maker), opened, "confirm-paid"));
    assertDone(await act(plain.as(seller), opened, "confirm-received"));
    assert.equal((await wallet(plain, maker)).deposited_total, 150_000);
    assert.equal((await wallet(plain, seller)).deposited_total, 1_000_000);
    assertDone(await sellTo(plain, maker), 201);
  });

  test("is missed again when a deposit is taken back, and never falls below nothing", async () => {
    const user = someone("user");
    await credit(plain, user, "deposit", 150_000);
    await credit(plain, user, "bonus", 500_000);
    const reverse = (amount: number) => platform(plain, "debits", { user_id: user, amount, kind: "deposit_reversal" });
    assertDone(await platform(plain, "debits", { user_id: user, amount: 100_000, kind: "withdrawal" }), 201);
    assert.equal((await wallet(plain, user)).deposited_total, 150_000);
    assertDone(await reverse(50_001), 201);
    assertRefused(await sellTo(plain, user), "MIN_DEPOSIT_REQUIRED", { required: 100_000, deposited: 99_999 });
    assertDone(await reverse(200_000), 201);
    assert.equal((await wallet(plain, user)).deposited_total, 0);
  });

  test("counts no order between two who traded the other way round within 30 days", async () => {
    const [one, other] = [someone("one"), someone("other")];
    for (const user of [one, other]) await plain.fund(user, 500_000);
    const deposits = async () => [
      (await wallet(plain, one)).deposited_total,
      (await wallet(plain, other)).deposited_total,
    ];
    const adsOf = { [one]: await plain.sellAd(one), [other]: await plain.sellAd(other) };
    const trade = async (buyer: string, seller: string) => {
      const opened = await order(plain, buyer, adsOf[seller] as Json);
      assertDone(await act(plain.as(buyer), opened, "confirm-paid"));
      assertDone(await act(plain.as(seller), opened, "confirm-received"));
    };
    await trade(one, other);
    assert.deepEqual(await deposits(), [600_000, 500_000]);
    await trade(one, other);
    assert.deepEqual(await deposits(), [700_000, 500_000], "the same way again is a deposit again");
    await trade(other, one);
    assert.deepEqual(await deposits(), [700_000, 500_000], "the other way round");
    await trade(one, other);
    assert.deepEqual(await deposits(), [700_000, 500_000], "and back again");
    // As if all that had been longer ago.
    const ago = async (days: number) => {
      await plain.sql(`update exchange.order_states set completed_at = completed_at - interval '${days} days'
        where '${one}' in (buyer_id, seller_id)`);
      await plain.sql(`update exchange.partners set bought_day = bought_day - ${days}, row_version = row_version + 1
        where '${one}' in (trader_id, partner_id)`);
    };
    await ago(30);
    await trade(one, other);
    assert.deepEqual(await deposits(), [700_000, 500_000], "on the thirtieth day");
    await ago(1);
    await trade(one, other);
    assert.deepEqual(await deposits(), [800_000, 500_000], "on the thirty-first");
  });

  test("asks no wagering for what is no deposit", async () => {
    const [one, other] = [someone("one"), someone("other")];
    for (const user of [one, other]) await market.fund(user, 500_000);
    for (const user of [one, other]) await wager(market, user, 500_000 * MULTIPLIER);
    await buyOf(market, one, other);
    assert.deepEqual(await outstanding(market, one), [100_000 * MULTIPLIER, 0]);
    await wager(market, one, 100_000 * MULTIPLIER);
    await buyOf(market, other, one);
    assert.deepEqual(await outstanding(market, other), [0, 0]);
  });

  test("is not asked of those who buy", async () => {
    const seller = someone("seller");
    await plain.fund(seller, 1_000_000);
    assertDone(await tryOrder(plain, someone("buyer"), await plain.sellAd(seller)), 201);
    await plain.buyAd(someone("buyer"));
  });
});

describe("wagering", () => {
  test("what is required never grows beyond what an account may hold, whatever the host asks for", async () => {
    const most = 1_000_000_000_000_000;
    const all = 10_000_000_000_000;
    const user = someone("user");
    for (let n = 0; n < 99; n++) await credit(plain, user, "bonus", 1, all);
    assert.deepEqual(await outstanding(plain, user), [99 * all, 0]);
    for (const kind of ["bonus", "deposit", "adjustment", "bonus"]) {
      await credit(plain, user, kind, 1, all);
      assert.deepEqual(await outstanding(plain, user), [most, 0]);
    }
    assert.deepEqual(await wager(plain, user, all), { required: most, wagered: all });
    const bounded = await startMarket({ settings: { wageringMultiplier: 1_000_000n } });
    try {
      await credit(bounded, user, "deposit", all);
      assert.deepEqual(await outstanding(bounded, user), [most, 0]);
    } finally {
      await bounded.end();
    }
  });

  test("without a multiplier is asked for by credits that say so alone", async () => {
    const user = someone("user");
    await credit(plain, user, "deposit", 100_000);
    await buy(plain, user, 100_000);
    assert.deepEqual(await outstanding(plain, user), [0, 0]);
    for (const [kind, required] of [
      ["deposit", 10],
      ["bonus", 20],
      ["adjustment", 30],
    ] as const)
      await credit(plain, user, kind, 1, required);
    assert.deepEqual(await outstanding(plain, user), [60, 0]);
  });

  test("grows by each deposit times the multiplier", async () => {
    const user = someone("user");
    await credit(market, user, "deposit", 100_000);
    assert.deepEqual(await outstanding(market, user), [100_000 * MULTIPLIER, 0]);
    await buy(market, user, 200_000);
    assert.deepEqual(await outstanding(market, user), [300_000 * MULTIPLIER, 0]);
    await credit(market, user, "bonus", 50_000);
    assert.deepEqual(await outstanding(market, user), [300_000 * MULTIPLIER, 0], "a bonus asks for what it says");
  });

  test("that a credit names replaces the product, nothing at all included", async () => {
    const user = someone("user");
    await credit(market, user, "deposit", 100_000, 7);
    assert.deepEqual(await outstanding(market, user), [7, 0]);
    await credit(market, user, "deposit", 100_000, 0);
    assert.deepEqual(await outstanding(market, user), [7, 0]);
    await credit(market, user, "bonus", 100_000, 5);
    assert.deepEqual(await outstanding(market, user), [12, 0]);
  });

  test("is met by turnover; what is above it is dropped, and both figures start again at nothing", async () => {
    const user = someone("user");
    await credit(market, user, "deposit", 100_000, 100);
    assert.deepEqual(await wager(market, user, 60), { required: 100, wagered: 60 });
    assertRefused(await sellTo(market, user), "WAGERING_REQUIREMENT_NOT_MET", { required: 100, wagered: 60 });
    assert.deepEqual(await wager(market, user, 39), { required: 100, wagered: 99 });
    assert.deepEqual(await wager(market, user, 500), { required: 0, wagered: 0 });
    assertDone(await sellTo(market, user), 201);
    await credit(market, user, "bonus", 1, 50);
    assert.deepEqual(await outstanding(market, user), [50, 0], "the 499 above are forgotten");
    assert.deepEqual(await wager(market, user, 50), { required: 0, wagered: 0 });
  });

  test("before anything is outstanding counts for nothing", async () => {
    const user = someone("user");
    assert.deepEqual(await wager(market, user, 1_000), { required: 0, wagered: 0 });
    await credit(market, user, "deposit", 100_000, 100);
    assert.deepEqual(await outstanding(market, user), [100, 0]);
  });

  test("that grows while some is met keeps what was met", async () => {
    const user = someone("user");
    await credit(market, user, "deposit", 100_000, 100);
    await wager(market, user, 60);
    await credit(market, user, "bonus", 1, 50);
    assert.deepEqual(await outstanding(market, user), [150, 60]);
    assert.deepEqual(await wager(market, user, 89), { required: 150, wagered: 149 });
    assert.deepEqual(await wager(market, user, 1), { required: 0, wagered: 0 });
  });

  test("is not met by trading", async () => {
    const user = someone("user");
    await credit(market, user, "deposit", 100_000, 100);
    await buy(market, user, 100_000);
    assert.deepEqual(await outstanding(market, user), [100 + 100_000 * MULTIPLIER, 0]);
  });
});

describe("a bonus can't be cashed out", () => {
  test("without being turned over once, or as often as the installation or the host says", async () => {
    const twice = await startMarket({ settings: { bonusWageringMultiplier: 2n } });
    const given = (where: Market, user_id: string, more: object) =>
      platform(where, "credits", { user_id, kind: "bonus", amount: 1_000, ...more });
    for (const [where, more, required] of [
      [plain, {}, 1_000],
      [plain, { wagering_required: 250 }, 250],
      [plain, { wagering_required: 0 }, 0],
      [twice, {}, 2_000],
    ] as const) {
      const user = someone("user");
      assertDone(await given(where, user, more), 201);
      assert.deepEqual(await outstanding(where, user), [required, 0]);
    }
    const adjusted = someone("user");
    assertDone(await platform(plain, "credits", { user_id: adjusted, kind: "adjustment", amount: 1_000 }), 201);
    assert.deepEqual(await outstanding(plain, adjusted), [0, 0]);
    await twice.end();
  });

  test("by answering a buy ad", async () => {
    const user = someone("user");
    await bonus(plain, user, 1_000_000, { wagering_required: 1 });
    assertRefused(await sellTo(plain, user), "MIN_DEPOSIT_REQUIRED");
    await credit(plain, user, "deposit", 100_000);
    assertRefused(await sellTo(plain, user), "WAGERING_REQUIREMENT_NOT_MET");
  });

  test("through a sell ad of one's own: it is hidden, and orders for it are refused at last", async () => {
    const maker = someone("maker");
    await bonus(plain, maker, 1_000_000, { wagering_required: 10 });
    const ad = await plain.sellAd(maker);
    const state = async () => {
      const own = assertDone(await plain.as(maker)("GET", "/p2p/ads/my")).items[0];
      const page = assertDone(await plain.stranger("GET", "/p2p/ads?type=sell&fiat_currency=RUB&limit=100"));
      const reply = await tryOrder(plain, someone("taker"), ad);
      return [own.hidden_reasons, page.items.some(({ id }: Json) => id === ad.id), reply.body.code ?? reply.status];
    };
    assert.deepEqual(await state(), [["min_deposit", "wagering"], false, "AD_NOT_ACTIVE"]);
    await credit(plain, maker, "deposit", 100_000);
    assert.deepEqual(await state(), [["wagering"], false, "AD_NOT_ACTIVE"]);
    await wager(plain, maker, 9);
    assert.deepEqual(await state(), [["wagering"], false, "AD_NOT_ACTIVE"]);
    await wager(plain, maker, 1);
    const [reasons, shown, status] = await state();
    assert.deepEqual([reasons, shown], [[], true]);
    assert.notEqual(status, "AD_NOT_ACTIVE");
  });

  test("by a rule that came after the order: what is in escrow goes on", async () => {
    const maker = someone("maker");
    await plain.fund(maker, 500_000);
    const taker = someone("taker");
    const opened = await order(plain, taker, await plain.sellAd(maker));
    await bonus(plain, maker, 1, { wagering_required: 10 });
    assertDone(await act(plain.as(taker), opened, "confirm-paid"));
    assert.equal(assertDone(await act(plain.as(maker), opened, "confirm-received")).status, "completed");
  });

  test("by a pause and a resumption", async () => {
    const maker = someone("maker");
    await bonus(plain, maker, 1_000_000);
    const ad = await plain.sellAd(maker);
    for (const status of ["paused", "active"])
      assertDone(await plain.as(maker)("PUT", `/p2p/ads/${ad.id}`, { status }));
    assertRefused(await tryOrder(plain, someone("taker"), ad), "AD_NOT_ACTIVE");
  });
});
