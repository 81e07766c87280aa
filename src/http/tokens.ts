/** Bearer tokens: those of our own issuer and those of the host platform, verified once and remembered for a while. */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { LRUCache } from "lru-cache";
import { hasAtMost, type Instant, instant, MINUTE, refuse, SECOND, traderId } from "../kernel/index.ts";
import { type Caller, ROLES, type Role } from "./callers.ts";
import { RefusedError, unauthorized } from "./errors.ts";
import { fetchKeySet, KeysUnavailable } from "./key-set.ts";
import { STEP_UP_MS } from "./step-up.ts";
import { isLine } from "./text.ts";

/** Our own issuer: structurally a part of `keys`' Issuer. */
export type OwnTokens = {
  readonly issuer: string;
  readonly audience: string;
  /** Whose tokens are taken; the same object until that changes. */
  tokenKeys(): JSONWebKeySet;
};

export type HostTokens = {
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
  /** The roles that a host's token may claim; others in it are ignored. */
  readonly roles: ReadonlySet<Role>;
  /** Whether what needs the second factor needs the host's word that it has seen it lately. */
  readonly stepUp: boolean;
};

export type TokensDeps = { readonly own: OwnTokens; readonly host: HostTokens | null; readonly now?: () => number };

export type Tokens = {
  /** The caller when this very token was verified lately, without waiting; else null. */
  known(authorization: string): Caller | null;
  /** @throws RefusedError: UNAUTHORIZED, or OVERLOADED while the host's keys cannot be had */
  verify(authorization: string): Promise<Caller>;
};

/** Asymmetric only: with HMAC the public key would be the secret. */
export const HOST_ALGORITHMS = ["EdDSA", "ES256", "RS256", "PS256"];
const OWN_ALGORITHMS = ["ES256"];
const OWN_TYPE = "JWT";
/** A key that retired is taken for so long, and no longer. */
const MAX_OWN_AGE = "24h";

/** Ours have some 400 characters, large platforms' 2,000. Verifying costs by length. */
const MAX_TOKEN_LENGTH = 8_192;
/** One per person and device that is active at the moment; some 40 MiB at the very most. */
const MAX_CACHED_TOKENS = 20_000;
/** So long a key that the host has withdrawn can still be good here. */
const MAX_CACHED_FOR = 5 * MINUTE;
/** Clocks of two machines; without it a token that was just issued would be "not yet valid". */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** At most one look per half a minute for keys that we do not know: anybody can invent a kid. */
const UNKNOWN_KEY_PAUSE = 30 * SECOND;
/** After that keys are fetched anew beside the requests, so that withdrawn ones go. */
const REFRESH_AFTER = 5 * MINUTE;
/** Without an answer from the host's endpoint its keys are good for so long: a short outage is not ours. */
const KEYS_GOOD_FOR = 15 * MINUTE;
/** An endpoint that is down is not asked more often; nobody should wait for it in a row. */
const FAILURE_PAUSE = 2 * SECOND;
const FETCH_TIMEOUT = 5 * SECOND;

/** Subjects that we make ourselves, for built-in accounts. */
const OWN_SUBJECT_PREFIX = "u_";
const SUBJECT = /^[!-~]{1,64}$/;
const BEARER = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

const MAX_NAME_LENGTH = 64;

/** A name to show, or null: a strange one is no reason to turn a person away. */
const readName = (claim: unknown): string | null => {
  if (typeof claim !== "string") return null;
  const name = claim.trim();
  return hasAtMost(name, MAX_NAME_LENGTH) && isLine(name) ? name : null;
};

const readRoles = (claim: unknown, allowed: ReadonlySet<Role>): ReadonlySet<Role> =>
  new Set(Array.isArray(claim) ? ROLES.filter((role) => allowed.has(role) && claim.includes(role)) : []);

/** Of RFC 8176: several factors, a one-time password, a key that proves itself. */
const SECOND_FACTORS = ["mfa", "otp", "hwk"];

/** Until when the host's word counts that it has seen the second factor; a time that is still to come is none. */
const readVouched = ({ auth_time: at, amr }: JWTPayload, now: number): Instant => {
  const seen = Array.isArray(amr) && SECOND_FACTORS.some((method) => amr.includes(method));
  if (!seen || typeof at !== "number" || at * SECOND > now + CLOCK_TOLERANCE_SECONDS * SECOND) return instant(0);
  return instant(Math.floor(Math.max(0, at) * SECOND) + STEP_UP_MS);
};

const readCaller = (claims: JWTPayload, allowed: ReadonlySet<Role>): Caller => {
  const { sub, exp } = claims;
  if (typeof sub !== "string" || !SUBJECT.test(sub) || exp === undefined)
    throw unauthorized("the token names nobody that can be a user here");
  return {
    traderId: traderId(sub),
    name: readName(claims.name),
    roles: readRoles(claims.roles, allowed),
    expiresAt: instant(Math.min((Math.ceil(exp) + CLOCK_TOLERANCE_SECONDS) * SECOND, Number.MAX_SAFE_INTEGER)),
    session: null,
    personalToken: null,
    vouchedUntil: null,
  };
};

/** An RSA key fits two algorithms. One that does not say which is for RS256, so that the token cannot choose. */
const pinAlgorithm = (header: JWTHeaderParameters, jwks: JSONWebKeySet | undefined): void => {
  if (header.alg !== "PS256") return;
  const same = (jwks?.keys ?? []).filter(
    ({ kty, kid }) => kty === "RSA" && (header.kid === undefined || kid === header.kid),
  );
  if (same.some(({ alg }) => alg === undefined)) throw unauthorized("the key does not say that it is for PS256");
};

/** The host's keys: fetched when needed, kept, renewed beside the requests, and never asked for in a storm. */
const createHostKeys = (host: HostTokens, now: () => number): JWTVerifyGetKey => {
  let fetchedAt = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  const fetchKeys = async (url: string, options: RequestInit): Promise<Response> => {
    if (now() - failedAt < FAILURE_PAUSE) throw new KeysUnavailable("the endpoint failed a moment ago");
    try {
      const body = await fetchKeySet(url, options);
      fetchedAt = now();
      return new Response(body);
    } catch (cause) {
      failedAt = now();
      throw new KeysUnavailable("the endpoint is down", { cause });
    }
  };
  const remote = createRemoteJWKSet(host.jwksUrl, {
    cooldownDuration: UNKNOWN_KEY_PAUSE,
    cacheMaxAge: KEYS_GOOD_FOR,
    timeoutDuration: FETCH_TIMEOUT,
    [customFetch]: fetchKeys,
  });
  return async (header, token) => {
    const key = await remote(header, token).catch((error: unknown) => {
      throw error instanceof errors.JWKSInvalid
        ? new KeysUnavailable("the endpoint sent no key set", { cause: error })
        : error;
    });
    // A failure leaves the keys that we have; they end by KEYS_GOOD_FOR.
    if (now() - fetchedAt > REFRESH_AFTER) remote.reload().catch(() => undefined);
    pinAlgorithm(header, remote.jwks());
    return key;
  };
};

type Issuer = { readonly check: (token: string) => Promise<Caller> };

const createOwnIssuer = (own: OwnTokens, now: () => number): Issuer => {
  let known = own.tokenKeys();
  let local = createLocalJWKSet(known);
  const keys: JWTVerifyGetKey = (header, token) => {
    const present = own.tokenKeys();
    if (present !== known) {
      known = present;
      local = createLocalJWKSet(known);
    }
    return local(header, token);
  };
  const everyRole = new Set(ROLES);
  return {
    async check(token) {
      const { payload } = await jwtVerify(token, keys, {
        issuer: own.issuer,
        audience: own.audience,
        algorithms: OWN_ALGORITHMS,
        // What else we sign, such as a dossier, is no ticket.
        typ: OWN_TYPE,
        requiredClaims: ["sub", "exp"],
        // However long it says that it lives.
        maxTokenAge: MAX_OWN_AGE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now()),
      });
      return readCaller(payload, everyRole);
    },
  };
};

const createHostIssuer = (host: HostTokens, now: () => number): Issuer => {
  const keys = createHostKeys(host, now);
  return {
    async check(token) {
      const { payload } = await jwtVerify(token, keys, {
        issuer: host.issuer,
        audience: host.audience,
        algorithms: HOST_ALGORITHMS,
        requiredClaims: ["sub", "exp"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now()),
      });
      // Nobody takes over a built-in account's wallet by having its id.
      if (payload.sub?.startsWith(OWN_SUBJECT_PREFIX))
        throw unauthorized("a host's token names one of our own accounts");
      const caller = readCaller(payload, host.roles);
      return host.stepUp ? { ...caller, vouchedUntil: readVouched(payload, now()) } : caller;
    },
  };
};

const REASONS: ReadonlyMap<string, string> = new Map([
  [errors.JWTExpired.code, "the token is over"],
  [errors.JWTInvalid.code, "the token is malformed"],
  [errors.JWSInvalid.code, "the token is malformed"],
  [errors.JWSSignatureVerificationFailed.code, "the signature is wrong"],
  [errors.JWKSNoMatchingKey.code, "the token is signed with a key that its issuer does not have"],
  [errors.JOSEAlgNotAllowed.code, "the token is signed by an algorithm that is not taken"],
]);

/** In words of ours: what the library says may hold what somebody sent. */
const reasonOf = (error: unknown): string => {
  if (error instanceof errors.JWTClaimValidationFailed) return `the token's ${error.claim} is not as it has to be`;
  const code = Reflect.get(Object(error), "code");
  return REASONS.get(String(code)) ?? "the token cannot be verified";
};

const toRefused = (error: unknown): unknown => {
  if (error instanceof KeysUnavailable) return new RefusedError(refuse("OVERLOADED"), FAILURE_PAUSE / SECOND);
  if (error instanceof errors.JWKSTimeout) return new RefusedError(refuse("OVERLOADED"), FAILURE_PAUSE / SECOND);
  if (error instanceof RefusedError) return error;
  // Whatever a token makes the library throw (a key of a curve that it does not know, too small an RSA key) is no 500.
  return unauthorized(reasonOf(error));
};

/** Verifies the tokens of our own issuer and the host platform's. */
export const createTokens = ({ own, host, now = Date.now }: TokensDeps): Tokens => {
  const issuers = new Map<unknown, Issuer>([[own.issuer, createOwnIssuer(own, now)]]);
  if (host !== null) issuers.set(host.issuer, createHostIssuer(host, now));
  const verified = new LRUCache<string, { readonly caller: Caller; readonly until: number }>({
    max: MAX_CACHED_TOKENS,
  });
  const pending = new Map<string, Promise<Caller>>();

  const check = async (authorization: string): Promise<Caller> => {
    try {
      if (authorization.length > MAX_TOKEN_LENGTH) throw unauthorized("the token is too long");
      const token = BEARER.exec(authorization)?.[1];
      if (token === undefined) throw unauthorized("the header holds no bearer token");
      // Unverified: it only says whose key to try.
      const issuer = issuers.get(decodeJwt(token).iss);
      if (issuer === undefined) throw unauthorized("the token is of an issuer that is not known here");
      const caller = await issuer.check(token);
      verified.set(authorization, { caller, until: Math.min(caller.expiresAt, now() + MAX_CACHED_FOR) });
      return caller;
    } catch (error) {
      throw toRefused(error);
    }
  };

  let ownKeys = own.tokenKeys();
  /** What was verified counts no longer when keys have gone, which may be because somebody else has them. */
  const forgetOnChange = (): void => {
    const present = own.tokenKeys();
    if (present === ownKeys) return;
    ownKeys = present;
    verified.clear();
  };

  return {
    known(authorization) {
      forgetOnChange();
      const entry = verified.get(authorization);
      return entry !== undefined && now() < entry.until ? entry.caller : null;
    },
    verify(authorization) {
      const shared = pending.get(authorization);
      if (shared !== undefined) return shared;
      const verification = check(authorization).finally(() => pending.delete(authorization));
      pending.set(authorization, verification);
      return verification;
    },
  };
};
