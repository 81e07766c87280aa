/**
 * Arrays for `unnest` in PostgreSQL's binary format: with text arrays a batch was 12 % slower.
 * Format: src/backend/utils/adt/arrayfuncs.c, array_recv.
 */
import type { ColumnType } from "../column.ts";

type Element = {
  /** Type of the array parameter, and of the column it is cast to when that differs. */
  readonly parameter: string;
  readonly oid: number;
  readonly cast: string | null;
  /** Bytes of one element, or null when it must be asked. */
  readonly width: number | null;
  encode(value: unknown): Buffer | string | bigint | number | boolean;
};

/** PostgreSQL counts microseconds from 2000-01-01. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
const literal = (items: readonly unknown[]): string => `{${items.map((item) => quoted(String(item))).join(",")}}`;

/** A buffer would cut the fraction off without a word. */
const whole = (value: number): number => {
  if (!Number.isInteger(value)) throw new RangeError(`not an integer: ${value}`);
  return value;
};

const TEXT = { parameter: "text[]", oid: 25, width: null } as const;
const INT8 = { parameter: "int8[]", oid: 20, width: 8, cast: null } as const;

const ELEMENTS: Readonly<Record<ColumnType, Element>> = {
  text: { ...TEXT, cast: null, encode: (value) => value as string },
  id: { ...INT8, encode: (value) => BigInt(value as number) },
  amount: { ...INT8, encode: (value) => value as bigint },
  integer: { parameter: "int4[]", oid: 23, width: 4, cast: null, encode: (value) => whole(value as number) },
  boolean: { parameter: "bool[]", oid: 16, width: 1, cast: null, encode: (value) => value as boolean },
  instant: {
    parameter: "timestamptz[]",
    oid: 1184,
    width: 8,
    cast: null,
    encode: (value) => BigInt((value as number) - POSTGRES_EPOCH_MS) * 1_000n,
  },
  json: { ...TEXT, cast: "jsonb", encode: (value) => JSON.stringify(value) },
  "text[]": { ...TEXT, cast: "text[]", encode: (value) => literal(value as string[]) },
  "integer[]": { ...TEXT, cast: "integer[]", encode: (value) => literal(value as number[]) },
  "instant[]": {
    ...TEXT,
    cast: "timestamptz[]",
    encode: (value) => literal((value as number[]).map((at) => new Date(at).toISOString())),
  },
};

export const parameterType = (type: ColumnType): string => ELEMENTS[type].parameter;

/** `u.name`, cast to the column's type where the array carries text. */
export const fromUnnest = (type: ColumnType, name: string): string => {
  const { cast } = ELEMENTS[type];
  return cast === null ? `u.${name}` : `u.${name}::${cast}`;
};

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;

/** One column of many rows, as the value of an array parameter. */
export const encodeArray = (type: ColumnType, values: readonly unknown[]): Buffer => {
  const element = ELEMENTS[type];
  const items = values.map((value) => (value === null || value === undefined ? null : element.encode(value)));
  const buffer = Buffer.allocUnsafe(
    HEADER_BYTES + items.reduce<number>((sum, item) => sum + LENGTH_BYTES + sizeOf(element, item), 0),
  );
  let at = writeHeader(buffer, element.oid, items);
  for (const item of items) at = writeItem(buffer, at, element, item);
  return buffer;
};

type Item = ReturnType<Element["encode"]> | null;

const sizeOf = (element: Element, item: Item): number => {
  if (item === null) return 0;
  return element.width ?? Buffer.byteLength(item as string);
};

const writeHeader = (buffer: Buffer, oid: number, items: readonly Item[]): number => {
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(items.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(items.length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  return HEADER_BYTES;
};

const writeItem = (buffer: Buffer, start: number, element: Element, item: Item): number => {
  const at = start + LENGTH_BYTES;
  if (item === null) {
    buffer.writeInt32BE(-1, start);
    return at;
  }
  if (typeof item === "string") {
    const length = buffer.write(item, at);
    buffer.writeInt32BE(length, start);
    return at + length;
  }
  const width = element.width ?? 0;
  buffer.writeInt32BE(width, start);
  if (typeof item === "bigint") buffer.writeBigInt64BE(item, at);
  else if (typeof item === "boolean") buffer.writeUInt8(item ? 1 : 0, at);
  else buffer.writeInt32BE(item as number, at);
  return at + width;
};

/** What a column looks like in a select list, and how its text becomes a value of a row. */
export const selected = (type: ColumnType, column: string): string =>
  type.endsWith("[]") ? `to_jsonb(${column})` : column;

const DECODERS: Readonly<Record<ColumnType, (text: string) => unknown>> = {
  text: (text) => text,
  id: Number,
  integer: Number,
  amount: BigInt,
  boolean: (text) => text === "t",
  instant: parseInstant,
  json: (text) => JSON.parse(text),
  "text[]": (text) => JSON.parse(text),
  "integer[]": (text) => JSON.parse(text),
  "instant[]": (text) => (JSON.parse(text) as string[]).map((at) => Date.parse(at)),
};

/** `2026-11-21 02:43:00.123+00`: the session's time zone is UTC. */
function parseInstant(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

/** How the text of a value that is not null becomes the value. */
export const columnDecoder = (type: ColumnType): ((text: string) => unknown) => DECODERS[type];
