/** One batch as one transaction: loads what it needs, decides, saves, and answers once that is committed. */
import type { Refusal } from "../../kernel/index.ts";
import type { Plan, Store } from "../store.ts";
import { decideAll } from "./decide.ts";
import type { Places } from "./places.ts";
import { planOf } from "./plan.ts";
import type { Task, Verdict } from "./task.ts";

/** Resolves with why the tasks are not answered, or with null when they are. Never rejects. */
export type Transact = (tasks: readonly Task[], patience: Plan["patience"]) => Promise<Failed | null>;

export type Failed = { readonly error: unknown };

type Deps = {
  readonly store: Store;
  readonly places: Places;
  keeps(refusal: Refusal): boolean;
};

export const createTransact =
  ({ store, places, keeps }: Deps): Transact =>
  async (tasks, patience) => {
    let verdicts: readonly Verdict[] = [];
    try {
      await store.transact(planOf(tasks, patience), (loaded) => {
        const decided = decideAll(tasks, loaded, keeps);
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
