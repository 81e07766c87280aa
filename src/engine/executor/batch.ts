/**
 * The state of one batch while its commands are decided one after the other: each sees what those before it left, and
 * only the rows that it named itself. What changed comes out once per row.
 */
import type { Decision, State } from "../command.ts";
import { UnnamedRow } from "../failures.ts";
import { type ChangedRow, isSame, type Projections } from "../projections.ts";
import type { Loaded, Row, Save } from "../store.ts";
import type { AnyTable, Ref, SetRef, Write } from "../table.ts";
import { createGuards, type Guards } from "./guards.ts";
import { type BatchRows, openRows, owns } from "./rows.ts";

/** A command's name, what it may change and all that it may see. */
export type Named = {
  readonly name: string;
  readonly changes: readonly AnyTable[];
  /** Of the refs and sets that it named, and of those that projections named for it. */
  readonly ids: ReadonlySet<string>;
  readonly sets: readonly SetRef[];
  /** What routing found out for good: immutable rows, and rows that were not there. */
  readonly known: ReadonlyMap<string, Row | undefined>;
};

export type Batch = {
  /** The state as one command may see it. */
  view(command: Named): State;
  /** Takes over what a command decided, with what follows from it. Throws, changing nothing, when it wrote what it may not. */
  apply(command: Named, decision: Decision<unknown>): void;
  changes(): Pick<Save, "inserts" | "updates" | "appends" | "events">;
};

export const openBatch = (loaded: Loaded, projections: Projections): Batch => {
  const rows = openRows(loaded);
  const guards = createGuards();
  const appends: Save["appends"][number][] = [];
  const events: Save["events"][number][] = [];

  const put = (command: Named, writes: readonly Write[], projected: boolean): readonly ChangedRow[] => {
    for (const write of writes) checkWrite(rows, guards, command, write, projected);
    const changed: ChangedRow[] = [];
    for (const write of writes) {
      if (write.kind === "append") continue;
      const { ref } = write;
      const [before, row] = [rows.get(ref), write.row as Row];
      if (projections.concerned(command, write, before)) changed.push({ table: ref.table, row });
      if (!projected || !isUnchanged(before, row)) rows.put(ref, row);
    }
    return changed;
  };

  return {
    view: (command) => viewOf(rows, guards, command),
    apply(command, decision) {
      const { writes, events: told } = rows.attempt(() => {
        const changed = put(command, decision.writes, false);
        if (changed.length === 0) return decision;
        const projected = projections.project(viewOf(rows, guards, command), changed, decision.events);
        put(command, projected.writes, true);
        return {
          writes: [...decision.writes, ...projected.writes],
          events: [...decision.events, ...projected.events],
        };
      });
      for (const write of writes) {
        if (write.kind === "append") appends.push({ journal: write.journal, row: write.row as Row });
      }
      if (told.length > 0) events.push(told);
    },
    changes: () => ({ ...rows.changes(), appends, events }),
  };
};

const viewOf = (rows: BatchRows, guards: Guards, { name, ids, known }: Named): State => {
  const get = (ref: Ref): Row | undefined => {
    if (known.has(ref.id)) return known.get(ref.id);
    if (!ids.has(ref.id)) throw new UnnamedRow(name, `${ref.id} was not named`);
    const row = rows.get(ref);
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
      const members = rows.membersOf(set);
      for (const row of members) guards.demand(name, ids, set.set.table.refOf(row), row);
      return members as never;
    },
  };
};

/** @param projected whether it comes from a projection, which names the rows that it makes as well */
const checkWrite = (rows: BatchRows, guards: Guards, { name, ids, sets }: Named, write: Write, projected: boolean) => {
  if (write.kind === "append") return;
  const { kind, ref, row } = write;
  const named = ids.has(ref.id) || sets.some((set) => set.set.table.name === ref.table.name && owns(set, row as Row));
  if ((kind === "update" || projected) && !named) throw new UnnamedRow(name, `${ref.id} was written but not named`);
  const before = rows.get(ref);
  if (kind === "insert" && before !== undefined) throw new Error(`command ${name}: ${ref.id} is there already`);
  if (kind === "update" && before === undefined) throw new Error(`command ${name}: ${ref.id} is not there`);
  if (before !== undefined) demandFixed(name, ref, before, row as Row);
  guards.demand(name, ids, ref, row as Row);
};

const isUnchanged = (before: Row | undefined, row: Row): boolean =>
  before !== undefined && Object.keys(row).every((column) => isSame(before[column], row[column]));

/** A copy of such a column may be cached, and the database would not take the change: it has no grant for it. */
const demandFixed = (command: string, { table, id }: Ref, before: Row, row: Row) => {
  for (const column of table.fixed) {
    if (!Object.is(before[column], row[column]))
      throw new Error(`command ${command}: ${column} of ${id} never changes`);
  }
};
