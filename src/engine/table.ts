/**
 * Tables as the rules see them, declared once: both stores build every lock, read and write from the declaration, and
 * the grants of the serving role come from it too.
 */
import type { Column, Columns, ColumnType, RowOfColumns } from "./column.ts";

export type KeyPart = string | number;

/** Points at one row, there or not yet. `Fixed` holds the columns that never change. */
export type Ref<Row = object, Fixed = object> = {
  readonly table: AnyTable;
  readonly key: readonly KeyPart[];
  /** Unique among all refs of all tables. */
  readonly id: string;
  readonly as?: readonly [Row, Fixed] | undefined;
};

/** Rows of one table owned by one locked row, such as a trader's active ads: the owner's lock is theirs. */
export type SetRef<Row = object> = {
  readonly set: AnySet;
  readonly owner: Ref;
  readonly id: string;
  readonly as?: readonly [Row] | undefined;
};

export type Write =
  | { readonly kind: "insert" | "update"; readonly ref: Ref; readonly row: object }
  | { readonly kind: "append"; readonly journal: AnyJournal; readonly row: object };

export type AnyTable = {
  readonly name: string;
  /** A gate is locked by every command that names it; any other row is guarded by the gates it names. */
  readonly gate: boolean;
  readonly key: readonly string[];
  readonly fixed: readonly string[];
  /** No column ever changes: what routing read of a row is the row. */
  readonly immutable: boolean;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns that may hold null. */
  readonly nullable: readonly string[];
  guards(row: object): readonly Ref[];
  refOf(row: object): Ref;
};

/** Rows that are only ever added: transfers, history. No command reads them. */
export type AnyJournal = Pick<AnyTable, "name" | "columns" | "nullable">;

export type AnySet = {
  readonly name: string;
  readonly table: AnyTable;
  /** The fixed column that holds the owner's key. */
  readonly by: string;
  /** The same condition twice: for PostgreSQL and for the memory store. An index must serve it. */
  readonly where: string;
  holds(row: object): boolean;
};

/** Flat, so that a row reads as one type where the compiler names it. */
type RowOfBoth<Fixed extends Columns, Changing extends Columns> = RowOfColumns<{
  readonly [Name in keyof (Fixed & Changing)]: (Fixed & Changing)[Name];
}>;
type KeyColumn<Fixed extends Columns> = {
  [Name in keyof Fixed & string]: Fixed[Name] extends Column<KeyPart> ? Name : never;
}[keyof Fixed & string];
type KeyOf<Row, Key extends readonly (keyof Row)[]> = { readonly [I in keyof Key]: Row[Key[I]] };

type TableDeclaration<Fixed extends Columns, Changing extends Columns, Key> = {
  readonly name: string;
  /** Of fixed columns. */
  readonly key: Key;
  /** Columns that never change. */
  readonly fixed: Fixed;
  /** All others. Left out, no column ever changes. */
  readonly changing?: Changing;
  /** The gates whose locks guard a row of this table. Left out, the table is a gate itself. */
  readonly guardedBy?: (row: RowOfBoth<Fixed, Changing>) => readonly Ref[];
};

export type Table<Row extends object, Fixed extends object, Key extends readonly unknown[]> = AnyTable & {
  readonly columns: { readonly [Name in keyof Row]: ColumnType };
  at(...key: Key): Ref<Row, Fixed>;
  insert(row: Row): Write;
  update(row: Row): Write;
};

/** The row of a table or a journal: `type Ad = RowOf<typeof ads>`. */
export type RowOf<Declared> = Declared extends { insert(row: infer Row): Write } | { append(row: infer Row): Write }
  ? Row
  : never;

/** Declares a table: its row, its key and what of it is fixed are inferred from its columns. */
export const defineTable = <
  Fixed extends Columns,
  const Key extends readonly KeyColumn<Fixed>[],
  Changing extends Columns = Record<never, never>,
>(
  declaration: TableDeclaration<Fixed, Changing, Key>,
): Table<RowOfBoth<Fixed, Changing>, RowOfColumns<Fixed>, KeyOf<RowOfColumns<Fixed>, Key>> => {
  type Row = RowOfBoth<Fixed, Changing>;
  const { name, key, guardedBy } = declaration;
  const at = (...parts: readonly KeyPart[]): Ref => ({ table, key: parts, id: `${name} ${keyId(parts)}` });
  const refOf = (row: object): Ref => at(...key.map((part) => (row as Record<string, KeyPart>)[part] as KeyPart));
  const table: AnyTable = {
    name,
    gate: guardedBy === undefined,
    key,
    fixed: Object.keys(declaration.fixed),
    immutable: declaration.changing === undefined,
    ...typesOf({ ...declaration.fixed, ...declaration.changing }),
    guards: (row) => (guardedBy === undefined ? [] : guardedBy(row as Row)),
    refOf,
  };
  return {
    ...(table as AnyTable & { readonly columns: { readonly [Name in keyof Row]: ColumnType } }),
    at: (...parts) => at(...(parts as readonly KeyPart[])) as Ref<Row, RowOfColumns<Fixed>>,
    insert: (row) => ({ kind: "insert", ref: refOf(row), row }),
    update: (row) => ({ kind: "update", ref: refOf(row), row }),
  };
};

/** What the stores read of the columns: plain names of types. */
const typesOf = (columns: Columns): Pick<AnyTable, "columns" | "nullable"> => ({
  columns: Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type])),
  nullable: Object.keys(columns).filter((name) => columns[name]?.holdsNull),
});

/** Parts of a composite key carry their lengths, so that no two keys look the same whatever the texts hold. */
const keyId = (parts: readonly KeyPart[]): KeyPart =>
  parts.length === 1 ? (parts[0] as KeyPart) : parts.map((part) => `${String(part).length}:${part}`).join(" ");

/** The columns of a row that never change: all that may be remembered of it. */
export const fixedOf = (table: AnyTable, row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  table.immutable ? row : Object.fromEntries(table.fixed.map((column) => [column, row[column]]));

export type RowSet<Row> = AnySet & { of(owner: Ref): SetRef<Row> };

/** Declares the rows of a table that one owner holds and that a condition keeps few. */
export const defineSet = <Row extends object, Fixed extends object, Key extends readonly unknown[]>(
  table: Table<Row, Fixed, Key>,
  declaration: {
    readonly name: string;
    readonly by: keyof Fixed & string;
    readonly where: string;
    holds(row: Row): boolean;
  },
): RowSet<Row> => {
  const set: AnySet = { ...declaration, table, holds: (row) => declaration.holds(row as Row) };
  return { ...set, of: (owner) => ({ set, owner, id: `${declaration.name} of ${owner.id}` }) };
};

export type Journal<Row extends object> = AnyJournal & { append(row: Row): Write };

/** Declares rows that are only ever added; their type is inferred from the columns. */
export const defineJournal = <Declared extends Columns>(declaration: {
  readonly name: string;
  readonly columns: Declared;
}): Journal<RowOfColumns<Declared>> => {
  const journal: AnyJournal = { name: declaration.name, ...typesOf(declaration.columns) };
  return { ...journal, append: (row) => ({ kind: "append", journal, row }) };
};
