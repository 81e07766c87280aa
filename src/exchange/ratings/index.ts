/** Ratings: stars and a comment for the other side of a completed order. */
export * from "./queries.ts";
export * from "./rate-order.ts";
export * from "./schemas.ts";
