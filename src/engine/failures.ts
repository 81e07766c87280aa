/** The three ways in which a write can go without an answer of the rules. */

/**
 * OVERLOADED and BUSY: nothing was done. OUTCOME_UNKNOWN: the commit's fate is not known; repeating with the same claim
 * finds out.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly code: "OVERLOADED" | "BUSY" | "OUTCOME_UNKNOWN";
  constructor(code: "OVERLOADED" | "BUSY" | "OUTCOME_UNKNOWN", cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/**
 * `contention`: a row was held elsewhere, nothing was done. `conflict`: a row that was not there when it was looked for
 * has come from elsewhere, nothing was done. `disconnected`: no connection, nothing was done. `unknown`: the commit was
 * sent and its answer lost.
 */
export type FailureKind = "contention" | "conflict" | "disconnected" | "unknown";

export class StoreFailure extends Error {
  override readonly name = "StoreFailure";
  readonly kind: FailureKind;
  constructor(kind: FailureKind, cause?: unknown) {
    super(`store failure: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** A command touched a row it had not named, or one whose gate it did not lock. Always a bug. */
export class UnnamedRow extends Error {
  override readonly name = "UnnamedRow";
  constructor(command: string, what: string) {
    super(`command ${command}: ${what}`);
  }
}
