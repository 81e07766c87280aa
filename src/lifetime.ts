/**
 * The life of a process of several parts: they are opened one after the other, and closed in the opposite order, once,
 * whatever begins the end: a signal, a part that ended by itself, or a start that failed. It promises that a signal at
 * any moment, also in the middle of the start, leaves no part open.
 */
import { constants } from "node:os";

/** Whoever sends one of these wants the end: the terminal that closes (HUP) no less than a supervisor. */
export const ENDING_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;

export type Lifetime = {
  /** Aborted when the end begins: for what takes long to open. */
  readonly ending: AbortSignal;
  /** Opens the next part. Does not resolve once the end has begun: nothing is opened after that. */
  open<Part>(open: () => Promise<Part>, close: (part: Part) => Promise<void>): Promise<Part>;
  /** Begins the end, unless it has begun. @param why said, where there is something to say @param code of the exit */
  end(why: string | null, code: number): void;
};

export type LifetimeOptions = {
  readonly say: (line: string) => void;
  readonly onFailure: (error: unknown) => void;
};

const FAILURE = 1;
/** One Ctrl-C may arrive more than once: from the terminal, from npm, from whoever hands it on. */
const ONE_SIGNAL_MS = 1_000;
/** What a shell says of a process that a signal ended. */
const SIGNALLED = 128;

export const createLifetime = ({ say, onFailure }: LifetimeOptions): Lifetime => {
  const closers: (() => Promise<void>)[] = [];
  let opening: Promise<unknown> = Promise.resolve();
  const abort = new AbortController();
  const { signal: ending } = abort;

  const closeAll = async (code: number): Promise<number> => {
    // Who opened it is told of its failure.
    await opening.catch(() => {});
    let result = code;
    for (const close of closers.toReversed()) {
      await close().catch((error: unknown) => {
        onFailure(error);
        result = FAILURE;
      });
    }
    return result;
  };

  const end = (why: string | null, code: number): void => {
    if (ending.aborted) return;
    abort.abort();
    if (why !== null) say(why);
    void closeAll(code).then((result) => process.exit(result));
  };

  let heardAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const again = heardAt !== undefined && performance.now() - heardAt > ONE_SIGNAL_MS;
    heardAt ??= performance.now();
    if (!again) {
      end(`\n${signal}: answering what was taken, then stopping. Once more: at once.`, 0);
      return;
    }
    // Whoever insists does not wait for answers. The other processes notice our end, and end as after a kill.
    say(`${signal} again: stopping at once.`);
    process.exit(SIGNALLED + constants.signals[signal]);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);

  return {
    ending,
    end,
    async open<Part>(open: () => Promise<Part>, close: (part: Part) => Promise<void>): Promise<Part> {
      if (ending.aborted) return new Promise(() => {});
      const opened = open().then((part) => {
        closers.push(() => close(part));
        return part;
      });
      opening = opened;
      const part = await opened.catch((error: unknown) => {
        // What was broken off fails, and nobody has to be told.
        if (ending.aborted) return new Promise<Part>(() => {});
        throw error;
      });
      return ending.aborted ? new Promise(() => {}) : part;
    },
  };
};
