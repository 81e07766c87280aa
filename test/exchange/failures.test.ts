/**
 * Faults that peers really had; the number is the one in our notes on them. F3 and F27 are raced many times over in
 * races.test.ts as well, F12 is in deadlines.test.ts, F32 in idempotency.test.ts.
 */
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import pg from "pg";
import { TIMEOUTS } from "../../src/engine/index.ts";
import { commandsOf } from "../../src/exchange/index.ts";
import { findWallet, listTransfers } from "../../src/exchange/wallet/queries.ts";
import { isRefusal } from "../../src/kernel/index.ts";
import { createTestDatabase, query } from "../support/cluster.ts";
import { eventually, type Json, type Market, type Reply, startMarket, useMarket } from "../support/market.ts";
import {
  ACTIONS,
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  ENOUGH,
  fingerprint,
  order,
  platform,
  someone,
  type Trade,
  tally,
  together,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

// Due at once, so that the clock's command can be sent whenever a test wants it; other ads have their own window.
const market = useMarket({ nodes: 2, settings: { payWindowMs: 1 } });

const PATIENT = { payment_window_minutes: 60 };
const AT_ONCE = 8;
const on = (index: number) => ({ node: index % 2 });
const patient = (options: Parameters<typeof trade>[1] = {}) =>
  trade(market, { ...options, terms: { ...PATIENT, ...options.terms } });

/** The clock's command for one order. */
const clock = async (id: number, node = 0): Promise<unknown> => {
  const { exchange } = market.nodes[node] as Market["nodes"][number];
  const terms = { caller: "clock" };
  const { outcome } = await exchange.executor.submit(
    commandsOf(exchange).meetDeadline,
    { orderId: id as never },
    terms,
  );
  return outcome;
};

/** Both nodes may meet in a row; BUSY says that nothing was done, so it is sent again. */
const insist = async (send: () => Promise<Reply>): Promise<Reply> =>
  eventually(async () => {
    const reply = await send();
    return reply.body?.code !== "BUSY" && reply;
  }, "a node that is not busy");

/** Holds what a statement locks until the requests that are sent meanwhile wait for it. */
const whileHeld = async <Result>(statement: string, waiting: number, start: () => Promise<Result>): Promise<Result> => {
  const client = new pg.Client({ connectionString: market.database.superuserUrl });
  await client.connect();
  try {
    await client.query("begin");
    await client.query(statement);
    const started = start();
    await eventually(async () => {
      const [{ count }] = await market.sql(`select count(*)::int from pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()`);
      return count >= waiting;
    }, "the requests wait for the lock");
    await client.query("rollback");
    return await started;
  } finally {
    await client.end();
  }
};

/** Makes a statement of the save fail, as a broken disk or a bug would. */
const withFault = async (on: string, condition: string, use: () => Promise<void>) => {
  await market.sql(`create function exchange.fault() returns trigger language plpgsql as
    $$ begin raise exception 'a fault that a test made'; end $$`);
  await market.sql(`create trigger fault ${on} for each row when (${condition}) execute function exchange.fault()`);
  try {
    await use();
  } finally {
    await market.sql("drop function exchange.fault() cascade");
  }
};

const totals = async () => {
  const [row] = await market.sql(`select ((select coalesce(sum(balance), 0) from exchange.accounts)
      + (select coalesce(sum(escrow), 0) from exchange.order_states))::text as held,
    (select coalesce(sum(case when from_account = 'platform' then amount else -amount end), 0)
     from exchange.transfers where 'platform' in (from_account, to_account))::text as given`);
  return row;
};

test("F1 two simultaneous withdrawals read the same balance: they queue for it, and one is paid", async () => {
  const user_id = someone("user");
  await market.fund(user_id, 1_000);
  const replies = await whileHeld(`select from exchange.traders where id = '${user_id}' for update`, 2, () =>
    together(2, (index) => platform(market, "debits", { user_id, amount: 1_000, kind: "withdrawal" }, on(index))),
  );
  assert.deepEqual(tally(replies), { 201: 1, INSUFFICIENT_BALANCE: 1 });
  assert.equal((await wallet(market, user_id)).available, 0);
});

test("F2 earnings were withdrawn twice: a withdrawal repeated in any way pays once", async () => {
  const user_id = someone("user");
  await market.fund(user_id, 10_000);
  const entry = { user_id, amount: 1_000, kind: "withdrawal", external_id: someone("payout") };
  const pay = (index: number, key?: string) =>
    insist(() => platform(market, "debits", entry, { ...on(index), ...(key === undefined ? {} : { key }) }));
  const replies = [
    ...(await together(6, (index) => pay(index))),
    ...(await together(6, (index) => pay(index, `k${index}`))),
  ];
  assert.equal(replies.filter(({ status }) => status === 201).length, 1);
  assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
  assert.equal((await wallet(market, user_id)).available, 9_000);
});

test("F3 release raced with cancel: both wait for the lock, and the second sees what the first did", async () => {
  const there = await patient({ status: "disputed" });
  const both = [
    () => act(there.asBuyer, there.order, "cancel", {}, on(0)),
    () => act(there.asSeller, there.order, "confirm-received", {}, on(1)),
  ] as const;
  const gate = `select from exchange.traders where id in ('${there.buyer}', '${there.seller}') for update`;
  const replies = await whileHeld(gate, 2, () => Promise.all(both.map((send) => send())));
  assert.deepEqual(tally(replies), { 200: 1, INVALID_ORDER_STATUS: 1 });
  const [refused] = replies.filter(({ status }) => status === 409) as [Reply];
  const [won] = replies.filter(({ status }) => status === 200) as [Reply];
  assert.equal(refused.body.details.status, won.body.status, "the loser is told of the present status");
  assert.equal((await wallet(market, there.seller)).in_escrow, 0);
});

test("F4 a slow task wrote a stale full row back: who was last seen is noted without touching a trade", async () => {
  const sellers = await together(AT_ONCE, async () => {
    const seller = someone("seller");
    await market.fund(seller, ENOUGH);
    return market.sellAd(seller, PATIENT);
  });
  const takers = sellers.map(() => someone("taker"));
  for (const taker of takers) assertDone(await market.as(taker)("GET", "/wallet"));
  await market.sql("update exchange.traders set last_seen_at = last_seen_at - interval '1 hour'");
  const chore = market.nodes[0]?.exchange.chores.find(({ name }) => name === "note who was seen");
  assert.ok(chore !== undefined);
  const replies = await Promise.all([
    ...takers.map((taker, index) => insist(() => tryOrder(market, taker, sellers[index]))),
    ...takers.map(() => chore.run()),
  ]);
  assert.equal(replies.filter((reply) => reply?.status === 201).length, AT_ONCE);
  await chore.run();
  await market.prove();
});

describe("F5 a timeout was taken for a failure, and paid again", () => {
  /** It waits for a row as long as the product does. */
  let hasty: Market;
  before(async () => {
    hasty = await startMarket({ patience: { lockMs: TIMEOUTS.lockMs } });
  });
  after(() => hasty.end());

  test("F5 a timeout was taken for a failure, and paid again: an answer that was lost is given to the repeat", async () => {
    const user_id = someone("user");
    const token = await market.token("host", "platform");
    for (let round = 0; round < 10; round++) {
      const entry = { user_id, amount: 1, kind: "bonus", external_id: someone("lost") };
      const key = someone("key");
      await sendAndHangUp("/api/v1/platform/credits", entry, token, key);
      const repeated = await insist(() => platform(market, "credits", entry, { key }));
      assertDone(repeated, 201);
      assert.equal((await wallet(market, user_id)).available, round + 1);
    }
  });

  /** Closes the connection as soon as the request is on its way. */
  const sendAndHangUp = (path: string, body: object, token: string, key: string): Promise<void> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key };
      const request = httpRequest(`${market.nodes[0]?.address}${path}`, { method: "POST", headers, agent: false });
      request.on("error", () => {});
      request.on("close", () => resolve());
      request.on("finish", () => request.destroy());
      request.end(JSON.stringify(body));
    });

  test("F5 a timeout was taken for a failure, and paid again: what says that nothing was done did nothing", async () => {
    const user_id = someone("user");
    await hasty.fund(user_id, 1_000);
    const entry = { user_id, amount: 1_000, kind: "withdrawal", external_id: someone("payout") };
    const client = new pg.Client({ connectionString: hasty.database.superuserUrl });
    await client.connect();
    await client.query("begin");
    await client.query(`select from exchange.traders where id = '${user_id}' for update`);
    assertRefused(await platform(hasty, "debits", entry, { key: "f5" }), "BUSY");
    await client.query("rollback");
    await client.end();
    assert.equal((await wallet(hasty, user_id)).available, 1_000);
    assertDone(await platform(hasty, "debits", entry, { key: "f5" }), 201);
    assertDone(await platform(hasty, "debits", entry), 200);
    assert.equal((await wallet(hasty, user_id)).available, 0);
  });
});

test("F6 the retry made a new invoice and both were paid: the key outlives retries, nodes and restarts", async () => {
  const seller = someone("seller");
  await market.fund(seller, ENOUGH);
  const ad = await market.sellAd(seller, PATIENT);
  const taker = someone("taker");
  const send = (node: number) => insist(() => tryOrder(market, taker, ad, { options: { key: "f6", node } }));
  const first = await send(0);
  assertDone(first, 201);
  const ids = [(await send(1)).body.id, (await send(0)).body.id];
  await market.restart();
  ids.push((await send(0)).body.id, (await send(1)).body.id);
  assert.deepEqual([...new Set(ids)], [first.body.id]);
  assert.equal((await wallet(market, seller)).in_escrow, AMOUNT);
});

test("F7 the payout target was replaced while it was being paid: an order's requisites are frozen with it", async () => {
  const there = await patient();
  const taken = await patient({ type: "buy" });
  const own = await market.sellAd(taken.seller, { ...PATIENT, payment_details: { card_number: "1111" } });
  const seen = async ({ asBuyer, order: { id } }: Trade) =>
    assertDone(await asBuyer("GET", `/p2p/orders/${id}`)).payment_details;
  const before = [await seen(there), await seen(taken)];
  const swapped = { payment_details: { card_number: "6666" }, payment_methods: ["cash"], instructions: "Pay me here." };
  assertDone(await there.asSeller("PUT", `/p2p/ads/${there.ad.id}`, swapped));
  assertDone(await taken.asSeller("PUT", `/p2p/ads/${own.id}`, swapped));
  assertDone(await act(there.asBuyer, there.order, "confirm-paid"));
  assertDone(await taken.asSeller("DELETE", `/p2p/ads/${own.id}`), 204);
  assert.deepEqual([await seen(there), await seen(taken)], before);
});

describe("F8 the status was saved, then the side effect failed", () => {
  const STEPS: readonly (readonly [string, string, string])[] = [
    ["the transfer", "before insert on exchange.transfers", "new.kind = 'escrow_release'"],
    ["the balance", "before update on exchange.accounts", "new.balance > old.balance"],
    ["the escrow", "before update on exchange.order_states", "old.escrow > 0 and new.escrow = 0"],
    ["the ad", "before update on exchange.ads", "new.released_amount > old.released_amount"],
    ["the record", "before update on exchange.traders", "new.orders_count > old.orders_count"],
    ["the history", "before insert on exchange.order_history", "new.status = 'completed'"],
    ["the event", "before insert on exchange.events", `new.items::text like '%"status":"completed"%'`],
    ["the list", "before update on exchange.order_states", "new.completed"],
    ["the key", "before insert on exchange.claims", "new.key like 'f8%'"],
  ];
  for (const [what, on, condition] of STEPS) {
    test(`F8 the status was saved, then the side effect failed: without ${what} there is no release`, async () => {
      const there = await patient({ status: "paid_by_buyer" });
      const before = await fingerprint(market);
      const key = someone("f8");
      await withFault(on, condition, async () => {
        const reply = await act(there.asSeller, there.order, "confirm-received", {}, { key });
        assertRefused(reply, "INTERNAL_ERROR");
      });
      assert.deepEqual(await fingerprint(market), before);
      const done = await act(there.asSeller, there.order, "confirm-received", {}, { key });
      assert.equal(assertDone(done).status, "completed");
      assert.equal(done.headers["idempotent-replay"], undefined, "the failure is not kept under the key");
    });
  }
});

describe("F9 one path claimed first, another settled first, and funds were stuck", () => {
  type Way = { readonly from: "pending" | "paid_by_buyer" | "disputed"; end(there: Trade): Promise<unknown> };
  const WAYS: Readonly<Record<string, Way>> = {
    cancelled_by_buyer: { from: "pending", end: ({ asBuyer, order }) => act(asBuyer, order, "cancel") },
    cancelled_by_seller: { from: "pending", end: ({ asSeller, order }) => act(asSeller, order, "cancel") },
    payment_expired: { from: "pending", end: ({ order }) => clock(order.id) },
    released: { from: "paid_by_buyer", end: ({ asSeller, order }) => act(asSeller, order, "confirm-received") },
    dispute_released: { from: "disputed", end: ({ asSeller, order }) => act(asSeller, order, "confirm-received") },
    dispute_refunded: { from: "disputed", end: ({ asBuyer, order }) => act(asBuyer, order, "cancel") },
  };
  for (const type of ["sell", "buy"] as const) {
    for (const [outcome, { from, end }] of Object.entries(WAYS)) {
      test(`F9 one path claimed first, another settled first: ${outcome} on a ${type} ad does all of it`, async () => {
        const terms = outcome === "payment_expired" ? {} : PATIENT;
        const there = await trade(market, { type, status: from, terms });
        await end(there);
        const { id } = there.order;
        const seen = assertDone(await there.asSeller("GET", `/p2p/orders/${id}`));
        assert.equal(seen.outcome, outcome);
        const released = seen.status === "completed" ? AMOUNT : 0;
        const [seller, buyer] = [await wallet(market, there.seller), await wallet(market, there.buyer)];
        assert.deepEqual([seller.available, seller.in_escrow, buyer.available], [ENOUGH - released, 0, released]);
        const [row] = await market.sql(`select
          (select escrow from exchange.order_states where order_id = ${id})::int as escrow,
          (select open_amount from exchange.ads where id = ${there.ad.id})::int as open,
          (select released_amount from exchange.ads where id = ${there.ad.id})::int as released,
          (select completed from exchange.order_states where order_id = ${id}) as completed,
          (select coalesce(open_deposit_order, open_withdraw_order) from exchange.traders where id = '${there.taker}') as slot`);
        const expected = { escrow: 0, open: 0, released, completed: seen.status === "completed", slot: null };
        assert.deepEqual(row, expected);
      });
    }
  }
});

test("F10 the refund was done, then the request refused: what is refused has changed nothing", async () => {
  const there = await patient();
  const poor = someone("poor");
  await bonus(market, poor, 1);
  const other = await patient();
  const before = await fingerprint(market);
  const put = (change: object) => there.asSeller("PUT", `/p2p/ads/${there.ad.id}`, change);
  assertInvalid(await put({ instructions: "New.", total_amount: 1 }), "/total_amount");
  assertInvalid(await put({ status: "paused", type: "buy" }), "/type");
  assertRefused(await tryOrder(market, there.taker, other.ad), "ACTIVE_DEPOSIT_ORDER_EXISTS");
  const details = { payment_details: { card_number: "1" } };
  const refused = await tryOrder(market, there.seller, there.ad, { extra: details });
  assertRefused(refused, "OWN_AD");
  assertRefused(await act(there.asSeller, there.order, "confirm-received"), "INVALID_ORDER_STATUS");
  assertRefused(
    await act(there.asBuyer, there.order, "cancel", { expected_status: "disputed" }),
    "INVALID_ORDER_STATUS",
  );
  const debit = { user_id: poor, amount: 2, kind: "deposit_reversal" };
  assertRefused(await platform(market, "debits", debit), "INSUFFICIENT_BALANCE");
  assertRefused(await there.asBuyer("DELETE", `/p2p/ads/${there.ad.id}`), "FORBIDDEN");
  assert.deepEqual(await fingerprint(market), before);
});

test("F14 the winner was credited with the wrong party's amount: each gets what the rules say, to the kopeck", async () => {
  const ends = ["release", "cancel", "dispute and release", "dispute and refund"] as const;
  const plan = fc.record({
    type: fc.constantFrom("sell" as const, "buy" as const),
    amount: fc.integer({ min: 100_000, max: 900_000 }),
    end: fc.constantFrom(...ends),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ type, amount, end }) => {
      const there = await patient({ type, amount, status: end === "cancel" ? "pending" : "paid_by_buyer" });
      if (end.startsWith("dispute")) assertDone(await act(there.asBuyer, there.order, "call-operator"));
      const released = end.endsWith("release");
      const final = released
        ? await act(there.asSeller, there.order, "confirm-received")
        : await act(there.asBuyer, there.order, "cancel");
      assert.equal(assertDone(final).released_amount, released ? amount : 0);
      const [seller, buyer] = [await wallet(market, there.seller), await wallet(market, there.buyer)];
      assert.deepEqual([seller.available, seller.in_escrow], [released ? ENOUGH - amount : ENOUGH, 0]);
      assert.deepEqual([buyer.available, buyer.in_escrow], [released ? amount : 0, 0]);
      const { held, given } = await totals();
      assert.equal(held, given, "sum in is sum out");
    }),
    { numRuns: 25 },
  );
});

test("F16 a minimum wait existed only in the front end: no request gets around a rule", async () => {
  const seller = someone("seller");
  await market.fund(seller, ENOUGH);
  const ad = await market.sellAd(seller, { ...PATIENT, exchange_rate: 9_000 });
  const buyer = someone("buyer");
  const sound = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: "card" };
  for (const forged of [
    { fiat_amount: 1 },
    { exchange_rate: 1 },
    { status: "paid_by_buyer" },
    { pay_by: "2099-01-01T00:00:00Z" },
    { buyer_id: seller },
    { seller_id: buyer },
    { taker_id: "x" },
    { role: "seller" },
    { released_amount: AMOUNT },
  ])
    assertInvalid(await market.as(buyer)("POST", "/p2p/orders", { ...sound, ...forged }), `/${Object.keys(forged)[0]}`);
  const opened = assertDone(await market.as(buyer)("POST", "/p2p/orders", sound), 201);
  assertRefused(await act(market.as(seller), opened, "confirm-received"), "INVALID_ORDER_STATUS");
  assertRefused(await act(market.as(buyer), opened, "confirm-received"), "FORBIDDEN");
  assertRefused(await act(market.as(buyer), opened, "call-operator"), "INVALID_ORDER_STATUS");
  const skipped = await act(market.as(seller), opened, "confirm-received", { expected_status: "paid_by_buyer" });
  assertRefused(skipped, "INVALID_ORDER_STATUS", { status: "pending" });
  const own = { user_id: buyer, amount: 1_000_000, kind: "deposit", external_id: "mine" };
  assertRefused(await market.as(buyer)("POST", "/platform/credits", own), "FORBIDDEN");
});

test("F18 two takers took the same remainder: they queue for it, and one gets it", async () => {
  const seller = someone("seller");
  await market.fund(seller, ENOUGH);
  const ad = await market.sellAd(seller, { ...PATIENT, max_amount: AMOUNT + 50_000 });
  const takers = [someone("taker"), someone("taker")];
  for (const taker of takers) assertDone(await market.as(taker)("GET", "/wallet"));
  const replies = await whileHeld(`select from exchange.traders where id = '${seller}' for update`, 2, () =>
    Promise.all(takers.map((taker, index) => tryOrder(market, taker, ad, { options: on(index) }))),
  );
  assert.deepEqual(tally(replies), { 201: 1, AD_NOT_ACTIVE: 1 });
  assert.equal((await wallet(market, seller)).in_escrow, AMOUNT);
});

test("F21 `return` instead of `continue` stopped a queue: a deadline that fails holds no other up", async () => {
  const expired = async (who: string, { id }: Json) =>
    (await market.as(who)("GET", `/p2p/orders/${id}`)).body.outcome === "payment_expired";
  const seller = someone("broken");
  await market.fund(seller, ENOUGH);
  const ad = await market.sellAd(seller);
  let broken: Json;
  await withFault("before update on exchange.order_states", `new.seller_id = '${seller}'`, async () => {
    // The first that is due.
    broken = await order(market, someone("taker"), ad);
    for (const there of await together(6, () => trade(market)))
      await eventually(() => expired(there.seller, there.order), `order ${there.order.id} expires`);
    assert.equal(await expired(seller, broken), false);
  });
  // A node leaves a deadline that failed alone for a while; a new one looks at once.
  await market.restart();
  await eventually(() => expired(seller, broken), "the broken one expires once it can");
});

test("F22 the mutex lived in one process: two nodes never serve one balance at once", async () => {
  for (let round = 0; round < 10; round++) {
    const seller = someone("seller");
    await market.fund(seller, ENOUGH);
    const ad = await market.sellAd(seller, PATIENT);
    const debit = { user_id: seller, amount: ENOUGH, kind: "withdrawal" };
    const replies = await together(2, (node) =>
      insist(() =>
        node === 0
          ? platform(market, "debits", debit, { node })
          : tryOrder(market, someone("taker"), ad, { amount: ENOUGH, options: { node } }),
      ),
    );
    assert.equal(replies.filter(({ status }) => status === 201).length, 1);
  }
});

test("F23 a late event after the cancellation lost funds: what comes late finds the end and changes nothing", async () => {
  const ended = [
    await trade(market, { status: "cancelled", terms: PATIENT }),
    await trade(market, { status: "completed", terms: PATIENT }),
    await trade(market, { status: "disputed", terms: PATIENT }),
  ];
  const before = await fingerprint(market);
  for (const there of ended) {
    for (const node of [0, 1, 0]) {
      const outcome = await clock(there.order.id, node);
      assert.ok(isRefusal(outcome), JSON.stringify(outcome));
    }
    assertRefused(await act(there.asBuyer, there.order, "confirm-paid"), "INVALID_ORDER_STATUS");
  }
  assert.ok(isRefusal(await clock(999_999_999)));
  assert.deepEqual(await fingerprint(market), before);
});

test("F24 an event sent a settled order back to active: nothing moves an order that has ended", async () => {
  const outcomes = { completed: "released", cancelled: "cancelled_by_seller" } as const;
  for (const [status, outcome] of Object.entries(outcomes)) {
    const there = await patient({ status: status as "completed" });
    const before = await fingerprint(market);
    for (const call of [there.asBuyer, there.asSeller]) {
      for (const action of ACTIONS) {
        for (const body of [{}, { expected_status: "pending" }, { expected_status: "paid_by_buyer" }]) {
          const { status: code } = await act(call, there.order, action, body);
          assert.ok(code === 409 || code === 403, `${action} ${code}`);
        }
      }
    }
    await clock(there.order.id);
    assert.deepEqual(await fingerprint(market), before);
    const seen = assertDone(await there.asBuyer("GET", `/p2p/orders/${there.order.id}`));
    assert.deepEqual([seen.status, seen.outcome], [status, outcome]);
  }
});

test("F25 a cancellation hit an order just taken: it is done in the status that its sender saw, or not at all", async () => {
  const there = await patient({ status: "disputed" });
  // The buyer still looks at the pending order; the dispute that came since would take the cancellation as giving up.
  const blind = await act(there.asBuyer, there.order, "cancel", { expected_status: "pending" });
  assertRefused(blind, "INVALID_ORDER_STATUS", { status: "disputed" });
  assert.equal((await wallet(market, there.seller)).in_escrow, AMOUNT);
  const late = await act(there.asSeller, there.order, "confirm-received", { expected_status: "paid_by_buyer" });
  assertRefused(late, "INVALID_ORDER_STATUS", { status: "disputed" });
  const knowing = await act(there.asBuyer, there.order, "cancel", { expected_status: "disputed" });
  assert.equal(assertDone(knowing).outcome, "dispute_refunded");
});

test("F27 a ledger checked a sum and inserted without a lock: of 32 full-balance spends one is accepted", async () => {
  const user_id = someone("user");
  await market.fund(user_id, ENOUGH);
  const debit = { user_id, amount: ENOUGH, kind: "withdrawal" };
  const replies = await together(32, (index) => insist(() => platform(market, "debits", debit, on(index))));
  assert.deepEqual(tally(replies), { 201: 1, INSUFFICIENT_BALANCE: 31 });
});

describe("F28 the balance was summed from history", () => {
  const ROWS = 60_000;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let client: pg.Client;
  before(async () => {
    database = await createTestDatabase();
    await query(
      database.superuserUrl,
      `insert into exchange.traders (id, joined_at, last_seen_at, deposited_total, wagering_required, wagered,
         ratings_count, orders_count, strikes)
       select 'trader-' || n, now(), now(), 0, 0, 0, 0, 0, '{}' from generate_series(1, 1000) n`,
      `insert into exchange.accounts (id, owner, balance)
       select 'available/trader-' || n, 'trader-' || n, 0 from generate_series(1, 1000) n`,
      `insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after)
       select now(), 'adjustment', 'available/trader-' || 1 + n % 1000, 'available/trader-' || 1 + (n + 1) % 1000, 1, 1, 1
       from generate_series(1, ${ROWS}) n`,
      `insert into exchange.order_states (order_id, buyer_id, seller_id, status, outcome, completed, changes, released_amount,
         activity_at, ended_activity_at)
       select n, 'b', 'trader-' || 1 + n % 1000, 'completed', 'released', true, 3, 1, now(), now()
       from generate_series(1, ${ROWS}) n`,
      `insert into exchange.orders select n, 1, 1, 'sell', 'a', 'b', 'b', 'a', 1, 1, 'RUB', 100, 'card', '', '', now(), now()
       from generate_series(1, ${ROWS}) n`,
      "analyze",
    );
    client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  /** What a query of ours would do, as the database plans it. */
  const planOf = async (ask: (pool: pg.Pool) => Promise<unknown>): Promise<Json[]> => {
    const asked: { text: string; values: unknown[] }[] = [];
    const pool = { query: async (config: (typeof asked)[number]) => ({ rows: [], at: asked.push(config) }) };
    await ask(pool as unknown as pg.Pool);
    const plans = [];
    for (const { text, values } of asked) {
      const { rows } = await client.query({ text: `explain (format json) ${text}`, values });
      plans.push(...nodesOf(rows[0]["QUERY PLAN"][0].Plan));
    }
    return plans;
  };
  const nodesOf = (plan: Json): Json[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

  test("F28 the balance was summed from history: a wallet is read from its row, whatever the history", async () => {
    const plan = await planOf((pool) => findWallet(pool, "trader-7"));
    const tables = plan.map((node) => node["Relation Name"]).filter(Boolean);
    assert.ok(tables.includes("accounts") && !tables.includes("transfers"), tables.join());
    // Nobody owes anything here, and an empty table is read whatever its indexes.
    assert.deepEqual(
      plan.filter((node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] !== "debts"),
      [],
    );
  });

  test("F28 the balance was summed from history: a page of transfers walks an index", async () => {
    const plan = await planOf((pool) => listTransfers(pool, "trader-7", { limit: 20, offset: 0 }));
    assert.deepEqual(
      plan.filter((node) => node["Node Type"] === "Seq Scan"),
      [],
    );
    assert.ok(plan.some((node) => String(node["Index Name"]).startsWith("transfers_")));
  });
});

test("F32 keys were written after the effect: one does not come without the other", async () => {
  const user_id = someone("user");
  await bonus(market, user_id, 1);
  const entry = { user_id, amount: 500, kind: "bonus", external_id: someone("id") };
  await withFault("before insert or update on exchange.claims", "new.answer like '%500%'", async () => {
    assertRefused(await platform(market, "credits", entry, { key: "f32" }), "INTERNAL_ERROR");
  });
  assert.equal((await wallet(market, user_id)).available, 1);
  await withFault("before insert on exchange.transfers", `new.external_id = '${entry.external_id}'`, async () => {
    assertRefused(await platform(market, "credits", entry, { key: "f32" }), "INTERNAL_ERROR");
  });
  const reply = await platform(market, "credits", entry, { key: "f32" });
  assertDone(reply, 201);
  assert.equal(reply.headers["idempotent-replay"], undefined);
  assert.equal((await wallet(market, user_id)).available, 501);
});
