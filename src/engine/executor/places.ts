/**
 * The places of what was taken and is not answered yet. Promises that every task is answered once, that no caller takes
 * more than its share, that those who hold theirs leave places to others, and that nobody waits beyond the deadline, also when the lane hangs.
 */
import { shareOf } from "../../kernel/index.ts";
import { Unavailable } from "../failures.ts";
import type { Limits } from "./limits.ts";
import type { Observer } from "./observer.ts";
import type { Task, Verdict } from "./task.ts";

/** How often waiting callers are compared with their deadlines. */
const SWEEP_MS = 100;

export type Places = {
  /** Whether there is a place for another task of this caller. */
  free(caller: string): boolean;
  enter(task: Task): void;
  /** Answers a task and frees its place. A task that was answered before keeps its first answer. */
  settle(task: Task, verdict: Verdict): void;
  /** Whether a task may still be begun; answers it when its deadline is over. */
  isTimely(task: Task): boolean;
  /** No place is free from now on. Resolves when the last task is answered. */
  close(): Promise<void>;
};

export const createPlaces = (limits: Limits, observer: Observer | undefined): Places => {
  const shared = { all: limits.queue, each: limits.perCaller };
  const open = new Set<Task>();
  const taken = new Map<string, number>();
  const emptied: (() => void)[] = [];
  let closed = false;
  let sweeper: NodeJS.Timeout | undefined;

  const leave = (task: Task) => {
    open.delete(task);
    const left = (taken.get(task.caller) ?? 1) - 1;
    if (left === 0) taken.delete(task.caller);
    else taken.set(task.caller, left);
    if (open.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
    observer?.depth(0);
    for (const resolve of emptied.splice(0)) resolve();
  };

  const settle = (task: Task, verdict: Verdict) => {
    if (task.state === "done") return;
    task.state = "done";
    if ("fault" in verdict) task.reject(verdict.fault);
    else task.resolve(verdict.answer);
    leave(task);
  };

  /** What is answered here is not decided any more. */
  const sweep = () => {
    const now = performance.now();
    for (const task of open) {
      if (now < task.deadline) continue;
      settle(task, { fault: new Unavailable(task.state === "decided" ? "OUTCOME_UNKNOWN" : "OVERLOADED") });
    }
  };

  return {
    free: (caller) => !closed && (taken.get(caller) ?? 0) < shareOf(shared, open.size),
    enter(task) {
      open.add(task);
      taken.set(task.caller, (taken.get(task.caller) ?? 0) + 1);
      sweeper ??= setInterval(sweep, SWEEP_MS);
      observer?.depth(open.size);
    },
    settle,
    isTimely(task) {
      // The sweep may be late, such as after the process was stopped.
      if (performance.now() >= task.deadline) settle(task, { fault: new Unavailable("OVERLOADED") });
      return task.state !== "done";
    },
    close() {
      closed = true;
      return new Promise((resolve) => {
        if (open.size === 0) resolve();
        else emptied.push(resolve);
      });
    },
  };
};
