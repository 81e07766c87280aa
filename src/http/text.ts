/** Longer names in an answer would only give a caller its own noise back. */
const MAX_POINTER = 200;

/** PostgreSQL has no U+0000 in texts, and UTF-8 no lone surrogates. */
export const isSoundText = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

/** RFC 6901. */
export const pointerTo = (path: readonly (string | number)[]): string =>
  cut(path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""));

/** Never ends within a surrogate pair. */
export const cut = (text: string): string =>
  (text.length <= MAX_POINTER ? text : text.slice(0, MAX_POINTER)).toWellFormed();
