/** What a taker may take, and why no more: pure figures for the form. */
import type { Ad } from "../../data/types.ts";
import { amountFor, fiatFor } from "../../kernel/money.ts";

/** What is kept exact: the sum in fiat, or the amount in balance units. */
export type Written = { readonly kopecks: number; readonly as: "fiat" | "usdt" };

export type Limit = { readonly max: number; readonly by: "ad" | "remainder" | "balance" };

/** @param balance of the taker, who gives it on a buy ad; null where it does not limit */
export const limitOf = (ad: Pick<Ad, "max_amount" | "available_amount">, balance: number | null): Limit => {
  const limits: readonly Limit[] = [
    { max: ad.max_amount, by: "ad" },
    { max: ad.available_amount, by: "remainder" },
    ...(balance === null ? [] : [{ max: balance, by: "balance" } as const]),
  ];
  return limits.reduce((least, each) => (each.max < least.max ? each : least));
};

/** Both totals, exactly as the server will make them. */
export const totalsOf = ({ kopecks, as }: Written, rate: number): { readonly usdt: number; readonly fiat: number } =>
  as === "fiat" ? { usdt: amountFor(kopecks, rate), fiat: kopecks } : { usdt: kopecks, fiat: fiatFor(kopecks, rate) };
