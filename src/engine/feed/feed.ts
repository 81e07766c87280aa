/**
 * The feed's readers. A node follows the tail once, whatever the number of streams; positions are in commit order and
 * have no gap, so that a reader that knows one position misses nothing after it.
 */
import type pg from "pg";
import { SECOND } from "../../kernel/index.ts";
import { type History, readHistory } from "./history.ts";
import { listenTo } from "./listen.ts";
import { type Place, readPlace } from "./place.ts";
import { createSubscribers, type Subscribers } from "./subscribers.ts";
import { createTail } from "./tail.ts";
import { createWaker } from "./waker.ts";

export type Feed = Pick<Subscribers, "subscribe" | "follow"> & {
  /** Where the node has read to. Every event after it reaches the subscribers. */
  place(): Place;
  /**
   * The recipients' events after a place and up to where this node has read, oldest first. The place may be one that
   * another node has read to and this one has not: then there is nothing yet, and `next` is that place.
   */
  history(recipients: readonly string[], after: Place, limit: number): Promise<History>;
  /** After a commit that told something: wakes every node. Never waited for. */
  wake(): void;
  close(): Promise<void>;
};

export type FeedOptions = {
  /** For a session of its own that listens; null: there is none to be had, as behind a pooler. */
  readonly listenUrl: string | null;
  readonly schema: string;
  /** Reads; also sends the wake-ups. */
  readonly pool: pg.Pool;
  readonly onFailure: (error: unknown) => void;
};

/** Without a wake-up the tail is looked at so often. */
const POLL_MS = SECOND;
/** And so often where nobody can be woken: four looks a second of each node cost the database nothing to speak of. */
const DEAF_POLL_MS = SECOND / 4;

export const openFeed = async ({ listenUrl, schema, pool, onFailure }: FeedOptions): Promise<Feed> => {
  const channel = `parley_${schema}`;
  const subscribers = createSubscribers();
  const start = await readPlace(pool, schema);
  const tail = createTail({ pool, schema, start, subscribers, onFailure });
  const waker = createWaker(pool, channel, onFailure);
  const ear =
    listenUrl === null ? null : listenTo({ connectionString: listenUrl, channel, onNotice: tail.look, onFailure });
  const poll = setInterval(tail.look, ear === null ? DEAF_POLL_MS : POLL_MS);

  return {
    place: tail.place,
    subscribe: subscribers.subscribe,
    follow: subscribers.follow,
    history: (recipients, after, limit) =>
      readHistory({ pool, schema, node: tail.place() }, { recipients, after, limit }),
    wake: waker.wake,
    async close() {
      clearInterval(poll);
      await Promise.all([ear?.close(), tail.close(), waker.close()]);
    },
  };
};
