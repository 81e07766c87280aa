/** Our own signing key: it issues tokens and signs documents, answers and callbacks. */
import {
  CompactSign,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { openKeyDirectory, readOrCreate } from "./files.ts";

/** Who our own tokens are from and for. Constants: a change of address must not sign everybody out. */
export const OWN_ISSUER = "parley";
export const OWN_AUDIENCE = "parley";

/** Tokens to call us with. Any other document that we sign carries another type, so that it is never taken for one. */
export const TOKEN_TYPE = "JWT";

const ALGORITHM = "ES256";
const KEY_FILE = "issuer.json";

export type TokenClaims = {
  readonly sub: string;
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly ttlSeconds: number;
};

/** The public half of our key, as everybody may have it. */
export type PublicJwk = {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: typeof ALGORITHM;
  readonly use: "sig";
};

/** Signs with our own key, whose public half everybody may have. */
export type Issuer = {
  readonly issuer: string;
  readonly audience: string;
  readonly kid: string;
  readonly publicJwks: { readonly keys: [PublicJwk] };
  /** A token to call us with. */
  signToken(claims: TokenClaims): Promise<string>;
  /** Any other document as a compact JWS. @param type the media type for the header, never `JWT` */
  sign(claims: JWTPayload, type: string): Promise<string>;
  /** A document that is text already, as it is: numbers stay as they were written. */
  signText(text: string, type: string): Promise<string>;
};

const createKey = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return `${JSON.stringify({ ...jwk, kid, alg: ALGORITHM, use: "sig" })}\n`;
};

const readKey = (content: string): { readonly privateJwk: JWK; readonly publicJwk: PublicJwk } => {
  const privateJwk: JWK = JSON.parse(content);
  const { kty, crv, x, y, d, kid } = privateJwk;
  const isPair = kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string";
  if (!isPair || typeof d !== "string" || typeof kid !== "string")
    throw new Error(`${KEY_FILE} holds no private P-256 key with a kid`);
  return { privateJwk, publicJwk: { kty: "EC", crv: "P-256", x, y, kid, alg: ALGORITHM, use: "sig" } };
};

const documentType = (type: string): string => {
  if (type.toUpperCase() === TOKEN_TYPE) throw new Error("a document must not pass for a token");
  return type;
};

/** Opens our key under the data directory and makes one on the first start. */
export const openIssuer = async (dataDir: string, now: () => number = Date.now): Promise<Issuer> => {
  const directory = await openKeyDirectory(dataDir);
  const { privateJwk, publicJwk } = readKey(await readOrCreate(directory, KEY_FILE, createKey));
  const privateKey = await importJWK(privateJwk, ALGORITHM);
  const header = { alg: ALGORITHM, kid: publicJwk.kid };
  return {
    issuer: OWN_ISSUER,
    audience: OWN_AUDIENCE,
    kid: publicJwk.kid,
    publicJwks: { keys: [publicJwk] },
    signToken({ ttlSeconds, ...claims }) {
      const issuedAt = Math.floor(now() / 1_000);
      return new SignJWT({ ...claims })
        .setProtectedHeader({ ...header, typ: TOKEN_TYPE })
        .setIssuer(OWN_ISSUER)
        .setAudience(OWN_AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(privateKey);
    },
    async sign(claims, type) {
      return new SignJWT(claims).setProtectedHeader({ ...header, typ: documentType(type) }).sign(privateKey);
    },
    signText: async (text, type) =>
      new CompactSign(Buffer.from(text, "utf8"))
        .setProtectedHeader({ ...header, typ: documentType(type) })
        .sign(privateKey),
  };
};
