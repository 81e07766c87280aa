/** Standing offers. */
export * from "./create-ad.ts";
export * from "./delete-ad.ts";
export * from "./edit-ad.ts";
export * from "./queries.ts";
export * from "./rules.ts";
export * from "./schemas.ts";
export * from "./views.ts";
