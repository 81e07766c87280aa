/** Plays random scripts until what has to be met was met: what is rare may be missed by chance, and not for ever. */
import assert from "node:assert/strict";
import fc from "fast-check";

const MOST_ROUNDS = 6;

type Meeting<Script> = {
  /** @returns what the script met */
  readonly play: (script: Script) => Promise<Iterable<string>>;
  readonly toMeet: readonly string[];
  readonly numRuns: number;
  /** A failure again: one round, which need not meet anything. */
  readonly again: { readonly seed?: number; readonly path?: string };
};

export const assertMet = async <Script>(
  scripts: fc.Arbitrary<Script>,
  { play, toMeet, numRuns, again }: Meeting<Script>,
): Promise<void> => {
  const met = new Set<string>();
  const property = fc.asyncProperty(scripts, async (drawn) => {
    for (const what of await play(drawn)) met.add(what);
  });
  const missing = () => toMeet.filter((what) => !met.has(what));
  await fc.assert(property, { numRuns, ...again });
  if (again.seed !== undefined) return;
  for (let round = 1; round < MOST_ROUNDS && missing().length > 0; round++) await fc.assert(property, { numRuns });
  assert.deepEqual(missing(), [], "never met");
};
