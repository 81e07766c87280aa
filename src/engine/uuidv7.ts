/**
 * Ids that rise with time (RFC 9562, version 7), for rows that are found by an id which others see. Rows made together
 * stand together in every index, so that an insert meets pages that are in memory, whatever the size of the table.
 */
import { createRandomDraw } from "../kernel/index.ts";

/** Beside the time: 12 bits that count within a millisecond, and 62 random ones, which nobody guesses. */
const COUNTER_LIMIT = 0x1000;
/** A millisecond begins to count somewhere in the lower half. */
const COUNTER_START_MASK = 0x7ff;
const RANDOM_BYTES = 8;

export type UuidV7 = () => string;

/** Each id that it returns is greater than the one before it, also when the clock is set back. */
export const createUuidV7 = (clock: () => number = Date.now): UuidV7 => {
  const draw = createRandomDraw(RANDOM_BYTES);
  let last = 0;
  let counter = 0;

  return () => {
    const random = draw();
    const now = clock();
    counter++;
    if (now > last || counter === COUNTER_LIMIT) {
      last = Math.max(now, last + 1);
      counter = random.readUInt16BE(0) & COUNTER_START_MASK;
    }
    const time = last.toString(16).padStart(12, "0");
    const count = counter.toString(16).padStart(3, "0");
    const [variant, rest] = [(8 + (random.readUInt8(0) >> 6)).toString(16), random.toString("hex")];
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${rest.slice(1, 4)}-${rest.slice(4)}`;
  };
};

export const uuidv7: UuidV7 = createUuidV7();
