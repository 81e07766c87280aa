/** The deadline worker: what it submits together, what it removes, and what it leaves alone for a while. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Command,
  createDeadlineWorker,
  type DeadlineResult,
  type Deadlines,
  type Executor,
  MET,
  NOT_DUE,
  Unavailable,
} from "../../src/engine/index.ts";
import { type Refusal, refuse } from "../../src/kernel/index.ts";

type Due = { readonly key: string; readonly waits: boolean };
type Outcome = DeadlineResult | Refusal | Error;

const command: Command<string, DeadlineResult> = {
  name: "meet",
  refuses: [],
  needs: () => [],
  decide: () => ({ result: MET, writes: [], events: [] }),
};

/** Deadlines in memory; each is met unless said otherwise. */
const lab = (due: readonly Due[], outcomes: Readonly<Record<string, Outcome>> = {}) => {
  let left = due;
  let together = 0;
  let most = 0;
  const submitted: string[] = [];
  const failures: string[] = [];
  const deadlines: Deadlines<Due, string> = {
    command,
    keyOf: ({ key }) => key,
    inputOf: ({ key, waits }) => (waits ? key : null),
    find: async (postponed, limit) => left.filter(({ key }) => !postponed.includes(key)).slice(0, limit),
    async remove(met) {
      left = left.filter((one) => !met.includes(one));
    },
  };
  const submit = async (_command: unknown, input: unknown) => {
    together++;
    most = Math.max(most, together);
    submitted.push(String(input));
    await Promise.resolve();
    together--;
    const outcome = outcomes[String(input)] ?? MET;
    if (outcome instanceof Error) throw outcome;
    return { outcome, replayed: [] };
  };
  const run = createDeadlineWorker(deadlines, {
    executor: { submit, drain: async () => {} } as Executor,
    onFailure: (what) => failures.push(what),
  });
  return {
    run,
    submitted,
    failures,
    left: () => left.map(({ key }) => key),
    most: () => most,
  };
};

const waiting = (count: number): readonly Due[] =>
  Array.from({ length: count }, (_, index) => ({ key: `due-${index}`, waits: true }));

test("what is due is submitted once, a hundred together at most, five hundred in a round, and then it is removed", async () => {
  const { run, submitted, left, most } = lab(waiting(620));
  await run();
  assert.deepEqual([submitted.length, left().length, most()], [500, 120, 100]);
  await run();
  assert.deepEqual([submitted.length, new Set(submitted).size, left().length], [620, 620, 0]);
});

test("what nothing waits for any more is removed without a command", async () => {
  const { run, submitted, left } = lab([{ key: "over", waits: false }]);
  await run();
  assert.deepEqual([submitted, left()], [[], []]);
});

test("what failed or is not due yet stays, is left alone for a while, and is in nobody's way", async () => {
  const { run, submitted, failures, left } = lab(waiting(4), {
    "due-0": NOT_DUE,
    "due-1": new Unavailable("BUSY"),
    "due-2": new Error("a bug"),
  });
  await run();
  await run();
  assert.deepEqual(submitted, ["due-0", "due-1", "due-2", "due-3"]);
  assert.deepEqual(left(), ["due-0", "due-1", "due-2"]);
  assert.deepEqual(failures, ["meet"], "a bug is told; that a node is busy is not");
});

test("a refusal says that what waited has moved on", async () => {
  const { run, left } = lab(waiting(1), { "due-0": refuse("INVALID_ORDER_STATUS") });
  await run();
  assert.deepEqual(left(), []);
});
