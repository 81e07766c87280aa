/** Ads: posting, changing and withdrawing standing offers, and whether one may be taken. */
export * from "./create-ad.ts";
export * from "./delete-ad.ts";
export * from "./due.ts";
export * from "./edit-ad.ts";
export * from "./lift-strikes.ts";
export * from "./queries.ts";
export * from "./rules.ts";
export * from "./schemas.ts";
export * from "./taking.ts";
export * from "./views.ts";
