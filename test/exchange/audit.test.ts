/** The audit finds each kind of damage: one thing is changed behind its back, and exactly the right check speaks. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { openSession, prove } from "../../src/database/index.ts";
import { proofsOf } from "../../src/exchange/audit/checks.ts";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { indebted } from "../support/claims.ts";
import { type Market, startMarket } from "../support/market.ts";
import { assertDone, bonus, someone, type Trade, trade, tryOrder } from "../support/trades.ts";

let market: Market;
let client: pg.Client;
let pending: Trade;
let completed: Trade;
let cancelled: Trade;
let disputed: Trade;
let owing: Trade;

before(async () => {
  market = await startMarket();
  pending = await trade(market);
  completed = await trade(market, { status: "completed" });
  cancelled = await trade(market, { status: "cancelled" });
  disputed = await trade(market, { type: "buy", status: "disputed" });
  // Nothing of the market is derived from it, so that damage to its order is damage to the order alone.
  assertDone(await disputed.asBuyer("PUT", `/p2p/ads/${disputed.ad.id}`, { status: "paused" }));
  owing = await indebted(market);
  await bonus(market, someone("bystander"), 5_000);
  client = new pg.Client({ connectionString: market.database.superuserUrl });
  await client.connect();
});
after(async () => {
  await client.end();
  await market.end();
});

const PROOFS = proofsOf(DEFAULT_SETTINGS);
const NAMES = [...new Set(PROOFS.flatMap(({ checks }) => checks))];

/** The names of the checks that speak, as the database is within this transaction. */
const speaking = async (): Promise<string[]> => {
  const names = new Set<string>();
  const session = await openSession(client, { system: "exchange", whole: true });
  for await (const { check, fault } of prove(session, PROOFS)) {
    names.add(check);
    assert.ok(typeof fault === "string" && fault.length > 0, `${check} does not say what`);
  }
  return [...names];
};

const assertSpeaks = async (check: string, statements: readonly string[]) => {
  await client.query("begin");
  try {
    for (const statement of statements) {
      const { rowCount } = await client.query(statement);
      assert.ok((rowCount ?? 0) > 0, `no row: ${statement}`);
    }
    assert.deepEqual(await speaking(), [check]);
  } finally {
    await client.query("rollback");
  }
};

const transfer = (from: string, to: string, amount: number, fromAfter: number | null, toAfter: number | null) =>
  `insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after)
   values (now(), 'adjustment', '${from}', '${to}', ${amount}, ${fromAfter}, ${toAfter})`;
const state = ({ order }: Trade, change: string) =>
  `update exchange.order_states set ${change} where order_id = ${order.id}`;
const trader = (id: string, change: string) => `update exchange.traders set ${change} where id = '${id}'`;
const listing = ({ maker }: Trade, change: string) =>
  `update exchange.listings set ${change} where maker_id = '${maker}'`;

/** What is done behind the audit's back, and the check that must speak, alone. */
const DAMAGE: readonly (readonly [check: string, what: string, () => readonly string[]])[] = [
  [
    "all balances sum to zero",
    "a transfer that forgot the balance of its account",
    () => [
      `update exchange.transfers set from_after = null where kind = 'escrow_hold' and order_id = ${pending.order.id}`,
    ],
  ],
  [
    "each balance is the fold of its transfers",
    "money that went from one wallet to another without a transfer",
    () => [
      `update exchange.accounts set balance = balance - 1 where id = 'available/${completed.buyer}'`,
      `update exchange.accounts set balance = balance + 1 where id = 'available/${cancelled.buyer}'`,
    ],
  ],
  [
    "each transfer has the balances after it",
    "a balance after it that is another",
    () => [`update exchange.transfers set to_after = to_after + 1 where kind = 'bonus'`],
  ],
  [
    "each credit and debit has its act in the audit trail, and each act its transfer",
    "a credit that nobody made",
    () => [`delete from exchange.platform_acts where act = 'credit' and trader_id = '${completed.maker}'`],
  ],
  [
    "each credit and debit has its act in the audit trail, and each act its transfer",
    "an act that says another amount than was moved",
    () => [
      `update exchange.platform_acts set details = jsonb_set(details::jsonb, '{amount}', '1')::json
       where act = 'credit' and trader_id = '${completed.maker}'`,
    ],
  ],
  [
    "each credit and debit has its act in the audit trail, and each act its transfer",
    "an act of money that never moved",
    () => [
      `insert into exchange.platform_acts (actor, trader_id, act, details, at)
       select actor, trader_id, 'debit', details, at from exchange.platform_acts where trader_id = '${completed.maker}' limit 1`,
    ],
  ],
  [
    "each account of a transfer exists, but for the system's",
    "money to nobody and back",
    () => [transfer("platform", "available/ghost", 5, null, 5), transfer("available/ghost", "platform", 5, 0, null)],
  ],
  [
    "escrow accounts equal open orders",
    "an order that grew after its escrow was filled",
    () => [
      `update exchange.orders set usdt_amount = usdt_amount + 1 where id = ${disputed.order.id}`,
      `update exchange.ads set open_amount = open_amount + 1 where id = ${disputed.ad.id}`,
      `update exchange.listings set remaining_amount = remaining_amount - 1 where ad_id = ${disputed.ad.id}`,
    ],
  ],
  [
    "an escrow is filled once and emptied once",
    "a hold under another name",
    () => [
      `update exchange.transfers set kind = 'adjustment' where kind = 'escrow_hold' and order_id = ${pending.order.id}`,
    ],
  ],
  [
    "an escrow is filled once and emptied once",
    "a refund under another name",
    () => [
      `update exchange.transfers set kind = 'adjustment' where kind = 'escrow_refund' and order_id = ${cancelled.order.id}`,
    ],
  ],
  [
    "what was released is what the transfers say",
    "a release of less than was paid out",
    () => [state(completed, "released_amount = released_amount - 1")],
  ],
  [
    "each order has its state and its parties, and is listed as what it is",
    "an order that one party does not see",
    () => [state(cancelled, "buyer_id = 'nobody'")],
  ],
  [
    "each order has its state and its parties, and is listed as what it is",
    "an ended order that is no chat",
    () => [state(cancelled, "ended_activity_at = null")],
  ],
  [
    "each order has its state and its parties, and is listed as what it is",
    "an order on an ad of somebody else",
    () => [`update exchange.orders set ad_id = ${completed.ad.id} where id = ${cancelled.order.id}`],
  ],
  [
    "each order's files are as many, and as large, as it counts",
    "a file that nobody counted",
    () => [state(pending, "files = files + 1")],
  ],
  [
    "each order's files are as many, and as large, as it counts",
    "an order's bytes that no file has",
    () => [state(pending, "file_bytes = file_bytes + 1")],
  ],
  [
    "a trader's files are as large as they are counted",
    "a person's bytes that no file has",
    () => [trader(pending.buyer, "file_bytes = file_bytes + 1")],
  ],
  [
    "each status change has one history row",
    "a change that nobody wrote down",
    () => [state(pending, "changes = changes + 1")],
  ],
  [
    "each status change has one history row",
    "a history that ends in another status",
    () => [`update exchange.order_history set status = 'pending' where order_id = ${disputed.order.id} and change = 3`],
  ],
  [
    "each status change has one event for each party",
    "an event that went to somebody else",
    () => [
      `update exchange.events set first_recipient = 'nobody'
         where first_recipient = '${completed.buyer}' and items::text like '%"change":2%'`,
    ],
  ],
  [
    "a deadline waits for each order that has one",
    "an order that the clock will never look at",
    () => [`delete from exchange.order_deadlines where order_id = ${pending.order.id}`],
  ],
  [
    "a deadline waits for each order that has one",
    "a deadline at another time",
    () => [
      `update exchange.order_deadlines set due_at = due_at + interval '1 day' where order_id = ${pending.order.id}`,
    ],
  ],
  [
    "an ad's open amount is what its open orders hold",
    "an ad that holds more than its orders",
    () => [
      `update exchange.ads set open_amount = open_amount + 1 where id = ${disputed.ad.id}`,
      `update exchange.listings set remaining_amount = remaining_amount - 1 where ad_id = ${disputed.ad.id}`,
    ],
  ],
  [
    "the slots of a trader hold what is active",
    "a slot that is empty beside an active ad",
    () => [trader(pending.maker, "active_sell_ad = null")],
  ],
  [
    "the slots of a trader hold what is active",
    "a slot with an ad that is paused",
    () => [trader(disputed.maker, `active_buy_ad = ${disputed.ad.id}`)],
  ],
  [
    "a taker has one active order of each kind at most, and its slot holds it",
    "a slot that is empty beside an open order",
    () => [trader(pending.taker, "open_deposit_order = null")],
  ],
  [
    "a taker has one active order of each kind at most, and its slot holds it",
    "a slot with a dispute that somebody else has",
    () => [trader(pending.maker, `open_withdraw_order = ${disputed.order.id}`)],
  ],
  [
    "a trader's record counts the completed orders, a pair once a day",
    "a record that flatters",
    () => [trader(completed.buyer, "orders_count = orders_count + 1")],
  ],
  [
    "who is struck out has the strikes for it",
    "somebody whose orders are refused without a strike",
    () => [trader(pending.taker, "struck_out_until = now() + interval '1 hour'")],
  ],
  [
    "each side counts its open disputes",
    "a dispute that one side forgot",
    () => [trader(disputed.buyer, "open_disputes = 0")],
  ],
  [
    "partners know when one last bought of the other",
    "a purchase that is forgotten",
    () => [`update exchange.partners set bought_day = null where trader_id = '${completed.buyer}'`],
  ],
  [
    "each trader has an account",
    "a trader without a wallet",
    () => [
      `insert into exchange.traders (id, joined_at, last_seen_at, deposited_total, wagering_required, wagered,
         ratings_count, orders_count, strikes) values ('pauper', now(), now(), 0, 0, 0, 0, 0, '{}')`,
    ],
  ],
  ["the market shows what may be ordered", "an ad that is hidden", () => [listing(pending, "shown = false")]],
  [
    "the market shows what may be ordered",
    "an amount that is not there",
    () => [listing(pending, "available_amount = available_amount + 1")],
  ],
  ["the market shows what may be ordered", "another price", () => [listing(pending, "exchange_rate = 99")]],
  [
    "the market shows what may be ordered",
    "a count that flatters",
    () => [`update exchange.listing_counts set orders_count = orders_count + 1 where maker_id = '${pending.maker}'`],
  ],
  [
    "the market shows what may be ordered",
    "an ad that is paused but shown",
    () => [`update exchange.listings set shown = true where ad_id = ${disputed.ad.id}`],
  ],
  [
    "the market shows what may be ordered",
    "a maker who may not sell any more",
    () => [trader(pending.maker, "deposited_total = 99999")],
  ],
  [
    "the market shows what may be ordered",
    "a maker whose strikes hide the ads",
    () => [trader(pending.maker, "struck_out_until = now(), strikes = array_fill(now() - interval '1 day', array[5])")],
  ],
  [
    "chat sequences have no gap and no repeat",
    "a line that is lost",
    () => [state(pending, "last_seq = last_seq + 1")],
  ],
  [
    "chat sequences have no gap and no repeat",
    "a number that two lines have",
    () => [
      `insert into exchange.messages (order_id, seq, kind, sender, message, attachment_ids, created_at)
       values (${pending.order.id}, 1, 'user', '${pending.seller}', 'again', '{}', now())`,
      state(pending, "last_seq = last_seq + 1, buyer_lines = buyer_lines + 1"),
    ],
  ],
  [
    "the lines of a history come in its order",
    "a status that was told before the one it follows",
    () => [
      `update exchange.order_history set seq = case seq when 1 then 2 when 2 then 1 else seq end
       where order_id = ${completed.order.id}`,
    ],
  ],
  [
    "each side counts the others' lines",
    "a line that was not counted",
    () => [state(pending, "buyer_lines = buyer_lines + 1")],
  ],
  [
    "a rating is the mean of the latest per pair and day",
    "stars that nobody gave",
    () => [trader(pending.maker, "rating_sum = rating_sum + 5")],
  ],
  [
    "each side's rating is the one it gave",
    "a rating that was not given",
    () => [state(completed, "buyer_rating = 5")],
  ],
  [
    "each dispute and each claim has its case, resolved with it",
    "a claim whose case says that it is a dispute's",
    () => [`update exchange.disputes set kind = 'dispute' where order_id = ${owing.order.id}`],
  ],
  [
    "a claim moved what its history says",
    "an award that was another",
    () => [
      `update exchange.order_history set details = details || '{"amount": 1}'
         where order_id = ${owing.order.id} and action = 'compensate'`,
    ],
  ],
  [
    "a debt shrinks by what was paid, from its debtor to its creditor",
    "a debt of which a part was forgotten",
    () => [
      `update exchange.debts set outstanding = outstanding - 1 where order_id = ${owing.order.id}`,
      trader(owing.seller, "owed = owed - 1"),
    ],
  ],
  [
    "a trader owes what its debts come to",
    "somebody who owes more than anybody is owed",
    () => [trader(owing.seller, "owed = owed + 1")],
  ],
  [
    "each dispute and each claim has its case, resolved with it",
    "a case that is closed while its order is not",
    () => [`update exchange.disputes set status = 'resolved' where order_id = ${disputed.order.id}`],
  ],
  [
    "a trader's partners are those of completed orders",
    "a partner who was never met",
    () => [trader(completed.buyer, "partners_count = partners_count + 1")],
  ],
  ["the feed has no gap", "an event that is lost", () => ["update exchange.feed set position = position + 1"]],
  [
    "no claim is without its answer",
    "a key that was taken and not answered",
    () => ["insert into exchange.claims (scope, key, fingerprint) values ('key x', 'k', 'f')"],
  ],
];

describe("the audit", () => {
  test("says nothing of a market that is sound", async () => {
    assert.deepEqual(await speaking(), []);
    const { checks, findings } = await audit(market.database.superuserUrl, DEFAULT_SETTINGS);
    assert.deepEqual(findings, []);
    assert.equal(checks, NAMES.length);
  });

  for (const [check, what, damage] of DAMAGE) {
    test(`finds ${what}: "${check}"`, () => assertSpeaks(check, damage()));
  }

  test("has no check that was not seen to speak", () => {
    const seen = new Set(DAMAGE.map(([check]) => check));
    assert.deepEqual(
      NAMES.filter((name) => !seen.has(name)),
      [],
    );
  });

  test("tells the first faults of each kind and counts the rest, while the market goes on", async () => {
    const damaged = await startMarket();
    try {
      await damaged.sql(`insert into exchange.traders (id, joined_at, last_seen_at, deposited_total, wagering_required,
        wagered, ratings_count, orders_count, strikes) select 'pauper-' || n, now(), now(), 0, 0, 0, 0, 0, '{}'
        from generate_series(1, 45) n`);
      const maker = someone("maker");
      await damaged.fund(maker, 1_000_000);
      const ad = await damaged.sellAd(maker);
      const [{ findings }, reply] = await Promise.all([
        audit(damaged.database.superuserUrl, DEFAULT_SETTINGS),
        tryOrder(damaged, someone("taker"), ad),
      ]);
      assertDone(reply, 201);
      assert.deepEqual(
        findings.map(({ check, count }) => [check, count]),
        [["each trader has an account", 45]],
      );
      const [{ faults } = { faults: [] }] = findings;
      assert.ok(faults.length > 0 && faults.length < 45);
      await damaged.sql("delete from exchange.traders where id like 'pauper-%'");
    } finally {
      await damaged.end();
    }
  });

  test("needs no more than the right to read", async () => {
    const { findings } = await audit(market.database.servingUrl, DEFAULT_SETTINGS);
    assert.deepEqual(findings, []);
  });
});
