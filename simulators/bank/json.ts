/** JSON objects as the signatures' parser gives and takes them: numbers stay as they were written. */
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../src/jws/index.ts";

/** What is undefined is left out. */
export const jsonObject = (given: Readonly<Record<string, JsonValue | undefined>>): JsonObject =>
  new Map(Object.entries(given).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));

/** Null for what is no JSON object. */
export const parseObject = (text: string): JsonObject | null => {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
};

/** A member that is a text, or an empty one. */
export const stringMember = (from: JsonObject, name: string): string => {
  const value = from.get(name);
  return typeof value === "string" ? value : "";
};

/** A member that is an object, or an empty one. */
export const objectMember = (from: JsonObject, name: string): JsonObject => {
  const value = from.get(name);
  return isJsonObject(value) ? value : new Map();
};
