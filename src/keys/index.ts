/**
 * Our own secrets, as files under DATA_DIR/keys: the keys that sign our tokens and documents, and the one that seals
 * payment details and phones at rest. Made on the first start, readable for us alone; processes that start at once share them.
 */

export { exportKeys, importKeys, MIN_PASSPHRASE_LENGTH } from "./bundle.ts";
export {
  demandKeys,
  KEY_KINDS,
  type KeyKind,
  type KnownKeys,
  newKeys,
  readFingerprints,
} from "./fingerprints.ts";
export {
  type Issuer,
  type KeyState,
  listIssuerKeys,
  OWN_AUDIENCE,
  OWN_ISSUER,
  openIssuer,
  type PublicJwks,
  rotateIssuer,
  TOKEN_TYPE,
  type TokenClaims,
} from "./issuer.ts";
export { type KeyedHash, openKeyedHash } from "./keyed-hash.ts";
export { LEAD_MS, MAX_TOKEN_SECONDS } from "./ring.ts";
export { openSealing, type Sealing } from "./sealing.ts";
