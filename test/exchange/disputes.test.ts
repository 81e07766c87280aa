/** Disputes: how they begin, who has them, how they end, and that exactly one end wins. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { actsOf, disputed, linesOf, operatorCall } from "../support/chats.ts";
import { type Call, deskOf, eventually, type Json, useMarket } from "../support/market.ts";
import {
  ACTIONS,
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  ENOUGH,
  order,
  STATUSES,
  someone,
  tally,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const REASONS = ["paid_not_released", "not_received", "wrong_amount", "third_party_payer", "other"];
const operators = () => {
  const operator = someone("operator");
  return { operator, asOperator: market.as(operator, "operator") };
};
const disputeOf = async ({ id }: Json): Promise<Json> =>
  (await market.sql(`select * from exchange.disputes where order_id = ${id}`))[0];
const resolve = (call: Parameters<typeof operatorCall>[0], made: Json, body: object, options = {}) =>
  operatorCall(call, made, "resolve", { reason: "as shown", ...body }, options);

test("each side calls an operator with any reason, or none", async () => {
  for (const [index, reason] of [...REASONS, undefined].entries()) {
    const found = await trade(market, { status: "paid_by_buyer" });
    const [who, call] = index % 2 === 0 ? (["buyer", found.asBuyer] as const) : (["seller", found.asSeller] as const);
    const comment = reason === undefined ? undefined : `because of ${reason}`;
    const called = assertDone(await act(call, found.order, "call-operator", { reason, comment }));
    assert.deepEqual([called.status, called.outcome], ["disputed", null]);
    assert.notEqual(called.disputed_at, null);
    const dispute = await disputeOf(found.order);
    assert.deepEqual(
      [dispute.status, dispute.opened_by, dispute.reason, dispute.comment, dispute.assigned_to],
      ["open", who, reason ?? null, comment ?? null, null],
    );
  }
});

test("a reason that there is not, and a comment that is too long, are VALIDATION_ERROR and change nothing", async () => {
  const { order: made, asBuyer } = await trade(market, { status: "paid_by_buyer" });
  assertInvalid(await act(asBuyer, made, "call-operator", { reason: "because" }), "/reason");
  assertInvalid(await act(asBuyer, made, "call-operator", { comment: "😀".repeat(1_001) }), "/comment");
  assertInvalid(await act(asBuyer, made, "call-operator", { note: "x" }), "/note");
  assert.equal(assertDone(await asBuyer("GET", `/p2p/orders/${made.id}`)).status, "paid_by_buyer");
  assertDone(await act(asBuyer, made, "call-operator", { comment: "😀".repeat(1_000) }));
  assert.equal((await disputeOf(made)).comment, "😀".repeat(1_000));
});

/** Lets the clock look at an order now. */
const due = ({ id }: Json) =>
  market.sql(`insert into exchange.order_deadlines (order_id, due_at)
    select o.id, least(coalesce(s.release_by, o.pay_by), now() - interval '1 second')
    from exchange.orders o join exchange.order_states s on s.order_id = o.id where o.id = ${id}`);
const looked = ({ id }: Json) =>
  eventually(
    async () =>
      (await market.sql(`select from exchange.order_deadlines where order_id = ${id} and due_at < now()`)).length === 0,
    "the clock's look at the order",
  );

test("F12 once paid, neither the clock nor the seller cancels, before, in and after a dispute", async () => {
  const found = await trade(market, { status: "paid_by_buyer" });
  const { order: made, asSeller, asBuyer } = found;
  await market.sql(`update exchange.orders set pay_by = now() - interval '1 hour' where id = ${made.id}`);
  await due(made);
  await looked(made);
  const status = async () => assertDone(await asBuyer("GET", `/p2p/orders/${made.id}`)).status;
  assert.equal(await status(), "paid_by_buyer");
  for (const call of [asSeller, asBuyer]) {
    assertRefused(await act(call, made, "cancel"), "INVALID_ORDER_STATUS", { status: "paid_by_buyer" });
  }
  assertDone(await act(asSeller, made, "call-operator"));
  await due(made);
  await looked(made);
  assertRefused(await act(asSeller, made, "cancel"), "INVALID_ORDER_STATUS", { status: "disputed" });
  assert.equal(await status(), "disputed");
  assert.equal((await wallet(market, found.seller)).in_escrow, AMOUNT);
});

test("when the release window is over, the clock opens the dispute, and nobody is said to have", async () => {
  const { order: made, asBuyer } = await trade(market, { status: "paid_by_buyer" });
  await market.sql(`update exchange.order_states set release_by = now() - interval '2 seconds'
    where order_id = ${made.id}`);
  await due(made);
  await eventually(
    async () => assertDone(await asBuyer("GET", `/p2p/orders/${made.id}`)).status === "disputed",
    "the dispute",
  );
  const { status, opened_by, reason } = await disputeOf(made);
  assert.deepEqual([status, opened_by, reason], ["open", null, null]);
  assert.equal((await linesOf(asBuyer, made)).at(-1)?.event.action, "escalate");
});

test("F15 the second dispute of the same two is as whole as the first, and so is its end", async () => {
  const seller = someone("seller");
  const buyer = someone("buyer");
  await market.fund(seller, ENOUGH);
  const ad = await market.sellAd(seller);
  const { asOperator, operator } = operators();
  for (const [index, reason] of ["wrong_amount", "other"].entries()) {
    const made = await order(market, buyer, ad);
    assertDone(await act(market.as(buyer), made, "confirm-paid"));
    assertDone(await act(market.as(buyer), made, "call-operator", { reason, comment: `number ${index}` }));
    assertRefused(await act(market.as(seller), made, "call-operator"), "INVALID_ORDER_STATUS");
    const taken = assertDone(await operatorCall(asOperator, made, "assign"));
    assert.deepEqual(
      [taken.reason, taken.comment, taken.opened_by, taken.status, taken.assigned_to],
      [reason, `number ${index}`, "buyer", "assigned", deskOf(operator)],
    );
    assert.equal(assertDone(await resolve(asOperator, made, { outcome: "release" })).released_amount, AMOUNT);
    const ended = await disputeOf(made);
    assert.deepEqual([ended.status, ended.reason, ended.assigned_to], ["resolved", reason, operator]);
    assert.notEqual(ended.resolved_at, null);
  }
  assert.equal((await wallet(market, buyer)).available, 2 * AMOUNT);
});

test("F19 a release whose answer was lost is answered again by its key, and was made once", async () => {
  for (const status of ["paid_by_buyer", "disputed"] as const) {
    const found = await trade(market, { status });
    const first = await act(
      found.asSeller,
      found.order,
      "confirm-received",
      {},
      { key: `release ${status}`.replace(" ", "-") },
    );
    await market.restart();
    const again = await act(found.asSeller, found.order, "confirm-received", {}, { key: `release-${status}`, node: 1 });
    assert.deepEqual([first.status, again.status, again.headers["idempotent-replay"]], [200, 200, "true"]);
    assert.deepEqual(again.body, first.body);
    // Without a key the answer is certain, too.
    assertRefused(await act(found.asSeller, found.order, "confirm-received"), "INVALID_ORDER_STATUS", {
      status: "completed",
    });
    assert.equal((await wallet(market, found.buyer)).available, AMOUNT);
  }
});

test("F20 a host platform that never answers holds up no release and no resolution", async () => {
  let asked = 0;
  const hanging = createServer(() => void asked++);
  await new Promise<void>((ready) => hanging.listen(0, "127.0.0.1", ready));
  try {
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/hook`;
    assertDone(await market.as("host", "platform")("POST", "/platform/webhooks", { url }), 201);
    const found = await disputed(market);
    await eventually(async () => asked > 0, "a delivery that hangs");
    assertDone(await resolve(found.asOperator, found.order, { outcome: "release" }));
    const other = await trade(market, { status: "completed" });
    assert.equal((await wallet(market, other.buyer)).available, AMOUNT);
    const [hook] = await market.sql("select count(*)::int as waiting from deliveries.queue where state = 'delivered'");
    assert.equal(hook.waiting, 0, "all of it happened while the platform was silent");
  } finally {
    const hooks = assertDone(await market.as("host", "platform")("GET", "/platform/webhooks")).items;
    for (const { id } of hooks) await market.as("host", "platform")("DELETE", `/platform/webhooks/${id}`);
    hanging.closeAllConnections();
    hanging.close();
  }
});

test("F25 every action does nothing when the order is not in the status that was expected", async () => {
  for (const status of STATUSES) {
    const found = await trade(market, { status });
    const before = await market.sql(`select * from exchange.order_states where order_id = ${found.order.id}`);
    for (const action of ACTIONS) {
      for (const expected_status of STATUSES.filter((each) => each !== status)) {
        for (const call of [found.asBuyer, found.asSeller]) {
          const reply = await act(call, found.order, action, { expected_status });
          if (reply.body.code !== "FORBIDDEN") assertRefused(reply, "INVALID_ORDER_STATUS", { status });
        }
      }
    }
    assert.deepEqual(
      await market.sql(`select * from exchange.order_states where order_id = ${found.order.id}`),
      before,
    );
  }
  const { order: made, asSeller } = await trade(market, { status: "disputed" });
  assertDone(await act(asSeller, made, "confirm-received", { expected_status: "disputed" }));
});

test("F26 an operator who is a party is FORBIDDEN every operator act, and the database holds it too", async () => {
  for (const status of STATUSES) {
    const found = await trade(market, { status });
    for (const person of [found.buyer, found.seller]) {
      const call = market.as(person, "operator");
      const path = `/operator/orders/${found.order.id}`;
      assertRefused(await call("GET", path), "FORBIDDEN");
      for (const [act, body] of [
        ["assign", {}],
        ["assign", { take_over: true, reason: "mine" }],
        ["messages", { message: "I am the operator" }],
        ["messages/1/hide", { reason: "mine" }],
        ["resolve", { outcome: "release", reason: "mine" }],
      ] as const) {
        assertRefused(await operatorCall(call, found.order, act, body), "FORBIDDEN");
      }
      if (status === "disputed") {
        await assert.rejects(
          market.sql(`update exchange.disputes set assigned_to = '${person}' where order_id = ${found.order.id}`),
          /operator_is_never_a_party/,
        );
      }
    }
    assert.deepEqual(await actsOf(market, found.order), []);
  }
});

test("the queue goes from the oldest, by status, with both sides' records", async () => {
  const made = [await disputed(market), await disputed(market), await disputed(market)] as const;
  const open = [await trade(market, { status: "disputed" }), await trade(market, { status: "disputed" })];
  assertDone(await resolve(made[1].asOperator, made[1].order, { outcome: "refund" }));
  // The one that was made last is the oldest of all.
  await market.sql(`update exchange.disputes set opened_at = '2020-01-01' where order_id = ${open[1]?.order.id}`);
  const { asOperator } = operators();
  const queue = async (query: string) => assertDone(await asOperator("GET", `/operator/disputes${query}`));
  const ids = async (query: string): Promise<number[]> =>
    (await queue(query)).items.map(({ order_id }: Json) => order_id);
  const [first, ...others] = await ids("?limit=100");
  assert.equal(first, open[1]?.order.id);
  assert.deepEqual(others.slice(-1), [open[0]?.order.id]);
  assert.deepEqual(await ids("?status=open&limit=100"), [first, ...others]);
  assert.deepEqual((await ids("?status=assigned&limit=100")).slice(-2), [made[0].order.id, made[2].order.id]);
  assert.ok((await ids("?status=resolved&limit=100")).includes(made[1].order.id));
  const all = [first, ...others];
  const pages = [await queue("?limit=2"), await queue(`?limit=2&offset=${all.length - 1}`)];
  assert.deepEqual(
    pages.map(({ items, has_more }) => [items.length, has_more]),
    [
      [2, all.length > 2],
      [1, false],
    ],
  );
  const [entry] = pages[0].items;
  const { seller, buyer } = open[1] ?? {};
  for (const member of [
    "order_id",
    "status",
    "assigned_to",
    "opened_at",
    "opened_by",
    "reason",
    "buyer",
    "seller",
    "usdt_amount",
  ]) {
    assert.ok(member in entry, member);
  }
  assert.deepEqual(
    [entry.status, entry.assigned_to, entry.opened_by, entry.buyer.id, entry.seller.id, entry.usdt_amount],
    ["open", null, "seller", buyer, seller, AMOUNT],
  );
  assert.deepEqual(entry.buyer, assertDone(await market.stranger("GET", `/p2p/users/${buyer}`)));
  const times = (await queue("?limit=100")).items.map(({ opened_at }: Json) => Date.parse(opened_at));
  assert.deepEqual(
    times,
    times.toSorted((a: number, b: number) => a - b),
  );
  assertInvalid(await asOperator("GET", "/operator/disputes?status=closed"), "/status");
});

test("who is a party does not find the case in the queue", async () => {
  const found = await trade(market, { status: "disputed" });
  const seen = async (call: Call) =>
    assertDone(await call("GET", "/operator/disputes?limit=100")).items.some(
      ({ order_id }: Json) => order_id === found.order.id,
    );
  assert.equal(await seen(operators().asOperator), true);
  for (const person of [found.buyer, found.seller]) assert.equal(await seen(market.as(person, "operator")), false);
});

test("every look at the queue is in the audit trail, with the cases that it showed", async () => {
  const { operator, asOperator } = operators();
  await trade(market, { status: "disputed" });
  const shown = [];
  for (const query of ["", "?limit=1", "?status=resolved&limit=1&offset=5000"]) {
    const { items } = assertDone(await asOperator("GET", `/operator/disputes${query}`));
    shown.push({
      order_id: null,
      details: {
        status: query.includes("resolved") ? "resolved" : "open",
        orders: items.map(({ order_id }: Json) => order_id),
      },
    });
  }
  assertInvalid(await asOperator("GET", "/operator/disputes?status=closed"), "/status");
  assertRefused(await market.as(someone("trader"))("GET", "/operator/disputes"), "FORBIDDEN");
  const acts = await market.sql(`select order_id, details from exchange.operator_acts
    where operator_id = '${operator}' and act = 'read_queue' order by id`);
  assert.deepEqual(acts, shown);
});

test("a case has one operator; another takes it over only by saying so and why", async () => {
  const { order: made, asOperator, operator } = await disputed(market);
  const other = operators();
  assertRefused(await operatorCall(other.asOperator, made, "assign"), "ALREADY_ASSIGNED", {
    assigned_to: deskOf(operator),
  });
  assertRefused(await operatorCall(other.asOperator, made, "assign", { take_over: false }), "ALREADY_ASSIGNED");
  assertInvalid(await operatorCall(other.asOperator, made, "assign", { take_over: true }), "/reason");
  assert.equal((await disputeOf(made)).assigned_to, operator);
  const taken = assertDone(await operatorCall(other.asOperator, made, "assign", { take_over: true, reason: "shift" }));
  assert.equal(taken.assigned_to, deskOf(other.operator));
  // Who lost the case may do nothing more, who has it everything.
  for (const [path, body] of [
    ["messages", { message: "still me" }],
    ["messages/1/hide", { reason: "still me" }],
    ["resolve", { outcome: "release", reason: "still me" }],
  ] as const) {
    assertRefused(await operatorCall(asOperator, made, path, body), "FORBIDDEN");
  }
  assertDone(await operatorCall(other.asOperator, made, "messages", { message: "now me" }), 201);
  assertDone(await resolve(other.asOperator, made, { outcome: "refund" }));
  for (const body of [{}, { take_over: true, reason: "too late" }]) {
    assertRefused(await operatorCall(asOperator, made, "assign", body), "INVALID_ORDER_STATUS", {
      status: "cancelled",
    });
  }
});

test("ten operators who take a case at once on two nodes are one", async () => {
  for (let round = 0; round < 5; round++) {
    const { order: made } = await trade(market, { status: "disputed" });
    const people = Array.from({ length: 10 }, operators);
    const replies = await Promise.all(
      people.map(({ asOperator }, index) => operatorCall(asOperator, made, "assign", {}, { node: index % 2 })),
    );
    assert.deepEqual(tally(replies), { 200: 1, ALREADY_ASSIGNED: 9 });
    const winner = people[replies.findIndex(({ status }) => status === 200)]?.operator;
    assert.equal((await disputeOf(made)).assigned_to, winner);
  }
});

const ENDS = [
  { body: { outcome: "release" }, status: "completed", outcome: "dispute_released", released: AMOUNT },
  { body: { outcome: "refund" }, status: "cancelled", outcome: "dispute_refunded", released: 0 },
  { body: { outcome: "split", buyer_amount: 1 }, status: "completed", outcome: "dispute_split", released: 1 },
  { body: { outcome: "split", buyer_amount: 33_333 }, status: "completed", outcome: "dispute_split", released: 33_333 },
  {
    body: { outcome: "split", buyer_amount: AMOUNT - 1 },
    status: "completed",
    outcome: "dispute_split",
    released: AMOUNT - 1,
  },
] as const;
for (const type of ["sell", "buy"] as const) {
  for (const { body, status, outcome, released } of ENDS) {
    test(`${JSON.stringify(body)} ends the dispute of a ${type} ad's order with every kopeck where it belongs`, async () => {
      const found = await disputed(market, { type });
      const { order: made, asOperator, asBuyer, asSeller } = found;
      const told = assertDone(await resolve(asOperator, made, body));
      const refunded = AMOUNT - released;
      assert.deepEqual(told, {
        order_id: made.id,
        status,
        outcome,
        released_amount: released,
        refunded_amount: refunded,
      });
      const [buyers, sellers] = [await wallet(market, found.buyer), await wallet(market, found.seller)];
      assert.deepEqual([buyers.available, buyers.in_escrow, buyers.deposited_total], [released, 0, released]);
      assert.deepEqual([sellers.available, sellers.in_escrow], [ENOUGH - AMOUNT + refunded, 0]);
      for (const call of [asBuyer, asSeller]) {
        const seen = assertDone(await call("GET", `/p2p/orders/${made.id}`));
        assert.deepEqual([seen.status, seen.outcome, seen.released_amount], [status, outcome, released]);
        assert.notEqual(status === "completed" ? seen.completed_at : seen.cancelled_at, null);
        const line = (await linesOf(call, made)).at(-1);
        assert.deepEqual([line.kind, line.event.status, line.event.outcome], ["system", status, outcome]);
      }
      assertRefused(await resolve(asOperator, made, body), "INVALID_ORDER_STATUS", { status });
    });
  }
}

test("what is out of bounds, missing or too much in a resolution is VALIDATION_ERROR and moves nothing", async () => {
  const { order: made, asOperator, seller } = await disputed(market);
  for (const [body, pointer] of [
    [{ outcome: "split" }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: 0 }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: -1 }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: 1.5 }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: "1" }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: AMOUNT }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: AMOUNT + 1 }, "/buyer_amount"],
    [{ outcome: "split", buyer_amount: 10 ** 13 + 1 }, "/buyer_amount"],
    [{ outcome: "release", buyer_amount: 1 }, "/buyer_amount"],
    [{ outcome: "refund", buyer_amount: 1 }, "/buyer_amount"],
    [{ outcome: "both" }, "/outcome"],
    [{}, "/outcome"],
    [{ outcome: "release", reason: "" }, "/reason"],
    [{ outcome: "release", reason: "😀".repeat(1_001) }, "/reason"],
    [{ outcome: "release", note: "x" }, "/note"],
  ] as const) {
    assertInvalid(await resolve(asOperator, made, body), pointer);
  }
  assertInvalid(await operatorCall(asOperator, made, "resolve", { outcome: "release" }), "/reason");
  assert.equal((await wallet(market, seller)).in_escrow, AMOUNT);
  assert.equal((await disputeOf(made)).status, "assigned");
  assert.equal((await actsOf(market, made)).length, 1);
  assertDone(await resolve(asOperator, made, { outcome: "release", reason: "😀".repeat(1_000) }));
});

test("an order of one kopeck cannot be split", async () => {
  const found = await disputed(market, { amount: 1, terms: { min_amount: 1, max_amount: 10 } });
  assertInvalid(await resolve(found.asOperator, found.order, { outcome: "split", buyer_amount: 1 }), "/buyer_amount");
  assertDone(await resolve(found.asOperator, found.order, { outcome: "refund" }));
});

test("the same Idempotency-Key resolves once and answers the same", async () => {
  const { order: made, asOperator, buyer } = await disputed(market);
  const body = { outcome: "split", buyer_amount: 5 };
  const replies = [
    await resolve(asOperator, made, body, { key: "resolve-it" }),
    await resolve(asOperator, made, body, { key: "resolve-it", node: 1 }),
  ];
  assert.deepEqual(tally(replies), { 200: 2 });
  assert.equal(replies[0]?.text, replies[1]?.text);
  assert.equal((await wallet(market, buyer)).available, 5);
  assert.equal((await actsOf(market, made)).length, 2);
});

test("the parties may still end it themselves, with an operator or without, and the case is over", async () => {
  for (const make of [() => disputed(market), () => trade(market, { status: "disputed" })]) {
    const released = await make();
    const done = assertDone(await act(released.asSeller, released.order, "confirm-received"));
    assert.deepEqual([done.status, done.outcome, done.released_amount], ["completed", "dispute_released", AMOUNT]);
    const given = await make();
    const ended = assertDone(await act(given.asBuyer, given.order, "cancel"));
    assert.deepEqual([ended.status, ended.outcome, ended.released_amount], ["cancelled", "dispute_refunded", 0]);
    assert.equal((await wallet(market, given.seller)).available, ENOUGH);
    for (const { order: made } of [released, given]) assert.equal((await disputeOf(made)).status, "resolved");
  }
  const over = await disputed(market);
  assertDone(await act(over.asBuyer, over.order, "cancel"));
  const status = "cancelled";
  assertRefused(await resolve(over.asOperator, over.order, { outcome: "release" }), "INVALID_ORDER_STATUS", { status });
});

test("a disputed order frees the taker for the next when it ends, whoever ends it and however", async () => {
  for (const outcome of ["release", "refund", "split"] as const) {
    const { order: made, asOperator, taker, ad } = await disputed(market);
    assertRefused(await tryOrder(market, taker, ad), "ACTIVE_DEPOSIT_ORDER_EXISTS", { order_id: made.id });
    const share = outcome === "split" ? { buyer_amount: 7 } : {};
    assertDone(await resolve(asOperator, made, { outcome, ...share, reason: "so it is" }));
    assert.equal((await order(market, taker, ad)).status, "pending");
  }
});

test("whoever loses a dispute gets a strike; a split leaves no loser, and a seller who releases loses nothing", async () => {
  const strikesOf = async (...users: readonly string[]) =>
    Promise.all(
      users.map(async (user) => {
        const [row] = await market.sql(`select cardinality(strikes) as n from exchange.traders where id = '${user}'`);
        return row?.n;
      }),
    );
  for (const [outcome, strikes] of [
    ["release", [0, 1]],
    ["refund", [1, 0]],
    ["split", [0, 0]],
  ] as const) {
    const { order: made, asOperator, buyer, seller } = await disputed(market);
    const share = outcome === "split" ? { buyer_amount: 7 } : {};
    assertDone(await resolve(asOperator, made, { outcome, ...share, reason: "so it is" }));
    assert.deepEqual(await strikesOf(buyer, seller), strikes, outcome);
  }
  const released = await trade(market, { status: "disputed" });
  assertDone(await act(released.asSeller, released.order, "confirm-received"));
  assert.deepEqual(await strikesOf(released.buyer, released.seller), [0, 0]);
  const givenUp = await trade(market, { status: "disputed" });
  assertDone(await act(givenUp.asBuyer, givenUp.order, "cancel"));
  assert.deepEqual(await strikesOf(givenUp.buyer, givenUp.seller), [1, 0]);
});

test("every act of an operator is in the audit trail, and what was refused is not", async () => {
  const { order: made, asOperator, operator } = await disputed(market);
  const other = operators();
  assertRefused(await operatorCall(other.asOperator, made, "assign"), "ALREADY_ASSIGNED");
  assertRefused(await resolve(other.asOperator, made, { outcome: "release" }), "FORBIDDEN");
  assertDone(await other.asOperator("GET", `/operator/orders/${made.id}`));
  assertDone(await operatorCall(other.asOperator, made, "assign", { take_over: true, reason: "shift" }));
  const said = assertDone(await operatorCall(other.asOperator, made, "messages", { message: "now me" }), 201);
  assert.equal(
    (await operatorCall(other.asOperator, made, `messages/${said.seq}/hide`, { reason: "noise" })).status,
    204,
  );
  assertDone(await resolve(other.asOperator, made, { outcome: "split", buyer_amount: 7, reason: "seven came" }));
  assertDone(await asOperator("GET", `/operator/orders/${made.id}`));
  assert.deepEqual(await actsOf(market, made), [
    { operator_id: operator, act: "assign", details: null },
    { operator_id: other.operator, act: "read", details: null },
    { operator_id: other.operator, act: "take_over", details: { took_over_from: operator, reason: "shift" } },
    { operator_id: other.operator, act: "message", details: { seq: said.seq } },
    { operator_id: other.operator, act: "hide_message", details: { seq: said.seq, reason: "noise" } },
    { operator_id: other.operator, act: "split", details: { reason: "seven came", released: 7 } },
    { operator_id: operator, act: "read", details: null },
  ]);
});

test("of a resolution, a release and a cancel at once on two nodes exactly one wins, 20 of 20 times", async () => {
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 20; round++) {
    const found = await disputed(market, { type: round % 2 === 0 ? "sell" : "buy" });
    const { order: made, asOperator, asBuyer, asSeller } = found;
    const racers = [
      () => resolve(asOperator, made, { outcome: "split", buyer_amount: 40_000 }, { node: round % 2 }),
      () => act(asSeller, made, "confirm-received", {}, { node: (round + 1) % 2 }),
      () => act(asBuyer, made, "cancel", {}, { node: round % 2 }),
    ];
    // Whoever starts first has no lead of always the same kind.
    const turned = racers.map((_, index) => (index + round) % racers.length);
    const replies = await Promise.all(turned.map((index) => racers[index]?.()));
    const sound = replies.filter((reply) => reply !== undefined);
    assert.deepEqual(tally(sound), { 200: 1, INVALID_ORDER_STATUS: 2 });
    const { outcome, released_amount } = sound.find(({ status }) => status === 200)?.body ?? {};
    const seen = assertDone(await asBuyer("GET", `/p2p/orders/${made.id}`));
    assert.deepEqual([seen.outcome, seen.released_amount], [outcome, released_amount]);
    const expected = { dispute_split: 40_000, dispute_released: AMOUNT, dispute_refunded: 0 }[outcome as string];
    assert.equal((await wallet(market, found.buyer)).available, expected);
    assert.equal((await wallet(market, found.seller)).available, ENOUGH - (expected ?? 0));
    assert.equal((await disputeOf(made)).status, "resolved");
    const acts = await actsOf(market, made);
    assert.equal(acts.filter(({ act: what }) => what === "split").length, outcome === "dispute_split" ? 1 : 0);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  assert.equal(
    [...outcomes.values()].reduce((sum, count) => sum + count, 0),
    20,
  );
});
