/**
 * Texts from outside: what they may hold is said here once. A schema names one of these formats, so that what validates is
 * what the documents say. Each check is linear in the text's length.
 */

/** Longer names in an answer would only give a caller its own noise back. */
const MAX_POINTER = 200;

/** PostgreSQL has no U+0000 in texts, and UTF-8 no lone surrogates. */
export const isSoundText = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

/** Anything that leaves a mark on a screen; the braille pattern without dots is the one symbol that leaves none. */
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Zero-width characters alone are blank, too. */
export const isBlank = (text: string): boolean => !VISIBLE.test(text);

/** Controls, line ends, bidirectional and zero-width characters: with them one text looks like another. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** What is read at one glance and told from others by its look: a name, a card's number. */
export const isLine = (text: string): boolean => isSoundText(text) && !DECEPTIVE.test(text) && !isBlank(text);

const EACH_DECEPTIVE = new RegExp(DECEPTIVE, "gu");

/** The same without what a line may not hold; blank when nothing is left. */
export const toLine = (text: string): string => text.toWellFormed().replaceAll(EACH_DECEPTIVE, "").trim();

type Format = { readonly accepts: (text: string) => boolean; readonly fault: string };

/** By the name that stands as `format` in a schema. */
export const TEXT_FORMATS = {
  /** May be empty, or of several lines. */
  text: { accepts: isSoundText, fault: "holds a character that is not allowed" },
  /** Says something: a message, a reason. */
  prose: {
    accepts: (text) => isSoundText(text) && !isBlank(text),
    fault: "must not be blank; zero-width characters alone are blank",
  },
  line: {
    accepts: isLine,
    fault: "must not be blank, nor hold control, bidirectional or zero-width characters",
  },
} as const satisfies Readonly<Record<string, Format>>;

export type TextFormat = keyof typeof TEXT_FORMATS;

/** RFC 6901. */
export const pointerTo = (path: readonly (string | number)[]): string =>
  cut(path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""));

/** Never ends within a surrogate pair. */
export const cut = (text: string): string =>
  (text.length <= MAX_POINTER ? text : text.slice(0, MAX_POINTER)).toWellFormed();
