/** Ratings. */
export * from "./queries.ts";
export * from "./rate-order.ts";
export * from "./schemas.ts";
