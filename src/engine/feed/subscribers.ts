/** Who hears what this node reads of the feed. */
import type { FeedEvent } from "./place.ts";

type Listener = (event: FeedEvent | null) => void;
type Follower = (type: string | null) => void;

/** @property json the event's data as text: it is parsed for those who listen only */
export type Told = Omit<FeedEvent, "data"> & { readonly recipient: string; readonly json: string };

export type Subscribers = {
  /**
   * Called in the order of positions, for events after the node's place. Returns how to stop it. Null: the feed has
   * started over, and no place that was known before means anything any more.
   */
  subscribe(recipient: string, listener: Listener): () => void;
  /** Called with the type of every event that this node reads, whoever it is for; null: the feed has started over. */
  follow(follower: Follower): () => void;
  tell(event: Told): void;
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
    tell({ position, type, recipient, json }) {
      for (const follower of followers) follower(type);
      const group = listeners.get(recipient);
      if (group === undefined) return;
      const event: FeedEvent = { position, type, data: JSON.parse(json) };
      for (const listener of group) listener(event);
    },
    startOver() {
      for (const follower of followers) follower(null);
      for (const listener of [...listeners.values()].flatMap((group) => [...group])) listener(null);
    },
  };
};
