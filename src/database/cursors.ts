/**
 * Lists that page by key. A cursor is where a page ended, so that the next one begins there whatever came meanwhile, and
 * costs as much as the first.
 */
import { type PageQuery, page } from "./rows.ts";

/** @property cursor as a page gave it out; one that the schema let through names a place, if only one before all items */
export type ListQuery = PageQuery & { readonly cursor?: string | undefined };

/** What a list is sorted by, and the id that decides among equals. Lists by id alone have no rank. */
export type Place = { readonly rank: number; readonly id: number };
/** The same of rows whose ids are UUIDs. */
export type GuidPlace = { readonly rank: number; readonly id: string };

export const encodeCursor = ({ rank, id }: Place | GuidPlace): string =>
  Buffer.from(`${rank}.${id}`).toString("base64url");

const readCursor = ({ cursor }: ListQuery, form: RegExp): readonly [rank: string, id: string] | null => {
  const [, rank, id] = form.exec(Buffer.from(cursor ?? "", "base64url").toString()) ?? [];
  return rank === undefined || id === undefined ? null : [rank, id];
};

/** @param start the place before the first item, for a first page and for a cursor that is none */
export const placeOf = (query: ListQuery, start: Place): Place => {
  const read = readCursor(query, /^(-?\d{1,15})\.(\d{1,15})$/);
  return read === null ? start : { rank: Number(read[0]), id: Number(read[1]) };
};

/** The same of a list of rows with UUIDs, sorted by an instant. */
export const guidPlaceOf = (query: ListQuery, start: GuidPlace): GuidPlace => {
  const read = readCursor(query, /^(-?\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/);
  return read === null ? start : { rank: Number(read[0]), id: read[1] };
};

/** Before everything, in lists that show the newest first. */
export const NEWEST: Place = { rank: 999_999_999_999_999, id: 999_999_999_999_999 };
/** Before everything, in lists that show the oldest first. */
export const OLDEST: Place = { rank: -999_999_999_999_999, id: 0 };

export const NEWEST_GUID: GuidPlace = { rank: NEWEST.rank, id: "ffffffff-ffff-ffff-ffff-ffffffffffff" };
export const OLDEST_GUID: GuidPlace = { rank: OLDEST.rank, id: "00000000-0000-0000-0000-000000000000" };

/** @param items one more than wanted, if there are more @param at where an item stands */
export const listPage = <Item>(items: readonly Item[], query: ListQuery, at: (item: Item) => Place | GuidPlace) => {
  const found = page(items, query);
  const last = found.items.at(-1);
  return { ...found, next: found.has_more && last !== undefined ? encodeCursor(at(last)) : null };
};

/** For lists whose items have a text for an id: the id of the last one that a page showed; null: it is the first page. */
export const startingAfter = ({ cursor }: ListQuery): string | null =>
  cursor === undefined ? null : Buffer.from(cursor, "base64url").toString().toWellFormed().replaceAll("\u0000", "");

/** @param items one more than wanted, if there are more @param idOf where an item stands */
export const textPage = <Item>(items: readonly Item[], query: ListQuery, idOf: (item: Item) => string) => {
  const found = page(items, query);
  const last = found.items.at(-1);
  return {
    ...found,
    next: found.has_more && last !== undefined ? Buffer.from(idOf(last)).toString("base64url") : null,
  };
};

/**
 * A page by id of a list whose filter looked at a bounded number of rows: it may hold fewer than asked for and still have
 * more behind it.
 * @param walked the last id that was looked at, where more may be behind it
 */
export const walkedPage = <Item extends { readonly id: number }>(
  items: readonly Item[],
  query: ListQuery,
  walked: number | null,
) => {
  const found = listPage(items, query, ({ id }) => ({ rank: 0, id }));
  if (found.has_more || walked === null) return found;
  return { ...found, has_more: true, next: encodeCursor({ rank: 0, id: walked }) };
};

/** An instant of a cursor, in SQL; its bounds lie beyond what a timestamp holds. */
export const instantOf = (parameter: string): string =>
  `(timestamptz 'epoch' + least(greatest(${parameter}::int8, -100000000000000), 100000000000000) * interval '1 millisecond')`;
