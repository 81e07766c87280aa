/**
 * Verifies a single token: its signature, its key, and the claims of its bank's profile. The work is the same for every
 * fault: an unknown kid costs one verification like any other.
 */
import {
  decoyKey,
  type Envelope,
  isNumber,
  type JsonValue,
  parseToken,
  type Token,
  verifySignature,
} from "../../jws/index.ts";
import { SECOND } from "../../kernel/index.ts";
import { type Directory, faultOfKey, type KnownKey } from "../participants/index.ts";

export type VerifierDeps = {
  readonly directory: Pick<Directory, "byKid">;
  /** RAIL_PUBLIC_URL: the audience of strong tokens begins with it. */
  readonly audience: () => string;
  readonly now?: () => number;
};

/** How old, how far ahead, and how long-lived a token may be, in seconds. */
export const FRESHNESS = {
  compat: { past: 300, ahead: 60 },
  strong: { past: 60, ahead: 60, life: 300 },
} as const;

export type VerifiedToken = { readonly token: Token; readonly known: KnownKey };
/** @property signedBy the guid of the bank whose signature fits, when only the content cannot be read */
export type TokenRejection = { readonly reason: string; readonly signedBy?: string | null };
export const rejected = (reason: string): TokenRejection => ({ reason });

export type TokenVerifier = {
  /** The signature and the key, and nothing about time. */
  verify(text: string): Promise<VerifiedToken | TokenRejection>;
  /** The dates, and for a strong token issuer and audience as well. Null when they are in order. */
  faultOfClaims(verified: VerifiedToken, path: string): string | null;
};

export const createTokenVerifier = ({ directory, audience, now = Date.now }: VerifierDeps): TokenVerifier => {
  /** Exactly one verification, whatever the kid, before anything that tells one kid from another. */
  const signerOf = async (token: Envelope): Promise<KnownKey | TokenRejection> => {
    const known = directory.byKid(token.kid);
    const usable = known !== undefined && known.key.alg === token.alg;
    const signed = await verifySignature(token, usable ? known.key : decoyKey(token.alg));
    if (known === undefined) return rejected("the kid is not known");
    if (!usable) return rejected("the algorithm is not the key's");
    if (!signed) return rejected("the signature does not fit");
    const keyFault = faultOfKey(known, now());
    return keyFault === null ? known : rejected(keyFault);
  };

  return {
    async verify(text) {
      const token = parseToken(text);
      if ("fault" in token) {
        // Signed but unreadable is the bank's own mistake, and it is told so when its header vouches for it.
        const signer = token.envelope === undefined ? null : await signerOf(token.envelope);
        const signedBy = signer === null || "reason" in signer ? null : signer.participant.guid;
        return { reason: token.fault, signedBy };
      }
      const known = await signerOf(token);
      return "reason" in known ? known : { token, known };
    },
    faultOfClaims({ token: { payload }, known: { participant } }, path) {
      const { past, ahead } = FRESHNESS[participant.profile];
      const seconds = now() / SECOND;
      const issuedAt = secondsOf(payload.get("iat"));
      if (issuedAt === null || issuedAt < seconds - past || issuedAt > seconds + ahead) return "iat is not fresh";
      if (participant.profile === "compat") return null;
      const expiresAt = secondsOf(payload.get("exp"));
      if (expiresAt === null || expiresAt <= seconds || expiresAt > issuedAt + FRESHNESS.strong.life)
        return "exp is over, or too far";
      if (payload.get("iss") !== participant.guid) return "iss is not the participant";
      return payload.get("aud") === `${audience()}${path}` ? null : "aud is another place";
    },
  };
};

const secondsOf = (value: JsonValue | undefined): number | null => {
  if (value === undefined || !isNumber(value)) return null;
  const seconds = Number(value.number);
  return Number.isFinite(seconds) ? seconds : null;
};
