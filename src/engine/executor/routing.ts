/** Which rows a command may see, said by itself from the fixed columns that it is routed by. */
import type { Routes } from "../command.ts";
import { UnnamedRow } from "../failures.ts";
import type { Projections } from "../projections.ts";
import type { FixedRows } from "../store.ts";
import type { Ref } from "../table.ts";
import type { Task } from "./task.ts";

type Routed = {
  readonly refs: readonly Ref[];
  /** What was found of them. */
  readonly fixed: FixedRows;
  readonly projections: Projections;
};

export const nameRows = (task: Task, { refs, fixed, projections }: Routed) => {
  const { command, input } = task;
  const routes: Routes = { get: (ref) => fixed.get(ref.id) as never };
  const own = command.needs(input, routes);
  const added = projections.needs(command, own, routes);
  task.needs = added.length === 0 ? own : [...own, ...added];
  // What routing did not find stays absent for this command, though it may have appeared since.
  const settled = refs.filter((ref) => ref.table.immutable || fixed.get(ref.id) === undefined);
  task.named = {
    name: command.name,
    changes: command.changes ?? [],
    ids: new Set(task.needs.map((need) => need.id)),
    sets: task.needs.filter((need) => "set" in need),
    known: new Map(settled.map((ref) => [ref.id, fixed.get(ref.id)] as const)),
  };
  demandClaimGuards(task);
};

/** Without its gate's lock a claim would not be locked at all. */
const demandClaimGuards = ({ command, claims, named }: Task) => {
  for (const { scope, guard } of claims) {
    if (guard !== null && !named.ids.has(guard.id)) {
      throw new UnnamedRow(command.name, `claim of ${scope} is guarded by ${guard.id}, which it did not name`);
    }
  }
};
