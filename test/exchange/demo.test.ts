/** The sample market of a first run: alive, and filled once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillDemoMarket } from "../../simulators/sample-market/index.ts";
import type { App } from "../../src/app.ts";
import { type Json, useMarket } from "../support/market.ts";
import { assertDone } from "../support/trades.ts";

const market = useMarket();

const fill = async () => {
  const said: string[] = [];
  await fillDemoMarket((market.nodes[0] as App).exchange, (line) => said.push(line));
  return said;
};

const counts = async () =>
  (
    await market.sql(`select (select count(*) from exchange.traders)::int as traders,
      (select count(*) from exchange.ads)::int as ads, (select count(*) from exchange.orders)::int as orders,
      (select count(*) from exchange.messages)::int as lines, (select count(*) from exchange.ratings)::int as ratings`)
  )[0];

test("it has ads of both types, finished trades with ratings, and one dispute that waits for its operator", async () => {
  assert.equal((await fill()).length, 1);
  for (const type of ["sell", "buy"]) {
    const { items } = assertDone(await market.stranger("GET", `/p2p/ads?type=${type}`));
    assert.ok(items.length > 0, `no ${type} ads`);
    if (type === "sell") assert.ok(items.some(({ maker }: Json) => maker.rating !== null && maker.orders_count > 0));
  }
  const olga = market.as("olga", "operator");
  const { items } = assertDone(await olga("GET", "/operator/disputes"));
  assert.equal(items.length, 1);
  assertDone(await olga("POST", `/operator/orders/${items[0].order_id}/assign`));
});

test("filled again, as at the next start, it stays as it is", async () => {
  const was = await counts();
  await fill();
  assert.deepEqual(await counts(), was);
});
