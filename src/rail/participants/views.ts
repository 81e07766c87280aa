/** What operators are shown. No challenge: whoever knew it could answer for the bank. */
import { SECOND, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { Key, Participant } from "../tables/index.ts";

export const keyDocument = ({ kid, jwk, notBefore, expiresAt, createdAt, revokedAt }: Key) => ({
  kid,
  alg: String(Reflect.get(jwk, "alg")),
  nbf: notBefore === null ? null : notBefore / SECOND,
  exp: expiresAt === null ? null : expiresAt / SECOND,
  created_at: toRfc3339(createdAt),
  revoked_at: toRfc3339OrNull(revokedAt),
});

export const participantDocument = (participant: Participant, keys: readonly Key[]) => ({
  guid: participant.guid,
  name: participant.name,
  mode: participant.mode,
  profile: participant.profile,
  state: participant.state,
  bank_codes: participant.bankCodes,
  callback_url: participant.callbackUrl,
  callback_proven_at: toRfc3339OrNull(participant.callbackProvenAt),
  deeplink_url: participant.deeplinkUrl,
  receiver_search: participant.receiverSearch,
  created_at: toRfc3339(participant.createdAt),
  keys: keys.map(keyDocument),
});

export type ParticipantDocument = ReturnType<typeof participantDocument>;
