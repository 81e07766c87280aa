/** The limits of the executor: how much it queues, how long a command waits, and how long an idempotency key is kept. */
import { DAY, SECOND } from "../../kernel/index.ts";

export const LIMITS = {
  /** Commands in one transaction. Larger ones were no faster and lengthen every lock. */
  batch: 256,
  /** Commands waiting or under way on this node: about a second's work, so that waiting longer would be in vain. */
  queue: 8_192,
  /** Commands of one caller among them while half of the places are free, so that nobody fills the queue alone. */
  perCaller: 128,
  /** A command not begun by then is not begun at all. */
  deadlineMs: 5 * SECOND,
  /** How long an idempotency key is remembered. */
  keyLifetimeMs: DAY,
} as const;

export type Limits = { readonly [Limit in keyof typeof LIMITS]: number };
