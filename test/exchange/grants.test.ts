/** What the database itself forbids: to the role that serves, and, by its constraints, to anybody. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { type Market, startMarket } from "../support/market.ts";
import { trade } from "../support/trades.ts";

let market: Market;
let serving: pg.Client;
let owner: pg.Client;
/** An order of each kind, so that every table has rows. */
let ids: { readonly open: number; readonly done: number; readonly ad: number; readonly maker: string };

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
};

before(async () => {
  market = await startMarket();
  const done = await trade(market, { status: "completed" });
  const open = await trade(market);
  ids = { open: open.order.id, done: done.order.id, ad: open.ad.id, maker: open.maker };
  serving = await connect(market.database.servingUrl);
  owner = await connect(market.database.ownerUrl);
});
after(async () => {
  await serving.end();
  await owner.end();
  await market.end();
});

type Failure = { readonly code?: string; readonly constraint?: string };

/** Tries it and takes it back. */
const failureOf = async (client: pg.Client, statement: string): Promise<Failure | null> => {
  await client.query("begin");
  try {
    await client.query(statement);
    return null;
  } catch (error) {
    return error as Failure;
  } finally {
    await client.query("rollback");
  }
};

const INSUFFICIENT_PRIVILEGE = "42501";
const assertForbidden = async (statement: string) =>
  assert.equal((await failureOf(serving, statement))?.code, INSUFFICIENT_PRIVILEGE, statement);

describe("the serving role may not", () => {
  const TABLES = `traders accounts transfers debts ads listings listing_counts orders order_states order_history
    order_deadlines claims feed events`.split(/\s+/);
  const DELETABLE = ["claims", "order_deadlines"];

  for (const table of TABLES) {
    test(`empty, drop, alter or reindex ${table}`, async () => {
      await assertForbidden(`truncate exchange.${table}`);
      await assertForbidden(`truncate exchange.${table} cascade`);
      await assertForbidden(`drop table exchange.${table}`);
      await assertForbidden(`alter table exchange.${table} add column extra text`);
      await assertForbidden(`alter table exchange.${table} disable trigger all`);
      await assertForbidden(`alter table exchange.${table} owner to current_user`);
      await assertForbidden(`create trigger spy before insert on exchange.${table} for each row
        execute function suppress_redundant_updates_trigger()`);
      await assertForbidden(`create index on exchange.${table} ((1))`);
      await assertForbidden(`create rule silence as on insert to exchange.${table} do instead nothing`);
    });
  }

  for (const table of TABLES.filter((name) => !DELETABLE.includes(name))) {
    test(`delete from ${table}`, () => assertForbidden(`delete from exchange.${table}`));
  }

  /** Columns that never change, by hand from what the contract calls fixed. */
  const FIXED: Readonly<Record<string, readonly string[]>> = {
    transfers: [
      "at",
      "kind",
      "from_account",
      "to_account",
      "amount",
      "from_after",
      "to_after",
      "order_id",
      "external_id",
    ],
    order_history: ["order_id", "change", "seq", "status", "outcome", "action", "actor", "at", "details"],
    orders: [
      "id",
      "ad_id",
      "ad_version",
      "ad_type",
      "maker_id",
      "taker_id",
      "buyer_id",
      "seller_id",
      "usdt_amount",
      "fiat_amount",
      "fiat_currency",
      "exchange_rate",
      "payment_method",
      "payment_details",
      "instructions",
      "created_at",
      "pay_by",
    ],
    ads: ["id", "maker_id", "type", "fiat_currency", "created_at"],
    accounts: ["id", "owner"],
    traders: ["id", "joined_at"],
    order_states: ["order_id", "buyer_id", "seller_id"],
    listings: ["maker_id", "type"],
    events: ["position", "first_recipient", "second_recipient", "items", "at"],
    listing_counts: ["maker_id", "type"],
    order_deadlines: ["order_id", "due_at"],
    feed: ["one", "epoch"],
    claims: ["scope", "key", "expires_at"],
  };
  for (const [table, columns] of Object.entries(FIXED)) {
    test(`change what is fixed in ${table}`, async () => {
      for (const column of columns) await assertForbidden(`update exchange.${table} set ${column} = ${column}`);
    });
  }

  test("make tables, functions, schemas, roles, extensions or databases", async () => {
    for (const statement of [
      "create table exchange.mine (id int)",
      "create table public.mine (id int)",
      "create table engine.mine (id int)",
      "create function exchange.mine() returns int language sql as 'select 1'",
      "create view exchange.mine as select 1",
      "create schema mine",
      "create role mine",
      "create extension pgcrypto",
      "drop schema exchange cascade",
      "drop function engine.expect(text, bigint, bigint)",
      "alter sequence exchange.order_ids restart",
      "select setval('exchange.order_ids', 1)",
      "select setval('exchange.ad_ids', 1)",
      "set role postgres",
      "copy exchange.traders to program 'cat'",
      "select pg_read_file('/etc/passwd')",
    ]) {
      await assertForbidden(statement);
    }
    // These would not run in a transaction at all.
    for (const statement of ["create database mine", "alter system set fsync = off"])
      await assert.rejects(serving.query(statement), { code: INSUFFICIENT_PRIVILEGE }, statement);
  });

  test("touch the partitions of the feed behind its back", async () => {
    const { rows } = await owner.query(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'exchange.events'::regclass",
    );
    assert.ok(rows.length >= 2);
    for (const { name } of rows) {
      await assertForbidden(`delete from ${name}`);
      await assertForbidden(`update ${name} set first_recipient = first_recipient`);
      await assertForbidden(`truncate ${name}`);
      await assertForbidden(`drop table ${name}`);
    }
  });

  test("write the record of migrations", async () => {
    await assertForbidden("delete from public.schema_version");
    await assertForbidden("insert into public.schema_version (version) values (99)");
  });
});

describe("a constraint holds", () => {
  const CHECK = "23514";
  const UNIQUE = "23505";
  const copyOfAd = `insert into exchange.ads select 900001, maker_id, type, fiat_currency, created_at, status, version,
    exchange_rate, min_amount, max_amount, total_amount, payment_methods, payment_details, instructions,
    payment_window_minutes, 0, 0 from exchange.ads`;
  const transfer = (from: string, to: string, amount: number, after = "null, null") =>
    `insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after)
     values (now(), 'adjustment', '${from}', '${to}', ${amount}, ${after})`;
  const state = (change: string, id: "open" | "done") => () =>
    `update exchange.order_states set ${change} where order_id = ${ids[id]}`;
  const order = (change: string) => () => `update exchange.orders set ${change} where id = ${ids.open}`;
  const ad = (change: string) => () => `update exchange.ads set ${change} where id = ${ids.ad}`;
  const trader = (change: string) => () => `update exchange.traders set ${change} where id = '${ids.maker}'`;

  /** As the owner, who may do everything else. */
  const REFUSED: readonly (readonly [string, () => string, string | null, string?])[] = [
    ["a balance is never negative", () => "update exchange.accounts set balance = -1", "balance_never_negative"],
    ["a transfer moves something", () => transfer("a", "b", 0), "transfer_positive"],
    ["a transfer never moves backwards", () => transfer("a", "b", -5), "transfer_positive"],
    ["a transfer is between two", () => transfer("a", "a", 5), "transfer_between_two"],
    ["a transfer never overdraws", () => transfer("a", "b", 5, "-1, 5"), "from_after_not_negative"],
    ["a transfer never leaves a debt", () => transfer("a", "b", 5, "5, -1"), "to_after_not_negative"],
    ["one active ad of each type", () => `${copyOfAd} where id = ${ids.ad}`, "one_active_ad_per_type", UNIQUE],
    ["an outcome comes with the end", state("outcome = 'released'", "open"), "outcome_only_at_the_end"],
    ["an end has an outcome", state("outcome = null", "done"), "outcome_only_at_the_end"],
    [
      "what was paid never expires",
      state("status = 'cancelled', outcome = 'payment_expired', released_amount = 0", "done"),
      "paid_never_expires",
    ],
    ["nothing is released before the end", state("released_amount = 1", "open"), "nothing_released_without_completion"],
    [
      "nothing is released by a cancellation",
      state("status = 'cancelled', outcome = 'dispute_refunded'", "done"),
      "nothing_released_without_completion",
    ],
    ["nobody trades with himself", order("buyer_id = seller_id, taker_id = seller_id"), "order_between_two"],
    ["sides follow the ad", order("buyer_id = seller_id, seller_id = buyer_id"), "order_sides_follow_ad"],
    ["an ad's range is one", ad("min_amount = max_amount + 1"), "ad_range"],
    ["an ad's range is bounded", ad("max_amount = 10000000000001"), "ad_range"],
    ["a total holds the minimum", ad("open_amount = 0, total_amount = min_amount - 1"), "ad_total"],
    ["a total is bounded", ad("total_amount = 10000000000001"), "ad_total"],
    ["a remainder is never negative", ad("open_amount = max_amount + 1"), "ad_remainder_never_negative"],
    ["a sell ad says where to pay", ad("payment_details = null"), "sell_ad_says_where_to_pay"],
    ["an ad's status is known", ad("status = 'gone'"), null],
    ["an ad's rate is bounded", ad("exchange_rate = 1000001"), null],
    ["an ad has a method", ad("payment_methods = '{}'"), null],
    ["an ad's window is bounded", ad("payment_window_minutes = 4"), null],
    ["an order's status is known", state("status = 'paid'", "open"), null],
    ["an order's outcome is known", state("status = 'completed', outcome = 'lost'", "open"), null],
    ["an order's amount is positive", order("usdt_amount = 0"), null],
    ["an order's amount is bounded", order("fiat_amount = 10000000000001"), null],
    ["turnover counts up to what is required", trader("wagered = wagering_required + 1"), null],
    ["deposits are never negative", trader("deposited_total = -1"), null],
    ["a rating has five stars at most", trader("rating = 501"), null],
    ["an id is visible", trader("id = 'a b'"), null],
    [
      "a step has one history row",
      () => "insert into exchange.order_history select * from exchange.order_history",
      "order_history_pkey",
      UNIQUE,
    ],
    [
      "a claim is made once",
      () => "insert into exchange.claims (scope, key, fingerprint) values ('s', 'k', 'f'), ('s', 'k', 'g')",
      "claims_pkey",
      UNIQUE,
    ],
  ];
  for (const [what, statement, constraint, code = CHECK] of REFUSED) {
    test(what, async () => {
      const failure = await failureOf(owner, statement());
      assert.equal(failure?.code, code, statement());
      if (constraint !== null) assert.equal(failure?.constraint, constraint);
    });
  }

  test("an update on a version that is gone fails in whole", async () => {
    const failure = await failureOf(serving, "select engine.expect('exchange.ads', 1, 2)");
    assert.equal(failure?.code, "P0E01");
    assert.equal(await failureOf(serving, "select engine.expect('exchange.ads', 2, 2)"), null);
  });

  test("an account and an order are there once", async () => {
    for (const table of ["accounts", "order_states", "traders", "listings", "listing_counts"]) {
      const columns = table === "listings" ? listingColumns : "*";
      const names = table === "listings" ? `(${listingColumns})` : "";
      const statement = `insert into exchange.${table} ${names} select ${columns} from exchange.${table}`;
      assert.equal((await failureOf(owner, statement))?.code, UNIQUE, statement);
    }
  });

  /** The price's rank is generated. */
  const listingColumns = `maker_id, type, ad_id, fiat_currency, exchange_rate, min_amount, max_amount, payment_methods,
    remaining_amount, available_amount, shown, rating, row_version`;
});
