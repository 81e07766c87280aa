/** One's own orders: those that are open, and those that have ended. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";

export const TABS = ["active", "finished"] as const;
export type Tab = (typeof TABS)[number];

const STATES = {
  active: ["pending", "paid_by_buyer", "disputed"],
  finished: ["completed", "cancelled"],
} as const;

const PAGE = 20;

export const ordersQuery = (tab: Tab) =>
  infiniteQueryOptions({
    queryKey: [...keys.orders, tab],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.get("/p2p/orders", {
          query: { status: [...STATES[tab]], limit: PAGE, ...from(pageParam) },
          signal,
        }),
      ),
    ...byCursor,
  });
