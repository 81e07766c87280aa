/** Runs chores again and again until it is stopped. A chore that fails is told of and tried again; it stops no other. */
import { setTimeout as sleep } from "node:timers/promises";

export type Chore = {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
};

export type Clock = {
  /** Resolves when the chore that is under way is done; no other begins. */
  stop(): Promise<void>;
};

export const startClock = (chores: readonly Chore[], onFailure: (chore: string, error: unknown) => void): Clock => {
  const stopping = new AbortController();
  const { signal } = stopping;

  const repeat = async ({ name, everyMs, run }: Chore): Promise<void> => {
    while (!signal.aborted) {
      await run().catch((error) => onFailure(name, error));
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
