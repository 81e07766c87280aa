/** Signing and verifying. A signature is verified in about the same time whether the key is known or not. */
import { type KeyObject, sign, subtle, type webcrypto } from "node:crypto";
import { decoyKey, isDecoy } from "./decoys.ts";
import type { PrivateKey, PublicKey } from "./keys.ts";
import { SCHEMES, type Verification } from "./schemes.ts";
import type { Envelope } from "./token.ts";

/** Of r and s each, in ES256. */
const SCALAR_BYTES = 32;
/** Ed25519 has 64 bytes too. */
const PAIR_BYTES = 2 * SCALAR_BYTES;
/** The order of P-256 (FIPS 186-5). */
const ORDER = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
const ZERO = Buffer.alloc(SCALAR_BYTES);

/** 1 to n - 1. Outside of it is where r = s = 0 once passed for everybody's signature (CVE-2022-21449). */
const isScalar = (bytes: Buffer): boolean => !bytes.equals(ZERO) && Buffer.compare(bytes, ORDER) < 0;

/** Whether a signature could be one of this key. */
const fits = (signature: Buffer, { alg, key }: PublicKey): boolean => {
  if (alg === "RS256" || alg === "PS256")
    return signature.length === Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (signature.length !== PAIR_BYTES) return false;
  const [r, s] = [signature.subarray(0, SCALAR_BYTES), signature.subarray(SCALAR_BYTES)];
  return alg === "EdDSA" || (isScalar(r) && isScalar(s));
};

/** In the thread pool. */
const check = async ({ alg, key }: PublicKey, input: Buffer, signature: Buffer): Promise<boolean> => {
  const { verification } = SCHEMES[alg];
  try {
    return await subtle.verify(verification, forWebCrypto(key, verification), signature, input);
  } catch {
    // What Node refuses before it asks OpenSSL.
    return false;
  }
};

const converted = new WeakMap<KeyObject, webcrypto.CryptoKey>();

/** The same key; a bank's is used again and again. */
const forWebCrypto = (key: KeyObject, verification: Verification): webcrypto.CryptoKey => {
  const known = converted.get(key) ?? key.toCryptoKey(verification, true, ["verify"]);
  converted.set(key, known);
  return known;
};

/** In form for every decoy (a 2048-bit modulus, or two numbers in range), and nobody's. */
const NOBODYS = { rsa: Buffer.alloc(256, 1), pair: Buffer.alloc(PAIR_BYTES, 1) };

/** As much work as a verification, for tokens that need none: how long we take must not say which kids there are. */
const pretend = async (token: Envelope): Promise<false> => {
  const decoy = decoyKey(token.alg);
  await check(decoy, token.signingInput, decoy.key.asymmetricKeyType === "rsa" ? NOBODYS.rsa : NOBODYS.pair);
  return false;
};

/**
 * Off the event loop's thread. The algorithm is the key's: a token that names another one is not signed. Never rejects;
 * false for whatever is wrong, and for every decoy.
 */
export const verifySignature = async (token: Envelope, key: PublicKey): Promise<boolean> => {
  if (token.alg !== key.alg || !fits(token.signature, key)) return pretend(token);
  return (await check(key, token.signingInput, token.signature)) && !isDecoy(key);
};

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

/**
 * Signs a text as it is: what was written is what is signed. Off the event loop's thread.
 *
 * @throws for a text with a lone surrogate, which UTF-8 cannot carry as it is
 */
export const signToken = async (payloadText: string, { kid, alg, key }: PrivateKey, typ?: string): Promise<string> => {
  if (!payloadText.isWellFormed()) throw new Error("a payload with a lone surrogate cannot be signed as it is");
  const header = JSON.stringify({ alg, kid, ...(typ === undefined ? {} : { typ }) });
  const input = `${encode(header)}.${encode(payloadText)}`;
  const { digest, options } = SCHEMES[alg];
  const signature = await new Promise<Buffer>((resolve, reject) => {
    sign(digest, Buffer.from(input, "latin1"), { key, ...options }, (error, made) =>
      error === null ? resolve(made) : reject(error),
    );
  });
  return `${input}.${signature.toString("base64url")}`;
};
