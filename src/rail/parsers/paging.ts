/** Which page a bank asks for, read from a query of texts. */
import { Cursor, isCursor } from "../../http/index.ts";
import type { Refusal } from "../../kernel/index.ts";
import { invalid } from "../errors.ts";

/** As elsewhere: a screen, what is still cheap to read, and what is still cheap to skip. */
export const PAGE = { limit: 20, maxLimit: 100, maxOffset: 10_000 } as const;

/** Of a route's query, for readers: it comes as text. */
export const PAGING_QUERY = {
  limit: { type: "integer", minimum: 1, maximum: PAGE.maxLimit, default: PAGE.limit },
  offset: { type: "integer", minimum: 0, maximum: PAGE.maxOffset, default: 0 },
  cursor: Cursor,
} as const;

export type AskedPage = { readonly limit: number; readonly offset: number; readonly cursor?: string };

export const readPage = (query: object): AskedPage | Refusal<"INVALID_REQUEST"> => {
  const asked = (name: string): unknown => Reflect.get(query, name);
  const limit = wholeNumber(asked("limit") ?? String(PAGE.limit), 1, PAGE.maxLimit);
  if (limit === null) return invalid("limit");
  const offset = wholeNumber(asked("offset") ?? "0", 0, PAGE.maxOffset);
  if (offset === null) return invalid("offset");
  const cursor = asked("cursor");
  if (cursor === undefined) return { limit, offset };
  return isCursor(cursor) ? { limit, offset, cursor } : invalid("cursor");
};

/** A parameter of a query or a path. One that is given twice has no meaning, and is none that was given rightly. */
export const parameterOf = (given: unknown, name: string): string | undefined => {
  const value: unknown = Reflect.get(given as object, name);
  return Array.isArray(value) ? "" : typeof value === "string" ? value : undefined;
};

/** Decimal digits as we write them ourselves. */
export const wholeNumber = (value: unknown, least: number, most: number): number | null => {
  if (typeof value !== "string" || !/^(0|[1-9]\d{0,15})$/.test(value)) return null;
  const number = Number(value);
  return number >= least && number <= most ? number : null;
};
