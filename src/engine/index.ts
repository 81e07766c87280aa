/** Every write is a command; this runs them. See ARCHITECTURE.md, "The engine". */

export { type Clock, type MaintenanceTask, startClock } from "./clock.ts";
export { column, type RowOfColumns } from "./column.ts";
export {
  type Command,
  type Decision,
  defineCommandsWith,
  type Event,
  type Moment,
  type Routes,
  type State,
  unchanged,
} from "./command.ts";
export {
  type Answer,
  createExecutor,
  type Executor,
  LIMITS,
  type Limits,
  type Observer,
  type Terms,
} from "./executor.ts";
export { StoreFailure, Unavailable, UnnamedRow } from "./failures.ts";
export { type Feed, type FeedEvent, openFeed, type Place } from "./feed.ts";
export { forgetClaims } from "./forget-claims.ts";
export { createMemoryStore, type MemoryStore } from "./memory-store.ts";
export { columnName } from "./postgres-statements.ts";
export { createPostgresStore } from "./postgres-store.ts";
export type { Claim, Store } from "./store.ts";
export {
  type AnyJournal,
  type AnyTable,
  defineJournal,
  defineSet,
  defineTable,
  type Ref,
  type RowOf,
  type SetRef,
  type Table,
  type Write,
} from "./table.ts";
