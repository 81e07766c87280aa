/** What was answered, beside what the model says must be. */
import assert from "node:assert/strict";
import { type Answer as Answered, NOT_DUE, Unavailable } from "../../src/engine/index.ts";
import { isRefusal, type Refusal } from "../../src/kernel/index.ts";
import type { Sent } from "./rail-requests.ts";
import type { Prediction } from "./rail-world.ts";

/** @property answered null: nothing was done, because somebody else was at it */
export type Heard = { readonly sent: Sent; readonly lane: number; readonly answered: Answered<unknown> | null };

export const heardOf = (
  sent: Sent,
  lane: number,
  settled: PromiseSettledResult<Answered<unknown>> | undefined,
): Heard => {
  if (settled?.status === "fulfilled") return { sent, lane, answered: settled.value };
  const reason: unknown = settled?.reason;
  if (reason instanceof Unavailable && reason.code === "BUSY") return { sent, lane, answered: null };
  throw new Error(`no answer to ${JSON.stringify(sent)}`, { cause: reason });
};

export const compare = (prediction: Prediction | undefined, sent: Sent, answered: Answered<unknown> | null) => {
  const asked = JSON.stringify(sent);
  assert.ok(prediction !== undefined && answered !== null, `nothing was done about ${asked}`);
  const { answer, replayed } = prediction;
  const { outcome } = answered;
  assert.equal(
    answered.replayed.length > 0,
    replayed,
    `whether a memory answered ${asked}: ${JSON.stringify(outcome)}`,
  );
  if (!("code" in answer)) {
    assert.deepEqual(outcome, answer.facts, asked);
    return;
  }
  assert.equal(isRefusal(outcome) ? outcome.refusal : JSON.stringify(outcome), answer.code, asked);
  if (answer.details !== undefined) assert.deepEqual((outcome as Refusal).details, answer.details, asked);
};

/** Kinds of what was done, and codes of what was not. */
export const note = (heard: readonly Heard[], met: Set<string>) => {
  for (const { sent, answered } of heard) {
    const outcome = answered?.outcome;
    met.add(isRefusal(outcome) ? outcome.refusal : sent.request.kind);
    if (outcome === NOT_DUE) met.add("not due");
    if (answered !== null && answered.replayed.length > 0) met.add("replayed");
  }
};
