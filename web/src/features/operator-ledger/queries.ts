/** What operators see of the whole: figures by day, escrow, cases, the feed, audits. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { keys } from "../../data/query.ts";
import { MINUTE } from "../../kernel/time.ts";

export const figuresQuery = queryOptions({
  queryKey: [...keys.operator, "figures"],
  queryFn: ({ signal }) => ask(api.get("/operator/figures", { signal })),
  // The server puts them together twice a minute.
  refetchInterval: MINUTE,
});
