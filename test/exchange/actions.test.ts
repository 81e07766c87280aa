/** Each action in each status by each caller: what the contract's table of moves allows, and nothing else. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Call, type Json, useMarket } from "../support/market.ts";
import {
  ACTIONS,
  type Action,
  type AdType,
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  type Code,
  ENOUGH,
  fingerprint,
  STATUSES,
  type Status,
  someone,
  type Trade,
  trade,
  wallet,
} from "../support/trades.ts";

const market = useMarket();

type Role = "buyer" | "seller";
type Move = {
  readonly to: Status;
  readonly outcome: string | null;
  readonly buyerGets: number;
  readonly held: boolean;
};
const stays = (to: Status): Move => ({ to, outcome: null, buyerGets: 0, held: true });
const ends = (to: Status, outcome: string, buyerGets: number): Move => ({ to, outcome, buyerGets, held: false });

/** The contract's table, read by hand: who may do what, and what comes of it. */
const EXPECTED: Readonly<Record<Status, Readonly<Record<Action, Readonly<Record<Role, Move | Code>>>>>> = {
  pending: {
    "confirm-paid": { buyer: stays("paid_by_buyer"), seller: "FORBIDDEN" },
    "confirm-received": { buyer: "FORBIDDEN", seller: "INVALID_ORDER_STATUS" },
    cancel: {
      buyer: ends("cancelled", "cancelled_by_buyer", 0),
      seller: ends("cancelled", "cancelled_by_seller", 0),
    },
    "call-operator": { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
  },
  paid_by_buyer: {
    "confirm-paid": { buyer: "INVALID_ORDER_STATUS", seller: "FORBIDDEN" },
    "confirm-received": { buyer: "FORBIDDEN", seller: ends("completed", "released", AMOUNT) },
    cancel: { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
    "call-operator": { buyer: stays("disputed"), seller: stays("disputed") },
  },
  disputed: {
    "confirm-paid": { buyer: "INVALID_ORDER_STATUS", seller: "FORBIDDEN" },
    "confirm-received": { buyer: "FORBIDDEN", seller: ends("completed", "dispute_released", AMOUNT) },
    cancel: { buyer: ends("cancelled", "dispute_refunded", 0), seller: "INVALID_ORDER_STATUS" },
    "call-operator": { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
  },
  completed: {
    "confirm-paid": { buyer: "INVALID_ORDER_STATUS", seller: "FORBIDDEN" },
    "confirm-received": { buyer: "FORBIDDEN", seller: "INVALID_ORDER_STATUS" },
    cancel: { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
    "call-operator": { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
  },
  cancelled: {
    "confirm-paid": { buyer: "INVALID_ORDER_STATUS", seller: "FORBIDDEN" },
    "confirm-received": { buyer: "FORBIDDEN", seller: "INVALID_ORDER_STATUS" },
    cancel: { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
    "call-operator": { buyer: "INVALID_ORDER_STATUS", seller: "INVALID_ORDER_STATUS" },
  },
};

/** Rating and chat come on top of these four. */
const ofTheFour = (actions: readonly string[]) => actions.filter((action) => ACTIONS.includes(action as Action)).sort();

const callerOf = ({ asBuyer, asSeller }: Trade, role: Role): Call => (role === "buyer" ? asBuyer : asSeller);

const ROLES: readonly Role[] = ["buyer", "seller"];
const TYPES: readonly AdType[] = ["sell", "buy"];

describe("refused actions", () => {
  for (const type of TYPES) {
    for (const status of STATUSES) {
      test(`on a ${type} ad's order that is ${status} change nothing, whoever tries`, async () => {
        const there = await trade(market, { type, status });
        const stranger = market.as(someone("stranger"));
        assertRefused(await stranger("GET", `/p2p/orders/${there.order.id}`), "ORDER_NOT_FOUND");
        const before = await fingerprint(market);
        for (const action of ACTIONS) {
          assertRefused(await act(stranger, there.order, action), "ORDER_NOT_FOUND");
          assertRefused(await act(stranger, there.order, action, { expected_status: status }), "ORDER_NOT_FOUND");
          assertRefused(await act(market.stranger, there.order, action), "UNAUTHORIZED");
          for (const role of ROLES) {
            const expected = EXPECTED[status][action][role];
            if (typeof expected !== "string") continue;
            const details = expected === "INVALID_ORDER_STATUS" ? { status } : undefined;
            for (const body of [undefined, {}, { expected_status: status }, { expected_status: "pending" }]) {
              assertRefused(await act(callerOf(there, role), there.order, action, body), expected, details);
            }
          }
        }
        assert.deepEqual(await fingerprint(market), before);
      });
    }
  }
});

describe("moves", () => {
  for (const type of TYPES) {
    for (const status of STATUSES) {
      for (const action of ACTIONS) {
        for (const role of ROLES) {
          const expected = EXPECTED[status][action][role];
          if (typeof expected === "string") continue;
          test(`${role}: ${action} takes a ${type} ad's order from ${status} to ${expected.to}`, () =>
            assertMove({ type, status, action, role, expected }));
        }
      }
    }
  }

  const assertMove = async (move: { type: AdType; status: Status; action: Action; role: Role; expected: Move }) => {
    const { type, status, action, role, expected } = move;
    const there = await trade(market, { type, status });
    const caller = callerOf(there, role);
    const other = STATUSES.find((candidate) => candidate !== status);
    const mistaken = await act(caller, there.order, action, { expected_status: other });
    assertRefused(mistaken, "INVALID_ORDER_STATUS", { status });

    const after = assertDone(await act(caller, there.order, action, { expected_status: status }));
    assert.equal(after.status, expected.to);
    assert.equal(after.outcome, expected.outcome);
    assert.equal(after.released_amount, expected.buyerGets);
    assert.equal(after.role, role);
    assertTimes(after);
    assertRefused(await act(caller, there.order, action), "INVALID_ORDER_STATUS", { status: expected.to });

    const held = expected.held ? AMOUNT : 0;
    const seller = await wallet(market, there.seller);
    assert.deepEqual([seller.available, seller.in_escrow], [ENOUGH - held - expected.buyerGets, held]);
    const buyer = await wallet(market, there.buyer);
    assert.deepEqual([buyer.available, buyer.in_escrow], [expected.buyerGets, 0]);
    assert.equal(buyer.deposited_total, expected.buyerGets);
    await assertHistory(there, action, role, after);
  };

  const assertHistory = async (there: Trade, action: Action, role: Role, after: Json) => {
    const [last] = await market.sql(
      `select * from exchange.order_history where order_id = ${there.order.id} order by change desc limit 1`,
    );
    assert.equal(last.status, after.status);
    assert.equal(last.outcome, after.outcome);
    assert.equal(last.action, action);
    assert.equal(last.actor, role === "buyer" ? there.buyer : there.seller);
  };

  /** A time for each status that the order went through, and for no other. */
  const assertTimes = (order: Json) => {
    assert.equal(order.completed_at !== null, order.status === "completed");
    assert.equal(order.cancelled_at !== null, order.status === "cancelled");
    assert.equal(order.release_by !== null, order.paid_at !== null);
    if (order.status === "disputed") assert.notEqual(order.disputed_at, null);
    if (order.paid_at !== null) {
      assert.equal(Date.parse(order.release_by) - Date.parse(order.paid_at), market.settings.releaseWindowMs);
    }
  };
});

describe("an order", () => {
  for (const type of TYPES) {
    for (const status of STATUSES) {
      test(`on a ${type} ad that is ${status} offers each party exactly what it may do`, async () => {
        const there = await trade(market, { type, status });
        for (const role of ROLES) {
          const allowed = ACTIONS.filter((action) => typeof EXPECTED[status][action][role] !== "string");
          const seen = assertDone(await callerOf(there, role)("GET", `/p2p/orders/${there.order.id}`));
          assert.deepEqual(ofTheFour(seen.allowed_actions), [...allowed].sort(), role);
          const taker = (type === "sell" ? "buyer" : "seller") === role;
          assert.equal(seen.role, role);
          assert.equal(seen.side, taker ? (type === "sell" ? "deposit" : "withdraw") : null);
          assert.deepEqual([seen.buyer.id, seen.seller.id], [there.buyer, there.seller]);
        }
      });
    }
  }

  test("shows every member of the contract", async () => {
    const { asBuyer, order, ad } = await trade(market, { terms: { exchange_rate: 150, instructions: "Say hello." } });
    const seen = assertDone(await asBuyer("GET", `/p2p/orders/${order.id}`));
    const members = `id, ad_id, ad_version, status, outcome, role, side, buyer, seller, usdt_amount, fiat_amount,
      released_amount, fiat_currency, exchange_rate, payment_method, payment_details, instructions, pay_by, release_by,
      server_time, created_at, paid_at, completed_at, cancelled_at, disputed_at, allowed_actions`;
    for (const member of members.split(/,\s+/)) assert.ok(member in seen, member);
    assert.deepEqual(
      [seen.ad_id, seen.ad_version, seen.usdt_amount, seen.fiat_amount, seen.exchange_rate, seen.fiat_currency],
      [ad.id, 1, AMOUNT, 150_000, 150, "RUB"],
    );
    assert.deepEqual([seen.instructions, seen.payment_method], ["Say hello.", "card"]);
    assert.equal(Date.parse(seen.pay_by) - Date.parse(seen.created_at), market.settings.payWindowMs);
    assert.match(seen.server_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  test("takes the pay window of its ad", async () => {
    const { order } = await trade(market, { terms: { payment_window_minutes: 45 } });
    assert.equal(Date.parse(order.pay_by) - Date.parse(order.created_at), 45 * 60_000);
  });

  test("refuses a status that there is not, and members that it does not know", async () => {
    const { asBuyer, order } = await trade(market);
    assertInvalid(await act(asBuyer, order, "confirm-paid", { expected_status: "paid" }), "/expected_status");
    assertInvalid(await act(asBuyer, order, "cancel", { reason: "other" }), "/reason");
    assertInvalid(await act(asBuyer, order, "call-operator", { reason: "bored" }), "/reason");
    assertInvalid(await act(asBuyer, order, "confirm-paid", { status: "completed", amount: 1 }), "/status", "/amount");
  });

  test("becomes a dispute with any of the contract's reasons and a comment", async () => {
    for (const reason of ["paid_not_released", "not_received", "wrong_amount", "third_party_payer", "other"]) {
      const { asBuyer, order } = await trade(market, { status: "paid_by_buyer" });
      const body = { reason, comment: "I sent it at noon.", expected_status: "paid_by_buyer" };
      assert.equal(assertDone(await act(asBuyer, order, "call-operator", body)).status, "disputed");
      const [row] = await market.sql(
        `select details from exchange.order_history where order_id = ${order.id} and action = 'call-operator'`,
      );
      assert.deepEqual(row.details, { reason, comment: "I sent it at noon." });
    }
  });

  test("is listed for its parties alone, by status and role, newest first", async () => {
    const seller = someone("seller");
    await market.fund(seller, ENOUGH);
    const ad = await market.sellAd(seller);
    const asSeller = market.as(seller);
    const ids: number[] = [];
    for (const status of ["pending", "paid_by_buyer", "disputed", "completed", "cancelled"] as const) {
      const buyer = market.as(someone("buyer"));
      const body = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: "card" };
      const opened = assertDone(await buyer("POST", "/p2p/orders", body), 201);
      ids.push(opened.id);
      if (status === "cancelled") assertDone(await act(asSeller, opened, "cancel"));
      if (status === "paid_by_buyer" || status === "disputed" || status === "completed")
        assertDone(await act(buyer, opened, "confirm-paid"));
      if (status === "disputed") assertDone(await act(buyer, opened, "call-operator"));
      if (status === "completed") assertDone(await act(asSeller, opened, "confirm-received"));
      const one = assertDone(await asSeller("GET", `/p2p/orders?status=${status}&role=seller`));
      assert.deepEqual(
        one.items.map((item: Json) => [item.id, item.status]),
        [[opened.id, status]],
      );
      assert.deepEqual(assertDone(await buyer("GET", "/p2p/orders?role=seller")).items, []);
      assert.deepEqual(
        assertDone(await buyer("GET", "/p2p/orders?role=buyer")).items.map((item: Json) => item.id),
        [opened.id],
      );
    }
    const newest = ids.toReversed();
    const list = async (query: string) => {
      const page = assertDone(await asSeller("GET", `/p2p/orders?${query}`));
      return [page.items.map((item: Json) => item.id), page.has_more, page.limit, page.offset];
    };
    assert.deepEqual(await list(""), [newest, false, 20, 0]);
    assert.deepEqual(await list("limit=2"), [newest.slice(0, 2), true, 2, 0]);
    assert.deepEqual(await list("limit=2&offset=3"), [newest.slice(3), false, 2, 3]);
    assert.deepEqual(await list("limit=2&offset=5"), [[], false, 2, 5]);
    for (const query of ["limit=0", "limit=101", "offset=-1", "offset=10001", "role=maker", "page=2"]) {
      assertInvalid(await asSeller("GET", `/p2p/orders?${query}`), `/${query.split("=")[0]}`);
    }
    assertInvalid(await asSeller("GET", "/p2p/orders?status=pending&status=paid"), "/status/1");
    assert.deepEqual(assertDone(await market.as(someone("stranger"))("GET", "/p2p/orders")).items, []);
  });
});
