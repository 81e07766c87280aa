/**
 * Reads that go through all of a bank's books: its day, its aliases. They cost as much as the bank is large, so that each
 * bank has a few in a while, and those of all banks together wait for their turn, one of each bank after the other.
 */
import { createCounter } from "../http/index.ts";
import { createTurns, type Refusal, refuse, SECOND } from "../kernel/index.ts";

/** The pool that everybody reads from has more connections. Nobody waits longer for an answer than for any other. */
const TURNS = { atOnce: 2, waitMs: 5 * SECOND } as const;

export const BOOK_REFUSALS = ["RATE_LIMITED", "BUSY"] as const;

export type BookReads = <Result>(
  bank: string,
  read: () => Promise<Result>,
) => Promise<Result | Refusal<(typeof BOOK_REFUSALS)[number]>>;

export const createBookReads = (per10Seconds: number): BookReads => {
  const readsOf = createCounter(per10Seconds);
  const turns = createTurns(TURNS);
  return async (bank, read) => {
    const wait = readsOf.count(bank);
    if (wait !== null) return refuse("RATE_LIMITED", { retry_after_seconds: wait });
    const taken = await turns.take(bank, read);
    return taken === null ? refuse("BUSY") : taken.done;
  };
};
