/** What a recipient was told before, for whoever resumes. */
import type pg from "pg";
import { type FeedEvent, type Place, readPlace } from "./place.ts";

/** `gone`: that place is of another epoch, or older than what is kept. */
export type History = { readonly events: readonly FeedEvent[]; readonly next: number } | "gone";

type HistoryRow = { readonly oldest: number | null } & (FeedEvent | { readonly position: null });

/** @property node where this node has read to: later events reach its subscribers */
type Source = { readonly pool: pg.Pool; readonly schema: string; readonly node: Place };
type Wanted = { readonly recipient: string; readonly after: Place; readonly limit: number };

export const readHistory = async (
  { pool, schema, node }: Source,
  { recipient, after, limit }: Wanted,
): Promise<History> => {
  const upTo = node.position;
  const end = await readPlace(pool, schema);
  if (after.epoch !== node.epoch || end.epoch !== node.epoch || after.position > end.position) return "gone";
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
};
