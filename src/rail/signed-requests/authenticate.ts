/**
 * Who calls, by signatures. Answers are the same for every fault of a token, and so is the work: a kid that nobody has
 * costs one verification like any other. The reason goes to the log alone.
 */
import { hash } from "node:crypto";
import {
  decoyKey,
  type Envelope,
  hasThreeSegments,
  isJsonObject,
  isNumber,
  type JsonObject,
  type JsonValue,
  parseJson,
  parseToken,
  type Token,
  verifySignature,
} from "../../jws/index.ts";
import { type Refusal, refuse, SECOND } from "../../kernel/index.ts";
import { type ErrorCode, invalid } from "../errors.ts";
import { parseJti } from "../parsers/index.ts";
import { type Directory, faultOfKey, type KnownKey } from "../participants/index.ts";
import type { Participant } from "../tables/index.ts";

export type SignedRequest = {
  /** Without the query. */
  readonly path: string;
  /** From `CX-Authorization`, or behind `Bearer`. */
  readonly headerToken: string | null;
  /** Null: a read. */
  readonly body: { readonly contentType: string; readonly bytes: Buffer } | null;
};

/** @property jtis consumed by this request whatever its answer, except 429 and 5xx */
export type Caller = { readonly participant: Participant; readonly jtis: readonly string[] };

/** A read has no payload. `invalid`: signatures are in order, and there is nothing that they say. */
export type Authenticated =
  | { readonly kind: "accepted"; readonly caller: Caller; readonly payload: JsonObject }
  | { readonly kind: "invalid"; readonly caller: Caller; readonly refusal: Refusal<ErrorCode> }
  | { readonly kind: "refused"; readonly refusal: Refusal<ErrorCode>; readonly reason: string };

export type AuthenticateDeps = {
  readonly directory: Pick<Directory, "byKid">;
  /** RAIL_PUBLIC_URL: what strong tokens are meant for begins with it. */
  readonly audience: () => string;
  readonly now?: () => number;
};

/** How old, how far ahead, and how long-lived a token may be, in seconds. */
export const FRESHNESS = {
  compat: { past: 300, ahead: 60 },
  strong: { past: 60, ahead: 60, life: 300 },
} as const;

const TOKEN_TYPES: readonly string[] = ["application/jwt", "application/jose", "text/plain"];
const JSON_TYPE = "application/json";

type Verified = { readonly token: Token; readonly known: KnownKey };
/** @property signedBy whose signature fits, when it is the content that cannot be read */
type Fault = { readonly reason: string; readonly signedBy?: string | null };
const fault = (reason: string): Fault => ({ reason });

export const createAuthenticate = ({ directory, audience, now = Date.now }: AuthenticateDeps) => {
  /** One verification whatever the kid is, and only then everything that tells kids apart. */
  const verify = async (text: string): Promise<Verified | Fault> => {
    const token = parseToken(text);
    if ("fault" in token) {
      // Signed and unreadable is the bank's own mistake; it is told so when its header vouches for it.
      const signer = token.envelope === undefined ? null : await signerOf(token.envelope);
      return { reason: token.fault, signedBy: signer === null || "reason" in signer ? null : signer.participant.guid };
    }
    const known = await signerOf(token);
    return "reason" in known ? known : { token, known };
  };

  const signerOf = async (token: Envelope): Promise<KnownKey | Fault> => {
    const known = directory.byKid(token.kid);
    const usable = known !== undefined && known.key.alg === token.alg;
    const signed = await verifySignature(token, usable ? known.key : decoyKey(token.alg));
    if (known === undefined) return fault("the kid is not known");
    if (!usable) return fault("the algorithm is not the key's");
    if (!signed) return fault("the signature does not fit");
    const keyFault = faultOfKey(known, now());
    return keyFault === null ? known : fault(keyFault);
  };

  /** What a token says of itself: when, and for a strong one also by whom, for whom and until when. */
  const faultOfClaims = ({ token: { payload }, known: { participant } }: Verified, path: string): string | null => {
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
  };

  const checkHeader = async (text: string, { path, body }: SignedRequest): Promise<Verified | Fault> => {
    const verified = await verify(text);
    if ("reason" in verified) return verified;
    const { payload } = verified.token;
    if (parseJti(payload.get("jti")) === null) return fault("the header token has no jti");
    const claims = faultOfClaims(verified, path);
    if (claims !== null) return fault(claims);
    if (verified.known.participant.profile === "compat") return verified;
    const digest = hash("sha256", body?.bytes ?? Buffer.alloc(0), "base64url");
    return payload.get("bh") === digest ? verified : fault("bh is of another body");
  };

  /** A compat body has no date, so that its freshness is the header's; a strong one may stand alone. */
  const checkBody = async (text: string, path: string, header: Verified | null): Promise<Verified | Fault> => {
    const verified = await verify(text);
    if ("reason" in verified) return verified;
    const { participant } = verified.known;
    if (header !== null && header.known.participant.guid !== participant.guid) return fault("two banks signed it");
    if (participant.profile === "compat") return header === null ? fault("a compat call has no header") : verified;
    const claims = faultOfClaims(verified, path);
    return claims === null ? verified : fault(claims);
  };

  return async (request: SignedRequest): Promise<Authenticated> => {
    const { headerToken, body, path } = request;
    const header = headerToken === null ? null : await checkHeader(headerToken, request);
    if (header !== null && "reason" in header) return refused(header.reason);
    if (body === null) {
      if (header === null) return refused("there is no token");
      return { kind: "accepted", caller: callerOf(header, null), payload: new Map() };
    }
    const content = contentOf(body.contentType, body.bytes);
    if (content === "unsigned" && header === null) return refused("the body is not signed");
    if (content === "unsigned" || content === "unreadable") return invalidBody(header);
    const signed = await checkBody(content.jws, path, header);
    if ("reason" in signed) {
      const unreadable = header !== null && signed.signedBy === header.known.participant.guid;
      return unreadable ? invalidBody(header) : refused(signed.reason);
    }
    const { payload } = signed.token;
    const caller = callerOf(header, signed);
    if (new Set(caller.jtis).size < caller.jtis.length) return refused("one jti for header and body");
    if (parseJti(payload.get("jti")) === null) return { kind: "invalid", caller, refusal: invalid("jti") };
    return { kind: "accepted", caller, payload };
  };
};

export type Authenticate = ReturnType<typeof createAuthenticate>;

const refused = (reason: string): Authenticated => ({
  kind: "refused",
  refusal: refuse("AUTHORIZATION_FAILED"),
  reason,
});

/** Nothing that could be verified: a bad request of whoever signed the header, or of nobody. */
const invalidBody = (header: Verified | null): Authenticated =>
  header === null
    ? { kind: "refused", refusal: refuse("INVALID_REQUEST"), reason: "the body is no JWS" }
    : { kind: "invalid", caller: callerOf(header, null), refusal: refuse("INVALID_REQUEST") };

const callerOf = (header: Verified | null, body: Verified | null): Caller => {
  const { participant } = (header ?? body ?? unreachable()).known;
  const jtis = [header, body].map((verified) => parseJti(verified?.token.payload.get("jti")));
  return { participant, jtis: jtis.filter((jti) => jti !== null) };
};

const unreachable = (): never => {
  throw new Error("nobody signed");
};

const secondsOf = (value: JsonValue | undefined): number | null => {
  if (value === undefined || !isNumber(value)) return null;
  const seconds = Number(value.number);
  return Number.isFinite(seconds) ? seconds : null;
};

/** A media type that a signed body may come as, without its parameters. */
export const listedType = (contentType: string): string | null => {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  return type === JSON_TYPE || TOKEN_TYPES.includes(type) ? type : null;
};

/** `unsigned`: JSON that is an order and not a JWS. `unreadable`: a type that is not listed, or not three segments. */
const contentOf = (contentType: string, bytes: Buffer): { readonly jws: string } | "unsigned" | "unreadable" => {
  const type = listedType(contentType);
  if (type === null) return "unreadable";
  if (type === JSON_TYPE) {
    const jws = jwtMember(bytes);
    if (jws === null) return "unsigned";
    return hasThreeSegments(jws) ? { jws } : "unreadable";
  }
  // Files and shells end with a line; what was signed has none.
  const jws = bytes.toString("latin1").replace(/[\r\n]+$/, "");
  return hasThreeSegments(jws) ? { jws } : "unreadable";
};

const jwtMember = (bytes: Buffer): string | null => {
  try {
    const value = parseJson(bytes.toString("utf8"));
    const jwt = isJsonObject(value) ? value.get("jwt") : undefined;
    return typeof jwt === "string" ? jwt : null;
  } catch {
    return null;
  }
};
