/**
 * The market page: a walk along an index of listings, joined by key with the ads and makers of the page's rows. No page
 * reads the whole market: what many ads take is found near the index's start, and what few take by an index of its own.
 */

import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import { type ListQuery, listPage, NEWEST, type Place, placeOf } from "../../database/index.ts";
import { instant } from "../../kernel/index.ts";
import { AD_COLUMNS, type AdView, adView, type TakenAd } from "../ads/index.ts";
import { select } from "../rows.ts";
import { MAX_UNITS } from "../schemas.ts";
import { type RateBand, rateBandOf, type Settings } from "../settings.ts";
import { type Ad, type AdType, ads, type Listing, listings, traders } from "../tables/index.ts";
import { mayOffer, OFFERING_COLUMNS, type Offering, PROFILE_COLUMNS } from "../traders/index.ts";

export const SORTS = ["rating", "orders_count", "best_price"] as const;
export type Sort = (typeof SORTS)[number];

export type MarketQuery = ListQuery & {
  readonly type: AdType;
  readonly fiatCurrency: string;
  readonly sortBy: Sort;
  readonly amount?: number | undefined;
  /** In minor units of fiat: only ads that take so much for it. */
  readonly fiatAmount?: number | undefined;
  /** Any of them. */
  readonly paymentMethods?: readonly string[] | undefined;
  /** In hundredths of a star. */
  readonly minRating?: number | undefined;
  readonly maker?: string | undefined;
};

const FILTERS_OF_QUERY = ["amount", "fiatAmount", "paymentMethods", "minRating", "maker"] as const;
const filtersOf = (query: MarketQuery) => FILTERS_OF_QUERY.filter((name) => query[name] !== undefined);

/** Each is an index, walked from its end; ties show the newest ad first, and who is unrated comes last. */
const RANKS: Readonly<Record<Sort, string>> = {
  rating: "coalesce(l.rating, 0)",
  orders_count: "k.orders_count",
  best_price: "l.price_rank",
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
/**
 * The same for a filter that many ads pass: of a million ads with `MATCHES` that pass, a page of the longest is among the
 * first 20,000.
 */
const FAR_WALK = 20_000;
/** Rows that are sorted for a page. When more ads take an amount, a walk finds a page of them soon enough. */
const MATCHES = 5_000;
/** Filters whose shorter way is remembered, some 100 bytes each. */
const FILTERS = 10_000;

/** Ranks are 32-bit integers. */
const HIGHEST: Place = { ...NEWEST, rank: 2_147_483_647 };

/** A cursor may name any place; one beyond all ranks is where these end. */
const startOf = (query: ListQuery): Place => {
  const { rank, id } = placeOf(query, HIGHEST);
  return { rank: Math.max(Math.min(rank, HIGHEST.rank), -HIGHEST.rank), id };
};

type Parameters = { readonly values: unknown[]; add(value: unknown): string };

const parameters = (): Parameters => {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
};

const LISTING = `l.maker_id, l.type, l.fiat_currency, l.exchange_rate, l.min_amount, l.max_amount, l.payment_methods,
  l.remaining_amount, l.available_amount, l.rating`;

/** What a walk goes along behind a place: the listings, or their counts, each with its listing. @param near how far */
const walked = (sort: Sort, rank: string, id: string, near: string): string => {
  const [along, first] =
    sort === "orders_count"
      ? ["exchange.listing_counts k join exchange.listings l on l.maker_id = k.maker_id and l.type = k.type", "k"]
      : ["exchange.listings l", "l"];
  return `select ${first}.ad_id, ${RANKS[sort]} as rank, ${LISTING} from ${along}
    where ${first}.shown and ${first}.type = $1 and ${first}.fiat_currency = $2
      and (${RANKS[sort]}, ${first}.ad_id) < (${rank}, ${id}) ${near === "" ? "" : `order by ${RANKS[sort]} desc, ${first}.ad_id desc ${near}`}`;
};

/**
 * @param from what gives the page's listings, in any order, and no more than the page
 * @param further what else it gives
 */
const joined = (from: string, further = ""): string => `
  with p as (${from})
  select p.rank, p.ad_id, ${COLUMNS} ${further}
  from p join exchange.ads a on a.id = p.ad_id join exchange.traders t on t.id = p.maker_id
  order by p.rank desc, p.ad_id desc`;

const givenOf = (values: object): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value == null ? [] : [name]))
    .join(" ");

/**
 * Along the whole index, or its first rows only. The page's length is part of the text: with an unknown one PostgreSQL
 * expects to read a tenth of the market and plans anew each time, which costs half as much again as the page.
 */
const walk = async (pool: Pool, query: MarketQuery, reach: number | null): Promise<readonly MarketRow[]> => {
  const { type, fiatCurrency, limit, offset, amount, fiatAmount, paymentMethods, minRating, sortBy, cursor } = query;
  const { values, add } = parameters();
  const start = startOf(query);
  values.push(type, fiatCurrency);
  const [rank, id] = [`${add(start.rank)}::int4`, `${add(start.id)}::int8`];
  const near = reach === null ? "" : `limit ${add(reach)}`;
  const wanted = [
    ...(amount === undefined ? [] : [hiddenCondition(add(amount))]),
    ...(fiatAmount === undefined ? [] : [hiddenCondition(boughtFor(add(fiatAmount)))]),
    ...(paymentMethods === undefined ? [] : [`payment_methods && ${add(paymentMethods)}::text[]`]),
    ...(minRating === undefined ? [] : [`rating >= ${add(minRating)}::int4`]),
  ];
  const where = wanted.length === 0 ? "" : `where ${wanted.join(" and ")}`;
  const { rows } = await pool.query<MarketRow>({
    ...(limit === PREPARED_LIMIT && offset === 0
      ? { name: `market ${sortBy} ${givenOf({ reach, amount, fiatAmount, paymentMethods, minRating, cursor })}` }
      : {}),
    text: joined(
      `select * from (${walked(sortBy, rank, id, near)}) l ${where}
       order by rank desc, ad_id desc limit ${limit + 1} offset ${offset}`,
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

/** What a fiat sum buys at the ad's rate, rounded down as an order has it. */
const boughtFor = (sum: string): string => `(${sum}::int8 * 100 / exchange_rate)`;

type Match = MarketRow & { readonly matches: number };

/**
 * By the filter's own index. Null when so many match that a walk is the better way: `MATCHES` more than the page passes
 * over, so that a page without rows is one behind the last match.
 */
const search = async (pool: Pool, rates: RateBand, query: MarketQuery): Promise<readonly Match[] | null> => {
  const { type, fiatCurrency, limit, offset, amount, fiatAmount, paymentMethods, minRating, maker, sortBy } = query;
  const { values, add } = parameters();
  const start = startOf(query);
  values.push(type, fiatCurrency);
  const wanted = [];
  if (maker !== undefined) wanted.push(`l.maker_id = ${add(maker)}`);
  if (minRating !== undefined) {
    const least = add(minRating);
    wanted.push(`coalesce(l.rating, 0) >= ${least}::int4`);
  }
  if (fiatAmount !== undefined) {
    // Whatever its rate, an ad takes no more and no less than the band lets the sum buy.
    const [least, most] = [(fiatAmount * 100) / rates.max, (fiatAmount * 100) / rates.min].map((units) =>
      add(Math.min(Math.floor(units), MAX_UNITS)),
    );
    const between = [least, most].map((end) => `exchange.amount_key($1, $2, ${end}::int8)`).join(", ");
    wanted.push(`amounts && int8range(${between}, '[]') and ${amountCondition(boughtFor(add(fiatAmount)))}`);
  }
  if (amount !== undefined) {
    const parameter = add(amount);
    wanted.push(`amounts @> exchange.amount_key($1, $2, ${parameter}::int8) and ${amountCondition(parameter)}`);
  }
  if (paymentMethods !== undefined) {
    const key = "exchange.method_keys(type, fiat_currency, payment_methods)";
    wanted.push(`${key} && exchange.method_keys($1, $2, ${add(paymentMethods)}::text[])`);
  }
  // With several filters it has no name, so that it is planned for these very values: which index is the better one
  // depends on them. With one there is no choice, and planning costs as much as finding.
  const filters = filtersOf(query);
  const given = offset === 0 && filters.length === 1;
  const most = MATCHES + offset;
  const counts =
    sortBy === "orders_count"
      ? `cross join lateral (select orders_count from exchange.listing_counts c
           where c.maker_id = l.maker_id and c.type = l.type offset 0) k`
      : "";
  const behind = `(${RANKS[sortBy]}, l.ad_id) < (${add(start.rank)}::int4, ${add(start.id)}::int8)`;
  const { rows } = await pool.query<Match>({
    ...(given ? { name: `search ${sortBy} by ${filters[0]}` } : {}),
    text: joined(
      `select * from (select *, count(*) over () as matches from (
         select l.ad_id, ${RANKS[sortBy]} as rank, ${LISTING} from exchange.listings l ${counts}
         where l.shown and l.type = $1 and l.fiat_currency = $2 and ${[...wanted, behind].join(" and ")}
         limit ${most + 1}) l) m
       order by rank desc, ad_id desc limit ${add(limit + 1)} offset ${add(offset)}`,
      ", p.matches",
    ),
    values,
  });
  return (rows[0]?.matches ?? 0) > most ? null : rows;
};

/** Which way to a filter's page was the shorter one; none is known when the first rows of the sort index are enough. */
type Ways = LRUCache<string, "search" | "far walk">;

const findPage = async (pool: Pool, rates: RateBand, ways: Ways, query: MarketQuery): Promise<readonly MarketRow[]> => {
  const { type, fiatCurrency, limit, offset } = query;
  const filters = filtersOf(query);
  if (filters.length === 0) return walk(pool, query, null);
  // One maker has one ad of a type.
  if (query.maker !== undefined) return (await search(pool, rates, query)) ?? [];
  const filter = JSON.stringify([type, fiatCurrency, ...filters.map((name) => [name, query[name]])]);
  const way = ways.get(filter);
  if (way !== "search") {
    const near = await walk(pool, query, (way === undefined ? WALK : FAR_WALK) + limit + offset);
    if (near.length > limit) return near;
  }
  const found = await search(pool, rates, query);
  if (found === null) {
    ways.set(filter, "far walk");
    return walk(pool, query, null);
  }
  // Beyond the last match nobody knows how many there are.
  if ((found[0]?.matches ?? 0) > WALK) ways.delete(filter);
  else if (offset === 0) ways.set(filter, "search");
  return found;
};

/** How pages are read. It remembers nothing that a page shows, only which way to it was the shorter one. */
export const createAdLister = (pool: Pool, settings: Settings) => {
  const ways: Ways = new LRUCache({ max: FILTERS });
  return async (query: MarketQuery) => {
    const found = listPage(
      await findPage(pool, rateBandOf(settings, query.fiatCurrency), ways, query),
      query,
      ({ rank, ad_id }) => ({ rank, id: ad_id }),
    );
    return { ...found, items: found.items.map(marketAd) };
  };
};

const OFFERING = select(traders, "t", OFFERING_COLUMNS);

/** Active or paused, with what may be ordered of it; null for any other. */
export const findAd = async (pool: Pool, settings: Settings, id: number) => {
  const { rows } = await pool.query({
    name: "one ad",
    text: `select ${COLUMNS}, ${OFFERING.list} from exchange.ads a join exchange.traders t on t.id = a.maker_id
      join exchange.accounts b on b.id = 'available/' || a.maker_id
      cross join lateral (
        select coalesce(a.total_amount, a.max_amount) - a.open_amount - a.released_amount as remaining_amount) r
      cross join lateral (
        select r.remaining_amount, least(r.remaining_amount,
          case a.type when 'sell' then greatest(b.balance - t.owed, 0) end) as available_amount) p
      where a.id = $1 and a.status <> 'deleted'`,
    values: [id],
  });
  if (rows[0] === undefined) return null;
  const ad = { ...AD.rowOf(rows[0]), ...AMOUNTS.rowOf(rows[0]) };
  const taken = { ...ad, makerId: MAKER.rowOf(rows[0]).id, closed: closedBy(ad, OFFERING.rowOf(rows[0]), settings) };
  return { shown: { ...marketAd(rows[0]), orderable: taken.closed === null }, taken };
};

/** A person's ads that the market shows, newest first: one of each type at most. */
export const listAdsOf = async (pool: Pool, maker: string, query: ListQuery) => {
  const { rows } = await pool.query<Readonly<Record<string, unknown>> & { readonly ad_id: number }>({
    name: "ads of a person",
    text: `select p.ad_id, ${COLUMNS} from exchange.listings p
      join exchange.ads a on a.id = p.ad_id join exchange.traders t on t.id = p.maker_id
      where p.maker_id = $1 and p.shown and p.ad_id < $4 order by p.ad_id desc limit $2 offset $3`,
    values: [maker, query.limit + 1, query.offset, placeOf(query, NEWEST).id],
  });
  const found = listPage(rows, query, ({ ad_id: id }) => ({ rank: 0, id }));
  return { ...found, items: found.items.map(marketAd) };
};

/** Why nobody may order of it: the market does not show it either. */
const closedBy = (
  ad: Pick<Ad, "type" | "status" | "minAmount"> & Pick<Listing, "remainingAmount" | "availableAmount">,
  maker: Offering,
  settings: Settings,
): TakenAd["closed"] => {
  if (ad.status === "paused") return "paused";
  if (ad.remainingAmount < ad.minAmount) return "used_up";
  return ad.availableAmount < ad.minAmount || !mayOffer(maker, ad.type, settings) ? "unavailable" : null;
};

/** What is listed may be ordered. */
const marketAd = (row: Readonly<Record<string, unknown>>) =>
  ({
    ...adView({ ...AD.rowOf(row), ...AMOUNTS.rowOf(row) }, MAKER.rowOf(row), instant(Date.now())),
    orderable: true,
  }) satisfies AdView;

type MarketRow = Readonly<Record<string, unknown>> & { readonly rank: number; readonly ad_id: number };
