/**
 * Projections: rows that follow from other rows. One is declared once, with the columns that it follows, and is added to
 * every command that changes them: to what it names, to what it writes, and to what it tells. No command has to think of
 * it.
 */
import type { Command, Routes, State } from "./command.ts";
import type { Event } from "./events.ts";
import { UnnamedRow } from "./failures.ts";
import type { Row } from "./store.ts";
import type { AnyTable, Ref, RowOf, SetRef, Table, Write } from "./table.ts";

/** Columns of a table that a projection follows. Changes of the others concern it not. */
export type Followed = {
  readonly table: AnyTable;
  readonly columns: readonly string[];
  /** What the projection sees and may write when this row changes. */
  needs(ref: Ref, routes: Routes): readonly Ref[];
};

/**
 * @param columns what is followed. A row that is not there counts as null and zero in them
 * @param needs by the row's key: what the projection sees and may write when that row changes. It may be empty where
 *   the routes do not tell, if a row of another followed table that is named beside it needs the same
 */
export const follow = <Row extends object, Fixed extends object, Key extends readonly unknown[]>(
  table: Table<Row, Fixed, Key>,
  columns: readonly (keyof Row & string)[],
  needs: (key: Key, routes: Routes) => readonly Ref[],
): Followed => ({ table, columns, needs: ({ key }, routes) => needs(key as readonly unknown[] as Key, routes) });

/** The rows that one command left otherwise than it found them, as it left them. */
export type Changed = { of<Of extends AnyTable>(table: Of): readonly RowOf<Of>[] };

/** What follows: writes of rows that it named, new ones too, and what is to be told of them. */
export type Projected = { readonly writes: readonly Write[]; readonly events: readonly Event[] };

export type Projection = {
  readonly follows: readonly Followed[];
  /**
   * Pure. Writes that change nothing are left out for it.
   * @param state as the command left it @param told what the command tells by itself
   */
  project(state: State, changed: Changed, told: readonly Event[]): Projected;
};

export type ChangedRow = { readonly table: AnyTable; readonly row: Row };

export type Projections = {
  /** What is added to the rows that a command named. */
  needs(command: Declared, named: readonly (Ref | SetRef)[], routes: Routes): readonly Ref[];
  /**
   * Whether a write changes what is followed. Throws when its command did not declare that it may: then nobody has named
   * what follows from it.
   */
  concerned(command: Declared, write: RowWrite, before: Row | undefined): boolean;
  project(state: State, changed: readonly ChangedRow[], told: readonly Event[]): Projected;
};

const NOTHING: Projected = { writes: [], events: [] };

type Declared = Pick<Command<unknown, unknown>, "name" | "changes">;
type RowWrite = Exclude<Write, { readonly kind: "append" }>;

export const createProjections = (all: readonly Projection[]): Projections => {
  const followed = Map.groupBy(
    all.flatMap(({ follows }) => follows),
    ({ table }) => table.name,
  );
  const columns = new Map([...followed].map(([table, of]) => [table, [...new Set(of.flatMap((one) => one.columns))]]));

  return {
    needs({ name, changes = [] }, named, routes) {
      if (changes.length === 0) return [];
      const stray = changes.find((table) => !followed.has(table.name));
      if (stray !== undefined) throw new Error(`command ${name}: nothing follows ${stray.name}`);
      const tables = new Set(changes.map((table) => table.name));
      const sources = named.filter((need) => "table" in need).filter((ref) => tables.has(ref.table.name));
      return sources.flatMap((ref) => (followed.get(ref.table.name) ?? []).flatMap((one) => one.needs(ref, routes)));
    },
    concerned({ name, changes = [] }, { ref, row }, before) {
      const column = columns.get(ref.table.name)?.find((one) => isChanged(before, row as Row, one));
      if (column === undefined) return false;
      if (changes.every((table) => table.name !== ref.table.name)) {
        throw new UnnamedRow(name, `${column} of ${ref.id} is followed, and it did not declare that it changes it`);
      }
      return true;
    },
    project(state, changed, told) {
      if (changed.length === 0) return NOTHING;
      const of = (table: AnyTable) => changed.filter((one) => one.table.name === table.name).map(({ row }) => row);
      const concerned = all.filter(({ follows }) => follows.some(({ table }) => of(table).length > 0));
      const projected = concerned.map((projection) => projection.project(state, { of: of as Changed["of"] }, told));
      return {
        writes: projected.flatMap(({ writes }) => writes),
        events: projected.flatMap(({ events }) => events),
      };
    },
  };
};

const isChanged = (before: Row | undefined, after: Row, column: string): boolean => {
  const value = after[column];
  if (before === undefined) return value !== null && value !== 0 && value !== 0n;
  return !isSame(before[column], value);
};

export const isSame = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((item, index) => item === b[index]) : a === b;
