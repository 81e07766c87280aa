import { createHash } from "node:crypto";
import {
  type Algorithm,
  decoyKey,
  generateKey,
  type Jwk,
  type PrivateKey,
  type PublicKey,
  parseToken,
  readPrivateKey,
  readPublicKey,
  verifySignature,
} from "../../src/jws/index.ts";

/** What no fault may repeat. */
export const PHONE = "+380501234567";
export const ACCOUNT = "UA413052990000026007233566001";
export const PAYLOAD = JSON.stringify({ jti: "1", creditor: { phone: PHONE }, debtor: { account: ACCOUNT } });

export const encode = (content: string | Buffer): string => Buffer.from(content).toString("base64url");
export const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

export type Pair = {
  readonly privateJwk: Jwk;
  readonly publicJwk: Jwk;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
};

/** What a reader gave, or the test ends. */
export const sound = <T extends object>(value: T): Exclude<T, { readonly fault: string }> => {
  if ("fault" in value) throw new Error(String(value.fault));
  return value as Exclude<T, { readonly fault: string }>;
};

export const pairOf = async (alg: Algorithm, kid: string): Promise<Pair> => {
  const made = await generateKey(alg, kid);
  return {
    ...made,
    privateKey: sound(readPrivateKey(made.privateJwk)),
    publicKey: sound(readPublicKey(made.publicJwk)),
  };
};

/** As the rail does: find the key by its kid, or a decoy. @returns null when it verifies, otherwise the reason */
export const judge = async (text: string, keys: readonly PublicKey[]): Promise<string | null> => {
  const token = parseToken(text);
  if ("fault" in token) return token.fault;
  const key = keys.find(({ kid }) => kid === token.kid) ?? decoyKey(token.alg);
  return (await verifySignature(token, key)) ? null : "signature";
};
