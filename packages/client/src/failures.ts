/** Failures that are made here, and the one exception, for those who would rather have it thrown. */
import type { Aborted, AnyFailure, NoAnswer, Result } from "./types.ts";

export const noAnswer = (cause: unknown, key: string | null): NoAnswer => ({
  code: "NO_ANSWER",
  message:
    key === null ? "The server gave no answer." : "The server gave no answer. Repeat with the same key to find out.",
  details: { key, cause },
});

export const aborted = (key: string | null): Aborted => ({
  code: "ABORTED",
  message: "The call was given up.",
  details: { key },
});

/** Thrown by `unwrap`, by pages and by the event stream. */
export class ParleyError<Fault extends AnyFailure = AnyFailure> extends Error {
  readonly failure: Fault;
  readonly code: Fault["code"];
  constructor(failure: Fault) {
    super(`${failure.code}: ${failure.message}`);
    this.name = "ParleyError";
    this.failure = failure;
    this.code = failure.code;
  }
}

/** The answer, or a `ParleyError` thrown. */
export const unwrap = <Answer>(result: Result<Answer, AnyFailure>): Answer => {
  if (result.ok) return result.data;
  throw new ParleyError(result.error);
};
