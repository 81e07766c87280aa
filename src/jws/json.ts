/**
 * Strict JSON. JSON.parse takes the last of two members of one name, and turns numbers into floats; two readers who
 * differ in either can be shown two payments under one signature. Here a text has one meaning or none, and a number
 * stays as it was written.
 */

/** A number as it was written: never through a float. */
export type JsonNumber = { readonly number: string };
/** In the order as written. A map, not an object: `__proto__` is a name like any other. */
export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = string | boolean | null | JsonNumber | readonly JsonValue[] | JsonObject;

/** Says what is wrong and where (offset in UTF-16 units), never the content: that holds phones and accounts. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
  constructor(what: string, offset: number) {
    super(`${what} at offset ${offset}`);
  }
}

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;
export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
export const isNumber = (value: JsonValue | undefined): value is JsonNumber =>
  typeof value === "object" && value !== null && !isJsonObject(value) && !isList(value);

/** Orders have three levels. The parser calls itself once per level, and so do those who walk over what it gives. */
const MAX_DEPTH = 16;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

type Cursor = { readonly text: string; at: number };

/** Steps over blanks. @returns the character there, undefined at the end */
const readFixed = (cursor: Cursor): string | undefined => {
  for (;;) {
    const char = cursor.text[cursor.at];
    if (char !== " " && char !== "\n" && char !== "\r" && char !== "\t") return char;
    cursor.at++;
  }
};

const readEscape = (cursor: Cursor): string => {
  const start = cursor.at;
  const letter = cursor.text.charAt(start + 1);
  if (letter === "u") {
    const digits = cursor.text.slice(start + 2, start + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonFault("an escape that does not exist", start);
    cursor.at = start + 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  const meant = ESCAPES.get(letter);
  if (meant === undefined) throw new JsonFault("an escape that does not exist", start);
  cursor.at = start + 2;
  return meant;
};

/** Up to a quotation mark, a backslash, or what must not be in a string. */
const readPlain = (cursor: Cursor): string => {
  const start = cursor.at;
  while (cursor.at < cursor.text.length) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code < 0x20 || code === 0x22 || code === 0x5c) break;
    cursor.at++;
  }
  return cursor.text.slice(start, cursor.at);
};

const readString = (cursor: Cursor): string => {
  const start = cursor.at;
  cursor.at++;
  let content = readPlain(cursor);
  while (cursor.text[cursor.at] === "\\") content += readEscape(cursor) + readPlain(cursor);
  if (cursor.at >= cursor.text.length) throw new JsonFault("a string without an end", start);
  if (cursor.text[cursor.at] !== '"') throw new JsonFault("a control character in a string", cursor.at);
  cursor.at++;
  // UTF-8 has no lone surrogates, PostgreSQL no U+0000: what cannot be kept as it came is not taken.
  if (!content.isWellFormed()) throw new JsonFault("a lone surrogate in a string", start);
  if (content.includes("\u0000")) throw new JsonFault("U+0000 in a string", start);
  return content;
};

const readNumber = (cursor: Cursor): JsonNumber => {
  NUMBER.lastIndex = cursor.at;
  const number = NUMBER.exec(cursor.text)?.[0];
  if (number === undefined) throw new JsonFault("no JSON value", cursor.at);
  cursor.at += number.length;
  return { number };
};

const readWord = <T extends true | false | null>(cursor: Cursor, word: T): T => {
  if (!cursor.text.startsWith(String(word), cursor.at)) throw new JsonFault("no JSON value", cursor.at);
  cursor.at += String(word).length;
  return word;
};

/** Steps over the bracket that opens a list or an object. @returns whether the next one closes it again */
const enter = (cursor: Cursor, depth: number, end: string): boolean => {
  if (depth > MAX_DEPTH) throw new JsonFault("nesting too deep", cursor.at);
  cursor.at++;
  if (readFixed(cursor) !== end) return false;
  cursor.at++;
  return true;
};

/** Steps over what stands after an item. @returns whether it was the last one */
const leave = (cursor: Cursor, end: string): boolean => {
  const char = readFixed(cursor);
  if (char !== "," && char !== end) throw new JsonFault("neither a comma nor the end", cursor.at);
  cursor.at++;
  return char === end;
};

const readList = (cursor: Cursor, depth: number): readonly JsonValue[] => {
  const items: JsonValue[] = [];
  let done = enter(cursor, depth, "]");
  while (!done) {
    items.push(readValue(cursor, depth));
    done = leave(cursor, "]");
  }
  return items;
};

const readMembers = (cursor: Cursor, depth: number): JsonObject => {
  const members = new Map<string, JsonValue>();
  let done = enter(cursor, depth, "}");
  while (!done) {
    if (readFixed(cursor) !== '"') throw new JsonFault("no member name", cursor.at);
    const start = cursor.at;
    const name = readString(cursor);
    if (members.has(name)) throw new JsonFault("a second member of the same name", start);
    if (readFixed(cursor) !== ":") throw new JsonFault("no colon after a member name", cursor.at);
    cursor.at++;
    members.set(name, readValue(cursor, depth));
    done = leave(cursor, "}");
  }
  return members;
};

/** @param depth how many lists and objects are around the value */
const readValue = (cursor: Cursor, depth: number): JsonValue => {
  switch (readFixed(cursor)) {
    case '"':
      return readString(cursor);
    case "{":
      return readMembers(cursor, depth + 1);
    case "[":
      return readList(cursor, depth + 1);
    case "t":
      return readWord(cursor, true);
    case "f":
      return readWord(cursor, false);
    case "n":
      return readWord(cursor, null);
    default:
      return readNumber(cursor);
  }
};

/**
 * RFC 8259 strictly: no second member of one name (as it reads after unescaping), no lone surrogate or U+0000 in names
 * or strings, at most 16 levels, no byte order mark, nothing after the value.
 *
 * @throws JsonFault
 */
export const parseJson = (text: string): JsonValue => {
  // Before strings are read: half a pair as it is and half as an escape would make a whole one.
  if (!text.isWellFormed()) throw new JsonFault("a lone surrogate", text.search(/\p{Surrogate}/u));
  const cursor = { text, at: 0 };
  const value = readValue(cursor, 0);
  if (readFixed(cursor) !== undefined) throw new JsonFault("text after the value", cursor.at);
  return value;
};

type Members = readonly (readonly [string, JsonValue])[];

const asGiven = (members: JsonObject): Members => [...members];
/** By UTF-16 units, as RFC 8785 has it. */
const byName = (members: JsonObject): Members => [...members].sort(([a], [b]) => (a < b ? -1 : 1));

const spellNumber = ({ number }: JsonNumber): string => {
  NUMBER.lastIndex = 0;
  // A bug of ours: written as it is, it could add members to what we sign.
  if (NUMBER.exec(number)?.[0] !== number) throw new Error("a number that is not written as JSON writes numbers");
  return number;
};

const spell = (value: JsonValue, arrange: (members: JsonObject) => Members): string => {
  if (isNumber(value)) return spellNumber(value);
  if (isList(value)) return `[${value.map((item) => spell(item, arrange)).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = arrange(value).map(([name, member]) => `${JSON.stringify(name)}:${spell(member, arrange)}`);
  return `{${members.join(",")}}`;
};

/** No blanks, members in their order, numbers as written. */
export const writeJson = (value: JsonValue): string => spell(value, asGiven);

/** For fingerprints: one spelling per content, members sorted. `1.0` and `1.00` differ, for amounts are echoed as written. */
export const canonicalJson = (value: JsonValue): string => spell(value, byName);
