/** Random bytes for what is drawn many times for each request: asking the system for each costs more than the rest of it. */
import { randomFillSync } from "node:crypto";

/** Drawn from the system at once. */
const DRAWS = 256;

/** @returns a draw of so many bytes, which nobody guesses and which holds until the next draw */
export const createRandomDraw = (bytes: number): (() => Buffer) => {
  const pool = Buffer.alloc(DRAWS * bytes);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
};
