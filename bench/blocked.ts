/**
 * How long a page could not answer a finger, by the processor time of its thread: what Lighthouse calls blocked is by the
 * clock, and on a machine that does other things a task of 15 ms may take 60.
 */

/** What of a trace is looked at; times in microseconds. */
export type TraceEvent = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly tdur?: number;
};

/** So long a task is no hindrance: Lighthouse's measure. */
const UNNOTICED_MS = 50;
const TASK = "RunTask";
const FIRST_PAINT = "firstContentfulPaint";

/** @param slowdown how many times slower than this machine the device is thought to be @returns milliseconds */
export const blockedByProcessor = (trace: readonly TraceEvent[], slowdown: number): number => {
  const painted = trace.findLast(({ name }) => name === FIRST_PAINT);
  if (painted === undefined) throw new Error("The page has painted nothing");
  return trace
    .filter(
      ({ name, pid, tid, ts }) => name.endsWith(TASK) && pid === painted.pid && tid === painted.tid && ts > painted.ts,
    )
    .reduce((sum, { tdur = 0 }) => sum + Math.max(0, (tdur / 1_000) * slowdown - UNNOTICED_MS), 0);
};
