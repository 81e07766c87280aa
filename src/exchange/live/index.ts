/** Live updates and notifications: what concerns a reader, as the feed tells it. */
export { countUnseen } from "./notifications.ts";
