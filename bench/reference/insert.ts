/**
 * `insert` statements whose columns come from the declarations of `src`: one that is renamed or gone there does not
 * compile here.
 */
import { type AnyJournal, type AnyTable, columnName, type RowOf } from "../../src/engine/index.ts";

/** An SQL expression for each column; one that is left out keeps its default. */
type Expressions<Into> = Readonly<Partial<Record<keyof RowOf<Into> & string, string>>>;

/** `insert into … select …`; `from` names what the expressions are read from. */
export const insert = <Into extends AnyTable | AnyJournal>(
  into: Into,
  values: Expressions<Into>,
  from: string | null = null,
): string => {
  const columns = Object.keys(values).map(columnName).join(", ");
  const select = Object.values(values).join(", ");
  return `insert into ${into.name} (${columns}) select ${select}${from === null ? "" : ` from ${from}`}`;
};
