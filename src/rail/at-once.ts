/** So much at once, and the rest in turn: signatures are verified in a thread pool that files and the exchange need too. */
export type AtOnce = <Result>(work: () => Promise<Result>) => Promise<Result>;

export const createAtOnce = (atOnce: number): AtOnce => {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  };
};
