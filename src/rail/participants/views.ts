/** What operators are shown. No challenge: whoever knew it could answer for the bank. */
import type { AnswerOf } from "../../http/index.ts";
import { instant, SECOND, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { Key, Participant, Window } from "../tables/index.ts";
import type { ParticipantComponent, RegisteredKeyComponent, WindowComponent } from "./schemas.ts";

export type ParticipantDocument = AnswerOf<typeof ParticipantComponent>;
export type KeyDocument = AnswerOf<typeof RegisteredKeyComponent>;

export const keyDocument = ({ kid, use, jwk, notBefore, expiresAt, createdAt, revokedAt }: Key): KeyDocument => ({
  kid,
  use,
  alg: String(Reflect.get(jwk, "alg")),
  nbf: notBefore === null ? null : notBefore / SECOND,
  exp: expiresAt === null ? null : expiresAt / SECOND,
  created_at: toRfc3339(createdAt),
  revoked_at: toRfc3339OrNull(revokedAt),
});

export const windowDocument = ({ from, until }: Window): AnswerOf<typeof WindowComponent> => ({
  from: toRfc3339(instant(from)),
  until: toRfc3339(instant(until)),
});

/** @param reachable whether it answers when it is asked for receivers */
export const participantDocument = (
  participant: Participant,
  keys: readonly Key[],
  reachable: boolean,
): ParticipantDocument => ({
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
  reachable,
  maintenance: participant.maintenance.map(windowDocument),
  created_at: toRfc3339(participant.createdAt),
  keys: keys.map(keyDocument),
});
