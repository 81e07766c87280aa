/** What the clock does, with two nodes running: unpaid orders end, paid ones become disputes, each once. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { eventually, type Json, type Market, startMarket, useMarket } from "../support/market.ts";
import {
  ACTIONS,
  AMOUNT,
  act,
  ageStrikes,
  assertDone,
  assertRefused,
  ENOUGH,
  order,
  someone,
  type Trade,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

/** Long enough to pay in time on a busy machine, short enough to wait for. */
const PAY_WINDOW = 2_000;
const RELEASE_WINDOW = 1_000;
/** An ad with its own window: the clock is not due within a test. */
const PATIENT = { payment_window_minutes: 60 };

/** They wait most of the time, so they wait together. */
const TOGETHER = { concurrency: true };

/** Here nothing that is paid becomes a dispute. */
let patient: Market;
const market = useMarket(
  { nodes: 2, settings: { payWindowMs: PAY_WINDOW, releaseWindowMs: RELEASE_WINDOW } },
  async () => {
    patient = await startMarket({ nodes: 2, settings: { payWindowMs: PAY_WINDOW } });
  },
);
after(() => patient.end());

const look = async ({ asSeller, order: { id } }: Trade): Promise<Json> =>
  assertDone(await asSeller("GET", `/p2p/orders/${id}`));

const becomes = (there: Trade, status: string): Promise<Json> =>
  eventually(async () => {
    const seen = await look(there);
    return seen.status === status && seen;
  }, `order ${there.order.id} is ${status}`);

const history = (where: Market, { order: { id } }: Trade) =>
  where.sql(`select change, status, outcome, action, actor from exchange.order_history where order_id = ${id}
    order by change`);

describe("an order that nobody pays", TOGETHER, () => {
  for (const type of ["sell", "buy"] as const) {
    test(`on a ${type} ad is cancelled by the clock, once, and the money returns`, async () => {
      const there = await trade(market, { type });
      const seen = await becomes(there, "cancelled");
      assert.equal(seen.outcome, "payment_expired");
      assert.ok(Date.parse(seen.cancelled_at) >= Date.parse(seen.pay_by), `${seen.cancelled_at} ${seen.pay_by}`);
      assert.deepEqual(await history(market, there), [
        {
          change: 1,
          status: "pending",
          outcome: null,
          action: "create",
          actor: type === "sell" ? there.buyer : there.seller,
        },
        { change: 2, status: "cancelled", outcome: "payment_expired", action: "expire", actor: null },
      ]);
      const seller = await wallet(market, there.seller);
      assert.deepEqual([seller.available, seller.in_escrow], [ENOUGH, 0]);
      const ad = assertDone(await market.stranger("GET", `/p2p/ads/${there.ad.id}`));
      assert.equal(ad.remaining_amount, ad.max_amount);
    });
  }

  test("takes no late action: a payment told of after the expiry is INVALID_ORDER_STATUS", async () => {
    const there = await trade(market);
    await becomes(there, "cancelled");
    for (const body of [undefined, { expected_status: "pending" }])
      assertRefused(await act(there.asBuyer, there.order, "confirm-paid", body), "INVALID_ORDER_STATUS", {
        status: "cancelled",
      });
    for (const action of ACTIONS) {
      const call = action === "confirm-received" ? there.asSeller : there.asBuyer;
      assertRefused(await act(call, there.order, action), "INVALID_ORDER_STATUS", { status: "cancelled" });
    }
    assert.deepEqual(
      (await look(there)).allowed_actions.filter((action: string) => action !== "message"),
      [],
    );
  });

  test("frees its taker", async () => {
    const there = await trade(market);
    const other = await trade(market, { terms: PATIENT });
    assertRefused(await tryOrder(market, there.taker, other.ad), "ACTIVE_DEPOSIT_ORDER_EXISTS");
    await becomes(there, "cancelled");
    assertDone(await tryOrder(market, there.taker, other.ad), 201);
  });
});

describe("an order that was paid", TOGETHER, () => {
  test("F12 confirm, undo, go silent: it never expires, though its pay window is long over", async () => {
    const paid = await trade(patient, { status: "paid_by_buyer" });
    const disputed = await trade(patient, { status: "disputed" });
    // Made later and never paid: once the clock has dealt with it, it has passed the others' pay windows too.
    const unpaid = await trade(patient);
    await becomes(unpaid, "cancelled");
    const [first, second] = [await look(paid), await look(disputed)];
    assert.deepEqual([first.status, second.status], ["paid_by_buyer", "disputed"]);
    assert.ok(Date.parse(first.server_time) > Date.parse(first.pay_by));
    assert.deepEqual(
      (await history(patient, paid)).map(({ action }) => action),
      ["create", "confirm-paid"],
    );
    assert.equal(assertDone(await act(paid.asSeller, paid.order, "confirm-received")).outcome, "released");
  });

  for (const type of ["sell", "buy"] as const) {
    test(`on a ${type} ad becomes a dispute when nobody releases it, once, and the money stays`, async () => {
      const there = await trade(market, { type, status: "paid_by_buyer", terms: PATIENT });
      const seen = await becomes(there, "disputed");
      assert.equal(seen.outcome, null);
      assert.ok(Date.parse(seen.disputed_at) >= Date.parse(seen.release_by));
      assert.equal(Date.parse(seen.release_by) - Date.parse(seen.paid_at), RELEASE_WINDOW);
      const last = (await history(market, there)).at(-1);
      assert.deepEqual(last, { change: 3, status: "disputed", outcome: null, action: "escalate", actor: null });
      assert.equal((await wallet(market, there.seller)).in_escrow, AMOUNT);
    });
  }

  test("holds its taker's slot as a dispute, and is no strike", async () => {
    const there = await trade(market, { status: "paid_by_buyer", terms: PATIENT });
    const other = await trade(market, { terms: PATIENT });
    assertRefused(await tryOrder(market, there.taker, other.ad), "ACTIVE_DEPOSIT_ORDER_EXISTS");
    await becomes(there, "disputed");
    assertRefused(await tryOrder(market, there.taker, other.ad), "ACTIVE_DEPOSIT_ORDER_EXISTS");
    const [{ strikes }] = await market.sql(`select strikes from exchange.traders where id = '${there.taker}'`);
    assert.deepEqual(strikes, []);
  });

  test("can be released and given up after the clock made it a dispute", async () => {
    const there = await trade(market, { status: "paid_by_buyer", terms: PATIENT });
    const other = await trade(market, { status: "paid_by_buyer", terms: PATIENT });
    await becomes(there, "disputed");
    await becomes(other, "disputed");
    assert.equal(assertDone(await act(there.asSeller, there.order, "confirm-received")).outcome, "dispute_released");
    assert.equal(assertDone(await act(other.asBuyer, other.order, "cancel")).outcome, "dispute_refunded");
  });
});

test("a deadline acts through the clock's command only: an order that is overdue is still as it was", async () => {
  const there = await trade(patient, { terms: PATIENT });
  // The clock looks at its own list, which says an hour; the order itself is overdue.
  await patient.sql(`update exchange.orders set pay_by = now() - interval '1 second' where id = ${there.order.id}`);
  assert.equal((await look(there)).status, "pending");
  assert.equal(assertDone(await act(there.asBuyer, there.order, "confirm-paid")).status, "paid_by_buyer");
});

test("many orders that are due at once are all dealt with, though the nodes go through them together", async () => {
  const trades = await Promise.all(Array.from({ length: 60 }, () => trade(market)));
  await Promise.all(trades.map((there) => becomes(there, "cancelled")));
  const rows = await market.sql(`select order_id from exchange.order_history where action = 'expire'
    group by order_id having count(*) > 1`);
  assert.deepEqual(rows, []);
});

test("a deadline that passed while no node ran is met after the start", async () => {
  const there = await trade(patient);
  await patient.restart();
  await becomes(there, "cancelled");
});

describe("strikes", TOGETHER, () => {
  const DAY_SECONDS = 86_400;
  const drop = async (where: Market, taker: string, ad: Json) => {
    const opened = await order(where, taker, ad);
    assertDone(await act(where.as(taker), opened, "cancel"));
  };
  const anyAd = async (where: Market) => {
    const maker = someone("maker");
    await where.fund(maker, ENOUGH);
    return where.sellAd(maker, PATIENT);
  };

  test("five orders that the taker cancelled stop the sixth, with the time to wait", async () => {
    const taker = someone("taker");
    const ad = await anyAd(market);
    for (let count = 0; count < 5; count++) await drop(market, taker, ad);
    const reply = await tryOrder(market, taker, ad);
    assertRefused(reply, "RATE_LIMITED");
    const wait = Number(reply.headers["retry-after"]);
    assert.ok(wait > DAY_SECONDS - 300 && wait <= DAY_SECONDS, String(wait));
    assertDone(await tryOrder(market, someone("taker"), ad), 201);
    await market.buyAd(taker);
  });

  test("unpaid orders count like cancelled ones, and the window moves with the oldest", async () => {
    const taker = someone("taker");
    const ad = await anyAd(market);
    const seller = someone("maker");
    await market.fund(seller, ENOUGH);
    const hasty = await market.sellAd(seller);
    for (let count = 0; count < 4; count++) await drop(market, taker, ad);
    const opened = await order(market, taker, hasty);
    await eventually(
      async () => (await market.as(taker)("GET", `/p2p/orders/${opened.id}`)).body.status === "cancelled",
      "the unpaid order expires",
    );
    assertRefused(await tryOrder(market, taker, ad), "RATE_LIMITED");
    const age = (interval: string) => ageStrikes(market, taker, interval);
    await age("23 hours");
    const wait = Number((await tryOrder(market, taker, ad)).headers["retry-after"]);
    assert.ok(wait > 3_000 && wait <= 3_600, String(wait));
    await age("1 hour");
    const again = await order(market, taker, ad);
    assertDone(await act(market.as(taker), again, "cancel"));
    assertDone(await tryOrder(market, taker, ad), 201);
  });

  test("what the maker cancelled, or failed to pay, is the maker's strike and not the taker's", async () => {
    const taker = someone("taker");
    await patient.fund(taker, ENOUGH);
    const ad = await anyAd(patient);
    const opened = await order(patient, taker, ad);
    assertDone(await act(patient.as(ad.maker.id), opened, "cancel"));
    const buyer = someone("buyer");
    const unpaid = await order(patient, taker, await patient.buyAd(buyer), {
      extra: { payment_details: { card_number: "1" } },
    });
    await eventually(
      async () => (await patient.as(taker)("GET", `/p2p/orders/${unpaid.id}`)).body.status === "cancelled",
      "the maker does not pay",
    );
    const rows = await patient.sql(`select cardinality(strikes) as strikes from exchange.traders
      where id in ('${taker}', '${ad.maker.id}', '${buyer}') order by id = '${taker}'`);
    assert.deepEqual(
      rows.map(({ strikes }) => strikes),
      [1, 1, 0],
    );
  });

  test("five strikes hide a maker's ads on every node, and the clock brings them back when they are older", async () => {
    const ad = await anyAd(market);
    const { id: maker } = ad.maker;
    const buyAd = await market.buyAd(maker, PATIENT);
    const listed = async (node: number, type: string) => {
      const path = `/p2p/ads?type=${type}&fiat_currency=RUB&limit=100&sort_by=rating`;
      const page = assertDone(await market.stranger("GET", path, undefined, { node }));
      return page.items.some(({ id }: Json) => id === ad.id || id === buyAd.id);
    };
    const own = async (): Promise<Json[]> => assertDone(await market.as(maker)("GET", "/p2p/ads/my")).items;
    for (let count = 0; count < 5; count++) {
      assert.ok(await listed(0, "sell"));
      const opened = await order(market, someone("taker"), ad);
      assertDone(await act(market.as(maker), opened, "cancel"));
    }
    for (const type of ["sell", "buy"]) assert.equal(await listed(0, type), false, type);
    for (const { hidden_reasons } of await own()) assert.deepEqual(hidden_reasons, ["strikes"]);
    const seller = someone("seller");
    await market.fund(seller, ENOUGH);
    const extra = { payment_details: { card_number: "1" } };
    const refused = [await tryOrder(market, someone("taker"), ad), await tryOrder(market, seller, buyAd, { extra })];
    for (const reply of refused) assertRefused(reply, "AD_NOT_ACTIVE", { reason: "unavailable" });
    await ageStrikes(market, maker, "1 day");
    await eventually(
      async () => (await listed(1, "sell")) && (await listed(1, "buy")),
      "the ads are back by themselves",
    );
    for (const { hidden_reasons } of await own()) assert.deepEqual(hidden_reasons, []);
    assertDone(await tryOrder(market, someone("taker"), ad), 201);
  });

  test("an ad that was posted, or resumed, while its maker is struck out is hidden as well", async () => {
    const ad = await anyAd(market);
    const { id: maker } = ad.maker;
    for (let count = 0; count < 5; count++) {
      const opened = await order(market, someone("taker"), ad);
      assertDone(await act(market.as(maker), opened, "cancel"));
    }
    for (const status of ["paused", "active"]) {
      const edited = assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { status }));
      assert.ok(edited.hidden_reasons.includes("strikes"));
    }
    assertDone(await market.as(maker)("DELETE", `/p2p/ads/${ad.id}`), 204);
    const anew = await market.sellAd(maker);
    assert.deepEqual(anew.hidden_reasons, ["strikes"]);
    assertRefused(await tryOrder(market, someone("taker"), anew), "AD_NOT_ACTIVE", { reason: "unavailable" });
  });

  test("a selling taker who cancels is struck too", async () => {
    const taker = someone("taker");
    await market.fund(taker, ENOUGH);
    const buy = await market.buyAd(someone("buyer"), PATIENT);
    const extra = { payment_details: { card_number: "1" } };
    for (let count = 0; count < 5; count++) {
      const opened = await order(market, taker, buy, { extra });
      assertDone(await act(market.as(taker), opened, "cancel"));
    }
    assertRefused(await tryOrder(market, taker, buy, { extra }), "RATE_LIMITED");
  });
});
