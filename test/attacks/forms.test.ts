/** What forms send: everything, whatever their user touched, and texts that are none. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, SELL_AD, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  fingerprint,
  order,
  someone,
  type Trade,
  trade,
} from "../support/trades.ts";

const market = useMarket();

/** What a PUT takes of what a GET shows. */
const MEMBERS = [
  "type",
  "fiat_currency",
  "exchange_rate",
  "min_amount",
  "max_amount",
  "total_amount",
  "payment_methods",
  "payment_details",
  "instructions",
  "payment_window_minutes",
  "status",
];

/** An ad of which a part is sold and a part is held. */
const inUse = async (terms: object = {}) => {
  const maker = someone("maker");
  await market.fund(maker, 1_000_000);
  const { id } = await market.sellAd(maker, { max_amount: 500_000, ...terms });
  const call = market.as(maker);
  const [first, second] = [someone("taker"), someone("taker")];
  const sold = await order(market, first, { id }, { amount: 200_000 });
  assertDone(await act(market.as(first), sold, "confirm-paid"));
  assertDone(await act(call, sold, "confirm-received"));
  await order(market, second, { id }, { amount: AMOUNT });
  const shown = async (): Promise<Json> =>
    assertDone(await call("GET", "/p2p/ads/my")).items.find((ad: Json) => ad.id === id);
  const form = async (): Promise<Json> =>
    Object.fromEntries(Object.entries(await shown()).filter(([member]) => MEMBERS.includes(member)));
  const put = (body: object) => call("PUT", `/p2p/ads/${id}`, body);
  return { shown, form, put };
};

describe("F60: a form that sends what it was shown", () => {
  for (const [what, terms] of [
    ["without a total", {}],
    ["with a total", { total_amount: 800_000 }],
    ["with a total that is its maximum", { total_amount: 500_000 }],
    ["with a window of its own", { payment_window_minutes: 30 }],
  ] as const) {
    test(`changes nothing of an ad ${what}: no version, no remainder, no event, however often`, async () => {
      const { shown, form, put } = await inUse(terms);
      const [before, rows] = [await shown(), await fingerprint(market)];
      for (let count = 0; count < 2; count++) assert.deepEqual(assertDone(await put(await form())), before);
      for (const [member, value] of Object.entries(await form()))
        assert.deepEqual(assertDone(await put({ [member]: value })), before, member);
      assert.deepEqual(await shown(), before);
      assert.deepEqual(await fingerprint(market), rows);
    });
  }

  test("changes what was touched, and offers nothing again that is sold", async () => {
    const { form, put } = await inUse();
    const touched = assertDone(await put({ ...(await form()), instructions: "Be quick." }));
    assert.deepEqual([touched.version, touched.total_amount, touched.remaining_amount], [2, 500_000, 200_000]);
    // The total that was shown stays what it is when the maximum beside it changes.
    const lower = assertDone(await put({ ...(await form()), max_amount: 400_000 }));
    assert.deepEqual([lower.version, lower.total_amount, lower.remaining_amount], [3, 500_000, 200_000]);
    const more = assertDone(await put({ ...(await form()), total_amount: 600_000 }));
    assert.deepEqual([more.version, more.total_amount, more.remaining_amount], [4, 600_000, 500_000]);
  });

  test("can't take a type or a currency away, and may repeat them", async () => {
    const { shown, put } = await inUse();
    const before = await shown();
    assert.deepEqual(assertDone(await put({ type: "sell", fiat_currency: "RUB" })), before);
    assertInvalid(await put({ type: "buy" }), "/type");
    assertInvalid(await put({ fiat_currency: "USD" }), "/fiat_currency");
    assert.deepEqual(await shown(), before);
  });
});

test("F61: a pay window of one's own can be given up again with null", async () => {
  const { put } = await inUse({ payment_window_minutes: 1_440 });
  const given = assertDone(await put({ payment_window_minutes: null }));
  assert.deepEqual([given.version, given.payment_window_minutes], [2, null]);
  assert.equal(assertDone(await put({ payment_window_minutes: null })).version, 2);
  const maker = someone("maker");
  const { payment_window_minutes } = await market.sellAd(maker, { payment_window_minutes: null });
  assert.equal(payment_window_minutes, null);
});

/** Each leaves nothing to see, or makes one text look like another. */
const BLANKS = [
  "",
  " ",
  "\t",
  "\u00a0\u3000",
  "\u200b",
  "\u200d\ufeff\u2060",
  "\u3164\u115f",
  "\u2800",
  "\u034f\ufe0f",
];
const DECEPTIVE = [
  "22\u202e00",
  "2200\u200b",
  "\u20662200\u2069",
  "22\n00",
  "22\u000000",
  "22\u0007",
  "22\u2028",
  "22\ud83d",
];

describe("F62: payment details", () => {
  const post = (payment_details: object) =>
    market.as(someone("maker"))("POST", "/p2p/ads", { ...SELL_AD, payment_details });

  test("without a name, or with a blank one, are VALIDATION_ERROR", async () => {
    for (const name of BLANKS) assertInvalid(await post({ [name]: "2200" }), `/payment_details/${name}`);
  });

  test("with a blank value are VALIDATION_ERROR", async () => {
    for (const value of BLANKS) assertInvalid(await post({ card: value }), "/payment_details/card");
  });

  test("whose name or value looks like another is VALIDATION_ERROR", async () => {
    for (const text of DECEPTIVE) {
      const named = await post({ [text]: "2200" });
      assert.equal(named.body.code, "VALIDATION_ERROR", JSON.stringify(text));
      assertInvalid(await post({ card: text }), "/payment_details/card");
    }
  });

  test("whose name has 60,000 characters is VALIDATION_ERROR, and the answer is short", async () => {
    const reply = await post({ ["n".repeat(60_000)]: "2200" });
    assert.equal(reply.body.code, "VALIDATION_ERROR");
    assert.ok(reply.text.length < 2_000, String(reply.text.length));
  });

  test("have names of 1 to 64 and values of 1 to 200 characters, counted as people do", async () => {
    for (const character of ["n", "ж", "漢", "💳"]) {
      const [name, value] = [character.repeat(64), character.repeat(200)];
      assert.deepEqual(assertDone(await post({ [name]: value }), 201).payment_details, { [name]: value });
      assertInvalid(await post({ [`${name}n`]: value }), `/payment_details/${name}n`);
      assertInvalid(await post({ [name]: `${value}n` }), `/payment_details/${name}`);
    }
  });

  test("of a taker and of an edit are held to the same", async () => {
    const maker = someone("maker");
    const buy = await market.buyAd(maker);
    const sell = await market.sellAd(maker);
    const seller = someone("seller");
    await market.fund(seller, 1_000_000);
    for (const details of [{ "": "2200" }, { " ": "2200" }, { card: "\u200b" }, { card: "22\u202e00" }]) {
      const [name] = Object.keys(details);
      const answer = { ad_id: buy.id, usdt_amount: AMOUNT, payment_method: "card", payment_details: details };
      assertInvalid(await market.as(seller)("POST", "/p2p/orders", answer), `/payment_details/${name}`);
      const edited = await market.as(maker)("PUT", `/p2p/ads/${sell.id}`, { payment_details: details });
      assertInvalid(edited, `/payment_details/${name}`);
    }
  });
});

describe("texts that say nothing", () => {
  test("F63: a blank message is VALIDATION_ERROR, a party's and an operator's", async () => {
    const { order: disputed, asBuyer } = await trade(market, { status: "disputed" });
    const asOperator = market.as(someone("operator"), "operator");
    assertDone(await asOperator("POST", `/operator/orders/${disputed.id}/assign`));
    for (const message of BLANKS) {
      assertInvalid(await asBuyer("POST", `/p2p/orders/${disputed.id}/messages`, { message }), "/message");
      assertInvalid(await asOperator("POST", `/operator/orders/${disputed.id}/messages`, { message }), "/message");
    }
    for (const body of [{}, { attachment_ids: [] }])
      assertInvalid(await asBuyer("POST", `/p2p/orders/${disputed.id}/messages`, body), "/message");
  });

  test("F63: a blank comment of a rating or a dispute is none", async () => {
    for (const comment of BLANKS) {
      const done = await trade(market, { status: "completed" });
      const rated = assertDone(
        await done.asBuyer("POST", `/p2p/orders/${done.order.id}/rate`, { rating: 5, comment }),
        201,
      );
      assert.equal(rated.comment, null);
    }
    const { order: disputed, asBuyer } = await trade(market, { status: "paid_by_buyer" });
    assertDone(await act(asBuyer, disputed, "call-operator", { reason: "other", comment: " \u200b" }));
    const rows = await market.sql(`select reason, comment from exchange.disputes where order_id = ${disputed.id}`);
    assert.deepEqual(rows, [{ reason: "other", comment: null }]);
  });

  test("F63: an operator's blank reason is VALIDATION_ERROR", async () => {
    const { order: disputed } = await trade(market, { status: "disputed" });
    const asOperator = market.as(someone("operator"), "operator");
    assertDone(await asOperator("POST", `/operator/orders/${disputed.id}/assign`));
    for (const reason of BLANKS) {
      const resolved = await asOperator("POST", `/operator/orders/${disputed.id}/resolve`, {
        outcome: "refund",
        reason,
      });
      assertInvalid(resolved, "/reason");
    }
  });
});

describe("F64: an answer that is asked for again after the order was cancelled", () => {
  const SECRET = "2200111122223333";
  const shown = ({ text }: { readonly text: string }) => text.includes(SECRET);

  const again = async (first: (there: Trade, key: string) => Promise<Json>, end: (there: Trade) => Promise<Json>) => {
    const there = await trade(market, { terms: { payment_details: { card: SECRET } } });
    const key = someone("key");
    const before = await first(there, key);
    assert.ok(shown(before), before.text);
    const open = await first(there, key);
    assert.deepEqual([open.headers["idempotent-replay"], shown(open)], ["true", true]);
    assertDone(await end(there));
    const repeated = await first(there, key);
    assert.deepEqual([repeated.status, repeated.headers["idempotent-replay"]], [before.status, "true"]);
    assert.ok(!shown(repeated), repeated.text);
    // Nothing else of the first answer is another one.
    const { payment_details: _, ...rest } = repeated.body;
    const { payment_details: __, ...first_ } = before.body;
    assert.deepEqual(rest, first_);
  };

  test("shows payment details as the order masks them by now, to its taker", async () => {
    const maker = someone("maker");
    await market.fund(maker, 1_000_000);
    const ad = await market.sellAd(maker, { payment_details: { card: SECRET } });
    const asTaker = market.as(someone("taker"));
    const body = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: "card" };
    const create = () => asTaker("POST", "/p2p/orders", body, { key: "made-once" });
    const before = await create();
    assert.ok(shown(before));
    assertDone(await act(asTaker, before.body, "cancel"));
    const repeated = await create();
    assert.deepEqual([repeated.status, repeated.headers["idempotent-replay"]], [201, "true"]);
    assert.equal(repeated.body.status, "pending", "the first answer, but for what it may not show any more");
    assert.ok(!shown(repeated), repeated.text);
  });

  test("shows them masked after a step of the buyer's, too", () =>
    again(
      ({ asBuyer, order: { id } }, key) => asBuyer("POST", `/p2p/orders/${id}/confirm-paid`, {}, { key }),
      async ({ asBuyer, order: opened }) => {
        assertDone(await act(asBuyer, opened, "call-operator"));
        return act(asBuyer, opened, "cancel");
      },
    ));
});
