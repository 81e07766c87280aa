/**
 * Tables as the rules see them, declared once: both stores build every lock, read and write from the declaration, and
 * the grants of the serving role come from it too.
 */

/** How a value looks in a row (left) and in PostgreSQL (right). Columns may hold null where the row type says so. */
export type ColumnType =
  | "text" // string, text
  | "id" // number, bigint
  | "integer" // number, integer
  | "amount" // bigint, bigint
  | "boolean" // boolean, boolean
  | "instant" // Instant, timestamptz
  | "json" // any JSON value, jsonb
  | "text[]" // string[], text[]
  | "integer[]" // number[], integer[]
  | "instant[]"; // Instant[], timestamptz[]

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
  guards(row: object): readonly Ref[];
  refOf(row: object): Ref;
};

/** Rows that are only ever added: transfers, history. No command reads them. */
export type AnyJournal = { readonly name: string; readonly columns: Readonly<Record<string, ColumnType>> };

export type AnySet = {
  readonly name: string;
  readonly table: AnyTable;
  /** The fixed column that holds the owner's key. */
  readonly by: string;
  /** The same condition twice: for PostgreSQL and for the memory store. An index must serve it. */
  readonly where: string;
  holds(row: object): boolean;
};

type Columns<Row> = { readonly [Column in keyof Row]-?: ColumnType };
type KeyColumn<Row> = { [C in keyof Row & string]: Row[C] extends KeyPart ? C : never }[keyof Row & string];
type KeyOf<Row, Key extends readonly (keyof Row)[]> = { readonly [I in keyof Key]: Row[Key[I]] };

type TableDeclaration<Row, Fixed extends keyof Row, Key> = {
  readonly name: string;
  readonly key: Key;
  readonly fixed: readonly Fixed[];
  readonly columns: Columns<Row>;
  /** The gates whose locks guard a row of this table. Left out, the table is a gate itself. */
  readonly guardedBy?: (row: Row) => readonly Ref[];
};

export type Table<Row extends object, Fixed extends keyof Row, Key extends readonly (keyof Row)[]> = AnyTable & {
  at(...key: KeyOf<Row, Key>): Ref<Row, Pick<Row, Fixed>>;
  insert(row: Row): Write;
  update(row: Row): Write;
};

/**
 * Declares a table. `defineTable<Ad>()({ name: "exchange.ads", key: ["id"], … })`: the row type is given, the rest is
 * inferred. The key columns are fixed without being listed.
 */
export const defineTable =
  <Row extends object>() =>
  <const Key extends readonly KeyColumn<Row>[], Fixed extends keyof Row & string = never>(
    declaration: TableDeclaration<Row, Fixed, Key>,
  ): Table<Row, Fixed | Key[number], Key> => {
    const { name, key, guardedBy } = declaration;
    const at = (...parts: readonly KeyPart[]): Ref => ({ table, key: parts, id: `${name} ${keyId(parts)}` });
    const refOf = (row: object): Ref => at(...key.map((column) => (row as Record<string, KeyPart>)[column] as KeyPart));
    const fixed = [...new Set<string>([...key, ...declaration.fixed])];
    const table: AnyTable = {
      name,
      gate: guardedBy === undefined,
      key,
      fixed,
      immutable: fixed.length === Object.keys(declaration.columns).length,
      columns: declaration.columns,
      guards: (row) => (guardedBy === undefined ? [] : guardedBy(row as Row)),
      refOf,
    };
    return {
      ...table,
      at: (...parts) => at(...(parts as unknown as readonly KeyPart[])) as Ref<Row, Pick<Row, Fixed | Key[number]>>,
      insert: (row) => ({ kind: "insert", ref: refOf(row), row }),
      update: (row) => ({ kind: "update", ref: refOf(row), row }),
    };
  };

/** Parts of a composite key carry their lengths, so that no two keys look the same whatever the texts hold. */
const keyId = (parts: readonly KeyPart[]): KeyPart =>
  parts.length === 1 ? (parts[0] as KeyPart) : parts.map((part) => `${String(part).length}:${part}`).join(" ");

/** The columns of a row that never change: all that may be remembered of it. */
export const fixedOf = (table: AnyTable, row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  table.immutable ? row : Object.fromEntries(table.fixed.map((column) => [column, row[column]]));

export type RowSet<Row> = AnySet & { of(owner: Ref): SetRef<Row> };

/** Declares the rows of a table that one owner holds and that a condition keeps few. */
export const defineSet = <Row extends object>(
  table: Table<Row, never, readonly (keyof Row)[]> | AnyTable,
  declaration: {
    readonly name: string;
    readonly by: keyof Row & string;
    readonly where: string;
    holds(row: Row): boolean;
  },
): RowSet<Row> => {
  const set: AnySet = { ...declaration, table, holds: (row) => declaration.holds(row as Row) };
  return { ...set, of: (owner) => ({ set, owner, id: `${declaration.name} of ${owner.id}` }) };
};

export type Journal<Row extends object> = AnyJournal & { append(row: Row): Write };

export const defineJournal =
  <Row extends object>() =>
  (declaration: { readonly name: string; readonly columns: Columns<Row> }): Journal<Row> => {
    const journal: AnyJournal = { name: declaration.name, columns: declaration.columns };
    return { ...journal, append: (row) => ({ kind: "append", journal, row }) };
  };
