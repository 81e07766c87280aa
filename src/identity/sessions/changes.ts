/**
 * Hears whose sessions have ended or changed, on whatever node: looks into the database so often that what this node
 * remembers is never older than a second. What it remembers counts for nothing as soon as the database does not answer.
 */
import type { Pool, PoolClient } from "pg";
import { HOUR, SECOND } from "../../kernel/index.ts";

/** Four chances to hear of it within the second. */
const LOOK_EVERY_MS = SECOND / 4;
/** The contract's: what is ended is ended everywhere within it. */
const TRUSTED_FOR_MS = SECOND;
/** A node that was stopped for longer may have missed what was thrown away since. */
const KEPT_MS = HOUR;

/** The last statement of a transaction that ends or changes sessions of somebody: its lock holds up all others. */
export const noteChange = (client: PoolClient, personId: string): Promise<unknown> =>
  client.query({
    name: "note a change of sessions",
    text: `with head as (update identity.changes_head set position = position + 1 returning position)
      insert into identity.changes (position, person_id) select position, $1 from head`,
    values: [personId],
  });

export const forgetChanges = async (pool: Pool): Promise<void> => {
  await pool.query(`delete from identity.changes where at < now() - interval '${2 * KEPT_MS} milliseconds'`);
};

export type Changes = {
  /** Whether all that was committed a second ago has been heard of. */
  isTrusted(): boolean;
  close(): Promise<void>;
};

export type ChangesOptions = {
  /** Of its own: nobody else's query may hold it up. */
  readonly pool: Pool;
  /** Whose. Null: everybody's may have. */
  readonly onChange: (people: ReadonlySet<string> | null) => void;
  /** After each look that was answered. */
  readonly onLook: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

type Row = { readonly head: number; readonly person_id: string | null };

export const followChanges = ({ pool, onChange, onLook, onFailure }: ChangesOptions): Changes => {
  let position: number | null = null;
  let heardAt = Number.NEGATIVE_INFINITY;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const look = async (): Promise<void> => {
    const askedAt = performance.now();
    const { rows } = await pool.query<Row>({
      name: "changes of sessions",
      text: `select h.position as head, c.person_id from identity.changes_head h
        left join identity.changes c on c.position > $1`,
      values: [position ?? Number.MAX_SAFE_INTEGER],
    });
    const head = rows[0]?.head ?? 0;
    // A restored database counts from an earlier place.
    const isLost = position === null || head < position || askedAt - heardAt > KEPT_MS;
    const people = new Set(rows.flatMap(({ person_id }) => (person_id === null ? [] : [person_id])));
    if (isLost) onChange(null);
    else if (people.size > 0) onChange(people);
    position = head;
    heardAt = askedAt;
    await onLook();
  };

  const again = async (): Promise<void> => {
    try {
      await look();
      failing = false;
    } catch (error) {
      if (!failing && !closed) onFailure(error);
      failing = true;
    }
    if (!closed) timer = setTimeout(() => (looking = again()), LOOK_EVERY_MS);
  };

  let looking = again();
  return {
    isTrusted: () => performance.now() - heardAt < TRUSTED_FOR_MS,
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
};
