/**
 * Signed tokens between banks: compact JWS (RFC 7515), strictly. Turns text into a token, checks and makes signatures, and
 * reads keys. What passes has one meaning for every reader; what fails says why without saying what was in it. It knows
 * neither clocks nor banks: whether a token is fresh, whose a key is, and what a payload asks for is decided above.
 */
export { decoyKey } from "./decoys.ts";
export {
  ENCRYPTION_ALGORITHMS,
  type EncryptionAlgorithm,
  type EncryptionJwk,
  isJweFor,
  JWE_LIMIT,
  readEncryptionKey,
} from "./encryption.ts";
export {
  canonicalJson,
  isJsonObject,
  isList,
  isNumber,
  JsonFault,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
  parseJson,
  writeJson,
} from "./json.ts";
export {
  generateKey,
  type Jwk,
  type PrivateKey,
  type PublicKey,
  publicJwkOf,
  readPrivateKey,
  readPublicKey,
} from "./keys.ts";
export { ALGORITHMS, type Algorithm } from "./names.ts";
export { signToken, verifySignature } from "./signatures.ts";
export {
  type Envelope,
  HEADER_LIMIT,
  hasThreeSegments,
  parseToken,
  TOKEN_LIMIT,
  type Token,
  type TokenFault,
} from "./token.ts";
