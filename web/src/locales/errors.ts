/** What sentences about errors are given: figures of the answer's details, ready to be read; absent ones are dashes. */
import type { ErrorCode } from "@parley/client";

export type ErrorFacts = {
  readonly min: string;
  readonly max: string;
  readonly left: string;
  readonly required: string;
  readonly deposited: string;
  readonly toWager: string;
  readonly available: string;
  readonly owed: string;
  readonly order: string;
  /** How long to wait: "12 seconds". */
  readonly wait: string;
  /** Why, as the server says it: of what only it can judge. */
  readonly fault: string;
};

/** What the browser, or whoever sits before it, says no with: the server has not been asked. */
export type BrowserCode = "PASSKEY_NOT_GIVEN" | "PASSKEY_HERE_ALREADY";

/** A sentence for every code of the registries: what happened, whether money moved, what to do. */
export type ErrorSentences = Readonly<Record<ErrorCode | BrowserCode, string | ((facts: ErrorFacts) => string)>>;
