/** Claims: each key is used once in its scope, and what was answered then is answered again. */
import type { Claim } from "./store.ts";

/** Unambiguous, because no scope holds a line feed. */
export const claimId = (claim: Pick<Claim, "scope" | "key">): string => `${claim.scope}\n${claim.key}`;

const byId = (a: Claim, b: Claim): number => (claimId(a) < claimId(b) ? -1 : 1);

/** The claims that need a lock of their own, in the one order in which every node takes them. */
export const unguarded = (claims: readonly Claim[]): readonly Claim[] =>
  claims.filter((claim) => claim.guard === null).sort(byId);
