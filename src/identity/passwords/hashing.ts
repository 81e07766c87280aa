/**
 * Hashing passwords: memory-hard, off the event loop, a few at a time. Whoever asks for more waits in a short line, and
 * beyond its end is turned away, so that signing in cannot stop the server.
 */
import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { RefusedError } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";

/** Argon2id with 19 MiB and two passes, OWASP's least: some 15 ms of one core. */
const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Of four threads that files, pictures and names need as well. */
const AT_ONCE = 2;
/** Half a second's work: who comes later is told to come again. */
const MAX_WAITING = 64;
const RETRY_AFTER_SECONDS = 1;

export type Hashing = {
  /** @throws RefusedError OVERLOADED */
  hash(password: string): Promise<string>;
  /** @param stored null where there is nothing to compare with: takes as long @throws RefusedError OVERLOADED */
  verify(stored: string | null, password: string): Promise<boolean>;
};

/** The same characters, however a keyboard composed them. */
const normal = (password: string): string => password.normalize("NFKC");

export const createHashing = (): Hashing => {
  let running = 0;
  const waiting: (() => void)[] = [];

  const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) throw new RefusedError(refuse("OVERLOADED"), RETRY_AFTER_SECONDS);
      // Whoever leaves hands its place on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };

  /** Of nobody's password, with the same cost. */
  let nobodys: Promise<string> | undefined;
  return {
    hash: (password) => inTurn(() => hash(normal(password), ARGON2)),
    async verify(stored, password) {
      nobodys ??= hash(randomBytes(16), ARGON2);
      const compared = stored ?? (await nobodys);
      const isRight = await inTurn(() => verify(compared, normal(password)));
      return isRight && stored !== null;
    },
  };
};
