/** An operator installs a bank's public key. Several may be valid at once, so that a bank can change from one to the next. */
import type { Claim } from "../../engine/index.ts";
import type { Algorithm, EncryptionJwk, Jwk } from "../../jws/index.ts";
import { type Instant, refuse } from "../../kernel/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { LIMITS } from "../settings.ts";
import { activeKeys, type KeyUse, keys, type Participant, type Profile, participants } from "../tables/index.ts";
import { changed, faultOfMode, type Operator, OWN_REFUSALS, recordAct, unfit } from "./operator-acts.ts";

export type AddKey = {
  readonly operator: Operator;
  readonly guid: string;
  /** Its public members alone. */
  readonly jwk: Jwk | EncryptionJwk;
  readonly notBefore: Instant | null;
  readonly expiresAt: Instant | null;
};

/** RS256 has no proof of its padding; it is there for banks whose signers know nothing else. */
const ALGORITHMS_OF: Readonly<Record<Profile, readonly Algorithm[]>> = {
  compat: ["RS256", "PS256", "ES256", "EdDSA"],
  strong: ["PS256", "ES256", "EdDSA"],
};

/** @returns a sentence for whoever installs the key */
export const faultOfAlgorithm = (profile: Profile, alg: Algorithm): string | null =>
  ALGORITHMS_OF[profile].includes(alg)
    ? null
    : `Use a key with another alg: the profile ${profile} has ${ALGORITHMS_OF[profile].join(", ")}.`;

/**
 * A kid that two nodes register at once is one's alone: the row is not there yet, and no gate is everybody's.
 * @param request different for every request
 */
export const kidClaim = ({ jwk: { kid } }: AddKey, request: string): Claim<"KID_IN_USE"> => ({
  scope: "kid",
  key: kid,
  fingerprint: request,
  mismatch: refuse("KID_IN_USE"),
  keeps: "results",
  lifetimeMs: LIMITS.memoryMs,
  guard: null,
});

export const addKey = defineOperatorCommand<AddKey, { readonly kid: string }>()({
  name: "add-key",
  refuses: [...OWN_REFUSALS, "KEY_REFUSED", "VALIDATION_ERROR", "KID_IN_USE"],
  route: ({ jwk: { kid } }) => [keys.at(kid)],
  needs({ guid, jwk: { kid } }, routes) {
    const owner = routes.get(keys.at(kid))?.participantGuid;
    const gates = [...new Set([guid, owner ?? guid])].map((each) => participants.at(each));
    return [...gates, activeKeys.of(participants.at(guid)), keys.at(kid)];
  },
  decide(state, input, { now }) {
    const { operator, guid, jwk, notBefore, expiresAt } = input;
    const { kid } = jwk;
    const participant = state.get(participants.at(guid));
    if (participant === undefined) return refuse("PARTICIPANT_NOT_FOUND");
    const fault = faultOfMode(participant.mode, operator) ?? faultOfTerms(input, participant, now);
    if (fault !== null) return fault;
    if (state.get(keys.at(kid)) !== undefined) return refuse("KID_IN_USE");
    if (state.all(activeKeys.of(participants.at(guid))).length >= LIMITS.maxKeys)
      return refuse("KEY_REFUSED", { fault: `Revoke a key first: ${LIMITS.maxKeys} are the most.` });
    const key = {
      kid,
      participantGuid: guid,
      use: useOf(jwk),
      jwk,
      notBefore,
      expiresAt,
      createdAt: now,
      revokedAt: null,
    };
    const details = { kid, use: useOf(jwk), alg: jwk.alg, notBefore, expiresAt };
    return {
      result: { kid },
      writes: [keys.insert(key), recordAct(guid, operator.id, { name: "key_added", details, at: now })],
      events: changed(guid),
    };
  },
});

const isForEncryption = (jwk: Jwk | EncryptionJwk): jwk is EncryptionJwk => "use" in jwk;
const useOf = (jwk: Jwk | EncryptionJwk): KeyUse => (isForEncryption(jwk) ? "enc" : "sig");

const faultOfTerms = ({ jwk, notBefore, expiresAt }: AddKey, { profile }: Participant, now: Instant) => {
  const fault = isForEncryption(jwk) ? null : faultOfAlgorithm(profile, jwk.alg);
  if (fault !== null) return refuse("KEY_REFUSED", { fault });
  const over = expiresAt !== null && expiresAt <= Math.max(now, notBefore ?? 0);
  return over ? unfit("/exp", "must be in the future and after nbf") : null;
};
