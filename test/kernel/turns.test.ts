/** Turns: so many at once, and nobody's many hold up another's one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "../../src/kernel/index.ts";

/** Work that ends when it is told to, and says when it begins. */
const createWork = () => {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name);
      ends.set(name, () => resolve(name));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, work, end };
};

test("no more run at once than may, and those who wait come one of each owner in turn", async () => {
  const turns = createTurns({ atOnce: 2, waitMs: 60_000 });
  const { begun, work, end } = createWork();
  const all = ["a1", "a2", "a3", "a4", "b1", "c1", "b2"].map((name) => turns.take(name.charAt(0), work(name)));
  await new Promise(setImmediate);
  assert.deepEqual(begun, ["a1", "a2"]);
  for (const name of ["a1", "a2", "a3", "b1", "c1", "a4", "b2"]) await end(name);
  assert.deepEqual(begun, ["a1", "a2", "a3", "b1", "c1", "a4", "b2"]);
  assert.deepEqual(
    (await Promise.all(all)).map((taken) => taken?.done),
    ["a1", "a2", "a3", "a4", "b1", "c1", "b2"],
  );
});

test("whoever waits too long is told so, does nothing, and stands in nobody's way", async () => {
  const turns = createTurns({ atOnce: 1, waitMs: 20 });
  const { begun, work, end } = createWork();
  const first = turns.take("a", work("a1"));
  assert.equal(await turns.take("b", work("b1")), null);
  const patient = turns.take("c", work("c1"));
  await end("a1");
  await end("c1");
  assert.deepEqual([(await first)?.done, (await patient)?.done], ["a1", "c1"]);
  assert.deepEqual(begun, ["a1", "c1"]);
});

test("work that fails gives its turn to the next", async () => {
  const turns = createTurns({ atOnce: 1, waitMs: 60_000 });
  const failing = turns.take("a", () => Promise.reject(new Error("broken")));
  const next = turns.take("a", async () => "done");
  await assert.rejects(failing, /broken/);
  assert.deepEqual(await next, { done: "done" });
});
