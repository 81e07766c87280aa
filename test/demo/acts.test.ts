/** What a simulated trader does about an order, and about which it does nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEMO_LOGINS, DEMO_TRADERS } from "../../simulators/sample-market/index.ts";
import { actsOf, type Order } from "../../simulators/traders/index.ts";

const OPEN = ["cancel", "message"] as const;

/** As its maker sees it, but for what is said otherwise. */
const order = (facts: Partial<Order>): Order =>
  ({ side: null, status: "pending", outcome: null, role: "seller", allowed_actions: OPEN, ...facts }) as Order;

test("it greets who has taken its ad, pays where it buys, releases where it was paid, and rates at the end", () => {
  assert.deepEqual(actsOf(order({})), ["greet"]);
  assert.deepEqual(actsOf(order({ role: "buyer", allowed_actions: ["confirm-paid", ...OPEN] })), ["greet", "pay"]);
  const paid = { status: "paid_by_buyer", allowed_actions: ["confirm-received", "call-operator", "message"] } as const;
  assert.deepEqual(actsOf(order({ ...paid, allowed_actions: [...paid.allowed_actions] })), ["release"]);
  const done = { status: "completed", outcome: "released" } as const;
  assert.deepEqual(actsOf(order({ ...done, allowed_actions: ["rate", "message"] })), ["rate"]);
  assert.deepEqual(actsOf(order({ ...done, allowed_actions: ["message"] })), [], "once");
});

test("it leaves to people what it took itself, what it has paid, what is disputed and what fell through", () => {
  const all = ["confirm-paid", "confirm-received", "cancel", "call-operator", "rate", "message"] as const;
  const allowed_actions = [...all];
  assert.deepEqual(actsOf(order({ side: "deposit", role: "buyer", allowed_actions })), []);
  assert.deepEqual(actsOf(order({ side: "withdraw", status: "paid_by_buyer", allowed_actions })), []);
  assert.deepEqual(actsOf(order({ role: "buyer", status: "paid_by_buyer", allowed_actions })), []);
  assert.deepEqual(actsOf(order({ status: "disputed", allowed_actions })), []);
  assert.deepEqual(actsOf(order({ status: "cancelled", outcome: "payment_expired", allowed_actions })), []);
  assert.deepEqual(actsOf(order({ status: "completed", outcome: "dispute_released", allowed_actions })), []);
});

test("nobody whom a person may be by a click is played, and who is played has something to offer", () => {
  const people = new Set<string>(DEMO_LOGINS.map(({ id }) => id));
  assert.deepEqual(
    DEMO_TRADERS.map(({ id }) => id),
    ["boris", "daria", "oksana"],
  );
  for (const { id } of DEMO_TRADERS) assert.equal(people.has(id), false);
});
