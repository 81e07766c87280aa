/** What a token's header and a key both name: the algorithm and the key's id. */

/** Asymmetric ones alone: with a shared secret nobody could say which of two banks has signed. */
export type Algorithm = "RS256" | "PS256" | "ES256" | "EdDSA";
export const ALGORITHMS: readonly Algorithm[] = ["RS256", "PS256", "ES256", "EdDSA"];

/** RFC 9864 names what `EdDSA` leaves open. The curve that we take is the same, so that both names are of one algorithm. */
const ED25519 = "Ed25519";

/** Letter for letter: `none`, HMAC and `Es256` are no algorithms of ours. */
export const algorithmOf = (name: unknown): Algorithm | null =>
  name === ED25519 ? "EdDSA" : (ALGORITHMS.find((known) => known === name) ?? null);

/** Visible ASCII: a key id goes into logs and look-ups. 128 are room for a thumbprint, a UUID or a URL. */
const KEY_ID = /^[\x21-\x7e]{1,128}$/;
export const KEY_ID_RULE = "1 to 128 visible ASCII characters";

export const isKeyId = (value: unknown): value is string => typeof value === "string" && KEY_ID.test(value);
