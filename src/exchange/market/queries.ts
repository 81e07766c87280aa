/**
 * The market page: a walk along an index of listings, joined by key with the ads and makers of the page's rows. No page
 * reads the whole market: what many ads take is found near the index's start, and what few take by an index of its own.
 */
import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import { instant } from "../../kernel/index.ts";
import { AD_COLUMNS, adView } from "../ads/index.ts";
import { type PageQuery, page, select } from "../rows.ts";
import { type AdType, ads, listings, traders } from "../tables/index.ts";
import { PROFILE_COLUMNS } from "../traders/index.ts";

export const SORTS = ["rating", "orders_count", "best_price"] as const;
export type Sort = (typeof SORTS)[number];

export type MarketQuery = PageQuery & {
  readonly type: AdType;
  readonly fiatCurrency: string;
  readonly sortBy: Sort;
  readonly amount?: number | undefined;
  readonly paymentMethod?: string | undefined;
};

/** Each is served by an index; ties show the newest ad first. */
const ORDERS: Readonly<Record<Sort, string>> = {
  rating: "rating desc nulls last, ad_id desc",
  orders_count: "orders_count desc, ad_id desc",
  best_price: "price_rank, ad_id desc",
};

const AMOUNTS = select(listings, "p", ["remainingAmount", "availableAmount"]);
const AD = select(ads, "a", AD_COLUMNS);
const MAKER = select(traders, "t", PROFILE_COLUMNS);
/** What `marketAd` reads. */
const COLUMNS = [AMOUNTS, AD, MAKER].map(({ list }) => list).join(", ");

/** The first page of the usual length stays prepared; for each other one a statement would be too many. */
const PREPARED_LIMIT = 20;
/** Rows of the sort index that are looked at for a filter before the filter's own index is asked. */
const WALK = 500;
/** Rows that are sorted for a page. When more ads take an amount, a walk finds a page of them soon enough. */
const MATCHES = 5_000;
/** Filters whose shorter way is remembered, some 100 bytes each. */
const FILTERS = 10_000;

type Parameters = { readonly values: unknown[]; add(value: unknown): string };

const parameters = (): Parameters => {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
};

const LISTED = "shown and type = $1 and fiat_currency = $2";

/**
 * @param from what gives the page's listings, in any order, and no more than the page
 * @param further what else it gives
 */
const joined = (from: string, sort: Sort, further = ""): string => `
  with p as (${from})
  select ${COLUMNS} ${further} from p join exchange.ads a on a.id = p.ad_id join exchange.traders t on t.id = p.maker_id
  order by ${ORDERS[sort].replaceAll(/(rating|orders_count|price_rank|ad_id)/g, "p.$1")}`;

const givenOf = (values: object): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value == null ? [] : [name]))
    .join(" ");

/**
 * Along the whole index, or its first rows only. The page's length is part of the text: with an unknown one PostgreSQL
 * expects to read a tenth of the market and plans anew each time, which costs half as much again as the page.
 */
const walk = async (pool: Pool, query: MarketQuery, reach: number | null): Promise<readonly MarketRow[]> => {
  const { type, fiatCurrency, limit, offset, amount, paymentMethod, sortBy } = query;
  const { values, add } = parameters();
  values.push(type, fiatCurrency);
  const order = ORDERS[sortBy];
  const near = reach === null ? "" : `order by ${order} limit ${add(reach)}`;
  const wanted = [
    ...(amount === undefined ? [] : [hiddenCondition(add(amount))]),
    ...(paymentMethod === undefined ? [] : [`payment_methods @> array[${add(paymentMethod)}]::text[]`]),
  ];
  const where = wanted.length === 0 ? "" : `where ${wanted.join(" and ")}`;
  const { rows } = await pool.query<MarketRow>({
    ...(limit === PREPARED_LIMIT && offset === 0
      ? { name: `market ${sortBy} ${givenOf({ reach, amount, paymentMethod })}` }
      : {}),
    text: joined(
      `select * from (select * from exchange.listings where ${LISTED} ${near}) l ${where}
       order by ${order} limit ${limit + 1} offset ${offset}`,
      sortBy,
    ),
    values,
  });
  return rows;
};

const amountCondition = (parameter: string): string =>
  ["min_amount <=", "max_amount >=", "available_amount >="].map((bound) => `${bound} ${parameter}::int8`).join(" and ");

/**
 * The same, so that PostgreSQL cannot tell how many rows meet it: else it finds the plan for any amount dearer than one
 * for this amount, and plans anew for every page. The walk is the same whatever the amount.
 */
const hiddenCondition = (parameter: string): string =>
  `min_amount + 0 <= ${parameter}::int8 and least(max_amount, available_amount) >= ${parameter}::int8`;

type Match = MarketRow & { readonly matches: number };

/**
 * By the filter's own index. Null when so many match that a walk is the better way: `MATCHES` more than the page passes
 * over, so that a page without rows is one behind the last match.
 */
const search = async (pool: Pool, query: MarketQuery): Promise<readonly Match[] | null> => {
  const { type, fiatCurrency, limit, offset, amount, paymentMethod, sortBy } = query;
  const { values, add } = parameters();
  values.push(type, fiatCurrency);
  const wanted = [];
  if (amount !== undefined) {
    const parameter = add(amount);
    wanted.push(`amounts @> exchange.amount_key($1, $2, ${parameter}::int8) and ${amountCondition(parameter)}`);
  }
  if (paymentMethod !== undefined) {
    const method = add(paymentMethod);
    const key = "exchange.method_keys(type, fiat_currency, payment_methods)";
    wanted.push(`${key} @> exchange.method_keys($1, $2, array[${method}]::text[])`);
  }
  // With both filters it has no name, so that it is planned for these very values: which index is the better one depends
  // on them. With one there is no choice, and planning costs as much as finding.
  const given = offset === 0 && (amount === undefined || paymentMethod === undefined);
  const most = MATCHES + offset;
  const { rows } = await pool.query<Match>({
    ...(given ? { name: `search ${sortBy} by ${amount === undefined ? "method" : "amount"}` } : {}),
    text: joined(
      `select * from (select *, count(*) over () as matches from (
         select * from exchange.listings where ${LISTED} and ${wanted.join(" and ")} limit ${most + 1}) m) l
       order by ${ORDERS[sortBy]} limit ${add(limit + 1)} offset ${add(offset)}`,
      sortBy,
      ", p.matches",
    ),
    values,
  });
  return (rows[0]?.matches ?? 0) > most ? null : rows;
};

/** @param rare filters that were looked for in vain near the index's start, so that the next look begins elsewhere */
const findPage = async (
  pool: Pool,
  rare: LRUCache<string, true>,
  query: MarketQuery,
): Promise<readonly MarketRow[]> => {
  const { type, fiatCurrency, amount, paymentMethod, limit, offset } = query;
  if (amount === undefined && paymentMethod === undefined) return walk(pool, query, null);
  const filter = JSON.stringify([type, fiatCurrency, amount, paymentMethod]);
  if (!rare.has(filter)) {
    const near = await walk(pool, query, WALK + limit + offset);
    if (near.length > limit) return near;
  }
  const found = await search(pool, query);
  const matches = found === null ? MATCHES : (found[0]?.matches ?? 0);
  // Beyond the last match nobody knows how many there are.
  if (matches > WALK) rare.delete(filter);
  else if (offset === 0) rare.set(filter, true);
  return found ?? walk(pool, query, null);
};

/** How pages are read. It remembers nothing that a page shows, only which way to it was the shorter one. */
export const createAdLister = (pool: Pool) => {
  const rare = new LRUCache<string, true>({ max: FILTERS });
  return async (query: MarketQuery) => page((await findPage(pool, rare, query)).map(marketAd), query);
};

/** Active or paused; null for any other. */
export const findAd = async (pool: Pool, id: number) => {
  const { rows } = await pool.query({
    name: "one ad",
    text: `select ${COLUMNS} from exchange.ads a join exchange.traders t on t.id = a.maker_id
      join exchange.accounts b on b.id = 'available/' || a.maker_id
      cross join lateral (
        select coalesce(a.total_amount, a.max_amount) - a.open_amount - a.released_amount as remaining_amount) r
      cross join lateral (
        select r.remaining_amount, least(r.remaining_amount, case a.type when 'sell' then b.balance end) as available_amount) p
      where a.id = $1 and a.status <> 'deleted'`,
    values: [id],
  });
  return rows[0] === undefined ? null : marketAd(rows[0]);
};

const marketAd = (row: MarketRow) =>
  adView({ ...AD.rowOf(row), ...AMOUNTS.rowOf(row) }, MAKER.rowOf(row), instant(Date.now()));

type MarketRow = Readonly<Record<string, unknown>>;
