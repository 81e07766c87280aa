/**
 * Explains what two engines did at once: in some order of all that was asked, which keeps each engine's own, the model
 * must give every answer that was given, and come to what the store came to.
 */
import { isDeepStrictEqual } from "node:util";
import type { Answer as Answered } from "../../src/engine/index.ts";
import { isRefusal } from "../../src/kernel/index.ts";
import type { Heard } from "./rail-heard.ts";
import { predict } from "./rail-model.ts";
import { expected, type Observation } from "./rail-observe.ts";
import type { Sent } from "./rail-requests.ts";
import type { Prediction, World } from "./rail-world.ts";

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
  const world = createSearch(after)(before, lanes);
  if (world !== undefined) return world;
  const told = heard.map(
    ({ lane, sent, answered }) => `${lane % 2}: ${JSON.stringify(sent)} → ${JSON.stringify(answered)}`,
  );
  throw new Error(`no order explains what happened:\n${told.join("\n")}\ncame to ${JSON.stringify(after, null, 1)}`);
};

/** Orders of dozens of commands are many; whatever is explained at all is explained by one of the first. */
const MOST_TRIES = 5_000;

const createSearch = (after: Observation) => {
  let tries = 0;
  const search = (world: World, lanes: readonly (readonly Asked[])[]): World | undefined => {
    if (lanes.every(({ length }) => length === 0)) return isDeepStrictEqual(expected(world), after) ? world : undefined;
    for (const [lane, asked] of lanes.entries()) {
      const [next, ...rest] = asked;
      if (next === undefined || ++tries > MOST_TRIES) continue;
      const copy = structuredClone(world);
      if (!agrees(predict(copy, next.sent), next.answered)) continue;
      const left = lanes.map((other, index) => (index === lane ? rest : other));
      const found = search(copy, left);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search;
};
