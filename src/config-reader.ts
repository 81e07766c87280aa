/**
 * How variables are read: by their name, or from the file that `NAME_FILE` names, as secrets are handed to containers and
 * units. It remembers which names were asked for, so that nothing else has to list them.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What paths are relative to, wherever one stands. */
export const CHECKOUT = join(import.meta.dirname, "..");

const FILE = "_FILE";
/** Of a value in a file. */
const MAX_VALUE_LENGTH = 64 * 1_024;

export type Environment = Readonly<Record<string, string | undefined>>;

export type Reader = {
  /** The value without surrounding blanks; empty counts as not set. */
  text(name: string): string | null;
  /** Those that are set, of all whose names begin so. */
  named(prefix: string): readonly string[];
  integer(name: string, fallback: number, min: number, max: number): number;
  choice<Value extends string>(name: string, allowed: readonly Value[], fallback: Value): Value;
  fault(sentence: string): void;
  /** Every name that was asked for. */
  readonly asked: ReadonlySet<string>;
};

/** Null: a fault was told of. @param name of the variable that names the file */
const readValue = (name: string, path: string, fault: Reader["fault"]): string | null => {
  const allowed = "allowed is the path of a file that holds the value and nothing else";
  try {
    const value = readFileSync(resolve(CHECKOUT, path), "utf8").trim();
    if (value !== "" && value.length <= MAX_VALUE_LENGTH) return value;
    fault(`${name} is "${path}", which is ${value === "" ? "empty" : "too long"}; ${allowed}`);
  } catch (error) {
    fault(`${name} is "${path}", which cannot be read (${Reflect.get(Object(error), "code")}); ${allowed}`);
  }
  return null;
};

export const createReader = (env: Environment, faults: string[]): Reader => {
  const known = new Map<string, string | null>();
  const fault = (sentence: string): void => {
    faults.push(sentence);
  };

  const given = (name: string): string | null => env[name]?.trim() || null;

  const look = (name: string): string | null => {
    const [value, path] = [given(name), given(`${name}${FILE}`)];
    if (value !== null && path !== null) fault(`${name} and ${name}${FILE} are both set; allowed is one of them`);
    return value === null && path !== null ? readValue(`${name}${FILE}`, path, fault) : value;
  };

  const text = (name: string): string | null => {
    const value = known.get(name);
    if (value !== undefined) return value;
    const found = look(name);
    known.set(name, found);
    return found;
  };

  return {
    fault,
    text,
    get asked() {
      return new Set(known.keys());
    },
    named: (prefix) => Object.keys(env).filter((name) => name.startsWith(prefix) && given(name) !== null),
    integer(name, fallback, min, max) {
      const found = text(name);
      if (found === null) return fallback;
      const value = /^\d{1,15}$/.test(found) ? Number(found) : Number.NaN;
      if (value >= min && value <= max) return value;
      fault(`${name} is "${found}"; allowed is a whole number from ${min} to ${max}`);
      return fallback;
    },
    choice(name, allowed, fallback) {
      const found = text(name);
      if (found === null) return fallback;
      const value = allowed.find((candidate) => candidate === found);
      if (value === undefined) fault(`${name} is "${found}"; allowed is ${allowed.join(", ")}`);
      return value ?? fallback;
    },
  };
};
