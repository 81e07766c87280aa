/** Lists by cursor: every list can be walked from page to page, and what comes meanwhile shifts nothing. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Call, type Json, useMarket } from "../support/market.ts";
import { act, assertDone, assertRefused, trade } from "../support/trades.ts";

const market = useMarket();

const AMOUNT = 100_000;
const PATIENT = { payment_window_minutes: 60 };

/** A maker with ended and open orders of several takers, whose chats were talked in. */
const busyMaker = async () => {
  const first = await trade(market, { terms: PATIENT, amount: AMOUNT });
  const { seller: maker, ad } = first;
  for (let index = 0; index < 6; index += 1) {
    const taker = market.as(`taker-${maker}-${index}`);
    const body = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: "card" };
    const order = assertDone(await taker("POST", "/p2p/orders", body), 201);
    if (index % 2 === 0) assertDone(await act(taker, order, "cancel"));
    assertDone(await taker("POST", `/p2p/orders/${order.id}/messages`, { message: `hello ${index}` }), 201);
  }
  return { ...first, maker };
};

const withQuery = (path: string, query: string): string => `${path}${path.includes("?") ? "&" : "?"}${query}`;

/** All items of a list, page by page. */
const walked = async (call: Call, path: string, meanwhile: () => Promise<unknown> = async () => {}) => {
  const items: Json[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Json = assertDone(
      await call("GET", withQuery(path, `limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`)),
    );
    assert.equal(page.next !== null, page.has_more);
    items.push(...page.items);
    cursor = page.next;
    await meanwhile();
  }
  return items;
};

/** What says which item it is. */
const idOf = (item: Json) => item.order?.id ?? item.order_id ?? item.seq ?? item.id ?? JSON.stringify(item);

describe("a list that is walked by cursor is the list", () => {
  const LISTS = [
    "/p2p/orders",
    "/p2p/orders?status=cancelled",
    "/p2p/orders?status=pending",
    "/p2p/orders?role=seller",
    "/p2p/sessions",
    "/p2p/ads/my",
  ];
  test("of orders, chats and ads", async () => {
    const { maker } = await busyMaker();
    const call = market.as(maker);
    for (const path of LISTS) {
      const { items } = assertDone(await call("GET", withQuery(path, "limit=100")));
      assert.ok(items.length > 0, path);
      assert.deepEqual((await walked(call, path)).map(idOf), items.map(idOf), path);
    }
  });

  test("of transfers", async () => {
    const { maker } = await busyMaker();
    const { items } = assertDone(await market.as(maker)("GET", "/wallet/transfers?limit=100"));
    assert.ok(items.length > 8);
    assert.deepEqual(await walked(market.as(maker), "/wallet/transfers"), items);
  });

  test("of messages, oldest first, what was written and what happened", async () => {
    const { order, asBuyer, asSeller } = await trade(market, { terms: PATIENT });
    for (let index = 0; index < 4; index += 1) {
      assertDone(await asBuyer("POST", `/p2p/orders/${order.id}/messages`, { message: `line ${index}` }), 201);
    }
    assertDone(await act(asBuyer, order, "confirm-paid"));
    assertDone(await act(asSeller, order, "confirm-received"));
    const seqs = (await walked(asSeller, `/p2p/orders/${order.id}/messages`)).map(({ seq }) => seq);
    assert.deepEqual(seqs, [1, 2, 3, 4, 5, 6, 7]);
  });

  test("of disputes", async () => {
    for (let index = 0; index < 5; index += 1) await trade(market, { status: "disputed" });
    const olga = market.as("olga", "operator");
    const { items } = assertDone(await olga("GET", "/operator/disputes?limit=100"));
    assert.deepEqual((await walked(olga, "/operator/disputes")).map(idOf), items.map(idOf));
  });

  for (const type of ["sell", "buy"] as const) {
    for (const sort of ["rating", "orders_count", "best_price"]) {
      test(`of ${type} ads by ${sort}, with and without filters`, async () => {
        for (let index = 0; index < 5; index += 1) await trade(market, { type, status: "completed", terms: PATIENT });
        for (const filter of ["", "&payment_method=card", `&amount=${AMOUNT}`]) {
          const path = `/p2p/ads?type=${type}&sort_by=${sort}${filter}`;
          const { items } = assertDone(await market.stranger("GET", `${path}&limit=100`));
          assert.ok(items.length > 4, path);
          assert.deepEqual((await walked(market.stranger, path)).map(idOf), items.map(idOf), path);
        }
      });
    }
  }
});

test("what comes while a list is walked shifts nothing", async () => {
  const { maker, ad } = await busyMaker();
  const call = market.as(maker);
  const before = assertDone(await call("GET", "/p2p/orders?limit=100")).items.map(idOf);
  let takers = 0;
  const order = () =>
    market.as(`late-${maker}-${takers++}`)("POST", "/p2p/orders", {
      ad_id: ad.id,
      usdt_amount: AMOUNT,
      payment_method: "card",
    });
  assert.deepEqual((await walked(call, "/p2p/orders", order)).map(idOf), before);
  assert.ok(takers > 2);
});

test("a cursor that is none is refused by its letters, or is the first page", async () => {
  const { asSeller } = await trade(market);
  assertRefused(await asSeller("GET", "/p2p/orders?cursor=%00"), "VALIDATION_ERROR");
  assertRefused(await asSeller("GET", `/p2p/orders?cursor=${"a".repeat(97)}`), "VALIDATION_ERROR");
  const [page, none] = [await asSeller("GET", "/p2p/orders"), await asSeller("GET", "/p2p/orders?cursor=abc")];
  assert.deepEqual(assertDone(none).items.map(idOf), assertDone(page).items.map(idOf));
});
