/** Which rows a command may see, said by itself from the fixed columns that it is routed by. */
import type { Routes } from "../command.ts";
import { UnnamedRow } from "../failures.ts";
import type { FixedRows } from "../store.ts";
import type { Ref } from "../table.ts";
import type { Task } from "./task.ts";

/** @param fixed what was found of the rows that the command is routed by */
export const nameRows = (task: Task, refs: readonly Ref[], fixed: FixedRows) => {
  const routes: Routes = { get: (ref) => fixed.get(ref.id) as never };
  task.needs = task.command.needs(task.input, routes);
  // What routing did not find stays absent for this command, though it may have appeared since.
  const settled = refs.filter((ref) => ref.table.immutable || fixed.get(ref.id) === undefined);
  task.named = {
    name: task.command.name,
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
