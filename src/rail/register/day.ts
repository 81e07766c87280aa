/** A day of the books, in UTC, and whether anything can still be added to it. */
import { DAY, type Instant, instant, MINUTE } from "../../kernel/index.ts";
import { parseInstant } from "../parsers/index.ts";

/** @property until not part of it */
export type Day = { readonly date: string; readonly from: Instant; readonly until: Instant };

/** Whatever was decided before midnight is committed by then: nobody waits for as long. */
const CLOSES_AFTER = MINUTE;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const parseDay = (text: string | undefined): Day | null => {
  const from = text !== undefined && DATE.test(text) ? parseInstant(`${text}T00:00:00Z`) : null;
  return text === undefined || from === null ? null : { date: text, from, until: instant(from + DAY) };
};

export const isFinal = ({ until }: Day, now: Instant): boolean => now >= until + CLOSES_AFTER;

/** @returns whether it has not begun */
export const isAhead = ({ from }: Day, now: Instant): boolean => now < from;
