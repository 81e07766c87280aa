/** Reads past events for a client that resumes from a place on the feed. */
import type pg from "pg";
import { COPIES, type EventRow, expandRow, ROW_COLUMNS, SERVED_SINCE } from "./event-rows.ts";
import { type FeedEvent, type Place, readPlace } from "./place.ts";

/** `gone`: that place is of another epoch, or older than what is served. */
export type History = { readonly events: readonly FeedEvent[]; readonly next: number } | "gone";

/** @property before the position before the oldest event that is served; null: none is */
type HistoryRow = { readonly before: number | null } & (EventRow | { readonly position: null });

/** @property node where this node has read to: later events reach its subscribers */
type Source = { readonly pool: pg.Pool; readonly schema: string; readonly node: Place };
/** @property recipients whose events they are, each copy once */
type Wanted = { readonly recipients: readonly string[]; readonly after: Place; readonly limit: number };

export const readHistory = async (
  { pool, schema, node }: Source,
  { recipients, after, limit }: Wanted,
): Promise<History> => {
  const upTo = node.position;
  const end = await readPlace(pool, schema);
  if (after.epoch !== node.epoch || end.epoch !== node.epoch || after.position > end.position) return "gone";
  const { rows } = await pool.query<HistoryRow>({
    name: `history of ${schema}`,
    text: `select o.before, e.* from (
        select (select position - ${COPIES} from ${schema}.events where at >= ${SERVED_SINCE}
          order by position limit 1) as before) o
      left join (
        select distinct on (e.position) e.* from unnest($1::text[]) as r(recipient) cross join lateral (
          (${rowsOf(schema, "first_recipient")}) union all (${rowsOf(schema, "second_recipient")})) e
        order by e.position limit $4) e on true
      order by e.position`,
    // The first of them may hold nothing more for the recipients, if the place is inside of it.
    values: [recipients, after.position, upTo, limit + 1],
  });
  const before = rows[0]?.before ?? null;
  if (after.position < upTo && (before === null || after.position < before)) return "gone";
  const events = rows
    .filter((row) => row.position !== null)
    .flatMap(expandRow)
    .filter((copy) => recipients.includes(copy.recipient) && copy.position > after.position)
    .slice(0, limit)
    .map(({ position, type, data }): FeedEvent => ({ position, type, data }));
  const last = events.length < limit ? undefined : events.at(-1);
  return { events, next: last?.position ?? Math.max(upTo, after.position) };
};

const rowsOf = (schema: string, column: "first_recipient" | "second_recipient"): string =>
  `select ${ROW_COLUMNS}, items from ${schema}.events
    where ${column} = r.recipient and position > $2 and position <= $3 and at >= ${SERVED_SINCE}
    order by position limit $4`;
