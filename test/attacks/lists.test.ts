/**
 * What front ends read: each list is bounded, goes on where it ended, shows nobody what is another's, and finds what is
 * asked for among what is not.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import pg from "pg";
import { readConfig } from "../../src/config.ts";
import { addFigures } from "../../src/exchange/figures/index.ts";
import { disputed, operatorCall, say } from "../support/chats.ts";
import { type Call, deskOf, type Json, startMarket, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  ENOUGH,
  order,
  platform,
  someone,
  trade,
} from "../support/trades.ts";

const market = useMarket();

/** Everything, page by page, by cursors. */
const all = async (call: Call, path: string, limit = 2): Promise<Json[]> => {
  const items: Json[] = [];
  for (let cursor = ""; ; ) {
    const page = assertDone(await call("GET", `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${cursor}`));
    assert.ok(page.items.length <= limit, path);
    assert.equal(page.has_more, page.next !== null, path);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${page.next}`;
  }
};

const ids = (orders: readonly Json[]): number[] => orders.map(({ id }) => id);

describe("every list", () => {
  const LISTS = {
    trader: [
      "/p2p/ads?type=sell",
      "/p2p/ads/my",
      "/p2p/orders",
      "/p2p/sessions",
      "/p2p/notifications",
      "/wallet/transfers",
      "/p2p/users/PERSON/ads",
      "/p2p/users/PERSON/reviews",
      "/p2p/orders/ORDER/messages",
    ],
    operator: ["/operator/disputes"],
    platform: ["/platform/webhooks", "/platform/webhooks/dead"],
  } as const;

  test("is a page with limit, offset, has_more and next, and takes no more than the bounds", async () => {
    const deal = await trade(market);
    for (const [role, paths] of Object.entries(LISTS)) {
      const call = role === "trader" ? deal.asSeller : market.as(someone(role), role as "operator" | "platform");
      for (const template of paths) {
        const path = template.replace("PERSON", deal.seller).replace("ORDER", String(deal.order.id));
        const join = path.includes("?") ? "&" : "?";
        const page = assertDone(await call("GET", `${path}${join}limit=1&offset=0`));
        assert.deepEqual(
          Object.keys(page)
            .filter((name) => name !== "last_seq")
            .sort(),
          ["has_more", "items", "limit", "next", "offset"],
          path,
        );
        assert.deepEqual([page.limit, page.offset], [1, 0], path);
        assertDone(await call("GET", `${path}${join}limit=100&offset=10000`));
        for (const [query, pointer] of [
          ["limit=0", "/limit"],
          ["limit=101", "/limit"],
          ["limit=1e2", "/limit"],
          ["offset=-1", "/offset"],
          ["offset=10001", "/offset"],
          ["cursor=%00", "/cursor"],
          [`cursor=${"A".repeat(1_000)}`, "/cursor"],
          ["unknown=1", "/unknown"],
        ] as const) {
          assertInvalid(await call("GET", `${path}${join}${query}`), pointer);
        }
        // A cursor of somebody's own making names a place, if only a strange one.
        for (const cursor of ["AAAA", Buffer.from("999999999999999.999999999999999").toString("base64url")]) {
          assertDone(await call("GET", `${path}${join}cursor=${cursor}`));
        }
      }
    }
  });
});

describe("orders", () => {
  test("are found by several statuses, by what waits for the caller, by ad and by time, and by nothing of another's", async () => {
    const maker = someone("maker");
    await market.fund(maker, 10 * ENOUGH);
    const ad = await market.sellAd(maker, { max_amount: 9_000_000 });
    const made: Record<string, number> = {};
    for (const status of ["pending", "paid_by_buyer", "disputed", "completed", "cancelled"]) {
      const buyer = someone("buyer");
      const opened = await order(market, buyer, ad);
      const [asBuyer, asMaker] = [market.as(buyer), market.as(maker)];
      if (status === "cancelled") assertDone(await act(asBuyer, opened, "cancel"));
      else if (status !== "pending") assertDone(await act(asBuyer, opened, "confirm-paid"));
      if (status === "disputed") assertDone(await act(asMaker, opened, "call-operator"));
      if (status === "completed") assertDone(await act(asMaker, opened, "confirm-received"));
      made[status] = opened.id;
    }
    await trade(market, { status: "paid_by_buyer" });
    const own = (query: string) => all(market.as(maker), `/p2p/orders?${query}`).then(ids);
    const newest = Object.values(made).toReversed();
    assert.deepEqual(await own("role=seller"), newest);
    assert.deepEqual(await own("role=buyer"), []);
    assert.deepEqual(await own("status=pending&status=completed"), [made.completed, made.pending]);
    assert.deepEqual(await own("status=disputed"), [made.disputed]);
    assert.deepEqual(await own("needs_me=true"), [made.paid_by_buyer]);
    assert.deepEqual(await own("needs_me=true&status=pending"), []);
    assert.deepEqual(await own("needs_me=true&role=buyer"), []);
    assert.deepEqual(await own(`ad_id=${ad.id}`), newest);
    assert.deepEqual(await own(`ad_id=${ad.id}&status=cancelled&status=disputed`), [made.cancelled, made.disputed]);
    assert.deepEqual(await own(`ad_id=${ad.id + 1_000_000}`), []);
    const stranger = market.as(someone("stranger"));
    assert.deepEqual(await all(stranger, `/p2p/orders?ad_id=${ad.id}`), [], "an ad's orders are its maker's");
    assertInvalid(await stranger("GET", "/p2p/orders?status=paid"), "/status/0");
    assertInvalid(await stranger("GET", `/p2p/orders?${"status=pending&".repeat(11)}`), "/status");
    assertInvalid(await stranger("GET", "/p2p/orders?role=buyer&role=seller"), "/role");
  });

  test("of a time are all of it and no others, however they lie", async () => {
    const maker = someone("maker");
    await market.fund(maker, 10 * ENOUGH);
    const ad = await market.sellAd(maker, { max_amount: 9_000_000 });
    const made: Json[] = [];
    for (let index = 0; index < 6; index++) made.push(await order(market, someone("buyer"), ad));
    const times = made.map(({ created_at }) => created_at as string);
    const call = market.as(maker);
    for (let from = 0; from < 6; from++) {
      for (let to = from; to < 6; to++) {
        const found = await all(call, `/p2p/orders?from=${times[from]}&to=${times[to]}`);
        const wanted = made.filter(
          ({ created_at }) => created_at >= (times[from] as string) && created_at < (times[to] as string),
        );
        assert.deepEqual(ids(found), ids(wanted).toReversed());
      }
    }
    assert.deepEqual(await all(call, `/p2p/orders?from=2100-01-01T00:00:00Z`), []);
    assert.deepEqual(await all(call, `/p2p/orders?to=2000-01-01T00:00:00Z`), []);
    assert.equal((await all(call, "/p2p/orders?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")).length, 6);
    assertInvalid(await call("GET", "/p2p/orders?from=yesterday"), "/from");
    assertInvalid(await call("GET", "/p2p/orders?to=2026-12-31T23:59:60Z"), "/to");
  });

  test("show both sides the case, the operator by name alone, each other's rating, and the taker what may still be dropped", async () => {
    const found = await disputed(market);
    const see = async (call: Call) => assertDone(await call("GET", `/p2p/orders/${found.order.id}`));
    for (const call of [found.asBuyer, found.asSeller]) {
      const { dispute } = await see(call);
      assert.deepEqual(
        [dispute.status, dispute.opened_by, dispute.reason, dispute.assigned_to],
        ["assigned", "seller", null, deskOf(found.operator)],
      );
      assert.ok(Date.parse(dispute.opened_at) > 0);
      assert.ok(!JSON.stringify(await see(call)).includes(found.operator));
    }
    assertDone(await operatorCall(found.asOperator, found.order, "resolve", { outcome: "release", reason: "shown" }));
    assert.equal((await see(found.asBuyer)).dispute.status, "resolved");
    assertDone(await found.asBuyer("POST", `/p2p/orders/${found.order.id}/rate`, { rating: 3 }), 201);
    const [mine, theirs] = [await see(found.asBuyer), await see(found.asSeller)];
    assert.deepEqual([mine.my_rating, mine.their_rating], [3, null]);
    assert.deepEqual([theirs.my_rating, theirs.their_rating], [null, 3]);
    assert.deepEqual([typeof mine.cancels_left, theirs.cancels_left], ["number", null]);
    const next = await trade(market);
    const left = assertDone(await next.asBuyer("GET", `/p2p/orders/${next.order.id}`)).cancels_left;
    assert.equal(next.order.dispute, null);
    assert.equal(assertDone(await act(next.asBuyer, next.order, "cancel")).cancels_left, left - 1);
  });
});

describe("one's own page", () => {
  test("says who one is, what waits, until when, and what the rules leave", async () => {
    const deal = await trade(market);
    assertDone(await say(deal.asSeller, deal.order, "Hello."), 201);
    const buyer = assertDone(await deal.asBuyer("GET", "/p2p/me"));
    assert.deepEqual([buyer.profile.id, buyer.roles, buyer.unread_total], [deal.buyer, [], 1]);
    const [turn, ...more] = buyer.your_turn;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [turn.order_id, turn.action, turn.until, turn.counterparty.id, turn.fiat_amount, turn.waits_for],
      [deal.order.id, "confirm-paid", deal.order.pay_by, deal.seller, deal.order.fiat_amount, "me"],
    );
    assert.deepEqual([buyer.open_deposit_order, buyer.open_withdraw_order], [deal.order.id, null]);
    assert.equal(buyer.withdrawal.allowed, false);
    assert.deepEqual(buyer.withdrawal.min_deposit, { required: 100_000, met: false, deposited: 0 });
    assert.deepEqual(buyer.second_factor, { enabled: false });
    const seller = assertDone(await deal.asSeller("GET", "/p2p/me"));
    assert.deepEqual([seller.your_turn, seller.active_orders.length], [[], 1]);
    assert.equal(seller.active_orders[0].waits_for, "other");
    assert.equal(seller.withdrawal.allowed, true);
    assertDone(await act(deal.asBuyer, deal.order, "confirm-paid"));
    const [release] = assertDone(await deal.asSeller("GET", "/p2p/me")).your_turn;
    assert.equal(release.action, "confirm-received");
    assert.ok(Date.parse(release.until) > Date.now());
    assertDone(await act(deal.asSeller, deal.order, "call-operator"));
    const held = assertDone(await deal.asSeller("GET", "/p2p/me"));
    assert.deepEqual([held.your_turn, held.active_orders[0].waits_for], [[], "operator"]);
    assert.deepEqual(assertDone(await market.as(someone("desk"), "operator")("GET", "/p2p/me")).roles, ["operator"]);
    assertRefused(await market.stranger("GET", "/p2p/me"), "UNAUTHORIZED");
  });

  test("unread lines of an order that ended lately count, and those that were read do not", async () => {
    const deal = await trade(market, { status: "completed" });
    const unread = async () => assertDone(await deal.asBuyer("GET", "/p2p/me")).unread_total;
    const { seq } = assertDone(await say(deal.asSeller, deal.order, "Thank you."), 201);
    assert.equal(await unread(), 1);
    assertDone(await deal.asBuyer("POST", `/p2p/orders/${deal.order.id}/messages/read`, { up_to_seq: seq }));
    assert.equal(await unread(), 0);
  });
});

describe("notifications", () => {
  test("are what others did, newest first, and nothing of one's own or another's", async () => {
    const deal = await trade(market);
    assertDone(await say(deal.asBuyer, deal.order, "Paying."), 201);
    assertDone(await act(deal.asBuyer, deal.order, "confirm-paid"));
    assertDone(await say(deal.asSeller, deal.order, "Thank you."), 201);
    assertDone(await act(deal.asSeller, deal.order, "confirm-received"));
    assertDone(await deal.asSeller("POST", `/p2p/orders/${deal.order.id}/rate`, { rating: 5, comment: "Good." }), 201);
    const told = (items: readonly Json[]) =>
      items.map(({ data }) => data.rated ?? data.message?.message ?? data.action);
    const [buyers, sellers] = [
      await all(deal.asBuyer, "/p2p/notifications"),
      await all(deal.asSeller, "/p2p/notifications"),
    ];
    assert.deepEqual(told(buyers), [5, "confirm-received", "Thank you."]);
    assert.deepEqual(told(sellers), ["confirm-paid", "Paying.", "create"]);
    assert.ok([...buyers, ...sellers].every(({ read }) => read === false));
    assert.equal(buyers[1].data.order.id, deal.order.id);
    assert.deepEqual(told(assertDone(await deal.asBuyer("GET", "/p2p/notifications?offset=1&limit=1")).items), [
      "confirm-received",
    ]);
    assert.deepEqual(await all(market.as(someone("stranger")), "/p2p/notifications"), []);
  });

  test("are read up to one, or of one order, by their reader alone; a mark never goes back and none is of the future", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker);
    const call = market.as(maker);
    const first = await order(market, someone("buyer"), ad);
    const second = await order(market, someone("buyer"), ad);
    const unread = async () =>
      (await all(call, "/p2p/notifications")).filter(({ read }) => !read).map(({ data }) => data.order_id);
    const bell = async () => assertDone(await call("GET", "/p2p/me")).notifications_unread;
    assert.deepEqual([await unread(), await bell()], [[second.id, first.id], 2]);
    assertDone(await call("POST", "/p2p/notifications/read", { order_id: second.id }));
    assert.deepEqual([await unread(), await bell()], [[first.id], 1]);
    const oldest = (await all(call, "/p2p/notifications")).at(-1);
    const marked = assertDone(await call("POST", "/p2p/notifications/read", { up_to: oldest.id }));
    assert.deepEqual(marked, { order_id: null, up_to: oldest.id });
    assert.deepEqual([await unread(), await bell()], [[], 0]);
    const far = assertDone(await call("POST", "/p2p/notifications/read", { up_to: "999999999999999" }));
    assert.ok(Number(far.up_to) < 1_000_000, "what was not told yet is marked");
    assert.equal(assertDone(await call("POST", "/p2p/notifications/read", { up_to: "1" })).up_to, far.up_to);
    const third = await order(market, someone("buyer"), ad);
    assert.deepEqual(await unread(), [third.id]);
    assertRefused(
      await market.as(someone("stranger"))("POST", "/p2p/notifications/read", { order_id: third.id }),
      "ORDER_NOT_FOUND",
    );
    assertInvalid(await call("POST", "/p2p/notifications/read", { up_to: "-1" }), "/up_to");
  });
});

describe("wallets", () => {
  test("movements are found by kind, order and time, each once, and only one's own", async () => {
    const deal = await trade(market, { status: "completed" });
    await bonus(market, deal.seller, 7_000);
    assertDone(await platform(market, "debits", { user_id: deal.seller, amount: 500, kind: "withdrawal" }), 201);
    const call = deal.asSeller;
    const kinds = async (query: string) =>
      (await all(call, `/wallet/transfers?${query}`)).map(({ kind }: Json) => kind as string);
    assert.deepEqual(await kinds("x=1".slice(3)), ["withdrawal", "bonus", "escrow_hold", "deposit"]);
    assert.deepEqual(await kinds("kind=deposit"), ["deposit"]);
    assert.deepEqual(await kinds("kind=escrow_hold"), ["escrow_hold"]);
    assert.deepEqual(await kinds("kind=escrow_release"), []);
    assert.deepEqual(await kinds(`order_id=${deal.order.id}`), ["escrow_hold"]);
    assert.deepEqual(await kinds(`order_id=${deal.order.id}&kind=deposit`), []);
    const [last, , hold] = await all(call, "/wallet/transfers");
    assert.deepEqual(await kinds(`from=${hold.created_at}`), ["withdrawal", "bonus", "escrow_hold"]);
    assert.deepEqual(await kinds(`to=${hold.created_at}`), ["deposit"]);
    assert.deepEqual(await kinds(`from=${hold.created_at}&to=${last.created_at}&kind=bonus`), ["bonus"]);
    const stranger = market.as(someone("stranger"));
    assert.deepEqual(await all(stranger, `/wallet/transfers?order_id=${deal.order.id}`), []);
    assertInvalid(await call("GET", "/wallet/transfers?kind=everything"), "/kind");
  });

  test("a statement holds a period's movements, oldest first, and no cell of it is a formula", async () => {
    const user = someone("owner");
    const wild = ["=1+1", "+1", "-1", "@SUM(A1)", 'a"b,c'];
    for (const external of wild) {
      const entry = { user_id: user, amount: 100, kind: "adjustment", external_id: external };
      assertDone(await platform(market, "credits", entry), 201);
    }
    const reply = await market.as(user)("GET", "/wallet/statement.csv");
    assert.equal(reply.status, 200, reply.text);
    assert.match(String(reply.headers["content-type"]), /^text\/csv/);
    const [head, ...lines] = reply.text.trimEnd().split("\r\n");
    assert.equal(head, "created_at,id,kind,direction,amount,balance_after,order_id,external_id");
    assert.deepEqual(
      lines.map((line) => line.split(",").slice(7).join(",")),
      ["'=1+1", "'+1", "'-1", "'@SUM(A1)", '"a""b,c"'],
    );
    assert.deepEqual(
      lines.map((line) => line.split(",")[5]),
      ["100", "200", "300", "400", "500"],
    );
    const none = await market.as(user)("GET", "/wallet/statement.csv?from=2100-01-01T00:00:00Z");
    assert.deepEqual(none.text.trimEnd().split("\r\n"), [head]);
    assertInvalid(await market.as(user)("GET", "/wallet/statement.csv?from=now"), "/from");
    assertRefused(await market.stranger("GET", "/wallet/statement.csv"), "UNAUTHORIZED");
  });
});

describe("people", () => {
  test("reviews are stars and words, and tell neither whose they are nor of which order", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker);
    for (const rating of [1, 2, 3]) {
      const buyer = someone("buyer");
      const opened = await order(market, buyer, ad, { amount: AMOUNT });
      assertDone(await act(market.as(buyer), opened, "confirm-paid"));
      assertDone(await act(market.as(maker), opened, "confirm-received"));
      const said = { rating, comment: `${rating} stars` };
      assertDone(await market.as(buyer)("POST", `/p2p/orders/${opened.id}/rate`, said), 201);
    }
    const reviews = await all(market.stranger, `/p2p/users/${maker}/reviews`);
    assert.deepEqual(
      reviews.map(({ rating, comment }) => [rating, comment]),
      [3, 2, 1].map((rating) => [rating, `${rating} stars`]),
    );
    assert.deepEqual(Object.keys(reviews[0]).sort(), ["comment", "created_at", "rating"]);
    const ads = await all(market.stranger, `/p2p/users/${maker}/ads`);
    assert.deepEqual(
      ads.map(({ id, maker: person }) => [id, person.id]),
      [[ad.id, maker]],
    );
    assert.ok(!JSON.stringify(ads).includes("card_number"), "payment details are told");
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
    assert.deepEqual(await all(market.stranger, `/p2p/users/${maker}/ads`), []);
    for (const what of ["ads", "reviews"]) {
      assertRefused(await market.stranger("GET", `/p2p/users/nobody-at-all/${what}`), "USER_NOT_FOUND");
    }
  });

  test("the catalogue of payment methods is what was configured, and refuses no ad", async () => {
    const { items } = assertDone(await market.stranger("GET", "/p2p/payment-methods"));
    for (const { id, labels, fields } of items) {
      assert.match(id, /^[a-z0-9_]{1,32}$/);
      assert.deepEqual(Object.keys(labels).sort(), ["en", "ru", "uk"]);
      assert.ok(fields.length > 0);
    }
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    await market.sellAd(maker, { payment_methods: ["pigeon"], payment_details: { card_number: "2200 …" } });
    const one = [{ id: "cash", labels: { en: "Cash", ru: "Наличные", uk: "Готівка" }, fields: [] }];
    assert.throws(() => readConfig({ PAYMENT_METHODS: JSON.stringify(one) }), /PAYMENT_METHODS is no catalogue/);
    assert.throws(() => readConfig({ PAYMENT_METHODS: "card" }), /PAYMENT_METHODS is no catalogue/);
  });
});

describe("operators' figures", () => {
  test("add up what happened by day, hold the escrow of open orders and the age of cases, and are for operators alone", async () => {
    const pool = new pg.Pool({ connectionString: market.database.servingUrl, max: 2 });
    // In one transaction, the mark first: the node's own adding up holds it, and may come by at any moment.
    await market.sql(
      "update exchange.figures_mark set until = now() - interval '1 hour'; delete from exchange.daily_figures",
    );
    const operator = market.as(someone("desk"), "operator");
    const deal = await trade(market, { status: "completed", amount: 123_400 });
    const open = await trade(market, { status: "disputed" });
    await Promise.all([addFigures(pool, 0), addFigures(pool, 0)]);
    await addFigures(pool, 0);
    await pool.end();
    const figures = assertDone(await operator("GET", "/operator/figures"));
    const [counted] = await market.sql(`select count(*) filter (where change = 1)::int as created,
        count(*) filter (where status = 'completed')::int as completed,
        count(*) filter (where status = 'cancelled')::int as cancelled,
        count(*) filter (where status = 'disputed')::int as disputed from exchange.order_history`);
    const [volume] = await market.sql(`select sum(released_amount)::int8 as volume from exchange.order_states`);
    const sum = (name: string) => figures.days.reduce((total: number, day: Json) => total + day[name], 0);
    assert.deepEqual(["created", "completed", "cancelled", "disputed", "volume"].map(sum), [
      counted.created,
      counted.completed,
      counted.cancelled,
      counted.disputed,
      Number(volume.volume),
    ]);
    assert.ok(deal.order.usdt_amount === 123_400);
    const held = await market.sql(`select status, count(*)::int as orders, sum(escrow)::int8 as amount
      from exchange.order_states where completed is null group by 1 order by 1`);
    assert.deepEqual(
      figures.escrow,
      held.map(({ amount, ...one }: Json) => ({ ...one, amount: Number(amount) })),
    );
    assert.ok(open.order.id > 0);
    const [waiting] = figures.cases;
    assert.deepEqual([waiting.status, waiting.older], ["open", 0]);
    assert.ok(waiting.under_1_hour >= 1);
    assert.ok(figures.feed.told >= figures.feed.read && figures.feed.behind_seconds >= 0);
    assert.ok(!JSON.stringify(figures).includes(open.buyer));
    assertRefused(await open.asBuyer("GET", "/operator/figures"), "FORBIDDEN");
    assertRefused(await market.as("host", "platform")("GET", "/operator/figures"), "FORBIDDEN");
    assertRefused(await market.stranger("GET", "/operator/figures"), "UNAUTHORIZED");
  });

  test("show the last audit, as it was", async () => {
    const own = await startMarket();
    try {
      const operator = own.as("desk", "operator");
      await own.prove();
      const { audits, last_whole_audit_at: at } = assertDone(await operator("GET", "/operator/figures"));
      const [{ system, whole, findings, checks }] = audits;
      assert.deepEqual([audits.length, system, whole, findings], [1, "exchange", true, []]);
      assert.ok(checks > 10 && Date.parse(at) > 0);
    } finally {
      await own.end();
    }
  });
});
