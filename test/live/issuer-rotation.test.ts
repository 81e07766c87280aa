/** A new key for the issuer while two nodes trade: nobody is turned away by a rotation, and everybody by one at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rotateIssuer } from "../../src/keys/index.ts";
import { eventually, type Json, useMarket } from "../support/market.ts";
import { assertDone, someone, tradeAcross } from "../support/trades.ts";

const market = useMarket({ nodes: 2 });
const WORKERS = 4;

/** Trades until it is told to stop. @returns the orders that were completed */
const load = () => {
  let going = true;
  const done: number[] = [];
  const workers = Array.from({ length: WORKERS }, async () => {
    while (going) done.push((await tradeAcross(market)).order.id);
  });
  return {
    more: (count: number) => {
      const wanted = done.length + count;
      return eventually(async () => done.length >= wanted, `${count} more trades`);
    },
    async stop() {
      going = false;
      await Promise.all(workers);
      return done;
    },
  };
};

const kidsOn = async (node: number): Promise<readonly string[]> =>
  assertDone(await market.stranger("GET", "/.well-known/jwks.json", undefined, { node })).keys.map(
    ({ kid }: Json) => kid,
  );

const completed = async (ids: readonly number[]): Promise<number> => {
  const [{ count }] = await market.sql(
    `select count(*)::int as count from exchange.order_states where status = 'completed' and order_id = any('{${ids.join()}}')`,
  );
  return count;
};

test("while two nodes trade a key is added, known to one before the other, and no request is refused", async () => {
  const trading = load();
  await trading.more(WORKERS);
  const rotated = await rotateIssuer(market.dataDir, { atOnce: false });
  assert.ok(rotated !== null);
  for (const node of [1, 0]) {
    await market.nodes[node]?.issuer.reload();
    assert.ok((await kidsOn(node)).includes(rotated.kid));
    await trading.more(WORKERS);
  }
  const ids = await trading.stop();
  assert.equal(await completed(ids), ids.length);
});

test("a key that is withdrawn at once opens neither node, and what was acknowledged with it stays", async () => {
  const trading = load();
  await trading.more(WORKERS);
  const ids = await trading.stop();
  const former = market.nodes[0]?.issuer.kid ?? "";
  const old = await market.token(someone("before"));
  const ask = (token: string, node: number) =>
    market.stranger("GET", "/wallet", undefined, { node, headers: { authorization: `Bearer ${token}` } });
  for (const node of [0, 1]) assert.equal((await ask(old, node)).status, 200);
  const rotated = await rotateIssuer(market.dataDir, { atOnce: true });
  for (const node of market.nodes) await node.issuer.reload();
  const fresh = await market.token(someone("after"));
  for (const node of [0, 1]) {
    assert.equal((await ask(old, node)).status, 401);
    assert.equal((await ask(fresh, node)).status, 200);
    const kids = await kidsOn(node);
    assert.ok(rotated !== null && kids.includes(rotated.kid) && !kids.includes(former), "the former key is nobody's");
  }
  assert.equal(await completed(ids), ids.length);
});
