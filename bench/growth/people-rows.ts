/** Traders, their money, ads, listings and records, as their orders left them. */
import type { Sizes } from "./aggregates.ts";

/** Every trader that is not there yet: makers with a deposit and an ad, users with nothing. */
const newcomers = ({ makers, users, firstMakerAd, makerDeposit }: Sizes): string => `(
  select x.*, coalesce(t.n, 0) as n, coalesce(t.counted, 0) as counted, coalesce(t.ratings, 0) as ratings, coalesce(t.partners, 0) as partners,
    coalesce(t.days, '{}') as days
  from (select 'm' || i as id, ${firstMakerAd} + i as ad, ${makerDeposit} as deposit, -1 as sign from generate_series(1, ${makers}) i
    union all select 'u' || i, null, 0, 1 from generate_series(1, ${users}) i) x left join growth.t t using (id)) n`;

const traders = (sizes: Sizes): readonly string[] => [
  `insert into exchange.traders (id, name, joined_at, last_seen_at, active_sell_ad, deposited_total, wagering_required, wagered,
      rating, ratings_count, rating_sum, orders_count, strikes, days, median_release_seconds, median_pay_seconds, partners_count)
    select id, 'Trader ' || id, now() - interval '400 days', now() - interval '1 day', ad,
      deposit + case when sign > 0 then n * ${sizes.amount} else 0 end, 0, 0, case when ratings > 0 then 500 end, ratings, 5 * ratings,
      counted, '{}', days, case when sign < 0 and n > 0 then 60 end, case when sign > 0 and n > 0 then 60 end, partners
    from ${newcomers(sizes)}`,
  `update exchange.traders t set orders_count = g.counted, ratings_count = g.ratings, rating_sum = 5 * g.ratings,
      rating = case when g.ratings > 0 then 500 end, days = g.days, partners_count = g.partners, median_release_seconds = 60
    from growth.t g where g.id = t.id and g.id ~ '^[0-9]'`,
  `insert into exchange.trader_records (trader_id, release_seconds, pay_seconds)
    select id, case when buys then '{}' else d end, case when buys then d else '{}' end
    from (select id, buys, array_fill(60, array[least(n, 100)::int]) as d from growth.t where n > 0) r`,
];

const money = (sizes: Sizes): readonly string[] => [
  `insert into exchange.accounts (id, owner, balance)
    select 'available/' || id, id, deposit + sign * n * ${sizes.amount} from ${newcomers(sizes)}`,
  `update exchange.accounts a set balance = balance - g.n * ${sizes.amount} from growth.t g
    where a.id = 'available/' || g.id and g.id ~ '^[0-9]'`,
  `insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after, external_id)
    select now() - interval '399 days', 'deposit', 'platform', 'available/' || id, deposit, null, deposit, 'growth ' || id
    from ${newcomers(sizes)} where deposit > 0`,
];

const market = (sizes: Sizes): readonly string[] => [
  `insert into exchange.ads (id, maker_id, type, fiat_currency, created_at, status, version, exchange_rate, min_amount, max_amount,
      total_amount, payment_methods, payment_details, instructions, open_amount, released_amount)
    select ad, id, 'sell', 'RUB', now() - interval '398 days', 'active', 1, 80 + ad % 40, ${sizes.amount}, 10000 * (1 + ad % 1000),
      ${sizes.makerDeposit}, case when ad % 5000 = 0 then '{rare,card}'
        else array[(array['card', 'bank_transfer', 'sbp', 'cash'])[1 + ad % 4]] end::text[],
      details, 'Please name the order in the transfer''s comment.', 0, n * ${sizes.amount}
    from ${newcomers(sizes)} join growth.details d on d.maker = id where ad is not null`,
  `update exchange.ads a set released_amount = g.n * ${sizes.amount} from growth.t g
    where g.id = a.maker_id and g.id ~ '^[0-9]'`,
  `insert into exchange.listings (maker_id, type, ad_id, fiat_currency, exchange_rate, min_amount, max_amount, payment_methods,
      remaining_amount, available_amount, shown, rating)
    select a.maker_id, 'sell', a.id, 'RUB', a.exchange_rate, a.min_amount, a.max_amount, a.payment_methods,
      a.total_amount - a.released_amount, a.total_amount - a.released_amount, true, t.rating
    from exchange.ads a join exchange.traders t on t.id = a.maker_id where a.id > ${sizes.firstMakerAd}`,
  `update exchange.listings l set remaining_amount = l.remaining_amount - g.n * ${sizes.amount},
      available_amount = l.available_amount - g.n * ${sizes.amount},
      rating = case when g.ratings > 0 then 500 end from growth.t g where g.id = l.maker_id and g.id ~ '^[0-9]'`,
  "truncate exchange.listing_counts",
  `insert into exchange.listing_counts (maker_id, type, ad_id, fiat_currency, shown, orders_count)
    select l.maker_id, l.type, l.ad_id, l.fiat_currency, l.shown, t.orders_count
    from exchange.listings l join exchange.traders t on t.id = l.maker_id`,
  `select setval('exchange.ad_ids', ${sizes.firstMakerAd + sizes.makers})`,
];

const relations = (): readonly string[] => [
  "insert into exchange.rating_days (ratee_id, rater_id, day, rating) select ratee, rater, day, 5 from growth.rating_days",
  `insert into exchange.partners (trader_id, partner_id, since, bought_day)
    select v.trader, v.partner, since, v.day
    from growth.partners, lateral (values (buyer, seller, bought_day), (seller, buyer, null)) v(trader, partner, day)
    order by 1, 2`,
];

export const rowsOfPeople = (sizes: Sizes): readonly string[] => [
  ...traders(sizes),
  ...money(sizes),
  ...market(sizes),
  ...relations(),
];
