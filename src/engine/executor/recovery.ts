/**
 * What becomes of a batch that failed. Nothing of it was done, unless the failure says that this is not known; so each
 * of its commands runs again alone, and one that cannot be done costs no other its answer.
 */
import { StoreFailure, Unavailable } from "../failures.ts";
import type { Observer } from "./observer.ts";
import type { Places } from "./places.ts";
import type { Task } from "./task.ts";
import type { Transact } from "./transact.ts";

type Deps = {
  readonly places: Places;
  readonly transact: Transact;
  readonly observer: Observer | undefined;
};

export type Recover = (tasks: readonly Task[], error: unknown) => Promise<void>;

export const createRecovery = ({ places, transact, observer }: Deps): Recover => {
  /** @param again whether another node's row stopped it once already */
  const runAlone = async (task: Task, again: boolean): Promise<void> => {
    if (!places.isTimely(task)) return;
    task.state = "running";
    const failed = await transact([task], "brief");
    if (failed !== null) await recoverOne(task, failed.error, again);
  };

  const recoverOne = async (task: Task, error: unknown, again: boolean): Promise<void> => {
    const kind = kindOf(error);
    // Another node made a row that no lock could guard yet: the second time it is seen.
    if (kind === "conflict" && !again) await runAlone(task, true);
    else places.settle(task, { fault: lostFault(error) ?? (kind === "contention" ? busy(error) : causeOf(error)) });
  };

  const runOneByOne = async (tasks: readonly Task[]): Promise<void> => {
    observer?.fellBack(tasks.length);
    for (const task of tasks) if (task.state !== "done") task.state = "queued";
    for (const task of tasks) await runAlone(task, false);
  };

  return async (tasks, error) => {
    const [only, ...others] = tasks;
    const fault = lostFault(error);
    if (fault !== undefined) for (const task of tasks) places.settle(task, { fault });
    else if (only !== undefined && others.length === 0) await recoverOne(only, error, false);
    else await runOneByOne(tasks);
  };
};

const kindOf = (error: unknown) => (error instanceof StoreFailure ? error.kind : "bug");

const causeOf = (error: unknown): unknown => (error instanceof StoreFailure ? error.cause : error);

const busy = (error: unknown) => new Unavailable("BUSY", error);

/** Of a failure after which running again is of no use: there is no connection, or it may have been done. */
const lostFault = (error: unknown): Unavailable | undefined => {
  const kind = kindOf(error);
  if (kind === "unknown") return new Unavailable("OUTCOME_UNKNOWN", error);
  if (kind === "disconnected") return new Unavailable("OVERLOADED", error);
  return undefined;
};
