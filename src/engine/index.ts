/** Every write is a command; this runs them. See ARCHITECTURE.md, "The engine". */

export { type Clock, type MaintenanceTask, startClock } from "./clock.ts";
export { column, type RowOfColumns } from "./column.ts";
export {
  type Command,
  type Decision,
  defineCommandsWith,
  type Moment,
  type Routes,
  type State,
  unchanged,
} from "./command.ts";
export {
  createDeadlineWorker,
  type DeadlineResult,
  type Deadlines,
  MET,
  NOT_DUE,
  submitAll,
  type WorkerDeps,
} from "./deadlines.ts";
export { type DeclaredEvent, defineEvents, type Event } from "./events.ts";
export { createExecutor, type Executor, type Terms } from "./executor/executor.ts";
export { LIMITS, type Limits } from "./executor/limits.ts";
export type { Observer } from "./executor/observer.ts";
export type { Answer } from "./executor/task.ts";
export { StoreFailure, Unavailable, UnnamedRow } from "./failures.ts";
export {
  COPIES,
  copiesIn,
  copiesOf,
  type EventCopy,
  type EventRow,
  expandRow,
  ROW_COLUMNS,
} from "./feed/event-rows.ts";
export { type Feed, openFeed } from "./feed/feed.ts";
export { type FeedEvent, type Place, readPlace } from "./feed/place.ts";
export { forgetClaims } from "./forget-claims.ts";
export { createMemoryStore, type MemoryStore } from "./memory/store.ts";
export { demandPartition, partitionRolling, type RollOptions, rollPartitions } from "./partitions.ts";
export { type Connecting, createPool } from "./postgres/pool.ts";
export { columnName } from "./postgres/shapes.ts";
export { createPostgresStore } from "./postgres/store.ts";
export { type Changed, follow, type Projection } from "./projections.ts";
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
export { type Patience, TIMEOUTS, type Timeouts } from "./timeouts.ts";
export { createTrigger, type Trigger } from "./trigger.ts";
export { createUuidV7, type UuidV7, uuidv7 } from "./uuidv7.ts";
