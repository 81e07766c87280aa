/** JSON objects as the signatures' parser gives and takes them: numbers stay as they were written. */
import { isMembers, type JsonMembers, type JsonValue, parseJson } from "../../src/jws/index.ts";

/** What is undefined is left out. */
export const members = (given: Readonly<Record<string, JsonValue | undefined>>): JsonMembers =>
  new Map(Object.entries(given).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));

/** Null for what is no JSON object. */
export const readMembers = (text: string): JsonMembers | null => {
  try {
    const value = parseJson(text);
    return isMembers(value) ? value : null;
  } catch {
    return null;
  }
};

/** A member that is a text, or an empty one. */
export const textOf = (from: JsonMembers, name: string): string => {
  const value = from.get(name);
  return typeof value === "string" ? value : "";
};

/** A member that is an object, or an empty one. */
export const objectOf = (from: JsonMembers, name: string): JsonMembers => {
  const value = from.get(name);
  return isMembers(value) ? value : new Map();
};
