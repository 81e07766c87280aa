/** The rows of a batch: as they were loaded, and as its commands have left them so far. */
import type { Loaded, Row, Save, Versioned } from "../store.ts";
import type { Ref, SetRef } from "../table.ts";

export type BatchRows = {
  get(ref: Ref): Row | undefined;
  membersOf(set: SetRef): readonly Row[];
  put(ref: Ref, row: Row): void;
  /** Takes back what was put while it ran, if it throws. */
  attempt<Result>(run: () => Result): Result;
  /** Each changed row once, with the version that it was decided on. */
  changes(): Pick<Save, "inserts" | "updates">;
};

export const openRows = (loaded: Loaded): BatchRows => {
  const base = new Map<string, Versioned>(loaded.rows);
  for (const rows of loaded.sets.values()) for (const row of rows) base.set(row.ref.id, row);
  const changed = new Map<string, { readonly ref: Ref; readonly row: Row }>();
  let undo: (() => void)[] = [];

  return {
    get: (ref) => changed.get(ref.id)?.row ?? base.get(ref.id)?.row,
    membersOf(set) {
      const found = new Map<string, Row>();
      for (const { ref, row } of loaded.sets.get(set.id) ?? []) found.set(ref.id, changed.get(ref.id)?.row ?? row);
      for (const { ref, row } of changed.values()) if (ref.table.name === set.set.table.name) found.set(ref.id, row);
      return [...found.values()].filter((row) => owns(set, row) && set.set.holds(row));
    },
    put(ref, row) {
      const before = changed.get(ref.id);
      undo.push(() => (before === undefined ? changed.delete(ref.id) : changed.set(ref.id, before)));
      changed.set(ref.id, { ref, row });
    },
    attempt(run) {
      undo = [];
      try {
        return run();
      } catch (fault) {
        for (const step of undo.reverse()) step();
        throw fault;
      }
    },
    changes() {
      const inserts: Save["inserts"][number][] = [];
      const updates: Save["updates"][number][] = [];
      for (const { ref, row } of changed.values()) {
        const before = base.get(ref.id);
        if (before === undefined) inserts.push({ table: ref.table, row });
        else updates.push({ table: ref.table, row, version: before.version });
      }
      return { inserts, updates };
    },
  };
};

export const owns = (set: SetRef, row: Row): boolean => row[set.set.by] === set.owner.key[0];
