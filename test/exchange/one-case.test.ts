/** One case by its order; and the reason of a resolution, which both sides read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { operatorCall } from "../support/chats.ts";
import { claim, claimed, honour, resolve } from "../support/claims.ts";
import { deskOf, useMarket } from "../support/market.ts";
import { AMOUNT, assertDone, assertRefused, someone, trade } from "../support/trades.ts";

const market = useMarket();

test("an operator opens a case by its order, another order has none, and nobody opens one's own", async () => {
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  const { order, buyer } = await trade(market, { status: "disputed" });
  const found = assertDone(await asOperator("GET", `/operator/disputes/${order.id}`));
  assert.deepEqual(
    [found.order_id, found.status, found.buyer.id, found.usdt_amount],
    [order.id, "open", buyer, AMOUNT],
  );
  const plain = await trade(market);
  assertRefused(await asOperator("GET", `/operator/disputes/${plain.order.id}`), "ORDER_NOT_FOUND");
  assertRefused(await asOperator("GET", "/operator/disputes/987654321"), "ORDER_NOT_FOUND");
  assertRefused(await market.as(buyer, "operator")("GET", `/operator/disputes/${order.id}`), "FORBIDDEN");
  assertRefused(await market.as(buyer)("GET", `/operator/disputes/${order.id}`), "FORBIDDEN");
  const acts = await market.sql(`select act from exchange.operator_acts where order_id = ${order.id}
    and operator_id = '${operator}'`);
  assert.deepEqual(
    acts.map(({ act }) => act),
    ["read"],
  );
});

test("both sides read the operator's reason with the outcome, and none where a party ended it", async () => {
  const { order, asBuyer, asSeller } = await trade(market, { status: "disputed" });
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  assertDone(await operatorCall(asOperator, order, "assign"));
  assert.equal(assertDone(await asBuyer("GET", `/p2p/orders/${order.id}`)).dispute.resolution, null);
  assertDone(await resolve(asOperator, order, { outcome: "split", buyer_amount: 40_000, reason: "A part was paid." }));
  for (const call of [asBuyer, asSeller]) {
    const { dispute, released_amount } = assertDone(await call("GET", `/p2p/orders/${order.id}`));
    assert.deepEqual(
      [dispute.resolution, dispute.assigned_to, released_amount],
      ["A part was paid.", deskOf(operator), 40_000],
    );
  }
  const other = await trade(market, { status: "disputed" });
  assertDone(await other.asBuyer("POST", `/p2p/orders/${other.order.id}/cancel`, {}));
  const { dispute } = assertDone(await other.asSeller("GET", `/p2p/orders/${other.order.id}`));
  assert.deepEqual([dispute.status, dispute.resolution], ["resolved", null]);
});

test("both sides of a claim read which operator has it, and the operator's reason; none where the seller honoured it", async () => {
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  const { order, asBuyer, asSeller } = await trade(market, { status: "cancelled" });
  assertDone(await claim(asBuyer, order));
  const casesOf = () =>
    Promise.all(
      [asBuyer, asSeller].map(async (call) => assertDone(await call("GET", `/p2p/orders/${order.id}`)).dispute),
    );
  for (const { status, opened_by, assigned_to } of await casesOf())
    assert.deepEqual([status, opened_by, assigned_to], ["open", "buyer", null]);
  assertDone(await operatorCall(asOperator, order, "assign"));
  for (const { status, assigned_to } of await casesOf())
    assert.deepEqual([status, assigned_to], ["assigned", deskOf(operator)]);
  assertDone(await resolve(asOperator, order, { outcome: "dismiss", reason: "No such payment in the bank's list." }));
  for (const { status, resolution } of await casesOf())
    assert.deepEqual([status, resolution], ["resolved", "No such payment in the bank's list."]);

  const other = await claimed(market);
  const { dispute } = assertDone(await honour(other.asSeller, other.order));
  assert.deepEqual([dispute.status, dispute.resolution], ["resolved", null]);
});
