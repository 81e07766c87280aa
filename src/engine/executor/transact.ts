/** One batch as one transaction: loads what it needs, decides, saves, and answers once that is committed. */
import type { Plan, Store } from "../store.ts";
import { decideAll, type Rules } from "./decide.ts";
import type { Places } from "./places.ts";
import { planOf } from "./plan.ts";
import type { Task, Verdict } from "./task.ts";

/** Resolves with why the tasks are not answered, or with null when they are. Never rejects. */
export type Transact = (tasks: readonly Task[], patience: Plan["patience"]) => Promise<Failed | null>;

export type Failed = { readonly error: unknown };

type Deps = {
  readonly store: Store;
  readonly places: Places;
  readonly rules: Rules;
};

export const createTransact =
  ({ store, places, rules }: Deps): Transact =>
  async (tasks, patience) => {
    let verdicts: readonly Verdict[] = [];
    try {
      await store.transact(planOf(tasks, patience), (loaded) => {
        const decided = decideAll(tasks, loaded, rules);
        verdicts = decided.verdicts;
        return decided.save;
      });
    } catch (error) {
      return { error };
    }
    tasks.forEach((task, index) => {
      places.settle(task, verdicts[index] ?? { fault: new Error("a command was not decided") });
    });
    return null;
  };
