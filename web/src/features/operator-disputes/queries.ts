/** The queue of cases, a page for each state. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";

export const TABS = ["open", "mine", "assigned", "resolved"] as const;
export type Tab = (typeof TABS)[number];

const PAGE = 30;

const stateOf = (tab: Tab) => (tab === "mine" ? { status: "assigned" as const, mine: true } : { status: tab });

export const queueQuery = (tab: Tab) =>
  infiniteQueryOptions({
    queryKey: [...keys.operator, "queue", tab],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.get("/operator/disputes", {
          query: { ...stateOf(tab), limit: PAGE, ...from(pageParam) },
          signal,
        }),
      ),
    ...byCursor,
  });
