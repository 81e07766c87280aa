/** Rows of a query as rows of the rules, so that one view serves both. */
import { type AnyTable, columnName } from "../engine/index.ts";
import { instant } from "../kernel/index.ts";

type SqlRecord = Readonly<Record<string, unknown>>;

/** @param record columns by their SQL names, as the read pool gives them */
export const rowOf = <Row extends object>(table: AnyTable & { update(row: Row): unknown }, record: SqlRecord): Row =>
  Object.fromEntries(
    Object.entries(table.columns).map(([property, type]) => {
      const value = record[columnName(property)];
      if (value === null || value === undefined) return [property, null];
      if (type === "amount") return [property, BigInt(value as number)];
      if (type === "instant[]") return [property, (value as Date[]).map((at) => instant(at.getTime()))];
      return [property, value];
    }),
  ) as Row;

export type PageQuery = { readonly limit: number; readonly offset: number };

/** One row more than wanted tells whether there are more. */
export const page = <Item>(items: readonly Item[], { limit, offset }: PageQuery) => ({
  items: items.slice(0, limit),
  limit,
  offset,
  has_more: items.length > limit,
});
