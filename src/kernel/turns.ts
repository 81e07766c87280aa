/**
 * Who may use what there is little of, one after the other: so many at once, and among those who wait one of each owner in
 * turn, so that nobody's many hold up another's one.
 */

export type Turns = {
  /** Runs the work when it is its turn. Null, and nothing was done, when that did not come in time. */
  take<Result>(owner: string, work: () => Promise<Result>): Promise<{ readonly done: Result } | null>;
};

/** @param waitMs how long somebody waits at the most */
export const createTurns = ({ atOnce, waitMs }: { readonly atOnce: number; readonly waitMs: number }): Turns => {
  let running = 0;
  /** By owner, in the order in which their turns come. */
  const waiting = new Map<string, (() => void)[]>();

  const next = (): void => {
    const [first] = waiting;
    if (first === undefined || running >= atOnce) return;
    const [owner, line] = first;
    const [begin, ...rest] = line;
    waiting.delete(owner);
    // Behind all others.
    if (rest.length > 0) waiting.set(owner, rest);
    running++;
    begin?.();
  };

  const leave = (owner: string, begin: () => void): void => {
    const rest = (waiting.get(owner) ?? []).filter((other) => other !== begin);
    if (rest.length === 0) waiting.delete(owner);
    else waiting.set(owner, rest);
  };

  const turn = (owner: string): Promise<boolean> =>
    new Promise((resolve) => {
      const begin = () => {
        clearTimeout(patience);
        resolve(true);
      };
      const patience = setTimeout(() => {
        leave(owner, begin);
        resolve(false);
      }, waitMs);
      waiting.set(owner, [...(waiting.get(owner) ?? []), begin]);
      next();
    });

  return {
    async take(owner, work) {
      if (!(await turn(owner))) return null;
      try {
        return { done: await work() };
      } finally {
        running--;
        next();
      }
    },
  };
};
