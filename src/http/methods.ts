/** The methods of routes: which of them write, and which of them a path takes. */
import type { RouteOptions } from "fastify";

const WRITES: readonly string[] = ["POST", "PUT", "PATCH", "DELETE"];

export const isWrite = (method: string): boolean => WRITES.includes(method);

export type PathMethods = {
  /** Told of each route once. */
  note(route: Pick<RouteOptions, "method" | "url">): void;
  /** The methods that a path takes, in one order; none when it leads nowhere. */
  of(path: string): readonly string[];
};

/** Asked for wrong paths alone, so that going through all patterns is good enough. */
export const createPathMethods = (): PathMethods => {
  const patterns = new Map<string, { readonly steps: readonly string[]; readonly methods: Set<string> }>();
  return {
    note({ method, url }) {
      const known = patterns.get(url) ?? { steps: url.split("/"), methods: new Set() };
      patterns.set(url, known);
      for (const each of [method].flat()) known.methods.add(each);
    },
    of(path) {
      const steps = path.split("/");
      const found = new Set<string>();
      for (const { steps: pattern, methods } of patterns.values())
        if (leadsTo(pattern, steps)) for (const method of methods) found.add(method);
      return [...found].sort();
    },
  };
};

const leadsTo = (pattern: readonly string[], steps: readonly string[]): boolean => {
  const rest = pattern.at(-1) === "*" ? pattern.length - 1 : null;
  if (rest === null ? pattern.length !== steps.length : steps.length < rest) return false;
  return pattern.every((step, index) => index === rest || fits(step, steps[index] ?? ""));
};

const fits = (step: string, given: string): boolean => (step.startsWith(":") ? given !== "" : step === given);
