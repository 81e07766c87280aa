/** Decides the commands of a batch, in order, on one state. A fault in one is that one's alone. */
import { isRefusal, type Refusal } from "../../kernel/index.ts";
import type { Projections } from "../projections.ts";
import type { Loaded, Save } from "../store.ts";
import { openBatch } from "./batch.ts";
import { drawsFrom } from "./draws.ts";
import { createMemory } from "./replay.ts";
import type { Answer, Task, Verdict } from "./task.ts";

/** Of a command that was answered at its deadline while its batch waited for locks. Nobody hears of it. */
const ANSWERED: Verdict = { fault: new Error("answered at its deadline") };

type Decided = { readonly save: Save; readonly verdicts: readonly Verdict[] };

export type Rules = {
  /** Whether a refusal is remembered under a claim that keeps answers. */
  keeps(refusal: Refusal): boolean;
  readonly projections: Projections;
};

export const decideAll = (tasks: readonly Task[], loaded: Loaded, { keeps, projections }: Rules): Decided => {
  const batch = openBatch(loaded, projections);
  const draw = drawsFrom(loaded);
  const memory = createMemory(loaded, keeps);

  const decide = ({ command, input, claims, named }: Task): Answer<unknown> => {
    const replay = memory.replay(claims);
    if (replay !== undefined) {
      memory.remember(claims, replay.outcome, JSON.stringify(replay));
      return replay;
    }
    const decision = command.decide(batch.view(named), input, { now: loaded.now, id: draw(command) });
    const answer = { outcome: isRefusal(decision) ? decision : decision.result, replayed: [] };
    // Before anything is applied, because it throws when the result is not JSON.
    const text = claims.length > 0 ? JSON.stringify(answer) : "";
    if (!isRefusal(decision)) batch.apply(named, decision);
    memory.remember(claims, answer.outcome, text);
    return answer;
  };

  const verdicts = tasks.map((task): Verdict => {
    if (task.state === "done") return ANSWERED;
    task.state = "decided";
    try {
      return { answer: decide(task) };
    } catch (fault) {
      return { fault };
    }
  });
  return { save: { ...batch.changes(), answers: memory.answers }, verdicts };
};
