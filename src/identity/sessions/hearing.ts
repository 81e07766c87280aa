/**
 * What this node hears of sessions and tokens that ended or changed, wherever that was: whoever remembers any is told, and
 * so are the streams that go on for as long as they do.
 */
import type { Pool } from "pg";
import { followChanges } from "./changes.ts";
import { createWatches, type Watches } from "./watches.ts";

/** Whose. Null: everybody's may have. */
type People = ReadonlySet<string> | null;

export type Hearing = {
  /** Whether all that was committed a second ago has been heard of: else nothing that is remembered counts. */
  isTrusted(): boolean;
  onChange(listener: (people: People) => void): void;
  watch: Watches["add"];
  /** What this node has just changed, it knows at once. */
  tell(personId: string): void;
  /** Begins to hear of what other nodes do. */
  open(): void;
  close(): Promise<void>;
};

export type HearingOptions = {
  readonly pool: Pool;
  /** One connection for hearing of changes. */
  readonly changesPool: Pool;
  readonly onFailure: (error: unknown) => void;
};

export const createHearing = ({ pool, changesPool, onFailure }: HearingOptions): Hearing => {
  const watches = createWatches(pool);
  const listeners: ((people: People) => void)[] = [];
  let changes: ReturnType<typeof followChanges> | undefined;

  const onChange = (people: People): void => {
    for (const listener of listeners) listener(people);
    watches.suspect(people);
  };

  return {
    isTrusted: () => changes?.isTrusted() === true,
    onChange: (listener) => void listeners.push(listener),
    watch: watches.add,
    tell: (personId) => onChange(new Set([personId])),
    open() {
      changes = followChanges({ pool: changesPool, onChange, onLook: watches.look, onFailure });
    },
    async close() {
      await changes?.close();
    },
  };
};
