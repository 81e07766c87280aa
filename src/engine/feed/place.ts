/** A place on the feed: a position, and the epoch of the database that counted it. */
import type pg from "pg";

export type Place = { readonly epoch: string; readonly position: number };

/** One event for one recipient. `position` is what a client resumes from. */
export type FeedEvent = { readonly position: number; readonly type: string; readonly data: unknown };

/** Where the feed itself stands. */
export const readPlace = async (pool: pg.Pool, schema: string): Promise<Place> => {
  const { rows } = await pool.query<Place>(`select epoch, position from ${schema}.feed`);
  const [place] = rows;
  if (place === undefined) throw new Error(`${schema}.feed has no row`);
  return place;
};
