/** Sessions: secrets in cookies, what every node remembers of them, and how they end everywhere. */
export {
  beginSession,
  endOthers,
  endSessionOf,
  forgetSessions,
  isSessionOf,
  lockPerson,
  type Renewal,
  renewSession,
  type Whence,
} from "./begin.ts";
export { forgetChanges, noteChange } from "./changes.ts";
export { deviceOf } from "./devices.ts";
export {
  beginHalfSession,
  dropHalfSession,
  endHalfSessions,
  findHalfSession,
  forgetHalfSessions,
  useHalfSession,
} from "./half.ts";
export { createHearing, type Hearing } from "./hearing.ts";
export { createSessionRegistry, type SessionRegistry } from "./registry.ts";
export { hashOf, newSecret } from "./rows.ts";
