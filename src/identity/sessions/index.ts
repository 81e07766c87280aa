/** Sessions: secrets in cookies, what every node remembers of them, and how they end everywhere. */
export {
  beginSession,
  endOthers,
  endSessionOf,
  forgetSessions,
  isSessionOf,
  lockPerson,
  newSecret,
  renewSession,
  type Whence,
} from "./begin.ts";
export { forgetChanges, noteChange } from "./changes.ts";
export { deviceOf } from "./devices.ts";
export { createHearing, type Hearing } from "./hearing.ts";
export { createSessionRegistry, type SessionRegistry } from "./registry.ts";
export { hashOf } from "./rows.ts";
