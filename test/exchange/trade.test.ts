/** The main street: a trader orders, pays, and the seller's confirmation credits the buyer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useMarket } from "../support/market.ts";

const market = useMarket();

test("a deposit: browse, order, pay, confirm; the escrow reaches the buyer", async () => {
  await market.fund("anna", 1_000_000);
  const ad = await market.sellAd("anna");
  const page = await market.stranger("GET", "/p2p/ads?type=sell&fiat_currency=RUB&amount=500000");
  assert.deepEqual(
    page.body.items.map((item: { id: number }) => item.id),
    [ad.id],
  );
  assert.equal(page.body.items[0].payment_details, undefined);

  const vera = market.as("vera");
  const anna = market.as("anna");
  const created = await vera("POST", "/p2p/orders", { ad_id: ad.id, usdt_amount: 500_000, payment_method: "card" });
  assert.equal(created.status, 201);
  const order = created.body;
  assert.equal(order.status, "pending");
  assert.deepEqual(order.payment_details, { card_number: "2200 0000 0000 1234" });
  assert.deepEqual((await anna("GET", "/wallet")).body, {
    available: 500_000,
    in_escrow: 500_000,
    owed: 0,
    owed_by_others: 0,
    deposited_total: 1_000_000,
    wagering: { required: 0, wagered: 0 },
  });

  const paid = await vera("POST", `/p2p/orders/${order.id}/confirm-paid`);
  assert.equal(paid.status, 200);
  assert.equal(paid.body.status, "paid_by_buyer");
  const done = await anna("POST", `/p2p/orders/${order.id}/confirm-received`);
  assert.equal(done.status, 200);
  assert.equal(done.body.status, "completed");
  assert.equal(done.body.outcome, "released");
  assert.equal((await vera("GET", "/wallet")).body.available, 500_000);
  assert.equal((await anna("GET", "/wallet")).body.in_escrow, 0);
  assert.deepEqual((await vera("GET", `/p2p/orders/${order.id}`)).body.status, "completed");
});
