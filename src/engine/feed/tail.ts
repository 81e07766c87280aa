/** Follows the end of the feed for one node, in the order of positions. */
import type pg from "pg";
import { ROW_COLUMNS, SERVED_SINCE } from "./event-rows.ts";
import type { Place } from "./place.ts";
import type { Subscribers, Told } from "./subscribers.ts";

/** Rows of the feed. */
const TAIL_AT_ONCE = 1_000;

/** The tail, and where the feed itself stands: in one snapshot. */
type TailAnswer = { readonly epoch: string; readonly end: number } & (Told | { readonly position: null });

export type Tail = {
  /** Where the node has read to. */
  place(): Place;
  /** Reads on to the end; asked while it reads, it reads on once more. Never waited for. */
  look(): void;
  close(): Promise<void>;
};

type Deps = {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly start: Place;
  readonly subscribers: Subscribers;
  readonly onFailure: (error: unknown) => void;
};

export const createTail = ({ pool, schema, start, subscribers, onFailure }: Deps): Tail => {
  let { epoch, position } = start;
  let reading: Promise<void> | undefined;
  let again = false;
  let closed = false;

  /** A restored or a new database counts from elsewhere: what was read before says nothing about it. */
  const startOver = (place: Place) => {
    ({ epoch, position } = place);
    subscribers.startOver();
  };

  const readToTheEnd = async () => {
    for (;;) {
      const rows = await readAfter(pool, schema, position);
      const [first] = rows;
      if (first === undefined) throw new Error(`${schema}.feed has no row`);
      if (first.epoch !== epoch || first.end < position) return startOver({ epoch: first.epoch, position: first.end });
      for (const row of rows) {
        if (row.position === null) continue;
        const after = position;
        position = row.position;
        subscribers.tell(row, after);
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
    reading = readToTheEnd()
      .catch(onFailure)
      .finally(() => {
        reading = undefined;
        if (!again) return;
        again = false;
        look();
      });
  };

  return {
    place: () => ({ epoch, position }),
    look,
    async close() {
      closed = true;
      await reading;
      // A history that is still asked for finds no place of this node.
      epoch = "";
    },
  };
};

const readAfter = async (pool: pg.Pool, schema: string, position: number): Promise<readonly TailAnswer[]> => {
  const { rows } = await pool.query<TailAnswer>({
    name: `tail of ${schema}`,
    text: `select f.epoch, f.position as end, e.*
      from ${schema}.feed f left join lateral (
        select ${ROW_COLUMNS}, items::text as json from ${schema}.events where position > $1 and at >= ${SERVED_SINCE}
        order by position limit ${TAIL_AT_ONCE}) e on true
      order by e.position`,
    values: [position],
  });
  return rows;
};
