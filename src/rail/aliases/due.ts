/** Moves that nobody objected to in time. Every node may look for them. */
import { type DueDeps, submitAll } from "../orders/index.ts";
import { completeMove, type PhoneRef } from "./complete-move.ts";

/** Looked at in one round. */
const AT_ONCE = 500;

/** @returns a chore */
export const createDueMoves = (deps: DueDeps) => async (): Promise<void> => {
  const { rows } = await deps.chores.query<PhoneRef>(
    `select hash from rail.phones where held_until <= now() order by held_until limit ${AT_ONCE}`,
  );
  await submitAll(deps, completeMove, rows);
};
