/**
 * Claims whose time is over are thrown away. An index on the time would cost every step of every trade, and a look at the
 * whole table each minute grows with it: each run walks a part of the pages, so that an hour walks them all.
 */
import type { Pool } from "pg";
import { MINUTE } from "../kernel/index.ts";
import type { MaintenanceTask } from "./clock.ts";

const RUNS_PER_ROUND = 60;
/** In one statement, 8 MiB: more would hold its locks for long. A table that is smaller is walked in each run. */
const PAGES_AT_ONCE = 1_024;

/** @param table all claims of a schema, or the part of them that is forgotten at all */
export const forgetClaims = (pool: Pool, table: string): MaintenanceTask => {
  let page = 0;

  const forget = (from: number) =>
    pool.query(`delete from ${table} where ctid = any(array(
      select ctid from ${table} where ctid >= '(${from},0)'::tid and ctid < '(${from + PAGES_AT_ONCE},0)'::tid
        and expires_at < now() and answer is not null for update skip locked))`);

  return {
    name: `forget old ${table}`,
    everyMs: MINUTE,
    async run() {
      const { rows } = await pool.query<{ pages: number }>(
        `select pg_relation_size('${table}') / current_setting('block_size')::int8 as pages`,
      );
      const pages = Number(rows[0]?.pages ?? 0);
      if (page >= pages) page = 0;
      const until = Math.min(pages, page + Math.max(PAGES_AT_ONCE, Math.ceil(pages / RUNS_PER_ROUND)));
      for (; page < until; page += PAGES_AT_ONCE) await forget(page);
    },
  };
};
