/** Decides when a key may sign. */
import type { KnownKey } from "./directory.ts";

/** Why a key may not sign now; null when it may. @param now milliseconds */
export const faultOfKey = ({ participant, notBefore, expiresAt, revokedAt }: KnownKey, now: number): string | null => {
  if (participant.state !== "active") return "the participant is suspended";
  if (revokedAt !== null) return "the key is revoked";
  if (notBefore !== null && now < notBefore) return "the key is not valid yet";
  return expiresAt !== null && now >= expiresAt ? "the key is over" : null;
};
