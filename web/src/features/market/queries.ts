/** What the market asks for: pages of ads for the filters of the address. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";
import { type Filters, queryOf } from "./filters.ts";

/** The market says nothing by itself: it is asked so often what is new, by whoever looks at it. */
const ASK_AGAIN_MS = 10_000;

export const marketQuery = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [...keys.market, filters],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.get("/p2p/ads", {
          query: { ...queryOf(filters), ...from(pageParam) },
          signal,
        }),
      ),
    ...byCursor,
    refetchInterval: ASK_AGAIN_MS,
  });

/** How many ads a filter would show, for the button of the sheet. */
export const countQuery = (filters: Filters) =>
  queryOptions({
    queryKey: [...keys.market, "count", filters],
    queryFn: ({ signal }) => ask(api.get("/p2p/ads", { query: { ...queryOf(filters), limit: 100 }, signal })),
  });
