/** The market as strangers see it. */
export * from "./changes.ts";
export * from "./page-cache.ts";
