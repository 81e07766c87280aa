/** A market of any size by set-based SQL: traders, accounts, ads and listings that agree with each other. */
import pg from "pg";

/** Kopecks. No ad takes less than the least, more than the most, or what lies in the gap. */
export const NOBODY = { tooLow: 50, gap: 30_000, tooHigh: 9_000_000_000_000 } as const;
export const USUAL = 200_000;
/** Taken by one ad in two thousand, and by enough of the first ones to fill a page in any market. */
export const RARE = 400_000_000;
/** As the maximum says, by every second ad, but hardly any has as much left. */
export const LEFT_BY_FEW = 1_500_000_000;
export const RARE_METHOD = "nobody_has_it";

const METHODS = "array['card', 'bank_transfer', 'sbp', 'cash', 'qiwi']";

/** Never one of the small ads. */
const RARELY = "n % 5 <> 0 and (n % 2000 in (2, 3) or n <= 60)";

/** Every other maker sells; the others buy. Half of the small ads end where the gap begins. */
const statements = (from: number, to: number): readonly string[] => [
  `create temporary table made on commit drop as
     select n, 'maker-' || n as id, case when n % 2 = 0 then 'sell' else 'buy' end as type,
       case n % 10 when 9 then null else 300 + (hashint4(n) & 2047) % 201 end as rating,
       (hashint4(n + 7) & 1048575) % 5000 as orders_count,
       95 + (hashint4(n + 13) & 1023) % 20 as rate,
       case when n % 5 = 0 then 100 + (hashint4(n) & 65535) % 9000 else 100000 + (hashint4(n) & 65535) end as low,
       case when ${RARELY} then 500000000 when n % 5 = 0 then 20000 + (hashint4(n + 3) & 4095) 
            when n % 4 < 2 then 2000000000 else 5000000 + (hashint4(n + 3) & 1048575) end as high,
       case when n % 5 <> 0 and not (${RARELY}) then 4000000 + (hashint4(n + 5) & 1048575)
            else 500000000 end as balance,
       array[(${METHODS})[1 + n % 5], (${METHODS})[1 + (n + 1 + n / 5 % 3) % 5]] as methods
     from generate_series(${from}, ${to}) n`,
  `insert into exchange.traders (id, name, joined_at, last_seen_at, active_sell_ad, active_buy_ad, deposited_total,
       wagering_required, wagered, rating, ratings_count, orders_count, strikes, days, median_release_seconds, median_pay_seconds,
       partners_count, rating_sum)
     select id, 'Maker ' || n, now() - n % 900 * interval '1 day', now(), case type when 'sell' then n end,
       case type when 'buy' then n end, balance, 0, 0, rating, case when rating is null then 0 else 25 end, orders_count, '{}',
       array[extract(epoch from now())::int / 86400 - n % 25, 5, n % 2], 120 + n % 60, 240 + n % 90, 1 + n % 20,
       coalesce(rating, 0) * 25 / 100
     from made`,
  `insert into exchange.accounts (id, owner, balance) select 'available/' || id, id, balance from made`,
  `insert into exchange.transfers (at, kind, from_account, to_account, amount, to_after, external_id)
     select now(), 'deposit', 'platform', 'available/' || id, balance, balance, 'bench ' || n from made`,
  `insert into exchange.ads (id, maker_id, type, fiat_currency, created_at, status, version, exchange_rate, min_amount,
       max_amount, total_amount, payment_methods, payment_details, instructions, open_amount, released_amount)
     select n, id, type, 'RUB', now(), 'active', 1, rate, low, high, null, methods, case type when 'sell' then 'sealed' end,
       'Please include the order in the comment of the transfer, and wait for my answer.', 0, high - least(high, balance)
     from made`,
  `insert into exchange.listings (maker_id, type, ad_id, fiat_currency, exchange_rate, min_amount, max_amount,
       payment_methods, remaining_amount, available_amount, shown, rating)
     select id, type, n, 'RUB', rate, low, high, methods, least(high, balance), least(high, balance), true, rating
     from made`,
  `insert into exchange.listing_counts (maker_id, type, ad_id, fiat_currency, shown, orders_count)
     select id, type, n, 'RUB', true, orders_count from made`,
];

const AT_ONCE = 100_000;

/** Adds ads until there are so many. */
export const growMarket = async (superuserUrl: string, from: number, to: number): Promise<void> => {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query("set synchronous_commit = off; set work_mem = '128MB'; set session_replication_role = replica");
    for (let first = from + 1; first <= to; first += AT_ONCE) {
      await client.query("begin");
      for (const text of statements(first, Math.min(to, first + AT_ONCE - 1))) await client.query(text);
      await client.query("commit");
    }
    await client.query(`select setval('exchange.ad_ids', ${to})`);
    await client.query("vacuum analyze");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
};
