/**
 * Who calls, by the signatures of header and body. The answer is the same for every fault of a token; the reason goes to
 * the log alone.
 */
import { hash } from "node:crypto";
import type { JsonObject } from "../../jws/index.ts";
import { type Refusal, refuse } from "../../kernel/index.ts";
import { type ErrorCode, invalid } from "../errors.ts";
import { parseJti } from "../parsers/index.ts";
import type { Participant } from "../tables/index.ts";
import { contentOf } from "./signed-body.ts";
import {
  createTokenVerifier,
  rejected,
  type TokenRejection,
  type TokenVerifier,
  type VerifiedToken,
  type VerifierDeps,
} from "./verify-token.ts";

export type SignedRequest = {
  /** Without the query. */
  readonly path: string;
  /** From `CX-Authorization`, or behind `Bearer`. */
  readonly headerToken: string | null;
  /** Null: a read. */
  readonly body: { readonly contentType: string; readonly bytes: Buffer } | null;
};

/** A `jti` in the place where it counts once. */
export type Use = { readonly of: "header" | "body"; readonly jti: string };

/**
 * @property uses consumed by this request whatever its answer, except 429 and 5xx
 * @property jti what the bank itself calls this request: its body's, or its header's where there is no body to read
 */
export type Caller = { readonly participant: Participant; readonly uses: readonly Use[]; readonly jti: string | null };

/** A read has no payload. `invalid`: the signatures are in order, but the payload cannot be used. */
export type Authenticated =
  | { readonly kind: "accepted"; readonly caller: Caller; readonly payload: JsonObject }
  | { readonly kind: "invalid"; readonly caller: Caller; readonly refusal: Refusal<ErrorCode> }
  | { readonly kind: "refused"; readonly refusal: Refusal<ErrorCode>; readonly reason: string };

export type Authenticate = (request: SignedRequest) => Promise<Authenticated>;

export const createAuthenticate = (deps: VerifierDeps): Authenticate => {
  const verifier = createTokenVerifier(deps);
  return async (request) => {
    const { headerToken, body } = request;
    const header = headerToken === null ? null : await checkHeader(verifier, headerToken, request);
    if (header !== null && "reason" in header) return refused(header.reason);
    if (body !== null) return authenticateBody(verifier, header, body, request.path);
    if (header === null) return refused("there is no token");
    return { kind: "accepted", caller: callerOf(header, null), payload: new Map() };
  };
};

const checkHeader = async (
  { verify, faultOfClaims }: TokenVerifier,
  text: string,
  { path, body }: SignedRequest,
): Promise<VerifiedToken | TokenRejection> => {
  const verified = await verify(text);
  if ("reason" in verified) return verified;
  const { payload } = verified.token;
  if (parseJti(payload.get("jti")) === null) return rejected("the header token has no jti");
  const claims = faultOfClaims(verified, { path, dated: true });
  if (claims !== null) return rejected(claims);
  if (verified.known.participant.profile === "compat") return verified;
  const digest = hash("sha256", body?.bytes ?? Buffer.alloc(0), "base64url");
  return payload.get("bh") === digest ? verified : rejected("bh is of another body");
};

/** A compat body has no date, so that it is as fresh as its header; a strong one may stand alone. */
const checkBody = async (
  { verify, faultOfClaims }: TokenVerifier,
  text: string,
  path: string,
  header: VerifiedToken | null,
): Promise<VerifiedToken | TokenRejection> => {
  const verified = await verify(text);
  if ("reason" in verified) return verified;
  const { participant } = verified.known;
  if (header !== null && header.known.participant.guid !== participant.guid) return rejected("two banks signed it");
  if (participant.profile === "compat" && header === null) return rejected("a compat call has no header");
  const claims = faultOfClaims(verified, { path, dated: false });
  return claims === null ? verified : rejected(claims);
};

const authenticateBody = async (
  verifier: TokenVerifier,
  header: VerifiedToken | null,
  { contentType, bytes }: NonNullable<SignedRequest["body"]>,
  path: string,
): Promise<Authenticated> => {
  const content = contentOf(contentType, bytes);
  if (content === "unsigned" && header === null) return refused("the body is not signed");
  if (content === "unsigned" || content === "unreadable") return invalidBody(header);
  const signed = await checkBody(verifier, content.jws, path, header);
  if ("reason" in signed) {
    const unreadable = header !== null && signed.signedBy === header.known.participant.guid;
    return unreadable ? invalidBody(header) : refused(signed.reason);
  }
  const { payload } = signed.token;
  const caller = callerOf(header, signed);
  if (parseJti(payload.get("jti")) === null) return { kind: "invalid", caller, refusal: invalid("jti") };
  return { kind: "accepted", caller, payload };
};

const refused = (reason: string): Authenticated => ({
  kind: "refused",
  refusal: refuse("AUTHORIZATION_FAILED"),
  reason,
});

/** A body without a verifiable token: a bad request of the bank that signed the header, or of nobody. */
const invalidBody = (header: VerifiedToken | null): Authenticated =>
  header === null
    ? { kind: "refused", refusal: refuse("INVALID_REQUEST"), reason: "the body is no JWS" }
    : { kind: "invalid", caller: callerOf(header, null), refusal: refuse("INVALID_REQUEST") };

const callerOf = (header: VerifiedToken | null, body: VerifiedToken | null): Caller => {
  const { participant } = (header ?? body ?? unreachable()).known;
  // A body that could pass for the header of another call is spent as one too. It needs `bh` for that, and has none as a
  // rule: a claim more for each write costs the rail a tenth of what it can do.
  const asIfHeader = header ?? (body?.token.payload.has("bh") ? body : null);
  const [asHeader, asBody] = [asIfHeader, body].map((token) => parseJti(token?.token.payload.get("jti")));
  const uses: readonly (Use | null)[] = [useOf("header", asHeader), useOf("body", asBody)];
  return { participant, uses: uses.filter((use) => use !== null), jti: asBody ?? asHeader ?? null };
};

const useOf = (of: Use["of"], jti: string | null | undefined): Use | null =>
  jti === null || jti === undefined ? null : { of, jti };

const unreachable = (): never => {
  throw new Error("nobody signed");
};
