/**
 * Verifies a single token: its signature, its key, and the claims of its bank's profile. The work is the same for every
 * fault: an unknown kid costs one verification like any other.
 */
import {
  decoyKey,
  type Envelope,
  isList,
  isNumber,
  type JsonObject,
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

/** How far a bank's clock may be ahead of ours, in seconds. */
const AHEAD = 60;

/** How old, how far ahead, and how long-lived a token may be, in seconds. */
export const FRESHNESS = {
  compat: { past: 300, ahead: AHEAD },
  strong: { past: 60, ahead: AHEAD, life: 300 },
} as const;

export type VerifiedToken = { readonly token: Token; readonly known: KnownKey };
/** @property signedBy the guid of the bank whose signature fits, when only the content cannot be read */
export type TokenRejection = { readonly reason: string; readonly signedBy?: string | null };
export const rejected = (reason: string): TokenRejection => ({ reason });

/** @property dated whether a compat token has to have a date: its header has, its body has none */
export type JudgedCall = { readonly path: string; readonly dated: boolean };

export type TokenVerifier = {
  /** The signature and the key, and nothing about time. */
  verify(text: string): Promise<VerifiedToken | TokenRejection>;
  /** Dates, issuer and audience: those that the profile asks for, and those that stand there. Null: in order. */
  faultOfClaims(verified: VerifiedToken, call: JudgedCall): string | null;
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
    faultOfClaims({ token: { payload }, known: { participant } }, { path, dated }) {
      const moment = now() / SECOND;
      const bounds: Bounds = { moment, issuer: participant.guid, audience: `${audience()}${path}` };
      const standing = faultOfWhatStands(payload, bounds);
      if (standing !== null) return standing;
      const { profile } = participant;
      if (profile === "strong") return faultOfStrong(payload, moment);
      return dated ? faultOfAge(payload, moment, FRESHNESS.compat) : null;
    },
  };
};

type Bounds = { readonly moment: number; readonly issuer: string; readonly audience: string };

/** RFC 7519: whoever wrote them means them, whether or not they were asked for. */
const faultOfWhatStands = (payload: JsonObject, { moment, issuer, audience }: Bounds): string | null => {
  const [issuedBy, meantFor, expiresAt, notBefore] = ["iss", "aud", "exp", "nbf"].map((name) => payload.get(name));
  if (issuedBy !== undefined && issuedBy !== issuer) return "iss is not the participant";
  if (meantFor !== undefined && !names(meantFor, audience)) return "aud is another place";
  if (expiresAt !== undefined && !((secondsOf(expiresAt) ?? moment) > moment)) return "exp is over";
  const early = notBefore !== undefined && !((secondsOf(notBefore) ?? Number.POSITIVE_INFINITY) <= moment + AHEAD);
  return early ? "nbf is not reached" : null;
};

/** One text, or a list of texts (RFC 7519 section 4.1.3). */
const names = (meantFor: JsonValue, audience: string): boolean =>
  isList(meantFor)
    ? meantFor.includes(audience) && meantFor.every((one) => typeof one === "string")
    : meantFor === audience;

const faultOfAge = (
  payload: JsonObject,
  moment: number,
  { past, ahead }: typeof FRESHNESS.compat | typeof FRESHNESS.strong,
) => {
  const issuedAt = secondsOf(payload.get("iat"));
  return issuedAt === null || issuedAt < moment - past || issuedAt > moment + ahead ? "iat is not fresh" : null;
};

/** What a strong token may not leave out; that it fits has been seen. */
const faultOfStrong = (payload: JsonObject, moment: number): string | null => {
  const age = faultOfAge(payload, moment, FRESHNESS.strong);
  if (age !== null) return age;
  if (!payload.has("iss")) return "iss is not the participant";
  if (!payload.has("aud")) return "aud is another place";
  const [issuedAt, expiresAt] = [secondsOf(payload.get("iat")), secondsOf(payload.get("exp"))];
  const long = issuedAt === null || expiresAt === null || expiresAt > issuedAt + FRESHNESS.strong.life;
  return long ? "exp is missing, or too far" : null;
};

const secondsOf = (value: JsonValue | undefined): number | null => {
  if (value === undefined || !isNumber(value)) return null;
  const seconds = Number(value.number);
  return Number.isFinite(seconds) ? seconds : null;
};
