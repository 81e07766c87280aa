/** Disputes, and what operators do about them. */
export * from "./assign.ts";
export * from "./audit-trail.ts";
export * from "./decide-claim.ts";
export * from "./queries.ts";
export * from "./resolve.ts";
export * from "./schemas.ts";
export * from "./views.ts";
