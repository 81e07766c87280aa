/** What others did to the reader's orders, and what changed in how the reader comes in; the server keeps it for 30 days. */
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { byCursor, from, keys } from "../../data/query.ts";
import type { Happened } from "./told.ts";

const PAGE = 20;

export type Notification = { readonly read: boolean; readonly event: Happened };

export const notificationsQuery = infiniteQueryOptions({
  queryKey: keys.notifications,
  queryFn: async ({ pageParam, signal }) => {
    const page = await ask(api.get("/p2p/notifications", { query: { limit: PAGE, ...from(pageParam) }, signal }));
    // The document says of each type what its data are, but not in one union.
    const items = page.items.map(({ read, ...event }): Notification => ({ read, event: event as Happened }));
    return { ...page, items };
  },
  ...byCursor,
});

/** Of one order, or of all. */
export const useMarkRead = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (orderId: number | null) =>
      ask(api.post("/p2p/notifications/read", { body: orderId === null ? {} : { order_id: orderId } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.notifications }),
        client.invalidateQueries({ queryKey: keys.me }),
      ]),
  });
};
