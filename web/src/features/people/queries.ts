/** A person: the public profile, the ads that the market shows, what others said. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.people, id],
    queryFn: ({ signal }) => ask(api.get("/p2p/users/{id}", { path: { id }, signal })),
  });

/** One of each side at most. Whatever changes the market changes it. */
export const adsOfQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.market, "of", id],
    queryFn: async ({ signal }) => (await ask(api.get("/p2p/users/{id}/ads", { path: { id }, signal }))).items,
  });

const PAGE = 10;

export const reviewsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.people, id, "reviews"],
    queryFn: ({ pageParam, signal }) =>
      ask(api.get("/p2p/users/{id}/reviews", { path: { id }, query: { limit: PAGE, ...from(pageParam) }, signal })),
    ...byCursor,
  });
