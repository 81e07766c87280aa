/** The database itself: the embedded server, its schema, the pool that reads. */

export * from "./audit/index.ts";
export {
  type GuidPlace,
  guidPlaceOf,
  instantOf,
  type ListQuery,
  listPage,
  NEWEST,
  NEWEST_GUID,
  OLDEST,
  OLDEST_GUID,
  type Place,
  placeOf,
  startingAfter,
  textPage,
  walkedPage,
} from "./cursors.ts";
export * from "./embedded.ts";
export * from "./key-fingerprints.ts";
export * from "./migrate.ts";
export { type Pooling, poolingOf } from "./pooler.ts";
export * from "./purpose.ts";
export { reach } from "./reach.ts";
export { createReadPool, type ReadOptions } from "./read-pool.ts";
export { compareRights, type Grants } from "./rights.ts";
export { type PageQuery, page, rowOf, type Selection, select } from "./rows.ts";
export { createWritePool, transact, type WriteOptions } from "./transactions.ts";
