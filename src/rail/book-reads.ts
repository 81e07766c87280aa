/**
 * Reads that go through all of a bank's books: its day, its aliases. They cost as much as the bank is large, so that each
 * bank has a few in a while, and those of all banks together wait for their turn.
 */
import { createCounter } from "../http/index.ts";
import { type Refusal, refuse } from "../kernel/index.ts";
import { createTurns } from "./turns.ts";

/** The pool that everybody reads from has more connections. */
const AT_ONCE = 2;

export type BookReads = <Result>(
  bank: string,
  read: () => Promise<Result>,
) => Promise<Result | Refusal<"RATE_LIMITED">>;

export const createBookReads = (per10Seconds: number): BookReads => {
  const readsOf = createCounter(per10Seconds);
  const inTurn = createTurns(AT_ONCE);
  return async (bank, read) => {
    const wait = readsOf.count(bank);
    return wait === null ? inTurn(read) : refuse("RATE_LIMITED", { retry_after_seconds: wait });
  };
};
