/** What the rail throws away. */
import type { Pool } from "pg";
import type { Chore } from "../engine/index.ts";
import { HOUR, SECOND } from "../kernel/index.ts";

/** Old keys thrown away in one statement. */
const KEYS_AT_ONCE = 10_000;

export const housekeeping = (chores: Pool): readonly Chore[] => [
  {
    name: "forget old keys of the rail",
    everyMs: 60 * SECOND,
    async run() {
      // Until none is left: more may be over than one statement should take.
      for (let forgotten = KEYS_AT_ONCE; forgotten === KEYS_AT_ONCE; ) {
        const { rowCount } = await chores.query(`delete from rail.claims where ctid = any(array(
          select ctid from rail.claims where expires_at < now() and answer is not null
          limit ${KEYS_AT_ONCE} for update skip locked))`);
        forgotten = rowCount ?? 0;
      }
    },
  },
  {
    name: "forget old events of the rail",
    everyMs: HOUR,
    async run() {
      await chores.query("delete from rail.events where at < now() - interval '7 days'");
    },
  },
];
