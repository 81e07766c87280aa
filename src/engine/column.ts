/**
 * The columns of a table, as its declaration writes them. `column.text<TraderId>().nullable` says once what the value is
 * in a row, what it is in PostgreSQL, and whether it may be absent.
 */
import type { Amount, Instant } from "../kernel/index.ts";

/** How a value looks in a row (left) and in PostgreSQL (right). */
export type ColumnType =
  | "text" // string, text
  | "id" // number, bigint
  | "integer" // number, integer
  | "amount" // bigint, bigint
  | "boolean" // boolean, boolean
  | "instant" // Instant, timestamptz
  | "json" // any JSON value, json or jsonb
  | "text[]" // string[], text[]
  | "integer[]" // number[], integer[]
  | "instant[]"; // Instant[], timestamptz[]

/** @property as never there: it carries the type of the value */
export type Column<Value = unknown> = {
  readonly type: ColumnType;
  readonly holdsNull: boolean;
  readonly as?: readonly [Value] | undefined;
};

export type Columns = Readonly<Record<string, Column>>;

/** A row of these columns. */
export type RowOfColumns<Declared extends Columns> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Column<infer Value> ? Value : never;
};

type NotNull<Value> = Column<Value> & { readonly nullable: Column<Value | null> };

const notNull = <Value>(type: ColumnType): NotNull<Value> => ({
  type,
  holdsNull: false,
  nullable: { type, holdsNull: true },
});

/** What the declaration names is the type, never what is asked of any column: hence `NoInfer`. */
export const column = {
  text: <Value extends string = string>() => notNull<NoInfer<Value>>("text"),
  /** A number below 2^53, drawn from a sequence. */
  id: <Value extends number = number>() => notNull<NoInfer<Value>>("id"),
  integer: () => notNull<number>("integer"),
  amount: <Value extends bigint = Amount>() => notNull<NoInfer<Value>>("amount"),
  boolean: () => notNull<boolean>("boolean"),
  instant: () => notNull<Instant>("instant"),
  json: <Value = object>() => notNull<NoInfer<Value>>("json"),
  texts: () => notNull<readonly string[]>("text[]"),
  integers: () => notNull<readonly number[]>("integer[]"),
  instants: () => notNull<readonly Instant[]>("instant[]"),
} as const;
