/** Collects what the tasks of a batch need from the store, each thing once. */
import { claimId } from "../claims.ts";
import type { Claim, Plan } from "../store.ts";
import type { Ref, SetRef } from "../table.ts";
import type { Task } from "./task.ts";

export const planOf = (tasks: readonly Task[], patience: Plan["patience"]): Plan => {
  const claims = new Map<string, Claim>();
  const refs = new Map<string, Ref>();
  const sets = new Map<string, SetRef>();
  const draws = new Map<string, number>();
  for (const { command, claims: claimed, needs } of tasks) {
    for (const claim of claimed) claims.set(claimId(claim), claim);
    for (const need of needs) {
      if ("set" in need) sets.set(need.id, need);
      else refs.set(need.id, need);
    }
    for (const sequence of command.draws ?? []) draws.set(sequence, (draws.get(sequence) ?? 0) + 1);
  }
  return { claims: [...claims.values()], refs: [...refs.values()], sets: [...sets.values()], draws, patience };
};
