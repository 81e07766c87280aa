/**
 * Explains what two engines did at once: in some order of all that was asked, which keeps each engine's own, the model
 * must give every answer that was given, and come to what the store came to.
 */
import { isDeepStrictEqual } from "node:util";
import type { Answer as Answered } from "../../src/engine/index.ts";
import { isRefusal } from "../../src/kernel/index.ts";
import { predict } from "./rail-model.ts";
import { expected, type Observation } from "./rail-observe.ts";
import type { Sent } from "./rail-requests.ts";
import type { Prediction, World } from "./rail-world.ts";

/** @property answered null: nothing was done, because somebody else was at it */
export type Heard = { readonly sent: Sent; readonly lane: number; readonly answered: Answered<unknown> | null };

type Asked = { readonly sent: Sent; readonly answered: Answered<unknown> };

const agrees = ({ answer, replayed }: Prediction, { outcome, replayed: scopes }: Answered<unknown>): boolean => {
  if (scopes.length > 0 !== replayed) return false;
  if (!("code" in answer)) return isDeepStrictEqual(outcome, answer.facts);
  if (!isRefusal(outcome) || outcome.refusal !== answer.code) return false;
  return answer.details === undefined || isDeepStrictEqual(outcome.details, answer.details);
};

/** @returns the world that explains it. @throws when there is none */
export const explain = (before: World, heard: readonly Heard[], after: Observation): World => {
  const lanes = [0, 1].map((lane) =>
    heard.flatMap(({ sent, lane: own, answered }): Asked[] =>
      own % 2 === lane && answered !== null ? [{ sent, answered }] : [],
    ),
  );
  const world = search(before, lanes, after);
  if (world !== undefined) return world;
  const told = heard.map(
    ({ lane, sent, answered }) => `${lane % 2}: ${JSON.stringify(sent)} → ${JSON.stringify(answered)}`,
  );
  throw new Error(`no order explains what happened:\n${told.join("\n")}\ncame to ${JSON.stringify(after, null, 1)}`);
};

const search = (world: World, lanes: readonly (readonly Asked[])[], after: Observation): World | undefined => {
  if (lanes.every(({ length }) => length === 0)) return isDeepStrictEqual(expected(world), after) ? world : undefined;
  for (const [lane, asked] of lanes.entries()) {
    const [next, ...rest] = asked;
    if (next === undefined) continue;
    const copy = structuredClone(world);
    if (!agrees(predict(copy, next.sent), next.answered)) continue;
    const found = search(
      copy,
      lanes.map((other, index) => (index === lane ? rest : other)),
      after,
    );
    if (found !== undefined) return found;
  }
  return undefined;
};
