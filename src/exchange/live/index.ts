/** Live updates and notifications: what concerns a reader, as the feed tells it. */
export { countUnseen } from "./notifications.ts";
export { readerOf } from "./show.ts";
export { createTellSecurity, type TellSecurity } from "./tell-security.ts";
