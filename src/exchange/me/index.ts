/** The caller's own data that a front end shows on every page. */
export * from "./schemas.ts";
