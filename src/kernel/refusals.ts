/**
 * Refusals are values: what the rules say no to is returned, never thrown, so that the compiler makes every caller
 * handle it. Exceptions are left for bugs and broken connections.
 */

/** JSON that a client needs to act: limits, progress of a rule, the current status. */
export type Details = Readonly<Record<string, unknown>>;

export type Refusal<Code extends string = string> = {
  readonly refusal: Code;
  readonly details?: Details;
};

/** Of a list of codes that several rules or commands share. */
export type RefusalOf<Codes extends readonly string[]> = Codes extends readonly (infer Code extends string)[]
  ? Refusal<Code>
  : never;

/** Says no, with one code of a registry. */
export const refuse = <Code extends string>(code: Code, details?: Details): Refusal<Code> =>
  details === undefined ? { refusal: code } : { refusal: code, details };

const MEMBERS: ReadonlySet<string> = new Set<keyof Refusal>(["refusal", "details"]);

/** By all that it holds, not by one name: a row may have something called a refusal, and is none for that. */
export const isRefusal = (outcome: unknown): outcome is Refusal =>
  typeof outcome === "object" &&
  outcome !== null &&
  "refusal" in outcome &&
  Object.keys(outcome).every((member) => MEMBERS.has(member));
