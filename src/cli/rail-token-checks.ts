/** What is right and wrong with a token, step by step, in words: what the rail itself never tells a caller. */
import { hash } from "node:crypto";
import {
  type Envelope,
  isList,
  isNumber,
  type JsonValue,
  type PublicKey,
  parseToken,
  TOKEN_LIMIT,
  type Token,
  writeJson,
} from "../jws/index.ts";
import { withoutTrailing } from "../kernel/index.ts";
import { FRESHNESS, faultOfAlgorithm } from "../rail/index.ts";
import type { ProfileName } from "./rail-files.ts";
import { faultOfSignature } from "./rail-token-signature.ts";
import type { Place } from "./rail-token-verdict.ts";

/** @property verdict `unknown`: what it would be held against was not given */
export type Finding = { readonly verdict: "right" | "wrong" | "unknown"; readonly what: string; readonly says: string };

export type Question = {
  readonly text: string;
  readonly as: Place;
  readonly profile: ProfileName;
  /** Those that it may be signed with; null: not given. */
  readonly keys: readonly PublicKey[] | null;
  /** The participant's. */
  readonly guid: string | null;
  /** RAIL_PUBLIC_URL and the path. */
  readonly audience: string | null;
  /** What goes with a header token; empty for a read; null: not given. */
  readonly body: Buffer | null;
  /** Seconds since 1970. */
  readonly now: number;
};

const right = (what: string, says: string): Finding => ({ verdict: "right", what, says });
const wrong = (what: string, says: string): Finding => ({ verdict: "wrong", what, says });
const unknown = (what: string, says: string): Finding => ({ verdict: "unknown", what, says });
const judged = (what: string, fault: string | null, fine: string): Finding =>
  fault === null ? right(what, fine) : wrong(what, fault);

export const checkToken = async (question: Question): Promise<readonly Finding[]> => {
  const token = parseToken(question.text);
  const form = checkForm(question.text, token);
  if ("fault" in token)
    return token.envelope === undefined ? form : [...form, ...(await checkKey(question, token.envelope))];
  return [...form, ...(await checkKey(question, token)), ...checkClaims(question, token)];
};

/** The parser's order; its faults begin with the part that they are about. */
const PARTS = ["token", "header", "signature", "payload"] as const;

const checkForm = (text: string, token: ReturnType<typeof parseToken>): readonly Finding[] => {
  const fine = {
    token: `three segments, ${text.length} of at most ${TOKEN_LIMIT} characters`,
    header: "fault" in token ? "readable" : writeJson(token.header),
    signature: "base64url",
    payload: "fault" in token ? "readable" : "a JSON object",
  };
  if (!("fault" in token)) return PARTS.map((part) => right(part, fine[part]));
  const failed = PARTS.findIndex((part) => new RegExp(`^the ${part}\\b`).test(token.fault));
  const passed = PARTS.slice(0, Math.max(0, failed)).map((part) => right(part, fine[part]));
  const hint = hintOfForm(text, token.fault);
  return [...passed, wrong(PARTS[failed] ?? "token", hint === null ? token.fault : `${token.fault}: ${hint}`)];
};

const hintOfForm = (text: string, fault: string): string | null => {
  if (/\s/.test(text)) return "there are blanks or line ends in it";
  const segments = text.split(".");
  if (fault.includes("three segments"))
    return `it has ${segments.length}, and a compact JWS is header.payload.signature`;
  if (fault.includes("base64url")) return hintOfBase64(segments);
  if (fault.includes("alg")) return hintOfAlgorithm(segments[0] ?? "");
  return null;
};

const hintOfBase64 = (segments: readonly string[]): string => {
  if (segments.some((segment) => segment.includes("="))) return "take the padding (=) away";
  if (segments.some((segment) => /[+/]/.test(segment))) return "it is base64: write - for + and _ for /";
  if (segments.some((segment) => segment === "")) return "a segment is empty";
  return "a character is missing, or there is one too much";
};

const hintOfAlgorithm = (segment: string): string | null => {
  const named = /"alg"\s*:\s*"([^"]{1,16})"/.exec(Buffer.from(segment, "base64url").toString("utf8"))?.[1];
  if (named === undefined) return "there is none; RS256, PS256, ES256 and EdDSA are taken";
  return `"${named}" is not taken; RS256, PS256, ES256 and EdDSA are, letter for letter`;
};

const checkKey = async (question: Question, token: Envelope): Promise<readonly Finding[]> => {
  const { keys, profile, text } = question;
  const allowed = judgedAlgorithm(profile, token);
  if (keys === null) return [unknown("kid", `${token.kid}; give --jwk or --jwks to hold it against a key`), allowed];
  const key = keys.find(({ kid }) => kid === token.kid);
  if (key === undefined) {
    const theirs = keys.map(({ kid }) => `"${kid}"`).join(", ");
    return [wrong("kid", `the token says "${token.kid}", the key is ${theirs === "" ? "missing" : theirs}`), allowed];
  }
  const known = right("kid", `"${token.kid}" is the key's`);
  if (key.alg !== token.alg)
    return [known, wrong("alg", `the token says ${token.alg}, the key is registered for ${key.alg}`)];
  return [known, allowed, judged("signed", await faultOfSignature(token, key, text), "the signature fits")];
};

const judgedAlgorithm = (profile: ProfileName, { alg }: Pick<Token, "alg">): Finding => {
  const named = ["RS256", "PS256", "ES256", "EdDSA"] as const;
  const known = named.find((each) => each === alg);
  return judged("alg", known === undefined ? "none of ours" : faultOfAlgorithm(profile, known), `${alg}, ${profile}`);
};

const checkClaims = (question: Question, token: Token): readonly Finding[] => {
  const { as, profile } = question;
  const checks: readonly (readonly [name: string, check: Check, asked: boolean])[] = [
    ["jti", checkJti, true],
    // A compat body has no date: its header has.
    ["iat", checkIat, profile === "strong" || as === "header"],
    ["exp", checkExp, profile === "strong"],
    ["iss", checkIss, profile === "strong"],
    ["aud", checkAud, profile === "strong"],
    ["bh", checkBh, profile === "strong" && as === "header"],
  ];
  // Whoever wrote them means them, whether or not they are asked for.
  const standing = ["exp", "iss", "aud"].filter((name) => token.payload.has(name));
  return [
    ...checks.filter(([name, , asked]) => asked || standing.includes(name)).map(([, check]) => check(question, token)),
    ...(token.payload.has("nbf") ? [checkNbf(question, token)] : []),
  ];
};

type Check = (question: Question, token: Token) => Finding;

const MAX_JTI = 128;

const checkJti = ({ as, profile }: Question, { payload }: Token): Finding => {
  const jti = payload.get("jti");
  if (jti === undefined) return wrong("jti", "is missing: a text of 1 to 128 characters, new for every token");
  const sound = typeof jti === "string" && jti !== "" && [...jti].length <= MAX_JTI && !jti.includes("\u0000");
  const since = as === "body" && profile === "compat" ? "was never used" : "was not used in the last 24 hours";
  return sound
    ? right("jti", `${JSON.stringify(jti)}, if it ${since}`)
    : wrong("jti", `is not a text of 1 to ${MAX_JTI} characters`);
};

/** Above it a number of seconds is one of milliseconds. */
const MILLISECONDS_FROM = 100_000_000_000;

/** @returns seconds, or what is wrong */
const readSeconds = (value: JsonValue | undefined): number | string => {
  if (value === undefined) return "is missing: seconds since 1970, as a number";
  if (!isNumber(value)) return "is not a number: write seconds since 1970 without quotation marks";
  const seconds = Number(value.number);
  if (!Number.isFinite(seconds)) return "is not a number that can be read";
  return seconds >= MILLISECONDS_FROM ? "is in milliseconds: write seconds" : seconds;
};

const checkIat = ({ profile, now }: Question, { payload }: Token): Finding => {
  const iat = readSeconds(payload.get("iat"));
  if (typeof iat === "string") return wrong("iat", iat);
  const { past, ahead } = FRESHNESS[profile];
  const age = Math.round(now - iat);
  if (iat < now - past) return wrong("iat", `is ${age} s old; allowed are ${past} s`);
  if (iat > now + ahead) return wrong("iat", `is ${-age} s ahead of this machine's clock; allowed are ${ahead} s`);
  return right("iat", age >= 0 ? `${age} s old of at most ${past}` : `${-age} s ahead of at most ${ahead}`);
};

const checkExp = ({ now, profile }: Question, { payload }: Token): Finding => {
  const exp = readSeconds(payload.get("exp"));
  if (typeof exp === "string") return wrong("exp", exp);
  const iat = readSeconds(payload.get("iat"));
  const { life } = FRESHNESS.strong;
  if (exp <= now) return wrong("exp", `was ${Math.round(now - exp)} s ago`);
  if (profile === "strong" && typeof iat === "number" && exp > iat + life)
    return wrong("exp", `is ${Math.round(exp - iat)} s after iat; allowed are ${life} s`);
  return right("exp", `in ${Math.round(exp - now)} s`);
};

const checkNbf = ({ now, profile }: Question, { payload }: Token): Finding => {
  const nbf = readSeconds(payload.get("nbf"));
  if (typeof nbf === "string") return wrong("nbf", nbf);
  const { ahead } = FRESHNESS[profile];
  return nbf > now + ahead
    ? wrong("nbf", `is in ${Math.round(nbf - now)} s; allowed are ${ahead} s`)
    : right("nbf", "is reached");
};

const shown = (value: JsonValue | undefined): string =>
  value === undefined ? "is missing" : `is ${typeof value === "string" ? JSON.stringify(value) : "not a text"}`;

const checkIss = ({ guid }: Question, { payload }: Token): Finding => {
  const iss = payload.get("iss");
  if (typeof iss !== "string") return wrong("iss", `${shown(iss)}; it is the participant's guid`);
  if (guid === null) return unknown("iss", `${shown(iss)}; give --guid to compare`);
  return judged("iss", iss === guid ? null : `${shown(iss)}, and the participant is "${guid}"`, "the participant");
};

const checkAud = ({ audience }: Question, { payload }: Token): Finding => {
  const aud = payload.get("aud");
  if (isList(aud)) return checkAuds(audience, aud);
  if (typeof aud !== "string") return wrong("aud", `${shown(aud)}; it is the rail's public URL and the path`);
  if (audience === null) return unknown("aud", `${shown(aud)}; give --url to compare`);
  if (aud === audience) return right("aud", aud);
  const query = aud.split("?")[0] === audience ? ": leave the query away" : "";
  const slash = withoutTrailing(aud, "/") === audience ? ": leave the slash at its end away" : "";
  return wrong("aud", `${shown(aud)}, and the call goes to "${audience}"${query}${slash}`);
};

const checkAuds = (audience: string | null, auds: readonly JsonValue[]): Finding => {
  if (!auds.every((one) => typeof one === "string")) return wrong("aud", "is a list with something else than texts");
  if (audience === null) return unknown("aud", "is a list; give --url to compare");
  const missing = auds.includes(audience) ? null : `is a list without "${audience}", where the call goes to`;
  return judged("aud", missing, audience);
};

const checkBh = ({ body }: Question, { payload }: Token): Finding => {
  const bh = payload.get("bh");
  if (typeof bh !== "string")
    return wrong("bh", `${shown(bh)}; it is the body's SHA-256 in base64url, also of no body`);
  if (body === null) return unknown("bh", "give --body to compare, or --no-body for a call without one");
  const digest = hash("sha256", body, "base64url");
  return judged("bh", bh === digest ? null : faultOfDigest(bh, body, digest), "of this body");
};

const faultOfDigest = (bh: string, body: Buffer, digest: string): string => {
  if (bh === hash("sha256", body, "hex")) return "is in hex: write base64url";
  if (bh === hash("sha256", body, "base64")) return "is in base64: write base64url without padding";
  if (bh === hash("sha256", Buffer.from(hash("sha256", body, "hex")), "base64url"))
    return "is the digest of the digest's hex: hash the body's bytes";
  const ended = Buffer.concat([body, Buffer.from("\n")]);
  if (bh === hash("sha256", ended, "base64url")) return "is of the body with a line feed behind it";
  const trimmed = Buffer.from(withoutTrailing(body.toString("latin1"), "\r\n"), "latin1");
  if (bh === hash("sha256", trimmed, "base64url"))
    return "is of the body without the line end that this file has: send the very bytes that were hashed";
  if (bh === hash("sha256", "", "base64url")) return "is of no body at all";
  return `is of another body; of this one it is ${digest}`;
};
