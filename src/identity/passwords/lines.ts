/**
 * Who would wait for the same row waits in this process, one behind the other, and holds no connection to the database
 * meanwhile: however many come at once for one key, the others' connections are free.
 */

export type Lines = {
  /** Runs the work when those before it, of any of its keys, are done. Everybody names keys in one order. */
  take<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result>;
};

export const createLines = (): Lines => {
  /** The last one of each line. */
  const ends = new Map<string, Promise<void>>();

  const take = async <Result>([key, ...others]: readonly string[], work: () => Promise<Result>): Promise<Result> => {
    if (key === undefined) return work();
    const before = ends.get(key);
    const { promise: end, resolve: leave } = Promise.withResolvers<void>();
    ends.set(key, end);
    await before;
    try {
      return await take(others, work);
    } finally {
      leave();
      if (ends.get(key) === end) ends.delete(key);
    }
  };

  return { take };
};
