/** An ad by its number, and the order that is made of it. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { keys } from "../../data/query.ts";

/** Whoever fills in the form hears of other terms before sending it. */
const ASK_AGAIN_MS = 10_000;

export const adQuery = (id: number) =>
  queryOptions({
    queryKey: [...keys.market, "ad", id],
    queryFn: ({ signal }) => ask(api.get("/p2p/ads/{id}", { path: { id }, signal })),
    staleTime: 0,
    refetchInterval: ASK_AGAIN_MS,
  });

export type NewOrder = {
  readonly adId: number;
  readonly adVersion: number;
  /** In minor units of fiat, or in balance units: what the taker wrote is what is kept exact. */
  readonly amount: { readonly fiat: number } | { readonly usdt: number };
  readonly method: string;
  readonly details?: Readonly<Record<string, string>>;
};

export const createOrder = ({ adId, adVersion, amount, method, details }: NewOrder, call: ActCall) =>
  api.post("/p2p/orders", {
    body: {
      ad_id: adId,
      ad_version: adVersion,
      payment_method: method,
      ...("fiat" in amount ? { fiat_amount: amount.fiat } : { usdt_amount: amount.usdt }),
      ...(details === undefined ? {} : { payment_details: details }),
    },
    ...call,
  });
