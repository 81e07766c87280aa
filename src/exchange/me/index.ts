/** The caller, for a front end. */
export * from "./schemas.ts";
