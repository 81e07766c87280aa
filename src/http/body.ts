/** Request bodies: strict JSON within bounds, and the one canonical spelling that fingerprints are taken of. */
import { isUtf8 } from "node:buffer";
import { type Issue, invalid } from "./errors.ts";
import { isSoundText, pointerTo } from "./text.ts";

/** Larger than any request of ours by far: the longest, an ad with all its texts, has some 20 KiB. */
export const BODY_LIMIT = 64 * 1_024;
/** Ours have three levels. Deep nesting overflows stacks further down. */
const MAX_DEPTH = 16;

export type JsonObject = { readonly [name: string]: unknown };

const refuseBody = (pointer: string, message: string): never => {
  throw invalid([{ in: "body", pointer, message } satisfies Issue]);
};

/** Holds for everything inside, names too: no U+0000, no lone surrogate, no `__proto__`, no endless nesting. */
const inspect = (value: unknown, path: readonly (string | number)[]): void => {
  if (typeof value === "string") {
    if (!isSoundText(value)) refuseBody(pointerTo(path), "holds a character that is not allowed");
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (path.length >= MAX_DEPTH) refuseBody(pointerTo(path), "is nested too deeply");
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      if (typeof item === "string" || typeof item === "object") inspect(item, [...path, index]);
    });
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (!isSoundText(name)) refuseBody(pointerTo(path), "has a member whose name is not allowed");
    if (name === "__proto__") refuseBody(pointerTo([...path, name]), "is not a known member");
    if (typeof member === "string") {
      if (!isSoundText(member)) refuseBody(pointerTo([...path, name]), "holds a character that is not allowed");
    } else if (typeof member === "object") inspect(member, [...path, name]);
  }
};

/** The object that a request carries. Nothing at all is an empty one. */
export const parseBody = (bytes: Buffer): JsonObject => {
  if (bytes.length === 0) return {};
  if (!isUtf8(bytes)) refuseBody("", "is not UTF-8");
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    // Not the parser's own words: they quote the body, and bodies hold payment details.
    return refuseBody("", "is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuseBody("", "must be an object");
  inspect(value, []);
  return value as JsonObject;
};

/** One spelling per content: members sorted, no blanks. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
};
