/** Keys that nobody holds, so that an unknown key id takes as long to refuse as a wrong signature. */
import { type PublicKey, readPublicKey } from "./keys.ts";
import type { Algorithm } from "./names.ts";

/**
 * Made with node:crypto, their private halves never written anywhere. They are constants so that the first unknown key
 * costs no more than the next. Nothing rests on nobody having the halves: what a decoy verifies is refused all the same.
 */
const RSA_MODULUS =
  "u-9j9_3LPzi80jjT7olSzaabAFfJijUSRXeCeGBk0ibEFvGUFeyZnpAYfaqB3Vn9Tc5nclKE3cu8o0vlJscmGPYTQsgl-gX4DRg5" +
  "HaB9Wf2ad4n4rHXTLjpl_dgidpIjcWzAyUrc8pI8EV6zx2f5B5HWUXcP2qe0PxSWwmL-0wPnObHUpYjRimwnuDIwWMiBaGgtvebL" +
  "pfxgHX4i5qXske33MI_uENbnAUQE3b1tndOlSmsNzpw1LjoCIbHcWS1C16tm27BAjdvfgXvhh-DgQpzEjBD74bpRknjrus9OqbG_" +
  "L1JDEA5J8ZzxFDZ1VIkPuMXgSSK4uo4eK9JMkGZMtQ";
const RSA = { kty: "RSA", n: RSA_MODULUS, e: "AQAB" };
const JWKS: Readonly<Record<Algorithm, object>> = {
  RS256: RSA,
  PS256: RSA,
  ES256: {
    kty: "EC",
    crv: "P-256",
    x: "L5p2y24o5a15qKs9B43j57RWzlcT6yOmqhGSuodJNYA",
    y: "czFPqUIafftS17ZGYq3h6XqVio3Ji1VCsMko5wZHSsQ",
  },
  EdDSA: { kty: "OKP", crv: "Ed25519", x: "lCz-8wRvEKvww7vYnOMeAnJxxsMHsRTofr6ezJvkIlg" },
};

const readDecoy = (alg: Algorithm): PublicKey => {
  const key = readPublicKey({ ...JWKS[alg], kid: "decoy", alg });
  if ("fault" in key) throw new Error(`the decoy for ${alg} is no key: ${key.fault}`);
  return key;
};

const DECOYS: Readonly<Record<Algorithm, PublicKey>> = {
  RS256: readDecoy("RS256"),
  PS256: readDecoy("PS256"),
  ES256: readDecoy("ES256"),
  EdDSA: readDecoy("EdDSA"),
};

/** A key nobody has, so that an unknown kid is answered after as much work as a known one. */
export const decoyKey = (alg: Algorithm): PublicKey => DECOYS[alg];

export const isDecoy = (key: PublicKey): boolean => DECOYS[key.alg] === key;
