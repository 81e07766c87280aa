/** One order and the lines of its chat, as the order room, the chats and the bars show them. */
import { infiniteQueryOptions, queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask } from "./client.ts";
import { serverClock } from "./clock.ts";
import { keys } from "./query.ts";
import type { Order } from "./types.ts";

/** As many lines at once as the server gives by default. */
export const LINES = 50;
/** Before any line there may ever be: the newest ones. */
const NEWEST = 2_147_483_647;

export const orderQuery = (id: number) =>
  queryOptions({
    queryKey: keys.order(id),
    queryFn: async ({ signal }) => {
      const order = await ask(api.get("/p2p/orders/{id}", { path: { id }, signal }));
      serverClock.learn(order.server_time);
      return order;
    },
  });

export const useOrder = (id: number) => useQuery(orderQuery(id));

/** The newest lines are the first page; each further one holds older lines. */
export const messagesQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.get("/p2p/orders/{id}/messages", { path: { id }, query: { before_seq: pageParam, limit: LINES }, signal }),
      ),
    initialPageParam: NEWEST,
    getNextPageParam: ({ items }) => {
      const first = items[0]?.seq ?? 1;
      return first > 1 ? first : undefined;
    },
  });

/** The other side of an order, as the reader sees it. */
export const counterpartyOf = (order: Pick<Order, "role" | "buyer" | "seller">): Order["buyer"] =>
  order.role === "buyer" ? order.seller : order.buyer;
