/** The host's signing key, and the tokens it makes for Parley: who somebody is, for a few minutes. */
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import type { User } from "./users.ts";

/** Parley's name as the host's tokens have it: `AUTH_AUDIENCE`. */
export const AUDIENCE = "parley";
const ALGORITHM = "EdDSA";
const KEY_ID = "lilac-1";

export type Signer = {
  /** What stands at `AUTH_JWKS_URL`. */
  readonly jwks: { readonly keys: readonly JWK[] };
  sign(user: User, seconds: number, roles?: readonly string[]): Promise<string>;
};

/** A new key at each start: tokens of the last one are refused, and new ones are asked for. */
export const createSigner = async (issuer: () => string): Promise<Signer> => {
  const { publicKey, privateKey }: { publicKey: CryptoKey; privateKey: CryptoKey } = await generateKeyPair(ALGORITHM);
  const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: "sig" };
  return {
    jwks: { keys: [jwk] },
    sign: ({ id, name }, seconds, roles = []) =>
      new SignJWT({ name, roles: [...roles] })
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
        .setSubject(id)
        .setIssuer(issuer())
        .setAudience(AUDIENCE)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
        .sign(privateKey),
  };
};
