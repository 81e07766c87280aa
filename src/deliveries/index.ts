/** What is sent to others' servers. See ARCHITECTURE.md, "Deliveries". */
export * from "./deliveries.ts";
export { type Answered, isPrivate } from "./post.ts";
export { backOffMs } from "./send.ts";
export { DELIVERY_LIMITS, type Delivery, type Queued } from "./take.ts";
export * from "./types.ts";
