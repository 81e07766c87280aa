/** When something was last used, to the minute: noted in memory by each use, and written down by a chore for many at once. */
import type { Pool } from "pg";
import { MINUTE } from "../kernel/index.ts";

/** Coarser than calls come, so that somebody who is there costs a write a minute. */
const STEP_MS = MINUTE;
const AT_ONCE = 1_000;

/** Of rows whose `id` it is. */
export type Sighted = { readonly table: "sessions" | "tokens"; readonly column: "last_seen_at" | "last_used_at" };

export type Sightings = {
  /** @param before when it was seen before @returns when it was seen now; null: no use to note it again so soon */
  note(id: string, before: number): number | null;
  flush(): Promise<void>;
};

export const createSightings = (pool: Pool, { table, column }: Sighted): Sightings => {
  const seen = new Map<string, number>();
  // Skips rows that are held: they are being ended, or were seen by another node.
  const text = `with free as (
      select t.id, u.at from unnest($1::text[], $2::timestamptz[]) as u(id, at)
      join identity.${table} t on t.id = u.id where t.${column} is null or t.${column} < u.at
      order by t.id for no key update of t skip locked)
    update identity.${table} t set ${column} = free.at from free where t.id = free.id`;
  return {
    note(id, before) {
      const now = Date.now();
      if (now - before < STEP_MS) return null;
      seen.set(id, now);
      return now;
    },
    async flush() {
      const batch = [...seen].slice(0, AT_ONCE);
      if (batch.length === 0) return;
      for (const [id] of batch) seen.delete(id);
      await pool.query({ text, values: [batch.map(([id]) => id), batch.map(([, at]) => new Date(at))] });
    },
  };
};
