/** What is sent to others' servers. See ARCHITECTURE.md, "Deliveries". */
export * from "./deliveries.ts";
export { isPrivate } from "./post.ts";
