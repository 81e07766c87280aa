/**
 * How long the engine waits for its database, in milliseconds. The defaults are what the product promises by; a test
 * that promises something else gives others, so that a machine with much to do cannot break it.
 */
import { SECOND } from "../kernel/index.ts";
import type { Limits } from "./executor/limits.ts";

export const TIMEOUTS = {
  /** A gate held elsewhere for longer makes the batch run one by one. */
  lockMs: SECOND / 2,
  /** For one statement; shorter than what a caller waits. */
  statementMs: 5 * SECOND,
  /** A node that stops in the middle of a batch holds others up for no longer. */
  idleMs: 2 * SECOND,
  /** Longer than a statement may take: only a lost peer is silent for so long. */
  roundMs: 7 * SECOND,
  /** Shorter than what a caller waits: whoever could not be connected is told that nothing was done. */
  connectMs: 3 * SECOND,
  /** For a read that routes a command. */
  routeMs: 2 * SECOND,
} as const;

export type Timeouts = { readonly [Wait in keyof typeof TIMEOUTS]: number };

/** What somebody else than the defaults may say: those, and how long a caller waits. */
export type Patience = Partial<Timeouts & Pick<Limits, "deadlineMs">>;
