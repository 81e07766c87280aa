import { constants, type SigningOptions } from "node:crypto";
import type { Algorithm } from "./names.ts";

/** Bytes of a SHA-256 digest, and so of the salt in PS256 (RFC 7518 section 3.5): no other length is taken. */
const DIGEST_BYTES = 32;

/** What node:crypto has to be told per algorithm. Ed25519 brings its own digest. */
export const SCHEMES: Readonly<
  Record<Algorithm, { readonly digest: "sha256" | null; readonly options: SigningOptions }>
> = {
  RS256: { digest: "sha256", options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: { digest: "sha256", options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: DIGEST_BYTES } },
  // r and s side by side as JWS has them, not in DER.
  ES256: { digest: "sha256", options: { dsaEncoding: "ieee-p1363" } },
  EdDSA: { digest: null, options: {} },
};
