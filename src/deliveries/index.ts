/** What is sent to others' servers. See ARCHITECTURE.md, "Deliveries". */
export * from "./deliveries.ts";
export { letters, outbox, sendAgain } from "./letters.ts";
export { type Answered, type Outbound, post } from "./post.ts";
export { hostOf, isPrivate, isPrivateHost } from "./public-address.ts";
export { backOffMs } from "./send.ts";
export { DELIVERY_LIMITS, type Delivery, type Queued } from "./take.ts";
export * from "./types.ts";
