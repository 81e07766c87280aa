/** The first round of a batch: what it locks and reads, and what came back. */
import { instant } from "../../kernel/index.ts";
import { claimId, unguarded } from "../claims.ts";
import type { Claim, Loaded, Plan, StoredAnswer, Versioned } from "../store.ts";
import type { AnyTable, Ref, SetRef } from "../table.ts";
import { readClaims, takeClaims } from "./claim-statements.ts";
import { readMoment } from "./moment.ts";
import type { Rows } from "./round.ts";
import { decodeRow, lockGates, readRows, readSets } from "./row-statements.ts";
import type { Statement } from "./shapes.ts";

export const byTable = (refs: readonly Ref[]): readonly (readonly [AnyTable, readonly Ref[]])[] => {
  const groups = new Map<string, Ref[]>();
  for (const ref of refs) {
    const group = groups.get(ref.table.name);
    if (group === undefined) groups.set(ref.table.name, [ref]);
    else group.push(ref);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => [(group[0] as Ref).table, group]);
};

const bySet = (sets: readonly SetRef[]): readonly (readonly SetRef[])[] => {
  const groups = Map.groupBy(sets, ({ set }) => set.name);
  return [...groups.values()];
};

export const compareKeys = (a: Ref, b: Ref): number => (a.id < b.id ? -1 : 1);

export type Step =
  | { readonly kind: "other"; readonly statement: Statement }
  | { readonly kind: "rows"; readonly table: AnyTable; readonly statement: Statement }
  | { readonly kind: "sets"; readonly sets: readonly SetRef[]; readonly statement: Statement }
  | { readonly kind: "claims" | "moment"; readonly statement: Statement };

/** Claims, then gates by table and key, then everything else: the one order of locks. */
export const loadSteps = (schema: string, plan: Plan): readonly Step[] => {
  const first = unguarded(plan.claims);
  const gates = byTable(plan.refs.filter(({ table }) => table.gate));
  const guarded = byTable(plan.refs.filter(({ table }) => !table.gate));
  const steps: Step[] = [];
  if (first.length > 0) steps.push({ kind: "other", statement: takeClaims(schema, first) });
  for (const [table, refs] of gates)
    steps.push({ kind: "rows", table, statement: lockGates(table, refs.toSorted(compareKeys)) });
  for (const [table, refs] of guarded) steps.push({ kind: "rows", table, statement: readRows(table, refs) });
  for (const sets of bySet(plan.sets)) {
    const [{ set }] = sets as [SetRef];
    steps.push({
      kind: "sets",
      sets,
      statement: readSets(
        set,
        sets.map(({ owner }) => owner),
      ),
    });
  }
  if (plan.claims.length > 0) steps.push({ kind: "claims", statement: readClaims(schema, plan.claims) });
  steps.push({ kind: "moment", statement: readMoment(plan.draws) });
  return steps;
};

export const loadedFrom = (plan: Plan, steps: readonly Step[], results: readonly Rows[]): Loaded => {
  const rows = new Map<string, Versioned>();
  const sets = new Map<string, Versioned[]>(plan.sets.map(({ id }) => [id, []]));
  const answers = new Map<string, StoredAnswer>();
  let moment: readonly (string | null)[] = [];
  steps.forEach((step, index) => {
    const result = results[index] ?? [];
    if (step.kind === "rows") {
      for (const values of result) {
        const row = decodeRow(step.table, values);
        rows.set(row.ref.id, row);
      }
    } else if (step.kind === "sets") distribute(step.sets, result, sets);
    else if (step.kind === "moment") moment = result[0] ?? [];
    else if (step.kind === "claims") {
      for (const [scope, key, fingerprint, answer] of result) {
        answers.set(claimId({ scope: scope ?? "", key: key ?? "" }), {
          fingerprint: fingerprint ?? "",
          answer: answer ?? "",
        });
      }
    }
  });
  const sequences = [...plan.draws.keys()].sort();
  return {
    now: instant(Number(moment[0])),
    rows,
    sets,
    ids: new Map(sequences.map((sequence, index) => [sequence, JSON.parse(moment[index + 1] ?? "[]") as number[]])),
    answered: (claim: Claim) => answers.get(claimId(claim)),
  };
};

const distribute = (sets: readonly SetRef[], result: Rows, into: Map<string, Versioned[]>) => {
  const [{ set }] = sets as [SetRef];
  const byOwner = new Map(sets.map(({ owner, id }) => [owner.key[0], id]));
  for (const values of result) {
    const row = decodeRow(set.table, values);
    into.get(byOwner.get(row.row[set.by] as string) ?? "")?.push(row);
  }
};
