/**
 * The one stream of the app, and what its events change in the cache: no page asks for itself what happened. The stream
 * resumes where it broke, so that a page that was offline catches up; `reset` asks for everything anew.
 */
import { ParleyError } from "@parley/client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { api } from "../data/client.ts";
import { serverClock } from "../data/clock.ts";
import { announce } from "../data/events.ts";
import { meQuery } from "../data/me.ts";
import { messagesQuery } from "../data/orders.ts";
import { keys, queryClient } from "../data/query.ts";
import { sessionQuery, useSession } from "../data/session.ts";
import type { Message, Order, ParleyEvent } from "../data/types.ts";

export type Connection = "none" | "live" | "broken";

let connection: Connection = "none";
const watchers = new Set<() => void>();

const setConnection = (next: Connection): void => {
  connection = next;
  for (const watcher of watchers) watcher();
};

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const useConnection = (): Connection => useSyncExternalStore(watch, () => connection);

/** Lists that may be other ones now: asked for again once, a moment after the last of several events. */
const SETTLE_MS = 300;
const stale = new Set<string>();
let settling: ReturnType<typeof setTimeout> | undefined;

const refresh = (...names: readonly (readonly string[])[]): void => {
  for (const [name] of names) if (name !== undefined) stale.add(name);
  clearTimeout(settling);
  settling = setTimeout(() => {
    for (const name of stale) void queryClient.invalidateQueries({ queryKey: [name] });
    stale.clear();
  }, SETTLE_MS);
};

const putOrder = (order: Order): void => {
  serverClock.learn(order.server_time);
  queryClient.setQueryData(keys.order(order.id), order);
};

/** Changes the lines of an order's chat where they are known; those that are not will be asked for. */
const changeLines = (orderId: number, change: (items: readonly Message[], isNewest: boolean) => Message[]): void => {
  queryClient.setQueryData(messagesQuery(orderId).queryKey, (known) =>
    known === undefined
      ? known
      : { ...known, pages: known.pages.map((page, index) => ({ ...page, items: change(page.items, index === 0) })) },
  );
};

const putLine = (orderId: number, line: Message): void =>
  changeLines(orderId, (items, isNewest) => {
    const at = items.findIndex(({ seq }) => seq === line.seq);
    if (at >= 0) return items.with(at, line);
    return isNewest ? [...items, line].sort((a, b) => a.seq - b.seq) : [...items];
  });

const putUnread = (orderId: number, unread: number): void => {
  queryClient.setQueryData(keys.order(orderId), (known: Order | undefined) => known && { ...known, unread });
};

const apply = (event: ParleyEvent): void => {
  switch (event.type) {
    case "order.updated":
      putOrder(event.data.order);
      refresh(keys.me, keys.orders, keys.chats, keys.notifications);
      break;
    case "message.created":
      putLine(event.data.order_id, event.data.message);
      putUnread(event.data.order_id, event.data.unread);
      refresh(keys.me, keys.chats, keys.notifications);
      break;
    case "message.updated": {
      const { data } = event;
      putUnread(data.order_id, data.unread);
      if ("hidden" in data) {
        if (data.message !== undefined) putLine(data.order_id, data.message);
      } else {
        const { up_to_seq, by, read_at } = data;
        const order = queryClient.getQueryData<Order>(keys.order(data.order_id));
        // The other side has read what is mine.
        if (order !== undefined && by !== order.role) {
          changeLines(data.order_id, (items) =>
            items.map((line) =>
              line.seq <= up_to_seq && line.kind === "user" && line.read_at === null ? { ...line, read_at } : line,
            ),
          );
        }
      }
      refresh(keys.me, keys.chats);
      break;
    }
    case "wallet.updated":
      queryClient.setQueryData(keys.wallet, event.data.wallet);
      refresh(keys.me, keys.transfers, keys.market, keys.myAds);
      break;
    case "ad.updated":
      refresh(keys.myAds);
      break;
    case "case.updated":
      refresh(keys.operator);
      break;
    case "security.updated":
      refresh(keys.me, keys.notifications);
      break;
    case "reset":
      void queryClient.invalidateQueries();
      break;
  }
};

/** Runs the stream for as long as this person is here. */
const run = async (signal: AbortSignal): Promise<void> => {
  let first = true;
  const onState = (state: "connecting" | "live" | "waiting") => {
    if (signal.aborted) return;
    if (state === "waiting") setConnection("broken");
    if (state !== "live") return;
    setConnection("live");
    // What was asked for before the stream began may have changed unheard.
    if (first) void queryClient.invalidateQueries({ queryKey: keys.anyOrder });
    if (first) void queryClient.invalidateQueries({ queryKey: keys.anyMessages });
    if (first) refresh(keys.me, keys.orders, keys.chats, keys.notifications);
    first = false;
  };
  try {
    for await (const event of api.events({ signal, onState })) {
      apply(event);
      announce(event);
    }
  } catch (error) {
    if (signal.aborted) return;
    setConnection("none");
    if (!(error instanceof ParleyError)) throw error;
    // The session is over: whoever asks now is a visitor.
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
};

/** The stream of the person who is here; none for a visitor. */
export const useLive = (): void => {
  const session = useSession();
  const client = useQueryClient();
  const id = session.person?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    const ending = new AbortController();
    void run(ending.signal);
    void client.prefetchQuery(meQuery);
    return () => {
      ending.abort();
      setConnection("none");
    };
  }, [id, client]);
};
