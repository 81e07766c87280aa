/** The market page: a walk along an index of listings, joined by key with the ads and makers of the page's rows. */
import type { Pool } from "pg";
import { type Instant, instant, type TraderId } from "../../kernel/index.ts";
import { adView } from "../ads/index.ts";
import { type PageQuery, page } from "../rows.ts";
import type { AdType } from "../tables.ts";

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

const COLUMNS = `p.*, a.status, a.version, a.total_amount, a.instructions, a.payment_window_minutes, a.created_at,
  t.name, t.ratings_count, t.joined_at, t.last_seen_at, t.days, t.median_release_seconds, t.median_pay_seconds,
  t.partners_count`;

const marketText = ({ sortBy, amount, paymentMethod }: MarketQuery): string => `
  with p as (
    select * from exchange.listings
    where shown and type = $1 and fiat_currency = $2
    ${amount === undefined ? "" : "and min_amount <= $5 and max_amount >= $5 and available_amount >= $5"}
    ${paymentMethod === undefined ? "" : `and payment_methods @> array[$${amount === undefined ? 5 : 6}]::text[]`}
    order by ${ORDERS[sortBy]} limit $3 offset $4)
  select ${COLUMNS} from p join exchange.ads a on a.id = p.ad_id join exchange.traders t on t.id = p.maker_id
  order by ${ORDERS[sortBy].replaceAll(/(rating|orders_count|price_rank|ad_id)/g, "p.$1")}`;

export const listAds = async (pool: Pool, query: MarketQuery) => {
  const { type, fiatCurrency, limit, offset, amount, paymentMethod, sortBy } = query;
  const filters = [amount, paymentMethod].filter((value) => value !== undefined);
  const name = `market ${sortBy} ${amount === undefined ? "" : "amount "}${paymentMethod === undefined ? "" : "method"}`;
  const { rows } = await pool.query({
    name,
    text: marketText(query),
    values: [type, fiatCurrency, limit + 1, offset, ...filters],
  });
  return page(rows.map(marketAd), query);
};

/** Active or paused; null for any other. */
export const findAd = async (pool: Pool, id: number) => {
  const { rows } = await pool.query({
    name: "one ad",
    text: `select a.*, a.id as ad_id,
        coalesce(a.total_amount, a.max_amount) - a.open_amount - a.released_amount as remaining_amount,
        least(coalesce(a.total_amount, a.max_amount) - a.open_amount - a.released_amount,
              case a.type when 'sell' then b.balance end) as available_amount,
        t.name, t.rating, t.orders_count, t.ratings_count, t.joined_at, t.last_seen_at, t.days,
        t.median_release_seconds, t.median_pay_seconds, t.partners_count
      from exchange.ads a join exchange.traders t on t.id = a.maker_id
      join exchange.accounts b on b.id = 'available/' || a.maker_id
      where a.id = $1 and a.status <> 'deleted'`,
    values: [id],
  });
  return rows[0] === undefined ? null : marketAd(rows[0]);
};

const marketAd = (row: MarketRow) =>
  adView(
    {
      id: row.ad_id,
      type: row.type,
      status: row.status,
      version: row.version,
      fiatCurrency: row.fiat_currency,
      exchangeRate: row.exchange_rate,
      minAmount: row.min_amount,
      maxAmount: row.max_amount,
      totalAmount: row.total_amount,
      paymentMethods: row.payment_methods,
      instructions: row.instructions,
      paymentWindowMinutes: row.payment_window_minutes,
      remainingAmount: row.remaining_amount,
      availableAmount: row.available_amount,
      createdAt: row.created_at,
    },
    {
      id: row.maker_id,
      name: row.name,
      rating: row.rating,
      ratingsCount: row.ratings_count,
      ordersCount: row.orders_count,
      days: row.days,
      medianReleaseSeconds: row.median_release_seconds,
      medianPaySeconds: row.median_pay_seconds,
      partnersCount: row.partners_count,
      joinedAt: row.joined_at,
      lastSeenAt: row.last_seen_at,
    },
    instant(Date.now()),
  );

type MarketRow = {
  readonly ad_id: number;
  readonly maker_id: TraderId;
  readonly type: string;
  readonly status: string;
  readonly version: number;
  readonly fiat_currency: string;
  readonly exchange_rate: number;
  readonly min_amount: number;
  readonly max_amount: number;
  readonly total_amount: number | null;
  readonly payment_methods: readonly string[];
  readonly instructions: string;
  readonly payment_window_minutes: number | null;
  readonly remaining_amount: number;
  readonly available_amount: number;
  readonly created_at: Instant;
  readonly name: string | null;
  readonly rating: number | null;
  readonly ratings_count: number;
  readonly orders_count: number;
  readonly days: readonly number[];
  readonly median_release_seconds: number | null;
  readonly median_pay_seconds: number | null;
  readonly partners_count: number;
  readonly joined_at: Instant;
  readonly last_seen_at: Instant;
};
