/**
 * What is encrypted for somebody else and passes through us: public keys of whoever can read it, and the outer form of a
 * compact JWE (RFC 7516). Nothing here can decrypt.
 */
import { createPublicKey } from "node:crypto";
import { decodeBase64url } from "./base64url.ts";
import { isJsonObject, JsonFault, parseJson } from "./json.ts";
import { isKeyId, KEY_ID_RULE } from "./names.ts";
import { faultOfRsa } from "./rsa.ts";
import { HEADER_LIMIT } from "./token.ts";

/** RFC 7518: an agreed key (RFC 7518 section 4.6), or one that is wrapped. */
export const ENCRYPTION_ALGORITHMS = ["ECDH-ES", "RSA-OAEP-256"] as const;
export type EncryptionAlgorithm = (typeof ENCRYPTION_ALGORITHMS)[number];
const CONTENT_ENCRYPTION = "A256GCM";

/** Its public members alone. */
export type EncryptionJwk = {
  readonly kty: string;
  readonly kid: string;
  readonly alg: EncryptionAlgorithm;
  readonly use: "enc";
} & { readonly [part in "crv" | "x" | "y" | "n" | "e"]?: string };

const FORMS = {
  "ECDH-ES": { kty: "EC", crv: "P-256", parts: ["x", "y"] },
  "RSA-OAEP-256": { kty: "RSA", crv: undefined, parts: ["n", "e"] },
} as const;
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

type Given = Readonly<Record<string, unknown>>;

const faultOfNames = ({ kid, use, alg, kty, crv, ...given }: Given): string | null => {
  if (PRIVATE_MEMBERS.some((member) => given[member] !== undefined))
    return "Make a new pair and give its public half alone: this one is no secret any more.";
  if (!isKeyId(kid)) return `Give the key a kid of ${KEY_ID_RULE}.`;
  if (use !== "enc") return 'Give the key use "enc".';
  const form = Object.entries(FORMS).find(([name]) => name === alg)?.[1];
  if (form === undefined) return `Give the key an alg: ${ENCRYPTION_ALGORITHMS.join(", ")}.`;
  const fits = kty === form.kty && (form.crv === undefined || crv === form.crv);
  return fits
    ? null
    : `Use a key that fits its alg: ${alg} needs kty ${form.kty}${form.crv ? ` and crv ${form.crv}` : ""}.`;
};

const faultOfNumbers = ({ n, e }: EncryptionJwk): string | null => {
  if (n === undefined) return null;
  const modulus = decodeBase64url(n);
  return modulus === null ? "Give n and e in base64url without padding." : faultOfRsa(modulus, e);
};

/** Node finds out whether a point is on its curve. */
const isKey = (jwk: EncryptionJwk): boolean => {
  try {
    createPublicKey({ key: { ...jwk }, format: "jwk" });
    return true;
  } catch {
    return false;
  }
};

/** At registration. A refusal is a sentence that says what to do. */
export const readEncryptionKey = (given: unknown): EncryptionJwk | { readonly fault: string } => {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return { fault: "Give the key as a JWK object." };
  const fault = faultOfNames({ ...given });
  if (fault !== null) return { fault };
  const { kty, kid, alg, crv, ...rest } = given as EncryptionJwk;
  const parts = FORMS[alg].parts.map((part) => [part, Reflect.get(rest, part)] as const);
  if (parts.some(([, value]) => typeof value !== "string" || decodeBase64url(value) === null))
    return { fault: `Give ${FORMS[alg].parts.join(" and ")} in base64url without padding.` };
  const jwk: EncryptionJwk = {
    kty,
    kid,
    alg,
    use: "enc",
    ...(crv === undefined ? {} : { crv }),
    ...Object.fromEntries(parts),
  };
  const weak = faultOfNumbers(jwk) ?? (isKey(jwk) ? null : "Use another key: this one's numbers are no public key.");
  return weak === null ? jwk : { fault: weak };
};

/** A name and what is beside it have a few hundred bytes. */
export const JWE_LIMIT = 8 * 1_024;

const headerOf = (segment: string) => {
  const bytes = segment.length > HEADER_LIMIT * 2 ? null : decodeBase64url(segment);
  if (bytes === null) return null;
  try {
    const header = parseJson(bytes.toString("utf8"));
    return isJsonObject(header) ? header : null;
  } catch (error) {
    if (error instanceof JsonFault) return null;
    throw error;
  }
};

/** Whether a text is a compact JWE for the holder of this key, as far as can be seen from outside. */
export const isJweFor = (text: string, { kid, alg }: Pick<EncryptionJwk, "kid" | "alg">): boolean => {
  if (text.length > JWE_LIMIT) return false;
  const segments = text.split(".");
  const [header = "", key = "", ...rest] = segments;
  if (segments.length !== 5 || rest.some((segment) => decodeBase64url(segment) === null)) return false;
  // An agreed key is not sent at all.
  if (alg === "ECDH-ES" ? key !== "" : decodeBase64url(key) === null) return false;
  const members = headerOf(header);
  if (members === null || members.has("crit") || members.has("zip")) return false;
  return members.get("alg") === alg && members.get("enc") === CONTENT_ENCRYPTION && members.get("kid") === kid;
};
