/** Streams under bad networks and curious eyes: nothing is missed, nothing loops, and nobody is shown what is another's. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Frame, openReader, placeOf, pollAll, settled } from "../live/reader.ts";
import { disputed, messagesOf, operatorCall, say } from "../support/chats.ts";
import { eventually, type Json, startMarket, useMarket } from "../support/market.ts";
import { act, assertDone, assertInvalid, bonus, ENOUGH, order, platform, someone, trade } from "../support/trades.ts";

const market = useMarket();

const now = async (user: string, role?: "operator"): Promise<string> => {
  await settled(market);
  return assertDone(await market.as(user, role)("GET", "/p2p/events?after=")).next;
};

/** What a user was told since a place, by streams' other name. */
const toldSince = async (user: string, place: string, role?: "operator"): Promise<Json[]> => {
  await settled(market);
  const items: Json[] = [];
  for (let after = place; ; ) {
    const page = assertDone(await market.as(user, role)("GET", `/p2p/events?after=${after}`));
    items.push(...page.items);
    if (page.next === after) return items;
    after = page.next;
  }
};

const ofType = (items: readonly Json[], type: string): Json[] => items.filter((item) => item.type === type);

describe("cutting connections", () => {
  test("a stream that is cut before any event resumes from its first frame, and misses nothing of what came meanwhile", async () => {
    const deal = await trade(market);
    await settled(market);
    const cut = await openReader(market, deal.buyer);
    const place = await placeOf(market, deal.buyer);
    assert.deepEqual([cut.frames, cut.places()], [[], [place]]);
    assert.match(cut.text(), /^id: [0-9a-f]{8}-\d+\n\n$/, "the first frame bears the id and nothing else");
    await cut.close();
    assertDone(await say(deal.asSeller, deal.order, "While you were away."), 201);
    const resumed = await openReader(market, deal.buyer, { lastEventId: cut.lastId() });
    await eventually(async () => resumed.frames.length > 0, "what came meanwhile");
    assert.equal(resumed.frames[0]?.data.message.message, "While you were away.");
    await resumed.close();
  });

  test("one that resumes and is cut before its history came resumes from the same place, not from now", async () => {
    const deal = await trade(market);
    const place = await now(deal.buyer);
    assertDone(await say(deal.asSeller, deal.order, "Before."), 201);
    await settled(market);
    const resumed = await openReader(market, deal.buyer, { lastEventId: place });
    await eventually(async () => resumed.frames.length > 0, "the history");
    assert.equal(resumed.places()[0], place);
    await resumed.close();
  });

  test("a place of ours that is of no use gets a reset that itself says from where to go on", async () => {
    const user = someone("lost");
    await market.as(user)("GET", "/wallet");
    const reader = await openReader(market, user, { lastEventId: "invented" });
    await eventually(async () => reader.frames.length > 0, "the reset");
    assert.deepEqual([reader.frames.map(({ event }) => event), reader.places()], [["reset"], []]);
    await reader.close();
  });

  test("a server that stops says so to every stream, with the place to resume from", async () => {
    const own = await startMarket();
    try {
      await own.as("vera")("GET", "/wallet");
      await settled(own);
      const reader = await openReader(own, "vera");
      const [place] = reader.places();
      await own.restart();
      await reader.ended;
      assert.deepEqual(reader.frames, [{ id: place, event: "end", data: { reason: "server_stopping" } }]);
    } finally {
      await own.end();
    }
  });
});

describe("needing no second call", () => {
  test("a change of an order says who did what and when, and shows the order as its reader's own route does", async () => {
    const deal = await trade(market);
    const place = await now(deal.seller);
    assertDone(await act(deal.asBuyer, deal.order, "confirm-paid"));
    for (const [user, call] of [
      [deal.seller, deal.asSeller],
      [deal.buyer, deal.asBuyer],
    ] as const) {
      const [event] = ofType(await toldSince(user, place), "order.updated");
      const { order: shown, at, ...data } = event.data;
      assert.deepEqual(data, {
        order_id: deal.order.id,
        status: "paid_by_buyer",
        outcome: null,
        change: 2,
        action: "confirm-paid",
        by: "buyer",
      });
      const { server_time: _, ...own } = assertDone(await call("GET", `/p2p/orders/${deal.order.id}`));
      const { server_time: __, ...told } = shown;
      assert.deepEqual(told, own);
      assert.equal(at, own.paid_at);
    }
  });

  test("a wallet's event says what moved and shows the wallet, the seller's escrow at its end included", async () => {
    const deal = await trade(market, { status: "paid_by_buyer" });
    const place = await now(deal.seller);
    assertDone(await act(deal.asSeller, deal.order, "confirm-received"));
    for (const [user, call] of [
      [deal.seller, deal.asSeller],
      [deal.buyer, deal.asBuyer],
    ] as const) {
      const [event, ...more] = ofType(await toldSince(user, place), "wallet.updated");
      assert.deepEqual(more, []);
      const { wallet, ...data } = event.data;
      const moved = { order_id: deal.order.id, kind: "escrow_release", amount: deal.order.usdt_amount };
      assert.deepEqual(data, { ...moved, balance: wallet.available });
      assert.deepEqual(wallet, assertDone(await call("GET", "/wallet")));
    }
  });

  test("who has read a line is told to both, with what is left unread", async () => {
    const deal = await trade(market);
    const { seq } = assertDone(await say(deal.asSeller, deal.order, "Read me."), 201);
    const place = await now(deal.seller);
    assertDone(await deal.asBuyer("POST", `${messagesOf(deal.order)}/read`, { up_to_seq: seq }));
    for (const user of [deal.seller, deal.buyer]) {
      const [event] = ofType(await toldSince(user, place), "message.updated");
      const { read_at: at, ...data } = event.data;
      assert.deepEqual(data, { order_id: deal.order.id, up_to_seq: seq, by: "buyer", unread: 0 });
      assert.ok(Date.parse(at) > 0);
    }
    const again = await now(deal.seller);
    assertDone(await deal.asBuyer("POST", `${messagesOf(deal.order)}/read`, { up_to_seq: seq }));
    assert.deepEqual(await toldSince(deal.seller, again), [], "marking again tells nothing");
  });

  test("a rating is told to whom it was given, with its words", async () => {
    const deal = await trade(market, { status: "completed" });
    const place = await now(deal.seller);
    assertDone(await deal.asBuyer("POST", `/p2p/orders/${deal.order.id}/rate`, { rating: 4, comment: "Quick." }), 201);
    const [event] = ofType(await toldSince(deal.seller, place), "order.updated");
    assert.deepEqual([event.data.rated, event.data.comment, event.data.by], [4, "Quick.", "buyer"]);
    assert.deepEqual(ofType(await toldSince(deal.buyer, place), "order.updated"), []);
  });

  test("an ad that leaves the market by itself and enters it again tells its maker, each time once", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker, { min_amount: 600_000 });
    const place = await now(maker);
    const taker = someone("taker");
    const opened = await order(market, taker, ad, { amount: 600_000 });
    const left = ofType(await toldSince(maker, place), "ad.updated");
    assert.deepEqual(
      left.map(({ data: { ad_id, status, shown, by } }) => [ad_id, status, shown, by]),
      [[ad.id, "active", false, null]],
    );
    assert.deepEqual(left[0].data.ad.hidden_reasons, ["balance"]);
    assert.deepEqual(left[0].data.ad.payment_details, ad.payment_details);
    const between = await now(maker);
    assertDone(await act(market.as(taker), opened, "cancel"));
    const entered = ofType(await toldSince(maker, between), "ad.updated");
    assert.deepEqual(
      entered.map(({ data: { ad_id, shown, by } }) => [ad_id, shown, by]),
      [[ad.id, true, null]],
    );
    assert.deepEqual(ofType(await toldSince(taker, place), "ad.updated"), [], "the taker is told of another's ad");
  });

  test("an ad that its maker changes is told once, whatever the change does to the market", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker);
    const place = await now(maker);
    const call = market.as(maker);
    assertDone(await call("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
    assertDone(await call("PUT", `/p2p/ads/${ad.id}`, { status: "active", min_amount: 2_000_000 }));
    assertDone(await call("PUT", `/p2p/ads/${ad.id}`, { min_amount: 100_000 }));
    assertDone(await call("DELETE", `/p2p/ads/${ad.id}`), 204);
    assert.deepEqual(
      ofType(await toldSince(maker, place), "ad.updated").map(({ data }) => [data.status, data.shown, data.by]),
      [
        ["paused", false, "maker"],
        ["active", false, "maker"],
        ["active", true, "maker"],
        ["deleted", false, "maker"],
      ],
    );
  });

  test("a bonus that must be wagered takes the maker's ad out of the market, and tells the maker", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker);
    const place = await now(maker);
    await bonus(market, maker, 1_000, { wagering_required: 5_000 });
    assertDone(await platform(market, "wagers", { user_id: maker, amount: 5_000 }), 201);
    const told = await toldSince(maker, place);
    assert.deepEqual(
      ofType(told, "ad.updated").map(({ data }) => [data.ad_id, data.shown, data.by]),
      [
        [ad.id, false, null],
        [ad.id, true, null],
      ],
    );
    assert.deepEqual(
      ofType(told, "wallet.updated").map(({ data }) => [data.kind, data.amount]),
      [
        ["bonus", 1_000],
        ["wager", 5_000],
      ],
    );
  });

  test("two tabs of one reader are shown the same, each event once", async () => {
    const deal = await trade(market);
    await settled(market);
    const tabs = await Promise.all([openReader(market, deal.buyer), openReader(market, deal.buyer)]);
    for (let line = 1; line <= 30; line++) assertDone(await say(deal.asSeller, deal.order, `Line ${line}.`), 201);
    await eventually(async () => tabs.every(({ frames }) => frames.length >= 30), "all lines in both tabs");
    const seen = (frames: readonly Frame[]) => frames.map(({ id, data }) => [id, data.message.message]);
    assert.deepEqual(seen(tabs[0].frames), seen(tabs[1].frames));
    assert.equal(new Set(tabs[0].frames.map(({ id }) => id)).size, 30);
    await Promise.all(tabs.map((tab) => tab.close()));
  });
});

describe("looking at what is another's", () => {
  test("cases are told to operators, and to none that is a party, whatever the token says", async () => {
    const outsider = someone("operator");
    await market.as(outsider, "operator")("GET", "/wallet");
    const place = await now(outsider, "operator");
    const live = await openReader(market, outsider, { token: await market.token(outsider, "operator") });
    const found = await disputed(market);
    assertDone(await operatorCall(found.asOperator, found.order, "resolve", { outcome: "release", reason: "shown" }));
    await eventually(async () => live.frames.length >= 3, "the three acts, live");
    const cases = ofType(await toldSince(outsider, place, "operator"), "case.updated");
    assert.deepEqual(
      cases.map(({ data }) => [data.order_id, data.act]),
      ["opened", "assigned", "resolved"].map((what) => [found.order.id, what]),
    );
    assert.deepEqual(
      live.frames.map(({ event, data }) => [event, data.act]),
      ["opened", "assigned", "resolved"].map((what) => ["case.updated", what]),
    );
    const [{ data }] = cases;
    assert.deepEqual(
      [data.case.buyer.id, data.case.seller.id, data.case.usdt_amount, data.case.assigned_to_me],
      [found.buyer, found.seller, found.order.usdt_amount, false],
    );
    assert.ok(!JSON.stringify(cases).includes(found.operator), "an operator's subject is told");
    assert.ok(!JSON.stringify(cases).includes(found.order.payment_details.card_number), "payment details are told");
    for (const party of [found.buyer, found.seller]) {
      assert.deepEqual(ofType(await toldSince(party, place, "operator"), "case.updated"), [], "to a party");
      assert.deepEqual(ofType(await toldSince(party, place), "case.updated"), [], "to a party without the role");
    }
    assert.deepEqual(await toldSince(outsider, place), [], "to an operator whose token does not say so");
    await live.close();
  });

  test("a subject cannot be the operators' name", async () => {
    const stranger = await market.token("all operators").catch(() => null);
    if (stranger === null) return;
    const reader = await openReader(market, "all operators", { token: stranger });
    assert.equal(reader.status, 401);
    await reader.close();
  });

  test("a line that was hidden since is a placeholder for whoever reads the feed again", async () => {
    const found = await disputed(market);
    const place = await now(found.buyer);
    const { seq } = assertDone(await say(found.asSeller, found.order, "my card 4276 1111 2222 3333"), 201);
    const before = ofType(await toldSince(found.buyer, place), "message.created");
    assert.match(before[0].data.message.message, /4276/);
    assertDone(await operatorCall(found.asOperator, found.order, `messages/${seq}/hide`, { reason: "a card" }), 204);
    for (const user of [found.buyer, found.seller]) {
      const told = await toldSince(user, place);
      assert.ok(!JSON.stringify(told).includes("4276 1111"), "the hidden text is told");
      const [created] = ofType(told, "message.created");
      const [updated] = ofType(told, "message.updated");
      assert.deepEqual([created.data.seq, created.data.message.hidden], [seq, true]);
      assert.deepEqual([updated.data.seq, updated.data.hidden, updated.data.by], [seq, true, "operator"]);
    }
  });

  test("an operator's line is told under a name, and the subject under none", async () => {
    const found = await disputed(market);
    const place = await now(found.buyer);
    assertDone(await operatorCall(found.asOperator, found.order, "messages", { message: "I am looking." }), 201);
    const told = await toldSince(found.buyer, place);
    const [{ data }] = ofType(told, "message.created");
    assert.deepEqual([data.message.kind, data.message.message], ["operator", "I am looking."]);
    assert.ok(!JSON.stringify(told).includes(found.operator), JSON.stringify(told));
  });

  test("only the operator's stream and poll take places; a place with more than digits is a reset", async () => {
    const user = someone("curious");
    await market.as(user)("GET", "/wallet");
    assertInvalid(await market.as(user)("GET", `/p2p/events?after=${"9".repeat(41)}`), "/after");
    const { items } = await pollAll(market, user, await now(user));
    assert.deepEqual(items, []);
  });
});
