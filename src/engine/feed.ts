/**
 * The feed's readers. A node follows the tail once, whatever the number of streams; positions are in commit order and
 * have no gap, so that a reader that knows one position misses nothing after it.
 */
import pg from "pg";
import { SECOND } from "../kernel/index.ts";

/** One event for one recipient. `id` is what a client resumes from. */
export type FeedEvent = { readonly position: number; readonly type: string; readonly data: unknown };

export type Place = { readonly epoch: string; readonly position: number };

/** `gone`: that place is of another epoch, or older than what is kept. */
export type History = { readonly events: readonly FeedEvent[]; readonly next: number } | "gone";

export type Feed = {
  /** Where the node has read to. Every event after it reaches the subscribers. */
  place(): Place;
  /**
   * Called in the order of positions, for events after `place()`. Returns how to stop it. Null: the feed has started
   * over, and no place that was known before means anything any more.
   */
  subscribe(recipient: string, listener: (event: FeedEvent | null) => void): () => void;
  /** Called with the type of every event that this node reads, whoever it is for; null: the feed has started over. */
  follow(listener: (type: string | null) => void): () => void;
  /**
   * A recipient's events after a place and up to where this node has read, oldest first. The place may be one that
   * another node has read to and this one has not: then there is nothing yet, and `next` is that place.
   */
  history(recipient: string, after: Place, limit: number): Promise<History>;
  /** After a commit that told something: wakes every node. Never waited for. */
  wake(): void;
  close(): Promise<void>;
};

export type FeedOptions = {
  readonly connectionString: string;
  readonly schema: string;
  /** Reads; also sends the wake-ups. */
  readonly pool: pg.Pool;
  readonly onFailure: (error: unknown) => void;
};

/** Without a wake-up the tail is looked at so often. */
const POLL_MS = SECOND;
const TAIL_AT_ONCE = 1_000;
const RECONNECT_MS = SECOND;

/** The tail, and where the feed itself stands: in one snapshot. */
type TailRow = FeedEvent & { readonly recipient: string };
type TailAnswer = { readonly epoch: string; readonly end: number } & (TailRow | { readonly position: null });
type HistoryRow = { readonly oldest: number | null } & (FeedEvent | { readonly position: null });

export const openFeed = async (options: FeedOptions): Promise<Feed> => {
  const { schema, pool, onFailure } = options;
  const channel = `parley_${schema}`;
  const listeners = new Map<string, Set<(event: FeedEvent | null) => void>>();
  const followers = new Set<(type: string | null) => void>();
  const start = await readPlace(pool, schema);
  let { epoch, position } = start;
  let reading: Promise<void> | undefined;
  let again = false;
  let closed = false;
  let waking: Promise<unknown> | undefined;
  let wakeAgain = false;

  const tell = (row: TailRow) => {
    for (const follower of followers) follower(row.type);
    for (const listener of listeners.get(row.recipient) ?? []) listener(row);
  };

  /** A restored or a new database counts from elsewhere: what was read before says nothing about it. */
  const startOver = (place: Place) => {
    ({ epoch, position } = place);
    for (const follower of followers) follower(null);
    for (const listener of [...listeners.values()].flatMap((group) => [...group])) listener(null);
  };

  /** Follows the tail to its end. */
  const readTail = async () => {
    for (;;) {
      const { rows } = await pool.query<TailAnswer>({
        name: `tail of ${schema}`,
        text: `select f.epoch, f.position as end, e.position, e.recipient, e.type, e.data
          from ${schema}.feed f left join lateral (
            select position, recipient, type, data from ${schema}.events where position > $1
            order by position limit ${TAIL_AT_ONCE}) e on true
          order by e.position`,
        values: [position],
      });
      const [first] = rows;
      if (first === undefined) throw new Error(`${schema}.feed has no row`);
      if (first.epoch !== epoch || first.end < position) return startOver({ epoch: first.epoch, position: first.end });
      for (const row of rows) {
        if (row.position === null) continue;
        position = row.position;
        tell(row);
      }
      if (rows.length < TAIL_AT_ONCE) return;
    }
  };

  const look = () => {
    if (closed) return;
    if (reading !== undefined) {
      again = true;
      return;
    }
    reading = readTail()
      .catch(onFailure)
      .finally(() => {
        reading = undefined;
        if (!again) return;
        again = false;
        look();
      });
  };

  const ear = listen(options.connectionString, channel, look, onFailure);
  const poll = setInterval(look, POLL_MS);

  return {
    place: () => ({ epoch, position }),
    subscribe(recipient, listener) {
      const group = listeners.get(recipient) ?? new Set();
      listeners.set(recipient, group.add(listener));
      return () => {
        group.delete(listener);
        if (group.size === 0) listeners.delete(recipient);
      };
    },
    follow(listener) {
      followers.add(listener);
      return () => {
        followers.delete(listener);
      };
    },
    async history(recipient, after, limit) {
      const upTo = position;
      const end = await readPlace(pool, schema);
      if (after.epoch !== epoch || end.epoch !== epoch || after.position > end.position) return "gone";
      const { rows } = await pool.query<HistoryRow>({
        name: `history of ${schema}`,
        text: `select o.oldest, e.position, e.type, e.data
          from (select min(position) as oldest from ${schema}.events) o left join lateral (
            select position, type, data from ${schema}.events
            where recipient = $1 and position > $2 and position <= $3 order by position limit $4) e on true
          order by e.position`,
        values: [recipient, after.position, upTo, limit],
      });
      const oldest = rows[0]?.oldest ?? null;
      if (after.position < upTo && (oldest === null || after.position < oldest - 1)) return "gone";
      const events = rows.filter((row) => row.position !== null);
      const last = events.length < limit ? undefined : events.at(-1);
      return { events, next: last?.position ?? Math.max(upTo, after.position) };
    },
    wake() {
      if (waking !== undefined) {
        wakeAgain = true;
        return;
      }
      const send = (): Promise<unknown> =>
        pool
          .query(`notify ${channel}`)
          .catch(onFailure)
          .then(() => {
            if (!wakeAgain) return;
            wakeAgain = false;
            return send();
          });
      waking = send().finally(() => {
        waking = undefined;
      });
    },
    async close() {
      closed = true;
      clearInterval(poll);
      await Promise.all([ear.close(), reading, waking]);
      epoch = "";
    },
  };
};

const readPlace = async (pool: pg.Pool, schema: string): Promise<Place> => {
  const { rows } = await pool.query<Place>(`select epoch, position from ${schema}.feed`);
  const [place] = rows;
  if (place === undefined) throw new Error(`${schema}.feed has no row`);
  return place;
};

/** A connection that only listens, made again when it is lost. */
const listen = (
  connectionString: string,
  channel: string,
  onNotice: () => void,
  onFailure: (error: unknown) => void,
): { close(): Promise<void> } => {
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const again = (error: unknown) => {
    if (closed || retry !== undefined) return;
    onFailure(error);
    retry = setTimeout(() => {
      retry = undefined;
      void connect();
    }, RECONNECT_MS);
  };

  const connect = async () => {
    const fresh = new pg.Client({ connectionString, application_name: "parley feed" });
    client = fresh;
    fresh.on("error", again);
    fresh.on("end", () => again(new Error("the feed's connection ended")));
    fresh.on("notification", onNotice);
    await fresh
      .connect()
      .then(() => fresh.query(`listen ${channel}`))
      .then(onNotice)
      .catch(again);
  };

  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => {});
    },
  };
};
