/** The second round of a batch, but for its commit: what it writes, table by table; last the feed. */
import { claimId, unguarded } from "../claims.ts";
import type { Plan, Save } from "../store.ts";
import type { Ref } from "../table.ts";
import { fillAnswers, freeClaims, insertAnswers } from "./claim-statements.ts";
import { tellEvents } from "./event-statements.ts";
import { compareKeys } from "./load.ts";
import { appendRows, insertRows, updateRows } from "./row-statements.ts";
import type { Statement } from "./shapes.ts";

const grouped = <Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly (readonly Item[])[] =>
  [...Map.groupBy(items, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);

type Insert = Save["inserts"][number];

/** New gates are locks as well: two nodes that make the same ones meet at the first, never crosswise. */
const inLockOrder = (inserts: readonly Insert[]): readonly Insert[] => {
  const refOf = ({ table, row }: Insert): Ref => table.refOf(row);
  return inserts[0]?.table.gate ? inserts.toSorted((a, b) => compareKeys(refOf(a), refOf(b))) : inserts;
};

export const saveStatements = (schema: string, plan: Plan, save: Save): readonly Statement[] => {
  const statements: Statement[] = [];
  for (const group of grouped(save.inserts, ({ table }) => table.name)) {
    statements.push(
      insertRows(
        (group[0] as (typeof group)[number]).table,
        inLockOrder(group).map(({ row }) => row),
      ),
    );
  }
  for (const group of grouped(save.updates, ({ table }) => table.name)) {
    statements.push(updateRows((group[0] as (typeof group)[number]).table, group));
  }
  for (const group of grouped(save.appends, ({ journal }) => journal.name)) {
    statements.push(
      appendRows(
        (group[0] as (typeof group)[number]).journal,
        group.map(({ row }) => row),
      ),
    );
  }
  statements.push(...answerStatements(schema, plan, save));
  const told = tellEvents(schema, save.events);
  if (told !== null) statements.push(told);
  return statements;
};

const answerStatements = (schema: string, plan: Plan, { answers }: Save): readonly Statement[] => {
  const statements: Statement[] = [];
  const guarded = answers.filter(({ claim }) => claim.guard !== null);
  const filled = answers.filter(({ claim }) => claim.guard === null);
  const used = new Set(filled.map(({ claim }) => claimId(claim)));
  const unused = unguarded(plan.claims).filter((claim) => !used.has(claimId(claim)));
  if (guarded.length > 0) statements.push(insertAnswers(schema, guarded));
  if (filled.length > 0) statements.push(fillAnswers(schema, filled));
  if (unused.length > 0) statements.push(freeClaims(schema, unused));
  return statements;
};
