/**
 * Runs a chore out of its turn: what waits for an alias should not wait for the clock. Whatever comes while it runs is
 * one more run after it.
 */
export type Soon = {
  run(): void;
  /** Resolves when the run that is under way is done; no other begins. */
  stop(): Promise<void>;
};

export const createSoon = (chore: () => Promise<void>, onFailure: (error: unknown) => void): Soon => {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const runAll = async () => {
    do {
      again = false;
      await chore().catch(onFailure);
    } while (again && !stopped);
    running = undefined;
  };

  return {
    run() {
      if (stopped) return;
      again = true;
      running ??= runAll();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
};
