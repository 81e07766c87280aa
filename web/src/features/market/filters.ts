/** The filters of the market as they stand in the address: `/market?side=buy&amount=5100&method=card&sort=price`. */
import { parseAmount } from "../../kernel/money.ts";

export const SIDES = ["buy", "sell"] as const;
/** What the reader wants to do. */
export type Side = (typeof SIDES)[number];

export const SORTS = { rating: "rating", orders: "orders_count", price: "best_price" } as const;
export type Sort = keyof typeof SORTS;

export type Filters = {
  readonly side: Side;
  /** In roubles (the currency's whole units), as somebody would write it into an address. */
  readonly amount?: number;
  readonly method?: string;
  readonly sort: Sort;
  readonly currency?: string;
};

/** In the address a filter may be left out. */
export type FilterSearch = Partial<Filters>;

/** Whoever buys looks through what makers sell. */
export const typeFor = (side: Side): "sell" | "buy" => (side === "buy" ? "sell" : "buy");

/** What the reader does with an ad of this type. */
export const sideFor = (type: "sell" | "buy"): Side => (type === "sell" ? "buy" : "sell");

/** In minor units. */
export const fiatOf = (amount: number): number => parseAmount(String(amount)).kopecks ?? 0;

const isOneOf = <Value extends string>(values: readonly Value[], value: unknown): value is Value =>
  values.some((each) => each === value);

/** What an address says; what makes no sense in it is left out. */
export const readSearch = (search: Readonly<Record<string, unknown>>): FilterSearch => {
  const { side, method, sort, currency } = search;
  const amount = Number(search.amount);
  const isAmount = amount > 0 && (parseAmount(String(amount)).kopecks ?? 0) > 0;
  return {
    ...(isOneOf(SIDES, side) && { side }),
    ...(isAmount && { amount }),
    ...(typeof method === "string" && /^[a-z0-9_]{1,32}$/.test(method) && { method }),
    ...(isOneOf(Object.keys(SORTS) as Sort[], sort) && { sort }),
    ...(typeof currency === "string" && /^[A-Z]{3}$/.test(currency) && { currency }),
  };
};

export const withDefaults = (search: FilterSearch): Filters => ({ side: "buy", sort: "rating", ...search });

/** What a phone shows in three or four screens. */
const PAGE = 20;

/** What the server is asked for. */
export const queryOf = ({ side, amount, method, sort, currency }: Filters) => ({
  type: typeFor(side),
  sort_by: SORTS[sort],
  limit: PAGE,
  ...(amount === undefined ? {} : { fiat_amount: fiatOf(amount) }),
  ...(method === undefined ? {} : { payment_method: [method] }),
  ...(currency === undefined ? {} : { fiat_currency: currency }),
});
