/** What every page shows of its reader: what waits, how much is unread, the balance. Nothing for a visitor. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask } from "./client.ts";
import { serverClock } from "./clock.ts";
import { keys } from "./query.ts";
import { useSession } from "./session.ts";

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }) => {
    const me = await ask(api.get("/p2p/me", { signal }));
    serverClock.learn(me.server_time);
    return me;
  },
});

export const walletQuery = queryOptions({
  queryKey: keys.wallet,
  queryFn: ({ signal }) => ask(api.get("/wallet", { signal })),
});

export const useMe = () => useQuery({ ...meQuery, enabled: useSession().state === "person" });

export const useWallet = () => useQuery({ ...walletQuery, enabled: useSession().state === "person" });
