/** The pieces that statements are made of: column lists, parameters, and texts that are built once per table. */

import type { ColumnType } from "../column.ts";
import type { Row } from "../store.ts";
import { encodeArray, fromUnnest, parameterType } from "./arrays.ts";

/** `name` is what it is prepared under: the same name has always the same text. */
export type Statement = { readonly name: string; readonly text: string; readonly values: unknown[] };

/** `makerId` in code is `maker_id` in SQL. */
export const columnName = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export type Shape = { readonly properties: readonly string[]; readonly types: readonly ColumnType[] };

export const shapeOf = (columns: Readonly<Record<string, ColumnType>>, properties = Object.keys(columns)): Shape => ({
  properties,
  types: properties.map((property) => columns[property] as ColumnType),
});

export const names = (properties: readonly string[], prefix = ""): string =>
  properties.map((property) => prefix + columnName(property)).join(", ");

export const parameters = (types: readonly ColumnType[], first = 1): string =>
  types.map((type, index) => `$${index + first}::${parameterType(type)}`).join(", ");

export const casts = ({ properties, types }: Shape): string =>
  properties.map((property, index) => fromUnnest(types[index] as ColumnType, columnName(property))).join(", ");

export const columnsOf = (shape: Shape, rows: readonly Row[]): Buffer[] =>
  shape.properties.map((property, index) =>
    encodeArray(
      shape.types[index] as ColumnType,
      rows.map((row) => row[property]),
    ),
  );

/** Texts are built once per table. */
export const cached = <Key extends object, Value>(build: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? build(key);
    known.set(key, value);
    return value;
  };
};
