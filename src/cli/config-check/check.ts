/** What a check is: it looks at one thing, changes nothing, and says that it is well or what to do. */
import { ConfigError } from "../../config.ts";
import { FailedError } from "../../kernel/index.ts";
import { sentenceOf } from "../../trouble.ts";

export type Check = {
  /** What it looks at: a word or a variable. */
  readonly about: string;
  /** @returns what it found @throws FailedError with what to do */
  look(): Promise<string>;
};

export type Finding = { readonly about: string; readonly state: "ok" | "to do" | "unknown"; readonly says: string };

/** One line, whatever it is that went wrong. */
const lineOf = (error: unknown): string => {
  if (error instanceof ConfigError) return error.faults.join("; ");
  const said = sentenceOf(error) ?? (error instanceof Error ? error.message : String(error));
  return said.replaceAll(/\s*\n\s*/g, " ");
};

export const runCheck = async ({ about, look }: Check): Promise<Finding> => {
  try {
    return { about, state: "ok", says: await look() };
  } catch (error) {
    return { about, state: "to do", says: lineOf(error) };
  }
};

/** @throws FailedError unless the condition holds */
export const demand = (holds: boolean, sentence: string): void => {
  if (!holds) throw new FailedError(sentence);
};
