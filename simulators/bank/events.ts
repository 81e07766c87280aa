/** What happened to a bank, in order, in memory: to look at, and to wait for. */
import type { JsonObject } from "../../src/jws/index.ts";

export type BankEvent = {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly data: JsonObject;
  /** The rail's id of the event, the same at every attempt to deliver it. */
  readonly id: string | null;
};

export type Events = {
  /** An event with a known id is not recorded again. */
  record(type: string, data: JsonObject, id?: string): void;
  after(seq: number): readonly BankEvent[];
  /** Resolves with the next event, or with nothing when the time is over or the bank stops. */
  next(limitMs: number): Promise<void>;
  /** Ends all waiting. */
  close(): void;
};

/** A demo has dozens; older ones are forgotten. */
const KEPT = 1_000;

export const createEvents = (now: () => number = Date.now): Events => {
  let kept: BankEvent[] = [];
  let seq = 0;
  const waiting = new Set<() => void>();

  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };

  return {
    record(type, data, id) {
      if (id !== undefined && kept.some((event) => event.id === id)) return;
      seq++;
      kept = [...kept, { seq, at: new Date(now()).toISOString(), type, data, id: id ?? null }].slice(-KEPT);
      wakeAll();
    },
    after: (place) => kept.filter((event) => event.seq > place),
    next: (limitMs) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(limit);
          waiting.delete(wake);
          resolve();
        };
        const limit = setTimeout(wake, limitMs);
        waiting.add(wake);
      }),
    close: wakeAll,
  };
};
