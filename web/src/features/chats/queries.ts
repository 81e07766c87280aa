/** Chats: the orders of the reader as conversations, the liveliest first. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";

const PAGE = 30;

export const chatsQuery = infiniteQueryOptions({
  queryKey: keys.chats,
  queryFn: ({ pageParam, signal }) =>
    ask(
      api.get("/p2p/sessions", {
        query: { limit: PAGE, ...from(pageParam) },
        signal,
      }),
    ),
  ...byCursor,
});
