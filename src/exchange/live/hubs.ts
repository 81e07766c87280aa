/**
 * What a reader's streams on this node have in common: the feed is heard once, and what is shown is read once, however
 * many of the reader's tabs are open. Events that come while others are being read are read together after them.
 */
import type { Feed, FeedEvent } from "../../engine/index.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { type Reader, recipientsOf, type Show, type Shown } from "./show.ts";

/** What a stream hears, in the order of positions. */
export type Listener = {
  take(shown: Shown): void;
  /** No more will come: the feed has started over, or what it tells could not be read. */
  broken(reason: "feed_restarted" | "unreadable"): void;
};

export type Hub = {
  /** Whether events that this node has read are still on their way to the streams. */
  isBehind(): boolean;
  leave(): void;
};

export type Hubs = { join(reader: Reader, listener: Listener): Hub };

type Shared = {
  readonly listeners: Set<Listener>;
  waiting: FeedEvent[];
  showing: boolean;
  unsubscribe: () => void;
};

export const createHubs = (feed: Feed, show: Show): Hubs => {
  const hubs = new Map<string, Shared>();

  const pump = async (reader: Reader, hub: Shared, close: (reason: "feed_restarted" | "unreadable") => void) => {
    if (hub.showing) return;
    hub.showing = true;
    try {
      while (hub.waiting.length > 0) {
        const events = hub.waiting.splice(0, LIVE_LIMITS.shownAtOnce);
        const shown = await show(reader, events);
        for (const one of shown) for (const listener of [...hub.listeners]) listener.take(one);
      }
    } catch {
      // Those who listen resume, and are shown what was missed.
      close("unreadable");
    } finally {
      hub.showing = false;
    }
  };

  const open = (key: string, reader: Reader): Shared => {
    const hub: Shared = { listeners: new Set(), waiting: [], showing: false, unsubscribe: () => {} };
    const close = (reason: "feed_restarted" | "unreadable") => {
      hub.waiting = [];
      for (const listener of [...hub.listeners]) listener.broken(reason);
    };
    const hear = (event: FeedEvent | null) => {
      if (event === null) return close("feed_restarted");
      if (hub.waiting.length >= LIVE_LIMITS.waiting) return close("unreadable");
      hub.waiting.push(event);
      void pump(reader, hub, close);
    };
    const stops = recipientsOf(reader).map((recipient) => feed.subscribe(recipient, hear));
    hub.unsubscribe = () => {
      for (const stop of stops) stop();
      hubs.delete(key);
    };
    hubs.set(key, hub);
    return hub;
  };

  return {
    join(reader, listener) {
      const key = `${reader.id} ${reader.isOperator} ${reader.ofAccount}`;
      const hub = hubs.get(key) ?? open(key, reader);
      hub.listeners.add(listener);
      return {
        isBehind: () => hub.showing || hub.waiting.length > 0,
        leave() {
          if (hub.listeners.delete(listener) && hub.listeners.size === 0) hub.unsubscribe();
        },
      };
    },
  };
};
