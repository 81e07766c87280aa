/** What moved in and out of one's own wallet, newest first. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";

const PAGE = 20;

/** Stays as it was read, so that no line moves under the finger; `newestQuery` says when there are others. */
export const statementQuery = infiniteQueryOptions({
  queryKey: keys.statement,
  queryFn: ({ pageParam, signal }) =>
    ask(api.get("/wallet/transfers", { query: { limit: PAGE, ...from(pageParam) }, signal })),
  ...byCursor,
  refetchOnMount: "always",
});

/** The id of the last movement, which the stream keeps fresh; 0 before the first. */
export const newestQuery = queryOptions({
  queryKey: [...keys.transfers, "newest"],
  queryFn: async ({ signal }) =>
    (await ask(api.get("/wallet/transfers", { query: { limit: 1 }, signal }))).items[0]?.id ?? 0,
});
