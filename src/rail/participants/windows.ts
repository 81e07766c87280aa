/** When a bank will not answer, by its own word: it is not asked meanwhile, and what it is told waits. */
import type { Participant, Window } from "../tables/index.ts";

/** @param now milliseconds */
export const isInMaintenance = ({ maintenance }: Pick<Participant, "maintenance">, now: number): boolean =>
  maintenance.some(({ from, until }) => now >= from && now < until);

export const isSameWindows = (some: readonly Window[], others: readonly Window[]): boolean =>
  some.length === others.length &&
  some.every(({ from, until }, index) => from === others[index]?.from && until === others[index]?.until);
