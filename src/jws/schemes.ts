/** The parameters of each signature algorithm (RFC 7518, RFC 8037) for node:crypto and WebCrypto. */
import { constants, type SigningOptions, type webcrypto } from "node:crypto";
import type { Algorithm } from "./names.ts";

/** Bytes of a SHA-256 digest, and so of the salt in PS256 (RFC 7518 section 3.5): no other length is taken. */
const DIGEST_BYTES = 32;

/** Takes r and s of ES256 side by side, as JWS has them. */
export type Verification = webcrypto.Algorithm & {
  readonly hash?: string;
  readonly namedCurve?: string;
  readonly saltLength?: number;
};

type Scheme = {
  readonly digest: "sha256" | null;
  readonly options: SigningOptions;
  /** For WebCrypto, which verifies with half the work on the event loop's thread. */
  readonly verification: Verification;
};

const HASH = "SHA-256";

/** What node:crypto has to be told per algorithm. Ed25519 brings its own digest. */
export const SCHEMES: Readonly<Record<Algorithm, Scheme>> = {
  RS256: {
    digest: "sha256",
    options: { padding: constants.RSA_PKCS1_PADDING },
    verification: { name: "RSASSA-PKCS1-v1_5", hash: HASH },
  },
  PS256: {
    digest: "sha256",
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: DIGEST_BYTES },
    verification: { name: "RSA-PSS", hash: HASH, saltLength: DIGEST_BYTES },
  },
  ES256: {
    digest: "sha256",
    // r and s side by side as JWS has them, not in DER.
    options: { dsaEncoding: "ieee-p1363" },
    verification: { name: "ECDSA", namedCurve: "P-256", hash: HASH },
  },
  EdDSA: { digest: null, options: {}, verification: { name: "Ed25519" } },
};
