/** Ratings. */
export * from "./rate-order.ts";
export * from "./schemas.ts";
