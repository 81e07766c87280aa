/** Where in a first trade somebody is, for each state of the order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { doneOf, placeOf, STEPS } from "../../web/src/features/first-trade/steps.ts";

const order = (status: "pending" | "paid_by_buyer" | "disputed" | "completed" | "cancelled", mayRate = false) => ({
  status,
  my_rating: null,
  allowed_actions: mayRate ? ["rate" as const] : [],
});

test("each state of an order is one step, for who buys and for who sells", () => {
  const through = [null, order("pending"), order("paid_by_buyer"), order("completed", true), order("completed")];
  for (const [side, places] of [
    ["buy", ["choose", "pay", "wait", "rate", "finished"]],
    ["sell", ["choose", "wait", "release", "rate", "finished"]],
  ] as const) {
    assert.deepEqual(
      through.map((one) => placeOf(side, one, false)),
      places,
    );
    assert.deepEqual(
      through.map((one) => doneOf(side, placeOf(side, one, false))),
      [0, 2, 3, 4, STEPS[side].length],
    );
  }
});

test("an open ad is the second step, unless an order goes on; what was cancelled begins anew", () => {
  assert.equal(placeOf("buy", null, true), "start");
  assert.equal(placeOf("buy", order("pending"), true), "pay");
  assert.equal(placeOf("sell", order("cancelled"), true), "start");
  assert.equal(placeOf("sell", order("cancelled"), false), "choose");
});

test("a dispute holds up the step before the last", () => {
  assert.equal(doneOf("buy", placeOf("buy", order("disputed"), false)), 3);
});
