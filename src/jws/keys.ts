/**
 * Public and private keys as JWKs (RFC 7517): generated, read and checked. A weak or malformed key is refused with a
 * sentence that says what to do.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { promisify } from "node:util";
import { decodeBase64url } from "./base64url.ts";
import { isEd25519Point } from "./ed25519.ts";
import { ALGORITHMS, type Algorithm, algorithmOf, isKeyId, KEY_ID_RULE } from "./names.ts";
import { faultOfRsa, RSA_BITS } from "./rsa.ts";
import { SCHEMES } from "./schemes.ts";

export type PublicKey = { readonly kid: string; readonly alg: Algorithm; readonly key: KeyObject };
export type PrivateKey = { readonly kid: string; readonly alg: Algorithm; readonly key: KeyObject };

type Part = "x" | "y" | "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi";
/** RFC 7517, as far as our algorithms need it. */
export type Jwk = { readonly kty: string; readonly kid: string; readonly alg: Algorithm; readonly crv?: string } & {
  readonly [part in Part]?: string;
};

/** A sentence for whoever installs the key: what to do, without what they sent. */
type KeyFault = { readonly fault: string };
type Given = Readonly<Record<string, unknown>>;
type Named = { readonly kid: string; readonly alg: Algorithm; readonly given: Given };
type Form = {
  readonly kty: string;
  readonly crv: string | null;
  readonly publicParts: readonly Part[];
  readonly privateParts: readonly Part[];
};

/** Coordinates of P-256 and Ed25519 always have this length (RFC 7518 section 6.2.1.2, RFC 8037 section 2). */
const COORDINATE_BYTES = 32;

const RSA: Form = {
  kty: "RSA",
  crv: null,
  publicParts: ["n", "e"],
  privateParts: ["d", "p", "q", "dp", "dq", "qi"],
};
const FORMS: Readonly<Record<Algorithm, Form>> = {
  RS256: RSA,
  PS256: RSA,
  ES256: { kty: "EC", crv: "P-256", publicParts: ["x", "y"], privateParts: ["d"] },
  EdDSA: { kty: "OKP", crv: "Ed25519", publicParts: ["x"], privateParts: ["d"] },
};
/** Of every key type, that of a shared secret (`k`) too. */
const PRIVATE_MEMBERS = [...RSA.privateParts, "oth", "k"];

const PRIVATE_KEY_SENT =
  "Make a new pair and give its public half alone: a private key must never be sent, and this one is no secret any more.";

const readNames = (jwk: unknown): Named | KeyFault => {
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk)) return { fault: "Give the key as a JWK object." };
  const given: Given = { ...jwk };
  const { kid } = given;
  const alg = algorithmOf(given.alg);
  if (!isKeyId(kid)) return { fault: `Give the key a kid of ${KEY_ID_RULE}.` };
  if (alg === null) return { fault: `Give the key an alg: ${ALGORITHMS.join(", ")}.` };
  return { kid, alg, given };
};

const faultOfUse = ({ given }: Named, operation: "sign" | "verify"): string | null => {
  const { use, key_ops: operations } = given;
  if (use !== undefined && use !== "sig") return 'Leave use away or make it "sig": this key is for signatures.';
  if (operations === undefined || (Array.isArray(operations) && operations.includes(operation))) return null;
  return `Leave key_ops away or let it include "${operation}".`;
};

const decodePart = (value: unknown): Buffer | null => (typeof value === "string" ? decodeBase64url(value) : null);

const faultOfForm = ({ alg, given }: Named): string | null => {
  const { kty, crv, publicParts } = FORMS[alg];
  if (given.kty !== kty || (crv !== null && given.crv !== crv))
    return `Use a key that fits its alg: ${alg} needs kty ${kty}${crv === null ? "" : ` and crv ${crv}`}.`;
  const numbers = publicParts.map((part) => decodePart(given[part])).filter((bytes) => bytes !== null);
  const [first, second] = numbers;
  if (first === undefined || numbers.length < publicParts.length)
    return `Give ${publicParts.join(" and ")} in base64url without padding.`;
  if (kty === "RSA") return faultOfRsa(first, given.e);
  if (first.length !== COORDINATE_BYTES || (second !== undefined && second.length !== COORDINATE_BYTES))
    return `Give ${publicParts.join(" and ")} with ${COORDINATE_BYTES} bytes.`;
  return alg === "EdDSA" && !isEd25519Point(first) ? "Use another key: x is no public key of Ed25519." : null;
};

/** Picks members by name: whatever else an object carries stays out. */
const pick = (from: Given, parts: readonly Part[]): { readonly [part in Part]?: string } => {
  const picked: { [part in Part]?: string } = {};
  for (const part of parts) {
    const text = from[part];
    if (typeof text === "string") picked[part] = text;
  }
  return picked;
};

const jwkOf = (kid: string, alg: Algorithm, from: Given, parts: readonly Part[]): Jwk => {
  const { kty, crv } = FORMS[alg];
  return { kty, kid, alg, ...(crv === null ? {} : { crv }), ...pick(from, parts) };
};

/** Node finds out whether a point is on P-256. @returns null when it is not, or when members do not fit each other */
const importKey = (jwk: Jwk, create: typeof createPublicKey | typeof createPrivateKey): KeyObject | null => {
  try {
    const key: JsonWebKey = { ...jwk };
    return create({ key, format: "jwk" });
  } catch {
    return null;
  }
};

const importPublic = (named: Named): PublicKey | KeyFault => {
  const { kid, alg, given } = named;
  const fault = faultOfForm(named);
  if (fault !== null) return { fault };
  const key = importKey(jwkOf(kid, alg, given, FORMS[alg].publicParts), createPublicKey);
  return key === null ? { fault: "Use another key: this one's numbers are no public key." } : { kid, alg, key };
};

/** At registration. A refusal is a sentence that says what to do. */
export const readPublicKey = (jwk: unknown): PublicKey | { readonly fault: string } => {
  const named = readNames(jwk);
  if ("fault" in named) return named;
  if (PRIVATE_MEMBERS.some((member) => named.given[member] !== undefined)) return { fault: PRIVATE_KEY_SENT };
  const fault = faultOfUse(named, "verify");
  return fault === null ? importPublic(named) : { fault };
};

/** Node does not ask whether the halves belong together, and what we sign must verify with what we publish. */
const belongTogether = ({ alg, key: publicKey }: PublicKey, key: KeyObject): boolean => {
  const { digest, options } = SCHEMES[alg];
  const probe = Buffer.from("probe", "latin1");
  try {
    return verify(digest, probe, { key: publicKey, ...options }, sign(digest, probe, { key, ...options }));
  } catch {
    return false;
  }
};

/** A key of our own, or of a tool. A refusal is a sentence that says what to do. */
export const readPrivateKey = (jwk: unknown): PrivateKey | { readonly fault: string } => {
  const named = readNames(jwk);
  if ("fault" in named) return named;
  const { kid, alg, given } = named;
  const fault = faultOfUse(named, "sign");
  if (fault !== null) return { fault };
  const publicKey = importPublic(named);
  if ("fault" in publicKey) return publicKey;
  const { publicParts, privateParts } = FORMS[alg];
  if (Object.keys(pick(given, privateParts)).length < privateParts.length)
    return { fault: `Give the private half too: ${privateParts.join(", ")}.` };
  const key = importKey(jwkOf(kid, alg, given, [...publicParts, ...privateParts]), createPrivateKey);
  if (key === null || !belongTogether(publicKey, key))
    return { fault: "Use another key: this one's private half does not belong to its public half." };
  return { kid, alg, key };
};

/** What everybody may have: `kty`, `kid`, `alg` and the public numbers, in this order, and nothing else. */
export const publicJwkOf = ({ kid, alg, key }: PublicKey): Jwk =>
  jwkOf(kid, alg, key.export({ format: "jwk" }), FORMS[alg].publicParts);

const generate = promisify(generateKeyPair);

const generatePair = (alg: Algorithm): Promise<{ readonly privateKey: KeyObject }> => {
  if (alg === "ES256") return generate("ec", { namedCurve: "P-256" });
  return alg === "EdDSA" ? generate("ed25519") : generate("rsa", { modulusLength: RSA_BITS.least });
};

/** For tools, sandboxes and tests. RSA has 2048 bits, the least that is taken. */
export const generateKey = async (
  alg: Algorithm,
  kid: string = randomUUID(),
): Promise<{ readonly privateJwk: Jwk; readonly publicJwk: Jwk }> => {
  const { publicParts, privateParts } = FORMS[alg];
  const parts = (await generatePair(alg)).privateKey.export({ format: "jwk" });
  return {
    privateJwk: jwkOf(kid, alg, parts, [...publicParts, ...privateParts]),
    publicJwk: jwkOf(kid, alg, parts, publicParts),
  };
};
