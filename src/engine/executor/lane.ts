/** Takes whatever became ready while the last batch was out and runs it: no timer, one batch at a time. */
import type { Limits } from "./limits.ts";
import type { Observer } from "./observer.ts";
import type { Places } from "./places.ts";
import type { Recover } from "./recovery.ts";
import type { Task } from "./task.ts";
import type { Transact } from "./transact.ts";

type Deps = {
  readonly limits: Limits;
  readonly places: Places;
  readonly transact: Transact;
  readonly recover: Recover;
  readonly observer: Observer | undefined;
};

/** Where a task that is routed waits for its batch. */
export type Lane = { add(task: Task): void };

export const createLane = ({ limits, places, transact, recover, observer }: Deps): Lane => {
  const queue: Task[] = [];
  let running = false;

  const takeBatch = (): readonly Task[] => {
    const tasks = queue.splice(0, limits.batch).filter(places.isTimely);
    for (const task of tasks) task.state = "running";
    return tasks;
  };

  const runBatch = async (tasks: readonly Task[]): Promise<void> => {
    const started = performance.now();
    for (const task of tasks) observer?.waited(started - task.submitted);
    const failed = await transact(tasks, "usual");
    if (failed !== null) await recover(tasks, failed.error);
    observer?.batch(tasks.length, performance.now() - started);
  };

  const run = async () => {
    running = true;
    // Submissions of the same turn of the event loop belong in one batch.
    await Promise.resolve();
    while (queue.length > 0) {
      const tasks = takeBatch();
      if (tasks.length > 0) await runBatch(tasks);
    }
    running = false;
  };

  return {
    add(task) {
      task.state = "queued";
      queue.push(task);
      if (!running) void run();
    },
  };
};
