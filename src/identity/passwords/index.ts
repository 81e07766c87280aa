/** Passwords: what they may be, their hashes, and how often somebody may guess. */
export { type Attempt, type Counted, countAttempts, forgetAttempts, giveBack, look } from "./attempts.ts";
export { findPasswordOf, prepareChange, provePassword, setPassword } from "./change.ts";
export { createHashing, type Hashing } from "./hashing.ts";
export { faultOfPassword, MAX_PASSWORD, MIN_PASSWORD } from "./rules.ts";
