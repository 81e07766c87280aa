/** Payment claims: orders that were cancelled and had been paid all the same. How a claim begins, and each way it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { actsOf, linesOf, operatorCall, png, say, upload } from "../support/chats.ts";
import { claim, claimed, honour, leave, resolve } from "../support/claims.ts";
import { eventually, type Json, startMarket, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  ENOUGH,
  order,
  platform,
  someone,
  trade,
  wallet,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const shown = async ({ asBuyer, order }: Pick<Awaited<ReturnType<typeof trade>>, "asBuyer" | "order">): Promise<Json> =>
  assertDone(await asBuyer("GET", `/p2p/orders/${order.id}`));
const available = async (user: string): Promise<number> => (await wallet(market, user)).available;

/** The clock finds that the time to pay is over. */
const expire = async ({ id }: Json) => {
  await market.sql(`update exchange.orders set pay_by = now() - interval '1 second' where id = ${id}`);
  await market.sql(
    `insert into exchange.order_deadlines (order_id, due_at) select id, pay_by from exchange.orders where id = ${id}`,
  );
  const ended = async () =>
    (await market.sql(`select from exchange.order_states where order_id = ${id} and outcome = 'payment_expired'`))
      .length === 1;
  await eventually(ended, "the clock");
};

for (const how of ["the seller cancelled it", "the time to pay was over"] as const) {
  for (const type of ["sell", "buy"] as const) {
    test(`F50 the buyer of an order on a ${type} ad claims it after ${how}, and the seller honours it`, async () => {
      const found = await trade(market, { type });
      const { order, asBuyer, asSeller, buyer, seller } = found;
      if (how === "the time to pay was over") await expire(order);
      else assertDone(await act(asSeller, order, "cancel"));
      assert.deepEqual((await shown(found)).allowed_actions, ["claim", "message"]);

      const claiming = assertDone(await claim(asBuyer, order, { comment: "Sent at noon." }));
      assert.deepEqual([claiming.status, claiming.claim, claiming.allowed_actions], ["cancelled", "open", ["message"]]);
      const before = await wallet(market, seller);
      const honoured = assertDone(await honour(asSeller, order));
      assert.deepEqual(
        [honoured.status, honoured.outcome, honoured.claim, honoured.owed, honoured.released_amount],
        ["cancelled", claiming.outcome, "honoured", 0, 0],
      );
      assert.deepEqual([await available(buyer), await available(seller)], [AMOUNT, before.available - AMOUNT]);
      const lines = (await linesOf(asBuyer, order)).map(({ event, kind }) => [kind, event.action, event.status]);
      assert.deepEqual(lines.slice(-2), [
        ["system", "claim", "cancelled"],
        ["system", "honour", "cancelled"],
      ]);
      const [moved] = assertDone(await asBuyer("GET", "/wallet/transfers")).items;
      assert.deepEqual(
        [moved.kind, moved.direction, moved.amount, moved.order_id],
        ["claim_honoured", "in", AMOUNT, order.id],
      );
      const [dispute] = await market.sql(`select * from exchange.disputes where order_id = ${order.id}`);
      assert.deepEqual(
        [dispute.kind, dispute.status, dispute.opened_by, dispute.comment],
        ["claim", "resolved", "buyer", "Sent at noon."],
      );
    });
  }
}

test("a claim is a case like another: queued, assigned, talked about, with files, and in the dossier", async () => {
  const { order, asBuyer, asSeller, buyer } = await trade(market, { status: "cancelled" });
  assertDone(await claim(asBuyer, order, { comment: "See the receipt." }));
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  const queued = assertDone(await asOperator("GET", "/operator/disputes?limit=100")).items.find(
    ({ order_id }: Json) => order_id === order.id,
  );
  assert.deepEqual(
    [queued.kind, queued.status, queued.opened_by, queued.comment, queued.buyer.id, queued.usdt_amount],
    ["claim", "open", "buyer", "See the receipt.", buyer, AMOUNT],
  );
  assertDone(await operatorCall(asOperator, order, "assign"));
  assertDone(await upload(asBuyer, order, [{ bytes: png("a receipt") }]), 201);
  assertDone(await operatorCall(asOperator, order, "messages", { message: "Which bank?" }), 201);
  assertDone(await say(asSeller, order, "Nothing came."), 201);
  const dismissed = assertDone(await resolve(asOperator, order, { outcome: "dismiss" }));
  assert.deepEqual([dismissed.status, dismissed.claim, dismissed.compensated_amount], ["cancelled", "dismissed", 0]);

  const own = assertDone(await asBuyer("GET", `/p2p/orders/${order.id}/dossier`)).entries;
  const steps = own.filter(({ kind }: Json) => kind === "status").map(({ data }: Json) => data.action);
  assert.deepEqual(steps, ["create", "cancel", "claim", "dismiss"]);
  const read = assertDone(await asOperator("GET", `/operator/orders/${order.id}`)).entries;
  assert.ok(read.some(({ kind, data }: Json) => kind === "operator_act" && data.act === "dismiss"));
  assert.deepEqual(
    (await actsOf(market, order)).map((one) => one.act),
    ["assign", "message", "dismiss", "read"],
  );
});

test("where the buyer should have paid stays masked: a claim is about a payment that was made", async () => {
  const { order, asBuyer } = await claimed(market);
  assert.doesNotMatch(JSON.stringify((await asBuyer("GET", `/p2p/orders/${order.id}`)).body.payment_details), /\d{6}/);
});

test("an operator compensates the buyer with what the seller has; each part of it is in the ledger and in the answer", async () => {
  const { order, asOperator, asBuyer, buyer, seller } = await claimed(market);
  const before = await available(seller);
  const done = assertDone(await resolve(asOperator, order, { outcome: "compensate", amount: AMOUNT - 1 }));
  assert.deepEqual(
    [done.status, done.outcome, done.claim, done.compensated_amount, done.owed_amount],
    ["cancelled", "cancelled_by_seller", "compensated", AMOUNT - 1, 0],
  );
  assert.deepEqual([await available(buyer), await available(seller)], [AMOUNT - 1, before - AMOUNT + 1]);
  assert.equal(assertDone(await asBuyer("GET", "/wallet/transfers")).items[0].kind, "claim_compensated");
  const { awarded, owed } = assertDone(await asBuyer("GET", `/p2p/orders/${order.id}`));
  assert.deepEqual([awarded, owed], [AMOUNT - 1, 0]);
  const [act] = (await actsOf(market, order)).slice(-1);
  assert.deepEqual(act?.details, { reason: "as the receipts show", paid: AMOUNT - 1, owed: 0 });
});

test("what an operator decides has its amount where it belongs, and no more than the order's", async () => {
  const { order, asOperator } = await claimed(market);
  assertInvalid(await resolve(asOperator, order, { outcome: "compensate" }), "/amount");
  assertInvalid(await resolve(asOperator, order, { outcome: "dismiss", amount: 1 }), "/amount");
  assertInvalid(await resolve(asOperator, order, { outcome: "compensate", amount: 0 }), "/amount");
  assertInvalid(await resolve(asOperator, order, { outcome: "compensate", amount: AMOUNT + 1 }), "/amount");
  for (const outcome of ["release", "refund"]) {
    assertRefused(await resolve(asOperator, order, { outcome }), "INVALID_ORDER_STATUS");
  }
  assertDone(await resolve(asOperator, order, { outcome: "compensate", amount: AMOUNT }));
});

test("a dispute is no claim, and is decided as one of its own", async () => {
  const found = await trade(market, { status: "disputed" });
  const asOperator = market.as(someone("operator"), "operator");
  assertDone(await operatorCall(asOperator, found.order, "assign"));
  assertRefused(await claim(found.asBuyer, found.order), "INVALID_ORDER_STATUS");
  for (const decision of [{ outcome: "compensate", amount: AMOUNT }, { outcome: "dismiss" }]) {
    assertRefused(await resolve(asOperator, found.order, decision), "INVALID_ORDER_STATUS");
  }
});

test("a seller who does not have the amount cannot honour it, and learns how much is there", async () => {
  const { order, asSeller, seller } = await claimed(market);
  await leave(market, seller, AMOUNT - 1);
  assertRefused(await honour(asSeller, order), "SELLER_INSUFFICIENT_BALANCE", {
    available: AMOUNT - 1,
    required: AMOUNT,
  });
  assert.equal(await available(seller), AMOUNT - 1);
});

test("claim and honour know the status that their sender saw, and repeat their answers by a key", async () => {
  const { order, asBuyer, asSeller, buyer } = await trade(market, { status: "cancelled" });
  assertRefused(await claim(asBuyer, order, { expected_status: "pending" }), "INVALID_ORDER_STATUS", {
    status: "cancelled",
  });
  const key = (name: string) => ({ key: `${name}-${order.id}` });
  const first = await claim(asBuyer, order, { expected_status: "cancelled" }, key("claim"));
  const again = await claim(asBuyer, order, { expected_status: "cancelled" }, key("claim"));
  assert.deepEqual([again.status, again.headers["idempotent-replay"]], [first.status, "true"]);
  assertDone(await honour(asSeller, order, {}, key("honour")));
  assert.equal((await honour(asSeller, order, {}, key("honour"))).headers["idempotent-replay"], "true");
  assert.equal(await available(buyer), AMOUNT);
});

test("what a claim brings needs the turnover of a deposit and meets no deposit minimum", async () => {
  const strict = await startMarket({ settings: { wageringMultiplier: 2n } });
  try {
    const [seller, buyer] = [someone("seller"), someone("buyer")];
    const funds = { user_id: seller, amount: ENOUGH, kind: "deposit", wagering_required: 0 };
    assertDone(await platform(strict, "credits", funds), 201);
    const made = await order(strict, buyer, await strict.sellAd(seller));
    assertDone(await act(strict.as(seller), made, "cancel"));
    assertDone(await claim(strict.as(buyer), made));
    assertDone(await honour(strict.as(seller), made));
    const { available, deposited_total, wagering } = await wallet(strict, buyer);
    assert.deepEqual([available, deposited_total, wagering.required], [AMOUNT, 0, 2 * AMOUNT]);
  } finally {
    await strict.end();
  }
});

test("the chat stays open while the claim is, and 72 hours after it", async () => {
  const { order, asBuyer, asOperator } = await claimed(market);
  await market.sql(
    `update exchange.order_states set cancelled_at = now() - interval '30 days' where order_id = ${order.id}`,
  );
  assertDone(await say(asBuyer, order, "Any news?"), 201);
  assert.ok((await shown({ asBuyer, order })).allowed_actions.includes("message"));
  assertDone(await resolve(asOperator, order, { outcome: "dismiss" }));
  assertDone(await say(asBuyer, order, "Why?"), 201);
  await market.sql(`update exchange.order_states set payment_claim_ended_at = now() - interval '72 hours'
    where order_id = ${order.id}`);
  assertRefused(await say(asBuyer, order, "But!"), "CHAT_CLOSED");
});

test("both parties are told of each step, and both wallets of the money", async () => {
  const { next } = assertDone(await market.as(someone("before"))("GET", "/p2p/events?after="));
  const { order: made, asBuyer, asSeller } = await trade(market, { status: "cancelled" });
  assertDone(await claim(asBuyer, made));
  assertDone(await honour(asSeller, made));
  // The seller's wallet also lost the amount to the escrow, and got it back.
  for (const { call, wallets } of [
    { call: asBuyer, wallets: 1 },
    { call: asSeller, wallets: 3 },
  ]) {
    const told = async (type: string): Promise<Json[]> =>
      assertDone(await call("GET", `/p2p/events?after=${next}`))
        .items.filter((one: Json) => one.type === type)
        .map(({ data }: Json) => data)
        .filter(({ order_id }: Json) => order_id === made.id);
    await eventually(async () => (await told("wallet.updated")).length === wallets, "the news of the money");
    assert.deepEqual(
      (await told("order.updated")).map(({ change }) => change),
      [1, 2, 3, 4],
    );
    assert.deepEqual(
      (await told("message.created")).map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
  }
});
