/** Instants are whole milliseconds since 1970 UTC; inside the rules they come from the database alone. */

declare const instantBrand: unique symbol;

export type Instant = number & { readonly [instantBrand]: true };

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const instant = (milliseconds: number): Instant => milliseconds as Instant;

/** @param milliseconds may be negative */
export const after = (start: Instant, milliseconds: number): Instant => (start + milliseconds) as Instant;

/** RFC 3339, UTC, with milliseconds. */
export const toRfc3339 = (at: Instant): string => new Date(at).toISOString();

export const toRfc3339OrNull = (at: Instant | null): string | null => (at === null ? null : toRfc3339(at));
