/** Hands the events that this node reads to those who subscribed to them. */
import { type EventRow, expandRow } from "./event-rows.ts";
import type { FeedEvent } from "./place.ts";

type Listener = (event: FeedEvent | null) => void;
type Follower = (type: string | null) => void;

/** @property json the row's items as text: they are parsed for those who listen only */
export type Told = Omit<EventRow, "items"> & { readonly json: string };

export type Subscribers = {
  /**
   * Called in the order of positions, for events after the node's place. Returns how to stop it. Null: the feed has
   * started over, and no place that was known before means anything any more.
   */
  subscribe(recipient: string, listener: Listener): () => void;
  /** Called with the type of every event that this node reads, whoever it is for; null: the feed has started over. */
  follow(follower: Follower): () => void;
  /** @param after what is up to there was told before */
  tell(row: Told, after: number): void;
  startOver(): void;
};

export const createSubscribers = (): Subscribers => {
  const listeners = new Map<string, Set<Listener>>();
  const followers = new Set<Follower>();
  return {
    subscribe(recipient, listener) {
      const group = listeners.get(recipient) ?? new Set();
      listeners.set(recipient, group.add(listener));
      return () => {
        group.delete(listener);
        if (group.size === 0) listeners.delete(recipient);
      };
    },
    follow(follower) {
      followers.add(follower);
      return () => {
        followers.delete(follower);
      };
    },
    tell({ json, ...row }, after) {
      const heard = listeners.has(row.first) || (row.second !== null && listeners.has(row.second));
      if (!heard && followers.size === 0) return;
      const items: EventRow["items"] = JSON.parse(json);
      for (const follower of followers) for (const [, type] of items) follower(type);
      if (!heard) return;
      for (const { recipient, ...event } of expandRow({ ...row, items })) {
        if (event.position > after) for (const listener of listeners.get(recipient) ?? []) listener(event);
      }
    },
    startOver() {
      for (const follower of followers) follower(null);
      for (const listener of [...listeners.values()].flatMap((group) => [...group])) listener(null);
    },
  };
};
