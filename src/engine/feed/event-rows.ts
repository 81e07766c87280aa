/**
 * The rows of the feed. One row holds what one command told, with its recipients, because a row for each event and
 * recipient would cost an insert and its index entries each. Whoever reads sees copies: an event for two recipients is
 * two of them, each with a position of its own.
 */
import type { Event } from "../events.ts";
import type { FeedEvent } from "./place.ts";

/** Whom an item is for: the first recipient, the second, or both, the first before the second. */
const FIRST = 1;
const SECOND = 2;
const BOTH = 3;
type Mask = typeof FIRST | typeof SECOND | typeof BOTH;

export type EventItem = readonly [mask: Mask, type: string, data: FeedEvent["data"]];

/** @property position of its last copy; those before it have the positions before it, without a gap */
export type EventRow = {
  readonly position: number;
  readonly first: string;
  readonly second: string | null;
  readonly items: readonly EventItem[];
};

/** An event for one of its recipients. */
export type EventCopy = FeedEvent & { readonly recipient: string };

/** The columns of a row, but for its items: as JSON they come parsed, as text they may stay as they are. */
export const ROW_COLUMNS = `position, first_recipient as first, second_recipient as second`;

/** Whoever resumes from a place that is older begins anew: reading on from there would take too long for both. */
const SERVED_DAYS = 7;

/**
 * Where streams begin, in SQL. Whole days, as partitions are: those before are not opened, and of a day that is served in
 * part every row would be looked at.
 */
export const SERVED_SINCE = `(date_trunc('day', now(), 'UTC') - interval '${SERVED_DAYS} days')`;

/** How many copies a row holds, in SQL. */
export const COPIES = `(select sum(case item ->> 0 when '${BOTH}' then 2 else 1 end) from json_array_elements(items) item)`;

/** The copies of all rows of a feed, in SQL: `position` of the row, `place` in the row, `recipient`, `type`, `data`. */
export const copiesIn = (schema: string): string =>
  `(select e.position, array[i.place, r.mask] as place, r.recipient, item ->> 1 as type, item -> 2 as data
    from ${schema}.events e cross join json_array_elements(e.items) with ordinality i(item, place)
    cross join lateral (values (${FIRST}, e.first_recipient), (${SECOND}, e.second_recipient)) r(mask, recipient)
    where (item ->> 0)::int & r.mask > 0)`;

/** The copies of some rows, in SQL: as `id` the position of each copy, `recipient`, `type`, `data`. @param rows of events */
export const copiesOf = (rows: string): string =>
  `(select e.position - count(*) over whole + row_number() over (whole order by i.place, r.mask) as id, r.recipient, item ->> 1 as type, item -> 2 as data
    from ${rows} e cross join json_array_elements(e.items) with ordinality i(item, place)
    cross join lateral (values (${FIRST}, e.first_recipient), (${SECOND}, e.second_recipient)) r(mask, recipient)
    where (item ->> 0)::int & r.mask > 0 window whole as (partition by e.position))`;

/**
 * @param groups what each command told, in the order of the commands; no row is about two of them
 * @returns rows whose positions count from 1
 */
export const packEvents = (groups: readonly (readonly Event[])[]): readonly EventRow[] => {
  let position = 0;
  return groups.flatMap(packGroup).map(({ copies, ...row }) => {
    position += copies;
    return { position, ...row };
  });
};

type OpenRow = { readonly first: string; second: string | null; copies: number; readonly items: OpenItem[] };
type OpenItem = [mask: Mask, type: string, data: FeedEvent["data"]];

/** A recipient for whom a row has no place begins the next one. */
const packGroup = (events: readonly Event[]): readonly OpenRow[] => {
  const rows: OpenRow[] = [];
  for (const { type, to, data } of events) {
    let item: OpenItem | undefined;
    for (const recipient of to) {
      let row = rows.at(-1);
      if (row === undefined || !takes(row, recipient)) {
        row = { first: recipient, second: null, copies: 0, items: [] };
        rows.push(row);
        item = undefined;
      }
      if (item?.[0] === FIRST && recipient !== row.first) {
        item[0] = BOTH;
      } else {
        item = [recipient === row.first ? FIRST : SECOND, type, data];
        row.items.push(item);
      }
      row.copies++;
    }
  }
  return rows;
};

/** Makes the recipient the row's second one if it has none. */
const takes = (row: OpenRow, recipient: string): boolean => {
  if (recipient === row.first) return true;
  row.second ??= recipient;
  return recipient === row.second;
};

/** What a row tells, one recipient after the other, in the order of positions. */
export const expandRow = (row: EventRow): readonly EventCopy[] => {
  const copies = row.items.flatMap(([mask, type, data]) =>
    recipientsOf(row, mask).map((recipient) => ({ recipient, type, data })),
  );
  const before = row.position - copies.length;
  return copies.map((copy, index) => ({ position: before + index + 1, ...copy }));
};

const recipientsOf = ({ first, second }: EventRow, mask: Mask): readonly string[] => [
  ...(mask === SECOND ? [] : [first]),
  ...(mask === FIRST || second === null ? [] : [second]),
];
