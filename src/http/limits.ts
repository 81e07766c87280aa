/**
 * How often somebody may call: a user, or an address that no token vouches for. Kept in memory by each node: the limits
 * keep one caller from taking what belongs to all, and need not agree between nodes.
 */
import { LRUCache } from "lru-cache";
import { refuse, SECOND } from "../kernel/index.ts";
import { RefusedError } from "./errors.ts";

/** Short, so that a burst is forgiven soon, and `Retry-After` stays small. */
const WINDOW = 10 * SECOND;
/** Counters kept of each kind. Whoever is pushed out starts anew, so it is more than the callers of any ten seconds. */
const MAX_KEYS = 50_000;

/** Calls in ten seconds. */
export type Rates = {
  /** Of one user. */
  readonly writes: number;
  /** Of one user. */
  readonly reads: number;
  /** Of one address, without a valid token: reads, guesses at tokens, and what leads nowhere. */
  readonly anonymous: number;
};

export const DEFAULT_RATES: Rates = { writes: 600, reads: 3_000, anonymous: 1_200 };

type Window = { count: number; readonly endsAt: number };

export type Counter = {
  /**
   * Counted at once: nothing is awaited between counting and looking, so that a burst is let in up to the limit and not one
   * further. @returns the seconds to wait where there were too many
   */
  count(key: string): number | null;
  /** Takes back what turned out not to count. */
  giveBack(key: string): void;
};

/** So many calls per key and window. */
export const createCounter = (max: number): Counter => {
  // Bounded as a size of one each: given as `max`, room for all of them would be made now, and most nodes never need it.
  const windows = new LRUCache<string, Window>({ maxSize: MAX_KEYS, sizeCalculation: () => 1 });
  return {
    count(key) {
      const now = performance.now();
      const known = windows.get(key);
      const window = known === undefined || known.endsAt <= now ? { count: 0, endsAt: now + WINDOW } : known;
      if (window !== known) windows.set(key, window);
      window.count++;
      return window.count <= max ? null : Math.max(1, Math.ceil((window.endsAt - now) / SECOND));
    },
    giveBack(key) {
      const window = windows.peek(key);
      if (window !== undefined && window.count > 0) window.count--;
    },
  };
};

/** @throws RefusedError RATE_LIMITED */
const enforce = (wait: number | null): void => {
  if (wait !== null) throw new RefusedError(refuse("RATE_LIMITED"), wait);
};

/** @property wasWrong throws RATE_LIMITED: it was one more of the address's calls without a token */
export type Guess = { readonly wasNone: () => void; readonly wasWrong: () => void };

/** All of them throw RATE_LIMITED. */
export type Limits = {
  readonly read: (user: string) => void;
  readonly write: (user: string) => void;
  /** A write that came, whatever becomes of it: its body costs as much when it is refused. */
  readonly attempt: (user: string) => void;
  readonly anonymous: (address: string) => void;
  /**
   * A token that nobody has looked at yet: it counts before it is looked at, and until it is found to be good. Strangers at
   * the same address who only read do not stand in its way.
   */
  readonly guess: (address: string) => Guess;
};

export const createLimits = ({ writes, reads, anonymous }: Rates): Limits => {
  const byReader = createCounter(reads);
  const byWriter = createCounter(writes);
  const byAttempt = createCounter(Math.max(reads, writes));
  const byAddress = createCounter(anonymous);
  const byGuess = createCounter(anonymous);
  return {
    read: (user) => enforce(byReader.count(user)),
    write: (user) => enforce(byWriter.count(user)),
    attempt: (user) => enforce(byAttempt.count(user)),
    anonymous: (address) => enforce(byAddress.count(address)),
    guess(address) {
      enforce(byGuess.count(address));
      return { wasNone: () => byGuess.giveBack(address), wasWrong: () => enforce(byAddress.count(address)) };
    },
  };
};
