/**
 * Runs chores again and again until it is stopped. A chore that fails is tried again and stops no other; its failure is
 * told once, until it has succeeded again.
 */
import { setTimeout as sleep } from "node:timers/promises";

export type MaintenanceTask = {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
};

export type Clock = {
  /** Resolves when the chore that is under way is done; no other begins. */
  stop(): Promise<void>;
};

export const startClock = (
  chores: readonly MaintenanceTask[],
  onFailure: (chore: string, error: unknown) => void,
): Clock => {
  const stopping = new AbortController();
  const { signal } = stopping;

  const repeat = async ({ name, everyMs, run }: MaintenanceTask): Promise<void> => {
    let failing = false;
    while (!signal.aborted) {
      await run().then(
        () => {
          failing = false;
        },
        (error) => {
          if (!failing) onFailure(name, error);
          failing = true;
        },
      );
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };

  const running = Promise.all(chores.map(repeat));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
