/** Claims whose time is over are thrown away. */
import type { Pool } from "pg";
import { MINUTE } from "../kernel/index.ts";
import type { MaintenanceTask } from "./clock.ts";

/** In one statement: more would hold its locks for long. */
const AT_ONCE = 10_000;

/** Throws claims away whose time is over, until none is left. */
export const forgetClaims = (pool: Pool, schema: string): MaintenanceTask => ({
  name: `forget old claims of the ${schema}`,
  everyMs: MINUTE,
  async run() {
    for (let forgotten = AT_ONCE; forgotten === AT_ONCE; ) {
      const { rowCount } = await pool.query(`delete from ${schema}.claims where ctid = any(array(
        select ctid from ${schema}.claims where expires_at < now() and answer is not null
        limit ${AT_ONCE} for update skip locked))`);
      forgotten = rowCount ?? 0;
    }
  },
});
