/** Ratings. */
export * from "./rate-order.ts";
