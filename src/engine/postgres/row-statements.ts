/**
 * The statements that lock, read and write rows, built once from the declarations. All are set-based: their number does
 * not grow with the batch.
 */

import type { ColumnType } from "../column.ts";
import type { Row, Versioned } from "../store.ts";
import type { AnyJournal, AnySet, AnyTable, Ref } from "../table.ts";
import { columnDecoder, encodeArray, fromUnnest, parameterType, selected } from "./arrays.ts";
import {
  cached,
  casts,
  columnName,
  columnsOf,
  names,
  parameters,
  type Shape,
  type Statement,
  shapeOf,
} from "./shapes.ts";

type Texts = readonly (string | null)[];

/** Rows of a shape from texts in its order; each column's decoder is looked up once. */
const decoderOf = ({ properties, types }: Shape): ((texts: Texts) => Row) => {
  const columns = properties.map((property, index) => ({
    property,
    decode: columnDecoder(types[index] as ColumnType),
  }));
  return (texts) => {
    const row: Record<string, unknown> = {};
    let index = 0;
    for (const { property, decode } of columns) {
      const text = texts[index] ?? null;
      row[property] = text === null ? null : decode(text);
      index += 1;
    }
    return row;
  };
};

type Reader = { readonly list: string; readonly columns: number; readonly decode: (texts: Texts) => Row };

/** Every read selects the row's columns and then its version. */
const readerOf = cached(({ columns }: AnyTable): Reader => {
  const shape = shapeOf(columns);
  const list = shape.properties.map((property, index) =>
    selected(shape.types[index] as ColumnType, columnName(property)),
  );
  return {
    list: [...list, "row_version"].join(", "),
    columns: list.length,
    decode: decoderOf(shape),
  };
});

/** A row as the driver gives it: texts in the order of the select list. */
export const decodeRow = (table: AnyTable, texts: Texts): Versioned => {
  const { decode, columns } = readerOf(table);
  const row = decode(texts);
  return { ref: table.refOf(row), row, version: Number(texts[columns]) };
};

const keyShape = cached(({ key, columns }: AnyTable): Shape => shapeOf(columns, [...key]));

const keyColumns = (table: AnyTable, refs: readonly Ref[]): Buffer[] =>
  table.key.map((_, index) =>
    encodeArray(
      keyShape(table).types[index] as ColumnType,
      refs.map((ref) => ref.key[index]),
    ),
  );

const matchesKey = (table: AnyTable): string => {
  const { types } = keyShape(table);
  return table.key.length === 1
    ? `${columnName(table.key[0] as string)} = any(${parameters(types)})`
    : `(${names(table.key)}) in (select * from unnest(${parameters(types)}))`;
};

const lockText = cached(
  // For the row itself the lock is also the read: PostgreSQL looks again at a row that it waited for. That holds for
  // single rows of a single table only, so that everything else is read in a later statement.
  (table: AnyTable) =>
    `select ${readerOf(table).list} from ${table.name} where ${matchesKey(table)} order by ${names(table.key)} for no key update`,
);

/**
 * Rows by whole keys. A composite key is looked up key by key: asked for "in" a list, PostgreSQL walks all rows that share
 * the first column once it thinks that they are few, and a bank's claims or a trader's orders become many.
 */
const fromKeys = (table: AnyTable): string => {
  if (table.key.length === 1) return `from ${table.name} where ${matchesKey(table)}`;
  const places = table.key.map((_, index) => `k${index + 1}`);
  const same = table.key.map((column, index) => `t.${columnName(column)} = ${places[index]}`);
  return `from unnest(${parameters(keyShape(table).types)}) as k(${places.join(", ")})
    cross join lateral (select * from ${table.name} t where ${same.join(" and ")} offset 0) r`;
};

const readText = cached((table: AnyTable) => `select ${readerOf(table).list} ${fromKeys(table)}`);

export const lockGates = (table: AnyTable, refs: readonly Ref[]): Statement => ({
  name: `lock ${table.name}`,
  text: lockText(table),
  values: keyColumns(table, refs),
});

export const readRows = (table: AnyTable, refs: readonly Ref[]): Statement => ({
  name: `read ${table.name}`,
  text: readText(table),
  values: keyColumns(table, refs),
});

const setText = cached(({ table, by, where }: AnySet) => {
  const type = parameterType(table.columns[by] as ColumnType);
  return `select ${readerOf(table).list} from ${table.name} where ${columnName(by)} = any($1::${type}) and ${where}`;
});

export const readSets = (set: AnySet, owners: readonly Ref[]): Statement => ({
  name: `read ${set.name}`,
  text: setText(set),
  values: [
    encodeArray(
      set.table.columns[set.by] as ColumnType,
      owners.map(({ key }) => key[0]),
    ),
  ],
});

const peekText = cached((table: AnyTable) => {
  const { properties, types } = shapeOf(table.columns, [...table.fixed]);
  const list = properties.map((property, index) => selected(types[index] as ColumnType, columnName(property)));
  return `select ${list.join(", ")} ${fromKeys(table)}`;
});

export const readFixedRows = (table: AnyTable, refs: readonly Ref[]): Statement => ({
  name: `readFixed ${table.name}`,
  text: peekText(table),
  values: keyColumns(table, refs),
});

const fixedDecoder = cached((table: AnyTable) => decoderOf(shapeOf(table.columns, [...table.fixed])));

export const decodeFixed = (table: AnyTable, texts: Texts): Row => fixedDecoder(table)(texts);

const insertText = cached((table: AnyTable) => {
  const shape = shapeOf(table.columns);
  return `insert into ${table.name} (${names(shape.properties)}) select ${casts(shape)} from unnest(${parameters(shape.types)}) as u(${names(shape.properties)})`;
});

export const insertRows = (table: AnyTable, rows: readonly Row[]): Statement => ({
  name: `insert ${table.name}`,
  text: insertText(table),
  values: columnsOf(shapeOf(table.columns), rows),
});

const appendText = cached(({ name, columns }: AnyJournal) => {
  const shape = shapeOf(columns);
  return `insert into ${name} (${names(shape.properties)}) select ${casts(shape)} from unnest(${parameters(shape.types)}) as u(${names(shape.properties)})`;
});

export const appendRows = (journal: AnyJournal, rows: readonly Row[]): Statement => ({
  name: `append ${journal.name}`,
  text: appendText(journal),
  values: columnsOf(shapeOf(journal.columns), rows),
});

const changing = cached(
  (table: AnyTable): Shape =>
    shapeOf(
      table.columns,
      Object.keys(table.columns).filter((property) => !table.fixed.includes(property)),
    ),
);

const updateText = cached((table: AnyTable) => {
  const keys = keyShape(table);
  const rest = changing(table);
  const sets = rest.properties.map((property, index) => {
    const column = columnName(property);
    return `${column} = ${fromUnnest(rest.types[index] as ColumnType, column)}`;
  });
  const types: readonly ColumnType[] = [...keys.types, ...rest.types, "integer"];
  const matches = keys.properties.map((property) => `t.${columnName(property)} = u.${columnName(property)}`);
  const all = names([...keys.properties, ...rest.properties]);
  // A row that somebody changed past the gate makes the whole batch fail: the only alarm for such a writer.
  return `with saved as (
      update ${table.name} t set ${sets.join(", ")}, row_version = t.row_version + 1
      from unnest(${parameters(types)}) as u(${all}, was)
      where ${matches.join(" and ")} and t.row_version = u.was returning 1)
    select engine.expect('${table.name}', (select count(*) from saved), $${types.length + 1})`;
});

export const updateRows = (
  table: AnyTable,
  updates: readonly { readonly row: Row; readonly version: number }[],
): Statement => {
  const rows = updates.map(({ row }) => row);
  return {
    name: `update ${table.name}`,
    text: updateText(table),
    values: [
      ...columnsOf(keyShape(table), rows),
      ...columnsOf(changing(table), rows),
      encodeArray(
        "integer",
        updates.map(({ version }) => version),
      ),
      updates.length,
    ],
  };
};
