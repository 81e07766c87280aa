/**
 * The one worker for what becomes due: looks for it, submits a command for each, and removes what was met. Every node
 * may run it, because a deadline's command acts once, whoever submits it.
 */
import { isRefusal, SECOND } from "../kernel/index.ts";
import type { Command } from "./command.ts";
import type { Executor } from "./executor/executor.ts";
import { Unavailable } from "./failures.ts";

/** What a deadline's command comes to. Not met: it is too early still, because clocks can step back. */
export type DeadlineResult = { readonly met: boolean };
export const MET: DeadlineResult = { met: true };
export const NOT_DUE: DeadlineResult = { met: false };

/** Looked at in one round. */
const AT_ONCE = 500;
/** Submitted together: fewer than the places that one caller may hold in the queue. */
const TOGETHER = 100;
/** What was not met is left alone for so long, so that it is never in the way of others. */
const POSTPONED_MS = 10 * SECOND;

export type WorkerDeps = {
  readonly executor: Executor;
  readonly onFailure: (what: string, error: unknown) => void;
};

/** @returns for each input in turn what it came to; null where it failed and may be tried again */
export const submitAll = async <Input, Result>(
  { executor, onFailure }: WorkerDeps,
  command: Command<Input, Result>,
  inputs: readonly Input[],
) => {
  const submit = async (input: Input) => {
    try {
      return await executor.submit(command, input, { caller: "clock" });
    } catch (error) {
      if (!(error instanceof Unavailable)) onFailure(command.name, error);
      return null;
    }
  };
  const answers: Awaited<ReturnType<typeof submit>>[] = [];
  for (let start = 0; start < inputs.length; start += TOGETHER) {
    answers.push(...(await Promise.all(inputs.slice(start, start + TOGETHER).map(submit))));
  }
  return answers;
};

/** Deadlines of one kind. @typeParam Due one that is due, as it was found */
export type Deadlines<Due, Input> = {
  /** Any refusal says that what waited has moved on. */
  readonly command: Command<Input, DeadlineResult>;
  /** What has become due, earliest first. @param postponed keys that are to be left out */
  find(postponed: readonly string[], limit: number): Promise<readonly Due[]>;
  keyOf(due: Due): string;
  /** Null: nothing waits for it any more, so that it is only removed. */
  inputOf(due: Due): Input | null;
  /** Left out where the command's own writes are what removes a deadline. */
  remove?(met: readonly Due[]): Promise<void>;
};

/** @returns a task for the clock */
export const createDeadlineWorker = <Due, Input>(
  deadlines: Deadlines<Due, Input>,
  deps: WorkerDeps,
): (() => Promise<void>) => {
  const postponed = new Map<string, number>();

  return async () => {
    for (const [key, until] of postponed) if (until <= Date.now()) postponed.delete(key);
    const found = await deadlines.find([...postponed.keys()], AT_ONCE);
    const waiting = found.flatMap((due) => {
      const input = deadlines.inputOf(due);
      return input === null ? [] : [{ due, input }];
    });
    const answers = await submitAll(
      deps,
      deadlines.command,
      waiting.map(({ input }) => input),
    );
    const unmet = new Set<Due>();
    for (const [index, { due }] of waiting.entries()) {
      const outcome = answers[index]?.outcome;
      if (outcome !== undefined && (isRefusal(outcome) || outcome.met)) continue;
      unmet.add(due);
      postponed.set(deadlines.keyOf(due), Date.now() + POSTPONED_MS);
    }
    const met = found.filter((due) => !unmet.has(due));
    if (met.length > 0) await deadlines.remove?.(met);
  };
};
