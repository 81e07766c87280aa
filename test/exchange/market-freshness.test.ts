/**
 * The market from memory: pages here would be given out for a minute, so that only what drops them makes them fresh.
 * Two nodes, because what one writes the other must hear of.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, type Json, useMarket } from "../support/market.ts";
import { AMOUNT, act, assertDone, ENOUGH, order, platform, someone } from "../support/trades.ts";

/** Longer than any test waits: what is seen before is seen because of what happened. */
const HOUR_MS = 3_600_000;
const market = useMarket({ nodes: 2, settings: { marketFreshMs: HOUR_MS } });

const NODES = [0, 1] as const;
type Node = (typeof NODES)[number];

const page = async (node: Node, query = ""): Promise<Json[]> =>
  assertDone(await market.stranger("GET", `/p2p/ads?type=sell&limit=100${query}`, undefined, { node })).items;

const shown = async (node: Node, id: number): Promise<Json | undefined> =>
  (await page(node)).find((ad) => ad.id === id);

const postAd = async (maker = someone("maker")): Promise<Json> => {
  await market.fund(maker, ENOUGH);
  return market.sellAd(maker);
};

/** Fills the memory of both nodes, writes through one of them, and looks at it at once, at the other in a while. */
const changes = async (ad: Json, write: (node: Node) => Promise<unknown>, holds: (ad: Json | undefined) => boolean) => {
  for (const node of NODES) {
    await shown(node, ad.id);
    assert.ok(!holds(await shown(node, ad.id)), "nothing has changed yet");
  }
  await write(0);
  assert.ok(holds(await shown(0, ad.id)), "not in the next page of the node that wrote it");
  await eventually(async () => holds(await shown(1, ad.id)), "the other node's page");
};

test("whatever a node commits is in its next page, and in the other node's once it has heard of it", async () => {
  const maker = someone("maker");
  const ad = await postAd(maker);
  const edit = (terms: object) => () => market.as(maker)("PUT", `/p2p/ads/${ad.id}`, terms).then(assertDone);
  await eventually(async () => await shown(1, ad.id), "the ad itself");
  await changes(ad, edit({ exchange_rate: 101 }), (now) => now?.exchange_rate === 101);
  await changes(ad, edit({ instructions: "By card." }), (now) => now?.instructions === "By card.");
  await changes(ad, edit({ status: "paused" }), (now) => now === undefined);
  await changes(ad, edit({ status: "active" }), (now) => now !== undefined);

  const taker = someone("taker");
  let made: Json;
  await changes(
    ad,
    async () => {
      made = await order(market, taker, ad);
    },
    (now) => now?.remaining_amount === ad.remaining_amount - AMOUNT,
  );
  assertDone(await act(market.as(taker), made, "confirm-paid"));
  await changes(
    ad,
    async () => assertDone(await act(market.as(maker), made, "confirm-received")),
    (now) => now?.maker.orders_count === 1,
  );
  await changes(
    ad,
    async () => assertDone(await market.as(taker)("POST", `/p2p/orders/${made.id}/rate`, { rating: 4 }), 201),
    (now) => now?.maker.rating === 4,
  );
  const debit = { user_id: maker, amount: 800_000, kind: "withdrawal", external_id: someone("debit") };
  await changes(
    ad,
    async () => assertDone(await platform(market, "debits", debit), 201),
    (now) => now?.available_amount === ENOUGH - AMOUNT - 800_000,
  );
  await changes(
    ad,
    async () => assertDone(await market.as(maker)("DELETE", `/p2p/ads/${ad.id}`), 204),
    (now) => now === undefined,
  );
});

test("who posts an ad finds it in the next page, while others read and write as fast as they can", async () => {
  let over = false;
  const readers = Array.from({ length: 8 }, async () => {
    while (!over) await page(0);
  });
  const post = async () => {
    const ad = await postAd();
    assert.ok(await shown(0, ad.id), `ad ${ad.id} is not in the next page`);
    assertDone(await market.as(ad.maker.id)("DELETE", `/p2p/ads/${ad.id}`), 204);
    assert.equal(await shown(0, ad.id), undefined, `ad ${ad.id} is still there`);
  };
  const writers = Array.from({ length: 8 }, async () => {
    for (let round = 0; round < 10; round++) await post();
  });
  await Promise.all(writers).finally(() => {
    over = true;
  });
  await Promise.all(readers);
});

test("everybody is given the same page, whoever reads first, and each filter has its own", async () => {
  const maker = someone("maker");
  const ad = await postAd(maker);
  const path = "/p2p/ads?type=sell&limit=100";
  const asked = [
    await market.as(maker)("GET", path),
    await market.stranger("GET", path),
    await market.as(someone("reader"))("GET", path),
    await market.as(someone("clerk"), "operator")("GET", path),
  ];
  const texts = asked.map(({ text }) => text);
  // Whoever is known is told as well whether each ad may be taken.
  const shown = asked.map(({ body }) => ({
    ...body,
    items: body.items.map(({ can_take, reasons, ...item }: Json) => item),
  }));
  for (const one of shown) assert.deepEqual(one, shown[1]);
  assert.ok(texts[0]?.includes(`"id":${ad.id},`));
  for (const secret of ["payment_details", "2200 0000", "hidden_reasons"]) assert.ok(!texts[0]?.includes(secret));
  assert.deepEqual(await page(0, "&amount=1"), [], "no ad takes so little, whatever was read before without an amount");
  assert.ok((await page(0, "&payment_method=card")).length > 0);
  assert.deepEqual(await page(0, "&payment_method=nobody_has_it"), []);
  const refused = await market.stranger("GET", path, undefined, { headers: { authorization: "Bearer nonsense" } });
  assert.equal(refused.status, 401, "a token that is sent must be valid, also for a page in memory");
});
