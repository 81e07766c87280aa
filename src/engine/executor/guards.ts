/** A row may be seen and written only by a command that named all its gates, whatever else of the batch holds them. */
import { UnnamedRow } from "../failures.ts";
import type { Row } from "../store.ts";
import type { Ref } from "../table.ts";

export type Guards = {
  /** Throws when a gate of the row is not among the ids that the command named. */
  demand(command: string, ids: ReadonlySet<string>, ref: Ref, row: Row): void;
};

export const createGuards = (): Guards => {
  const known = new Map<Row, readonly string[]>();

  const gatesOf = ({ table, id }: Ref, row: Row): readonly string[] => {
    if (table.gate) return [id];
    const gates = known.get(row) ?? table.guards(row).map((guard) => guard.id);
    known.set(row, gates);
    return gates;
  };

  return {
    demand(command, ids, ref, row) {
      for (const gate of gatesOf(ref, row)) {
        if (!ids.has(gate)) throw new UnnamedRow(command, `${ref.id} is guarded by ${gate}, which it did not name`);
      }
    },
  };
};
