/** Rows of a query as rows of the rules, so that one view serves both. */
import { type AnyJournal, columnName, type RowOf } from "../engine/index.ts";

type SqlRecord = Readonly<Record<string, unknown>>;

/** @param record columns by their SQL names, as the read pool gives them */
export const rowOf = <Table extends AnyJournal>(table: Table, record: SqlRecord): RowOf<Table> =>
  readColumns(columnsOf(table), record) as RowOf<Table>;

/** Some columns of a table: for a select list, and to read them from what it gave. */
export type Selection<Row> = {
  /** `t.name as t_name, t.joined_at as t_joined_at`: columns of one name in two tables do not meet. */
  readonly list: string;
  rowOf(record: SqlRecord): Row;
};

/**
 * `select(traders, "t", ["name", "joinedAt"])`: the columns that a query needs, named once. Without names, all.
 * @param alias the table's in the query
 */
export const select = <Table extends AnyJournal, const Name extends keyof RowOf<Table> = keyof RowOf<Table>>(
  table: Table,
  alias: string,
  names?: readonly Name[],
): Selection<Pick<RowOf<Table>, Name>> => {
  const wanted = new Set<unknown>(names ?? Object.keys(table.columns));
  const columns = columnsOf(table)
    .filter(({ property }) => wanted.has(property))
    .map((column) => ({ ...column, given: `${alias}_${column.column}` }));
  return {
    list: columns.map(({ column, given }) => `${alias}.${column} as ${given}`).join(", "),
    rowOf: (record) => readColumns(columns, record) as Pick<RowOf<Table>, Name>,
  };
};

type Column = {
  readonly property: string;
  readonly column: string;
  /** Its name in the query's answer. */
  readonly given: string;
  read(value: unknown): unknown;
};

const readColumns = (columns: readonly Column[], record: SqlRecord): object => {
  const row: Record<string, unknown> = {};
  for (const { property, given, read } of columns) {
    const value = record[given];
    row[property] = value === null || value === undefined ? null : read(value);
  }
  return row;
};

const known = new WeakMap<AnyJournal["columns"], readonly Column[]>();

/** Worked out once per table. */
const columnsOf = ({ columns }: AnyJournal): readonly Column[] => {
  const list =
    known.get(columns) ??
    Object.entries(columns).map(([property, type]) => ({
      property,
      column: columnName(property),
      given: columnName(property),
      read: readerOf(type),
    }));
  known.set(columns, list);
  return list;
};

const readerOf = (type: string): ((value: unknown) => unknown) => {
  if (type === "amount") return (value) => BigInt(value as number);
  if (type === "instant[]") return (value) => (value as Date[]).map((at) => at.getTime());
  return (value) => value;
};

export type PageQuery = { readonly limit: number; readonly offset: number };

/** One row more than wanted tells whether there are more. */
export const page = <Item>(items: readonly Item[], { limit, offset }: PageQuery) => ({
  items: items.slice(0, limit),
  limit,
  offset,
  has_more: items.length > limit,
});
