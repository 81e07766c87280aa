/**
 * Finished orders by the million, as the exchange would have left them: terms, states, sides, history, both transfers
 * with the balances after them, an empty escrow account each, and the parties' records. Claims and events are gone by
 * the time an order is old.
 */
import pg from "pg";
import { FIRST, METHOD, TRADE_AMOUNT } from "./market.ts";
import type { Site } from "./stage.ts";

/** Parties repeat in a fixed pattern, so that how often each has traded before an order can be computed. */
const TAKERS = 256;

/** Order `g` from 0: who, when, and the how-manieth trade of its taker and of its maker it is. */
const series = (orders: number, makers: number): string => `(
  select g + 1 as id, (${FIRST.taker} + g % ${TAKERS})::text as buyer, (${FIRST.maker} + m)::text as seller,
    :first_ad + m as ad_id, g / ${TAKERS} + 1 as bought,
    g / ${TAKERS * makers} * ${TAKERS} + g % ${TAKERS} + 1 as sold,
    now() - interval '90 days' + g * (interval '89 days' / ${orders}) as at
  from (select g, (g / ${TAKERS} % ${makers})::int as m from generate_series(0::bigint, ${orders - 1}) as g) as s) as o`;

const A = TRADE_AMOUNT;

/** In this order; `:deposit` is what each maker had. */
const statements = (orders: number, makers: number): readonly string[] => {
  const from = series(orders, makers);
  return [
    `insert into exchange.orders (id, ad_id, ad_version, ad_type, maker_id, taker_id, buyer_id, seller_id, usdt_amount,
       fiat_amount, fiat_currency, exchange_rate, payment_method, payment_details, instructions, created_at, pay_by)
     select o.id, o.ad_id, 1, 'sell', seller, buyer, buyer, seller, ${A}, ${A}, 'RUB', 100, '${METHOD}',
       a.payment_details, a.instructions, at, at + interval '15 minutes' from ${from} join exchange.ads a on a.id = o.ad_id`,
    `insert into exchange.order_states (order_id, buyer_id, seller_id, status, outcome, changes, release_by, paid_at,
       completed_at, released_amount, last_seq, activity_at)
     select id, buyer, seller, 'completed', 'released', 3, at + interval '1 hour', at + interval '1 minute',
       at + interval '2 minutes', ${A}, 3, at + interval '2 minutes' from ${from}`,
    `insert into exchange.order_sides (trader_id, order_id, role, phase, activity_at)
     select s.trader, o.id, s.role, 'completed', at + interval '2 minutes' from ${from},
       lateral (values (buyer, 'buyer'), (seller, 'seller')) as s(trader, role)`,
    `insert into exchange.order_history (order_id, change, status, outcome, action, actor, at)
     select o.id, h.change, h.status, h.outcome, h.action, h.actor, at + h.change * interval '1 minute' from ${from},
       lateral (values (1, 'pending', null, 'create', buyer), (2, 'paid_by_buyer', null, 'confirm-paid', buyer),
         (3, 'completed', 'released', 'confirm-received', seller)) as h(change, status, outcome, action, actor)`,
    `insert into exchange.messages (order_id, seq, kind, message, event, attachment_ids, created_at)
     select o.id, n, 'system', 'A line as long as those that the exchange writes of a status that was set.',
       '{"action": "confirm-paid", "status": "paid_by_buyer", "outcome": null}', '{}', at + n * interval '1 minute'
     from ${from}, generate_series(1, 3) as n`,
    `insert into exchange.accounts (id, kind, owner, balance) select 'escrow/' || id, 'escrow', seller, 0 from ${from}`,
    `insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after, order_id)
     select at + t.n * interval '1 minute', t.kind, t.f, t.t, ${A}, t.fa, t.ta, o.id from ${from},
       lateral (values
         (0, 'escrow_hold', 'available/' || seller, 'escrow/' || o.id, :deposit - sold * ${A}, ${A}::bigint),
         (2, 'escrow_release', 'escrow/' || o.id, 'available/' || buyer, 0::bigint, bought * ${A}))
       as t(n, kind, f, t, fa, ta) order by o.id, t.n`,
    `with done as (select seller, count(*) as n from ${from} group by seller),
       ads as (update exchange.ads a set released_amount = n * ${A} from done where a.maker_id = seller),
       money as (update exchange.accounts a set balance = a.balance - n * ${A} from done where a.id = 'available/' || seller),
       listed as (update exchange.listings l set remaining_amount = l.remaining_amount - n * ${A},
         available_amount = l.available_amount - n * ${A}, orders_count = n from done where l.maker_id = seller)
     update exchange.traders t set orders_count = n from done where t.id = seller`,
    `with done as (select buyer, count(*) as n from ${from} group by buyer),
       money as (update exchange.accounts a set balance = a.balance + n * ${A} from done where a.id = 'available/' || buyer)
     update exchange.traders t set orders_count = n, deposited_total = n * ${A} from done where t.id = buyer`,
    `select setval('exchange.order_ids', ${orders})`,
    "vacuum analyze",
  ];
};

/** On a site without orders. */
export const loadOldOrders = async (site: Site, orders: number, deposit: bigint): Promise<void> => {
  const client = new pg.Client({ connectionString: site.superuserUrl });
  await client.connect();
  try {
    await client.query("set synchronous_commit = off; set work_mem = '256MB'; set maintenance_work_mem = '256MB'");
    const firstAd = String(site.market.makers[0]?.adId);
    for (const text of statements(orders, site.market.makers.length)) {
      await client.query(text.replaceAll(":first_ad", firstAd).replaceAll(":deposit", String(deposit)));
    }
  } finally {
    await client.end();
  }
};
