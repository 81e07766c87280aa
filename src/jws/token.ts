/** The compact serialization of a JWS (RFC 7515), read strictly: what two readers could read differently is refused. */
import { isUtf8 } from "node:buffer";
import { decodeBase64url } from "./base64url.ts";
import { isJsonObject, JsonFault, type JsonObject, parseJson } from "./json.ts";
import { type Algorithm, algorithmOf, isKeyId } from "./names.ts";

/** In characters, each of which is a byte in base64url. The longest order, all texts at their limits, has some 4 KiB. */
export const TOKEN_LIMIT = 16 * 1_024;
/** Decoded. An algorithm, a key id and a type have some 200 bytes. */
export const HEADER_LIMIT = 1_024;

/** A token in form. That is all: nobody has looked at the signature yet. */
export type Token = {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly typ: string | null;
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
};
/** What was signed, whatever it says. */
export type Envelope = Omit<Token, "payload">;
/**
 * A reason for the log, without content.
 * @property envelope there when nothing but the payload's content is wrong: its signature can still be looked at
 */
export type TokenFault = { readonly fault: string; readonly envelope?: Envelope };

/**
 * Members that let a token say how it is to be judged: by its own key (`jwk`, `x5c`), one from an address it names
 * (`jku`, `x5u`), or by other rules than ours (`crit`, `b64`, `zip`). We know the key, and we have one set of rules.
 */
const FORBIDDEN_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip"];

/**
 * Whether a text has the form a.b.c at all: what has not is a bad request, what has and fails is not authorised. Two dots
 * exactly decide, whatever stands between them: how a segment is wrong is already about a token, and tokens fail in one way.
 */
export const hasThreeSegments = (text: string): boolean => {
  const first = text.indexOf(".");
  const second = text.indexOf(".", first + 1);
  return first !== -1 && second !== -1 && text.indexOf(".", second + 1) === -1;
};

/** @param limit in bytes, known from the length before anything is decoded */
const readBytes = (segment: string, limit: number, name: string): { readonly text: string } | TokenFault => {
  if (Math.floor((segment.length * 3) / 4) > limit) return { fault: `the ${name} is too long` };
  const bytes = decodeBase64url(segment);
  if (bytes === null) return { fault: `the ${name} is not strict base64url` };
  // Node's decoder would put replacement characters for what is not UTF-8: two payloads would read alike.
  return isUtf8(bytes) ? { text: bytes.toString("utf8") } : { fault: `the ${name} is not UTF-8` };
};

const readMembers = (text: string, name: string): JsonObject | TokenFault => {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : { fault: `the ${name} is not a JSON object` };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: `the ${name} has ${error.message}` };
    throw error;
  }
};

type Naming = Pick<Token, "alg" | "kid" | "typ">;

const readNaming = (header: JsonObject): Naming | TokenFault => {
  const forbidden = FORBIDDEN_MEMBERS.find((name) => header.has(name));
  if (forbidden !== undefined) return { fault: `the header has the member ${forbidden}` };
  const [alg, kid, typ] = [algorithmOf(header.get("alg")), header.get("kid"), header.get("typ") ?? null];
  if (alg === null) return { fault: "the header's alg is none of ours" };
  if (!isKeyId(kid)) return { fault: "the header's kid is missing or not a key id" };
  if (header.has("typ") && typeof typ !== "string") return { fault: "the header's typ is not a string" };
  return { alg, kid, typ: typeof typ === "string" ? typ : null };
};

/**
 * Strict compact JWS. The header is judged before the payload is looked at, and lengths before anything is decoded: the
 * work is bounded by TOKEN_LIMIT.
 */
export const parseToken = (text: string): Token | TokenFault => {
  if (text.length > TOKEN_LIMIT) return { fault: "the token is too long" };
  if (!hasThreeSegments(text)) return { fault: "the token has not three segments" };
  const [first = "", second = "", third = ""] = text.split(".");
  const headerBytes = readBytes(first, HEADER_LIMIT, "header");
  if ("fault" in headerBytes) return headerBytes;
  const header = readMembers(headerBytes.text, "header");
  if ("fault" in header) return header;
  const naming = readNaming(header);
  if ("fault" in naming) return naming;
  const signature = decodeBase64url(third);
  if (signature === null) return { fault: "the signature is not strict base64url" };
  const bytes = readBytes(second, TOKEN_LIMIT, "payload");
  if ("fault" in bytes) return bytes;
  // As it came, not as we would write it. Both segments are base64url by now, so that a character is a byte.
  const signingInput = Buffer.from(`${first}.${second}`, "latin1");
  const envelope = { ...naming, header, signingInput, signature };
  const payload = readMembers(bytes.text, "payload");
  return "fault" in payload ? { ...payload, envelope } : { ...envelope, payload };
};
