/** What claims remember: the answer of their first use, for whoever uses them again. */
import { isRefusal, type Refusal } from "../../kernel/index.ts";
import { claimId } from "../claims.ts";
import type { Claim, Loaded, Save, StoredAnswer } from "../store.ts";
import type { Answer } from "./task.ts";

export type Memory = {
  /** The answer of the first claim that was used before; a claim used for something else is refused as it says. */
  replay(claims: readonly Claim[]): Answer<unknown> | undefined;
  /** @param answer as JSON */
  remember(claims: readonly Claim[], outcome: unknown, answer: string): void;
  /** What is to be stored. */
  readonly answers: Save["answers"];
};

/** @param keeps whether a refusal is remembered under a claim that keeps answers */
export const createMemory = (loaded: Loaded, keeps: (refusal: Refusal) => boolean): Memory => {
  const remembered = new Map<string, StoredAnswer>();
  const answers: Save["answers"][number][] = [];

  const recall = (claim: Claim): StoredAnswer | undefined => remembered.get(claimId(claim)) ?? loaded.answered(claim);

  return {
    answers,
    replay(claims) {
      for (const claim of claims) {
        const known = recall(claim);
        if (known === undefined) continue;
        if (known.fingerprint !== claim.fingerprint) return { outcome: claim.mismatch, replayed: [] };
        const first = JSON.parse(known.answer) as Answer<unknown>;
        return { outcome: first.outcome, replayed: [claim.scope, ...first.replayed] };
      }
      return undefined;
    },
    remember(claims, outcome, answer) {
      const refused = isRefusal(outcome);
      for (const claim of claims) {
        if (recall(claim) !== undefined) continue;
        if (refused && (claim.keeps === "results" || !keeps(outcome))) continue;
        const kept = claim.keeps === "uses" ? "" : answer;
        remembered.set(claimId(claim), { fingerprint: claim.fingerprint, answer: kept });
        answers.push({ claim, answer: kept });
      }
    },
  };
};
