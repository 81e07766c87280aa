/** The database itself: the embedded server, its schema, the pool that reads. */

export { type Audit, type Check, type Finding, runChecks } from "./audit.ts";
export * from "./embedded.ts";
export * from "./migrate.ts";
export * from "./read-pool.ts";
export { type PageQuery, page, rowOf, type Selection, select } from "./rows.ts";
