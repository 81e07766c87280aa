/**
 * Claims on cancelled orders, and the debts and suspensions that they come to, used by somebody who wants more than is
 * due: a thousand times, late, twice at once, in another's name, against a creditor, to keep a chat open.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pg from "pg";
import { actsOf, linesOf, operatorCall, say } from "../support/chats.ts";
import { claim, claimed, honour, indebted, leave, resolve, suspension } from "../support/claims.ts";
import { eventually, type Json, type Reply, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertRefused,
  bonus,
  ENOUGH,
  fingerprint,
  order,
  platform,
  someone,
  tally,
  together,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

/** Requests take turns on the nodes. */
const on = (index: number) => ({ node: index % 2 });

/** Between nodes a row may be held for too long: BUSY says that nothing was done, so it is repeated. */
const rivals = (count: number, send: (index: number) => Promise<Reply>): Promise<Reply[]> =>
  together(count, async (index) => {
    for (let attempt = 1; ; attempt++) {
      const reply = await send(index);
      if (reply.body?.code !== "BUSY" || attempt === 100) return reply;
    }
  });

const available = async (user: string): Promise<number> => (await wallet(market, user)).available;
const claimOf = async ({ id }: Json): Promise<Json> =>
  (
    await market.sql(`select payment_claim, payment_claim_ended_at from exchange.order_states where order_id = ${id}`)
  )[0];
const casesOf = async ({ id }: Json): Promise<number> =>
  (await market.sql(`select from exchange.disputes where order_id = ${id}`)).length;

describe("somebody who claims", () => {
  test("F51 a hundred times has claimed once: one case, one line, the rest are refused", async () => {
    const { order: made, asBuyer } = await trade(market, { status: "cancelled" });
    const replies = await rivals(100, (index) => claim(asBuyer, made, { comment: `${index}` }, on(index)));
    assert.deepEqual(tally(replies), { 200: 1, INVALID_ORDER_STATUS: 99 });
    assert.equal(await casesOf(made), 1);
    assert.equal((await linesOf(asBuyer, made)).filter(({ event }) => event?.action === "claim").length, 1);
  });

  test("F51 another's order, as its seller or as nobody, is refused, and nothing has changed", async () => {
    const { order: made, asSeller } = await trade(market, { status: "cancelled" });
    const stranger = market.as(someone("stranger"));
    const asOperator = market.as(someone("operator"), "operator");
    // They are known by then, so that nothing is written for them.
    for (const call of [stranger, asOperator]) assertDone(await call("GET", "/wallet"));
    const before = await fingerprint(market);
    assertRefused(await claim(asSeller, made), "FORBIDDEN");
    for (const call of [stranger, asOperator]) {
      assertRefused(await claim(call, made), "ORDER_NOT_FOUND");
      assertRefused(await honour(call, made), "ORDER_NOT_FOUND");
    }
    assert.equal((await claim(market.stranger, made)).status, 401);
    assert.equal(await casesOf(made), 0);
    assert.deepEqual(await fingerprint(market), before);
  });

  test("what was never cancelled, or what the buyer cancelled or gave up, is refused", async () => {
    for (const status of ["pending", "paid_by_buyer", "disputed", "completed"] as const) {
      const { order: made, asBuyer } = await trade(market, { status });
      assertRefused(await claim(asBuyer, made), "INVALID_ORDER_STATUS", { status, claim: null });
    }
    const own = await trade(market);
    assertDone(await act(own.asBuyer, own.order, "cancel"));
    assertRefused(await claim(own.asBuyer, own.order), "INVALID_ORDER_STATUS");
    const given = await trade(market, { status: "disputed" });
    assertDone(await act(given.asBuyer, given.order, "cancel"));
    assertRefused(await claim(given.asBuyer, given.order), "INVALID_ORDER_STATUS");
    assert.equal(await casesOf(own.order), 0);
  });

  test("F51 is heard until 24 hours are over, to the second, and then is too late", async () => {
    const { order: made, asBuyer } = await trade(market, { status: "cancelled" });
    const cancelled = (ago: string) =>
      market.sql(
        `update exchange.order_states set cancelled_at = now() - interval '${ago}' where order_id = ${made.id}`,
      );
    await cancelled("24 hours");
    assertRefused(await claim(asBuyer, made), "CLAIM_CLOSED");
    assert.deepEqual(assertDone(await asBuyer("GET", `/p2p/orders/${made.id}`)).allowed_actions, ["message"]);
    await cancelled("23 hours 59 minutes 30 seconds");
    assertDone(await claim(asBuyer, made));
  });

  test("again after each end is refused: an order is claimed once", async () => {
    for (const end of ["honour", "compensate", "dismiss"] as const) {
      const { order: made, asBuyer, asSeller, asOperator } = await claimed(market);
      if (end === "honour") assertDone(await honour(asSeller, made));
      else
        assertDone(await resolve(asOperator, made, { outcome: end, ...(end === "compensate" ? { amount: 1 } : {}) }));
      const before = await claimOf(made);
      assertRefused(await claim(asBuyer, made), "INVALID_ORDER_STATUS");
      assertRefused(await honour(asSeller, made), end === "honour" ? "INVALID_ORDER_STATUS" : "CLAIM_CLOSED");
      for (const other of [{ outcome: "compensate", amount: 1 }, { outcome: "dismiss" }]) {
        const code = other.outcome === end ? "INVALID_ORDER_STATUS" : "CLAIM_CLOSED";
        assertRefused(await resolve(asOperator, made, other), code);
      }
      assert.deepEqual(await claimOf(made), before);
    }
  });

  test("F51 for nothing gets a strike when it is dismissed, and after five no order", async () => {
    const buyer = someone("buyer");
    const asBuyer = market.as(buyer);
    const asOperator = market.as(someone("operator"), "operator");
    for (let count = 0; count < 5; count++) {
      // A seller who cancels is struck as well, so that each order is of another ad.
      const other = someone("seller");
      await market.fund(other, ENOUGH);
      const made = await order(market, buyer, await market.sellAd(other));
      assertDone(await act(market.as(other), made, "cancel"));
      assertDone(await claim(asBuyer, made));
      assertDone(await operatorCall(asOperator, made, "assign"));
      assertDone(await resolve(asOperator, made, { outcome: "dismiss" }));
    }
    const last = someone("seller");
    await market.fund(last, ENOUGH);
    const refused = await tryOrder(market, buyer, await market.sellAd(last));
    assertRefused(refused, "RATE_LIMITED");
    assert.equal(refused.body.details.reason, "strikes");
  });

  test("to keep a chat open for ever has it until the operator decides, and 72 hours, not longer", async () => {
    const { order: made, asBuyer, asOperator } = await claimed(market);
    assertDone(await resolve(asOperator, made, { outcome: "dismiss" }));
    await market.sql(`update exchange.order_states set cancelled_at = now() - interval '4 days',
      payment_claim_ended_at = now() - interval '73 hours' where order_id = ${made.id}`);
    assertRefused(await claim(asBuyer, made), "INVALID_ORDER_STATUS");
    assertRefused(await say(asBuyer, made, "Still here"), "CHAT_CLOSED");
  });
});

describe("an operator", () => {
  test("who is a party cannot take, read or decide the claim", async () => {
    const { order: made, buyer, seller } = await claimed(market);
    for (const party of [buyer, seller]) {
      const call = market.as(party, "operator");
      assertRefused(await operatorCall(call, made, "assign", { take_over: true, reason: "mine" }), "FORBIDDEN");
      assertRefused(await resolve(call, made, { outcome: "compensate", amount: AMOUNT }), "FORBIDDEN");
      assertRefused(await resolve(call, made, { outcome: "dismiss" }), "FORBIDDEN");
      assertRefused(await call("GET", `/operator/orders/${made.id}`), "FORBIDDEN");
    }
    assert.equal((await claimOf(made)).payment_claim, "open");
  });

  test("who is not the one of the case cannot decide it, nor can a trader or the host", async () => {
    const { order: made, asBuyer } = await claimed(market);
    const other = market.as(someone("operator"), "operator");
    assertRefused(await resolve(other, made, { outcome: "dismiss" }), "FORBIDDEN");
    assertRefused(await resolve(asBuyer, made, { outcome: "compensate", amount: AMOUNT }), "FORBIDDEN");
    assertRefused(await resolve(market.as("host", "platform"), made, { outcome: "dismiss" }), "FORBIDDEN");
    assert.equal((await claimOf(made)).payment_claim, "open");
  });
});

describe("at once", () => {
  const ROUNDS = 10;

  test("F52 the seller honours, the operator compensates and dismisses: one of them, and the buyer is paid once at most", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { order: made, asSeller, asOperator, buyer, seller } = await claimed(market);
      const before = await available(seller);
      const ways = [
        (options: object) => honour(asSeller, made, {}, options),
        (options: object) => resolve(asOperator, made, { outcome: "compensate", amount: AMOUNT }, options),
        (options: object) => resolve(asOperator, made, { outcome: "dismiss" }, options),
      ];
      const replies = await rivals(9, (index) => (ways[index % 3] as (typeof ways)[0])(on(index)));
      assert.equal(tally(replies)[200], 1, JSON.stringify(tally(replies)));
      const { payment_claim } = await claimOf(made);
      const got = payment_claim === "dismissed" ? 0 : AMOUNT;
      assert.deepEqual([await available(buyer), await available(seller)], [got, before - got]);
    }
  });

  test("two operators take the case and decide: one has it, and what it decides is decided once", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { order: made, asBuyer, buyer } = await trade(market, { status: "cancelled" });
      assertDone(await claim(asBuyer, made));
      const calls = [0, 1].map(() => market.as(someone("operator"), "operator"));
      const call = (index: number) => calls[index % 2] as (typeof calls)[0];
      const taken = await rivals(2, (index) => operatorCall(call(index), made, "assign", {}, on(index)));
      assert.deepEqual(tally(taken), { 200: 1, ALREADY_ASSIGNED: 1 });
      const replies = await rivals(8, (index) =>
        resolve(call(index), made, { outcome: "compensate", amount: AMOUNT }, on(index >> 1)),
      );
      assert.deepEqual(tally(replies), { 200: 1, FORBIDDEN: 4, INVALID_ORDER_STATUS: 3 });
      assert.equal(await available(buyer), AMOUNT);
    }
  });

  test("the seller takes the money out while the operator awards it: each kopeck goes one way, the rest is owed", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { order: made, asOperator, seller, buyer } = await claimed(market);
      await leave(market, seller, AMOUNT);
      const debit = { user_id: seller, amount: AMOUNT, kind: "withdrawal" };
      const [taken] = await Promise.all([
        rivals(1, () => platform(market, "debits", debit, on(0))),
        rivals(1, () => resolve(asOperator, made, { outcome: "compensate", amount: AMOUNT }, on(1))),
      ]);
      const withdrawn = taken[0]?.status === 201;
      const debtor = await wallet(market, seller);
      assert.deepEqual([await available(buyer), debtor.owed], withdrawn ? [0, AMOUNT] : [AMOUNT, 0]);
      assert.equal(debtor.available, 0);
    }
  });

  test("money comes in for a debtor by many ways on two nodes: the creditor gets what is owed and no kopeck more", async () => {
    const { seller, buyer } = await indebted(market);
    const replies = await rivals(20, (index) =>
      platform(market, "credits", { user_id: seller, amount: AMOUNT / 10, kind: "deposit" }, on(index)),
    );
    assert.deepEqual(tally(replies), { 201: 20 });
    await eventually(async () => (await wallet(market, seller)).owed === 0, "the debt to be paid");
    assert.deepEqual([await available(buyer), await available(seller)], [AMOUNT, AMOUNT]);
  });
});

describe("a debtor", () => {
  test("F53 cannot have the host pay out what is owed, under any name, before it is collected", async () => {
    const { seller, buyer, order: made } = await indebted(market);
    // Collecting is kept waiting, so that what may go out is the rule's business alone.
    await market.sql(`create or replace function exchange.wait() returns trigger language plpgsql as
      $$ begin raise exception 'not now'; end $$`);
    await market.sql(`create trigger wait before update on exchange.debts for each row when (old.order_id = ${made.id})
      execute function exchange.wait()`);
    try {
      assertDone(await platform(market, "credits", { user_id: seller, amount: AMOUNT + 5, kind: "deposit" }), 201);
      for (const kind of ["withdrawal", "adjustment", "deposit_reversal"]) {
        const debit = await platform(market, "debits", { user_id: seller, amount: 6, kind });
        assertRefused(debit, "INSUFFICIENT_BALANCE", { available: 5 });
      }
      assertDone(await platform(market, "debits", { user_id: seller, amount: 5, kind: "withdrawal" }), 201);
    } finally {
      await market.sql(`drop trigger wait on exchange.debts`);
      await market.sql(`drop function exchange.wait()`);
    }
    await eventually(async () => (await wallet(market, seller)).owed === 0, "the debt to be paid");
    assert.deepEqual([await available(buyer), await available(seller)], [AMOUNT, 0]);
  });

  test("F53 cannot hide money in an order of a friend's, nor give it to one by honouring another claim", async () => {
    const { seller, ad, order: first, asOperator } = await claimed(market);
    const friend = someone("friend");
    const friendly = await order(market, friend, ad);
    assertDone(await act(market.as(seller), friendly, "cancel"));
    assertDone(await claim(market.as(friend), friendly));
    await leave(market, seller, 0);
    assertDone(await resolve(asOperator, first, { outcome: "compensate", amount: AMOUNT }));
    assertRefused(await honour(market.as(seller), friendly), "SELLER_INSUFFICIENT_BALANCE", {
      available: 0,
      required: AMOUNT,
    });
    assertRefused(await tryOrder(market, someone("friend"), ad), "SELLER_INSUFFICIENT_BALANCE");
    assertRefused(await market.as(seller)("PUT", `/p2p/ads/${ad.id}`, { min_amount: 100_001 }), "TRADER_SUSPENDED");
  });

  test("who is excused may trade with what is above the debt, and no more", async () => {
    const { seller, ad } = await indebted(market);
    const asOperator = market.as(someone("operator"), "operator");
    assertDone(await suspension(asOperator, seller, "resume", { despite_debt: true }));
    assertRefused(await tryOrder(market, someone("taker"), ad), "SELLER_INSUFFICIENT_BALANCE");
    assertDone(await platform(market, "credits", { user_id: seller, amount: 2 * AMOUNT, kind: "deposit" }), 201);
    await eventually(async () => (await wallet(market, seller)).owed === 0, "the debt to be paid");
    await order(market, someone("taker"), ad);
    assert.equal(await available(seller), 0);
    const [{ standing }] = await market.sql(`select standing from exchange.traders where id = '${seller}'`);
    assert.equal(standing, null);
  });
});

test("F205 an ad of who is excused offers nothing of what is owed, in the moment before it is collected", async () => {
  const { seller, buyer, ad } = await indebted(market);
  assertDone(await suspension(market.as(someone("operator"), "operator"), seller, "resume", { despite_debt: true }));
  const taker = someone("taker");
  assertDone(await market.as(taker)("GET", "/wallet"));
  const client = new pg.Client({ connectionString: market.database.superuserUrl });
  await client.connect();
  try {
    // The clock needs the creditor's gate.
    await client.query("begin");
    await client.query("select from exchange.traders where id = $1 for no key update", [buyer]);
    assertDone(await platform(market, "credits", { user_id: seller, amount: AMOUNT, kind: "adjustment" }), 201);
    assert.deepEqual([await available(seller), (await wallet(market, seller)).owed], [AMOUNT, AMOUNT]);
    const shown = assertDone(await market.as(taker)("GET", `/p2p/ads/${ad.id}`));
    assert.deepEqual(
      [shown.available_amount, shown.orderable, shown.can_take, shown.reasons],
      [0, false, false, [{ reason: "unavailable", details: { reason: "unavailable" } }]],
    );
  } finally {
    await client.query("rollback");
    await client.end();
  }
  await eventually(async () => (await wallet(market, seller)).owed === 0, "the debt to be paid");
});

test("F54 a bonus cannot be cashed out by honouring a claim of a friend's", async () => {
  const { order: made, asSeller, asBuyer, seller, buyer } = await trade(market, { status: "cancelled" });
  assertDone(await claim(asBuyer, made));
  await leave(market, seller, 0);
  await bonus(market, seller, AMOUNT, { wagering_required: AMOUNT });
  assertRefused(await honour(asSeller, made), "WAGERING_REQUIREMENT_NOT_MET", { required: AMOUNT, wagered: 0 });
  assert.equal(await available(buyer), 0);
});

test("each decision of a claim is in the audit trail with its reason and its figures", async () => {
  const { order: made } = await indebted(market);
  const [last] = (await actsOf(market, made)).slice(-1);
  assert.deepEqual(
    [last?.act, last?.details],
    ["compensate", { reason: "as the receipts show", paid: 0, owed: AMOUNT }],
  );
});
