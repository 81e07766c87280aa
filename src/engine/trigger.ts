/**
 * Runs a maintenance task ahead of its schedule, one run at a time: calls that come during a run are served by one more
 * run after it.
 */
export type Trigger = {
  fire(): void;
  /** Resolves when the current run is done; no other begins. */
  stop(): Promise<void>;
};

export const createTrigger = (task: () => Promise<void>, onFailure: (error: unknown) => void): Trigger => {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const runAll = async () => {
    do {
      again = false;
      await task().catch(onFailure);
    } while (again && !stopped);
    running = undefined;
  };

  return {
    fire() {
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
