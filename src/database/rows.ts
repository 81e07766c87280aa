/** Rows of a query as rows of the rules, so that one view serves both. */
import { type AnyTable, columnName, type RowOf } from "../engine/index.ts";
import { instant } from "../kernel/index.ts";

type SqlRecord = Readonly<Record<string, unknown>>;

/** @param record columns by their SQL names, as the read pool gives them */
export const rowOf = <Table extends AnyTable>(table: Table, record: SqlRecord): RowOf<Table> => {
  const row: Record<string, unknown> = {};
  for (const { property, column, read } of columnsOf(table)) {
    const value = record[column];
    row[property] = value === null || value === undefined ? null : read(value);
  }
  return row as RowOf<Table>;
};

type Column = { readonly property: string; readonly column: string; read(value: unknown): unknown };

const known = new WeakMap<AnyTable["columns"], readonly Column[]>();

/** Worked out once per table. */
const columnsOf = ({ columns }: AnyTable): readonly Column[] => {
  const list =
    known.get(columns) ??
    Object.entries(columns).map(([property, type]) => ({
      property,
      column: columnName(property),
      read: readerOf(type),
    }));
  known.set(columns, list);
  return list;
};

const readerOf = (type: string): ((value: unknown) => unknown) => {
  if (type === "amount") return (value) => BigInt(value as number);
  if (type === "instant[]") return (value) => (value as Date[]).map((at) => instant(at.getTime()));
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
