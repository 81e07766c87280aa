/** What an audit proves when it goes on from the last one, and that it does so while trades go on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { eventually, useMarket } from "../support/market.ts";
import { bonus, someone, trade } from "../support/trades.ts";

const market = useMarket();

const run = async (whole: boolean) => {
  const said: string[] = [];
  const { findings, since } = await audit(
    {
      connectionString: market.database.servingUrl,
      whole,
      onFault: (check, fault) => said.push(`${check}: ${fault}`),
    },
    DEFAULT_SETTINGS,
  );
  return { checks: findings.map(({ check }) => check), since, said };
};
const balances = () => market.sql("select account, balance from exchange.audit_balances order by account");
const available = () =>
  market.sql(
    "select account, balance from exchange.audit_balances where account like 'available/%' and balance <> (select balance from exchange.accounts where id = account)",
  );

test("the first audit proves everything, the next goes on from there, and both come to the same", async () => {
  await trade(market, { status: "completed" });
  assert.equal((await run(false)).since, null);
  await trade(market, { status: "completed" });
  await trade(market, { status: "cancelled" });
  await trade(market, { type: "buy", status: "disputed" });
  const next = await run(false);
  assert.deepEqual(next.checks, []);
  assert.ok(next.since !== null);
  const gone = await balances();
  assert.deepEqual(await available(), []);
  const whole = await run(true);
  assert.deepEqual([whole.checks, whole.since], [[], null]);
  assert.deepEqual(await balances(), gone);
});

test("one that goes on finds what was moved since without a transfer, and keeps the mark where it was", async () => {
  const rich = someone("rich");
  await bonus(market, rich, 5_000);
  await run(false);
  const [mark] = await market.sql("select value from engine.audit_marks where system = 'exchange' and name = 'at'");
  await bonus(market, rich, 1_000);
  const shift = (by: number) =>
    market.sql(`update exchange.accounts set balance = balance + ${by} where id = 'available/${rich}'`);
  await shift(1);
  const { checks, said } = await run(false);
  assert.deepEqual(checks, ["all balances sum to zero", "each balance is the fold of its transfers"]);
  assert.ok(said.some((line) => line.includes(`available/${rich} holds 6001, its transfers come to 6000`)));
  assert.deepEqual(await market.sql("select value from engine.audit_marks where system = 'exchange' and name = 'at'"), [
    mark,
  ]);
  await shift(-1);
  assert.deepEqual((await run(false)).checks, []);
});

test("one that goes on proves the orders that changed since, who traded, and the market as it stands", async () => {
  const old = await trade(market, { status: "completed" });
  await run(true);
  const age = (by: string) =>
    market.sql(`update exchange.order_history set at = at ${by} interval '1 day' where order_id = ${old.order.id}`);
  await age("-");
  const fresh = await trade(market, { status: "completed" });
  const counted = (id: number, by: string) =>
    market.sql(`update exchange.order_states set files = files ${by} 1 where order_id = ${id}`);
  const files = "each order's files are as many, and as large, as it counts";
  await counted(old.order.id, "+");
  assert.deepEqual((await run(false)).checks, []);
  assert.deepEqual((await run(true)).checks, [files]);
  await counted(fresh.order.id, "+");
  assert.deepEqual((await run(false)).said, [
    `${files}: order ${fresh.order.id} counts 1 files of 0 bytes and has 0 of 0`,
  ]);
  for (const { order } of [old, fresh]) await counted(order.id, "-");

  const met = (by: string) =>
    market.sql(`update exchange.traders set partners_count = partners_count ${by} 1 where id = '${fresh.buyer}'`);
  await met("+");
  assert.deepEqual((await run(false)).said, [
    `a trader's partners are those of completed orders: trader ${fresh.buyer}`,
  ]);
  await met("-");

  const priced = (by: string) =>
    market.sql(`update exchange.listings set exchange_rate = exchange_rate ${by} 1 where maker_id = '${old.maker}'`);
  await priced("+");
  assert.deepEqual((await run(false)).said, [`the market shows what may be ordered: ad ${old.ad.id}`]);
  await priced("-");
  await age("+");
  assert.deepEqual((await run(true)).checks, []);
});

test("a transfer that was drawn before the audit and committed during it is neither missed nor counted twice", async () => {
  const slow = someone("slow");
  await bonus(market, slow, 1_000);
  await run(false);
  const client = new pg.Client({ connectionString: market.database.superuserUrl });
  await client.connect();
  try {
    await client.query("begin");
    await client.query(`insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after,
        external_id) values (now(), 'bonus', 'platform', 'available/${slow}', 10, null, 1010, 'by hand')`);
    await client.query(`insert into exchange.platform_acts (actor, trader_id, act, details, at)
      values ('host', '${slow}', 'credit', '{"amount": 10, "kind": "bonus", "external_id": "by hand"}', now())`);
    await client.query(`update exchange.accounts set balance = balance + 10 where id = 'available/${slow}'`);
    await bonus(market, someone("quick"), 500);
    const audited = run(false);
    // It waits for whoever was writing when it began.
    const waiting =
      "select pid from pg_stat_activity where application_name = 'parley audit' and query like '%pg_locks%'";
    await eventually(async () => (await market.sql(waiting)).length > 0, "the audit that waits");
    await client.query("commit");
    assert.deepEqual((await audited).checks, []);
  } finally {
    await client.end();
  }
  assert.deepEqual((await run(false)).checks, []);
  assert.deepEqual((await run(true)).checks, []);
});

test("trades go on while it proves", async () => {
  const trades = (async () => {
    for (let index = 0; index < 6; index++)
      await trade(market, { status: index % 2 === 0 ? "completed" : "cancelled" });
  })();
  let done = false;
  void trades.finally(() => {
    done = true;
  });
  do {
    assert.deepEqual((await run(false)).said, []);
    assert.deepEqual((await run(true)).said, []);
  } while (!done);
  await trades;
});
