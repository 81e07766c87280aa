/**
 * Runs commands in batches, one batch at a time. It takes whatever queued while the last batch was out: no timer, no
 * delay under light load. It promises that every submission is answered, and that an answer given is committed.
 */
import type { Refusal } from "../../kernel/index.ts";
import type { Command } from "../command.ts";
import { StoreFailure, Unavailable } from "../failures.ts";
import { createProjections, type Projection } from "../projections.ts";
import type { Claim, Store } from "../store.ts";
import { createLane } from "./lane.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Observer } from "./observer.ts";
import { createPlaces } from "./places.ts";
import { createRecovery } from "./recovery.ts";
import { nameRows } from "./routing.ts";
import type { Answer, Task } from "./task.ts";
import { createTransact } from "./transact.ts";

export type Terms<Code extends string = string> = {
  /** Whose place in the queue it takes. */
  readonly caller: string;
  /** Looked at in this order: the first that was used before answers. */
  readonly claims?: readonly Claim<Code>[];
  /** Milliseconds from now; at most the executor's own deadline. */
  readonly deadlineMs?: number;
};

export type Executor = {
  /**
   * Rejects with `Unavailable` (OVERLOADED and BUSY: nothing was done; OUTCOME_UNKNOWN: repeat with the same claim), or
   * with a bug's error, in which case nothing was done either.
   */
  submit<Input, Result, Code extends string>(
    command: Command<Input, Result, Code>,
    input: Input,
    terms: Terms<Code>,
  ): Promise<Answer<Result, Code>>;
  /** Refuses what comes from now on and resolves when all that was taken is answered. */
  drain(): Promise<void>;
};

export type ExecutorDeps = {
  readonly store: Store;
  /** Whether a refusal is remembered under a claim that keeps answers. */
  keeps(refusal: Refusal): boolean;
  /** What follows from the rows of its commands. */
  readonly projections?: readonly Projection[];
  readonly observer?: Observer;
  readonly limits?: Partial<Limits>;
};

export const createExecutor = ({ store, keeps, observer, ...deps }: ExecutorDeps): Executor => {
  const limits: Limits = { ...LIMITS, ...deps.limits };
  const places = createPlaces(limits, observer);
  const projections = createProjections(deps.projections ?? []);
  const transact = createTransact({ store, places, rules: { keeps, projections } });
  const recover = createRecovery({ places, transact, observer });
  const lane = createLane({ limits, places, transact, recover, observer });

  const run = async (task: Task) => {
    try {
      const refs = task.command.route?.(task.input) ?? [];
      const fixed = store.readFixed(refs);
      nameRows(task, { refs, fixed: fixed instanceof Promise ? await fixed : fixed, projections });
    } catch (error) {
      // Routing reads only, so that nothing was done.
      places.settle(task, { fault: error instanceof StoreFailure ? new Unavailable("OVERLOADED", error) : error });
      return;
    }
    if (task.state !== "done") lane.add(task);
  };

  return {
    submit: <Input, Result, Code extends string>(
      command: Command<Input, Result, Code>,
      input: Input,
      terms: Terms<Code>,
    ) =>
      new Promise<Answer<Result, Code>>((resolve, reject) => {
        if (!places.free(terms.caller)) {
          reject(new Unavailable("OVERLOADED"));
          return;
        }
        const now = performance.now();
        const task: Task = {
          command: command as Command<unknown, unknown>,
          input,
          caller: terms.caller,
          claims: terms.claims ?? [],
          deadline: now + Math.min(terms.deadlineMs ?? limits.deadlineMs, limits.deadlineMs),
          submitted: now,
          resolve: resolve as (answer: Answer<unknown>) => void,
          reject,
          needs: [],
          named: { name: command.name, changes: [], ids: new Set(), sets: [], known: new Map() },
          state: "routing",
        };
        places.enter(task);
        void run(task);
      }),
    drain: () => places.close(),
  };
};
