/**
 * The state of one batch while its commands are decided one after the other: each sees what those before it left, and
 * only the rows that it named itself. What changed comes out once per row.
 */
import type { Decision, State } from "./command.ts";
import { UnnamedRow } from "./failures.ts";
import type { Loaded, Row, Save, Versioned } from "./store.ts";
import type { AnyTable, Ref, SetRef, Write } from "./table.ts";

/** A command's name and all that it may see. */
export type Named = {
  readonly name: string;
  /** Of the refs and sets that it named. */
  readonly ids: ReadonlySet<string>;
  readonly sets: readonly SetRef[];
  /** What routing found out for good: immutable rows, and rows that were not there. */
  readonly known: ReadonlyMap<string, Row | undefined>;
};

export type Batch = {
  /** The state as one command may see it. */
  view(command: Named): State;
  /** Takes over what a command decided. Throws, changing nothing, when it wrote what it may not. */
  apply(command: Named, decision: Decision<unknown>): void;
  changes(): Pick<Save, "inserts" | "updates" | "appends" | "events">;
};

export const openBatch = (loaded: Loaded): Batch => {
  const base = new Map<string, Versioned>(loaded.rows);
  for (const rows of loaded.sets.values()) for (const row of rows) base.set(row.ref.id, row);

  const changed = new Map<string, { readonly ref: Ref; readonly row: Row }>();
  const appends: Save["appends"][number][] = [];
  const events: Save["events"][number][] = [];

  const guards = createGuards();

  const current = (ref: Ref): Row | undefined => changed.get(ref.id)?.row ?? base.get(ref.id)?.row;

  const members = (set: SetRef): readonly Row[] => {
    const found = new Map<string, Row>();
    for (const { ref, row } of loaded.sets.get(set.id) ?? []) found.set(ref.id, changed.get(ref.id)?.row ?? row);
    for (const { ref, row } of changed.values()) if (ref.table.name === set.set.table.name) found.set(ref.id, row);
    return [...found.values()].filter((row) => owns(set, row) && set.set.holds(row));
  };

  const view = ({ name, ids, known }: Named): State => {
    const get = (ref: Ref): Row | undefined => {
      if (known.has(ref.id)) return known.get(ref.id);
      if (!ids.has(ref.id)) throw new UnnamedRow(name, `${ref.id} was not named`);
      const row = current(ref);
      if (row !== undefined) guards.demand(name, ids, ref, row);
      return row;
    };
    return {
      get: (ref) => get(ref) as never,
      need: (ref) => {
        const row = get(ref);
        if (row === undefined) throw new Error(`command ${name}: ${ref.id} is missing`);
        return row as never;
      },
      all: (set) => {
        if (!ids.has(set.id)) throw new UnnamedRow(name, `${set.id} was not named`);
        // Also when it is empty: without the owner's lock it might not stay so.
        if (!ids.has(set.owner.id)) throw new UnnamedRow(name, `${set.id} is guarded by ${set.owner.id}, not named`);
        const rows = members(set);
        for (const row of rows) guards.demand(name, ids, set.set.table.refOf(row), row);
        return rows as never;
      },
    };
  };

  const check = ({ name, ids, sets }: Named, write: Write) => {
    if (write.kind === "append") return;
    const { kind, ref, row } = write;
    const named = ids.has(ref.id) || sets.some((set) => set.set.table.name === ref.table.name && owns(set, row as Row));
    if (kind === "update" && !named) {
      throw new UnnamedRow(name, `${ref.id} was written but not named`);
    }
    const before = current(ref);
    if (kind === "insert" && before !== undefined) throw new Error(`command ${name}: ${ref.id} is there already`);
    if (kind === "update" && before === undefined) throw new Error(`command ${name}: ${ref.id} is not there`);
    if (before !== undefined) demandFixed(name, ref, before, row as Row);
    guards.demand(name, ids, ref, row as Row);
  };

  return {
    view,
    apply(command, decision) {
      for (const write of decision.writes) check(command, write);
      for (const write of decision.writes) {
        if (write.kind === "append") appends.push({ journal: write.journal, row: write.row as Row });
        else changed.set(write.ref.id, { ref: write.ref, row: write.row as Row });
      }
      events.push(...decision.events);
    },
    changes() {
      const inserts: { table: AnyTable; row: Row }[] = [];
      const updates: { table: AnyTable; row: Row; version: number }[] = [];
      for (const { ref, row } of changed.values()) {
        const before = base.get(ref.id);
        if (before === undefined) inserts.push({ table: ref.table, row });
        else updates.push({ table: ref.table, row, version: before.version });
      }
      return { inserts, updates, appends, events };
    },
  };
};

const owns = (set: SetRef, row: Row): boolean => row[set.set.by] === set.owner.key[0];

/** A copy of such a column may be cached, and the database would not take the change: it has no grant for it. */
const demandFixed = (command: string, { table, id }: Ref, before: Row, row: Row) => {
  for (const column of table.fixed) {
    if (!Object.is(before[column], row[column]))
      throw new Error(`command ${command}: ${column} of ${id} never changes`);
  }
};

/** A row may be seen and written only by a command that named all its gates, whatever else of the batch holds them. */
const createGuards = () => {
  const known = new Map<Row, readonly string[]>();

  const gatesOf = ({ table, id }: Ref, row: Row): readonly string[] => {
    if (table.gate) return [id];
    const gates = known.get(row) ?? table.guards(row).map((guard) => guard.id);
    known.set(row, gates);
    return gates;
  };

  return {
    demand(command: string, ids: ReadonlySet<string>, ref: Ref, row: Row) {
      for (const gate of gatesOf(ref, row)) {
        if (!ids.has(gate)) throw new UnnamedRow(command, `${ref.id} is guarded by ${gate}, which it did not name`);
      }
    },
  };
};
