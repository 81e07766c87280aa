/** Periods of lists: from an instant on, and before another. */
import { Type } from "typebox";
import { type Instant, instant, isRefusal, type Refusal } from "../kernel/index.ts";
import { invalidQuery } from "./issues.ts";
import { Time } from "./schemas.ts";

/** The two members that the query of such a list has. */
export const periodMembers = (what: string) => ({
  from: Type.Optional(Time(`only what ${what} then or later; RFC 3339`)),
  to: Type.Optional(Time(`only what ${what} before then; RFC 3339`)),
});

export type Period = { readonly from?: Instant | undefined; readonly to?: Instant | undefined };

type Asked = { readonly from?: string | undefined; readonly to?: string | undefined };

/** A time that its format lets through may still be none, such as a leap second. */
export const readPeriod = ({ from, to }: Asked): Period | Refusal<"VALIDATION_ERROR"> => {
  const begin = readTime("/from", from);
  if (isRefusal(begin)) return begin;
  const end = readTime("/to", to);
  return isRefusal(end) ? end : { from: begin, to: end };
};

const readTime = (pointer: string, text: string | undefined): Instant | undefined | Refusal<"VALIDATION_ERROR"> => {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? invalidQuery({ pointer, message: "is not a time" }) : instant(at);
};
