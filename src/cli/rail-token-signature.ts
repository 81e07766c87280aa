/** Why a signature does not fit: the usual ways in which signers go wrong are tried one by one. */
import { constants, verify } from "node:crypto";
import { type Envelope, type PublicKey, verifySignature } from "../jws/index.ts";

/** Null: it fits. Otherwise what to do about it. */
export const faultOfSignature = async (token: Envelope, key: PublicKey, text: string): Promise<string | null> => {
  if (await verifySignature(token, key)) return null;
  const hint = usualMistakes(token, key, text).find(({ made }) => made());
  return hint?.says ?? "it is not this key's over these bytes: another key, or the token was changed after signing";
};

type Mistake = { readonly says: string; made(): boolean };

const PADDINGS = { RS256: constants.RSA_PKCS1_PSS_PADDING, PS256: constants.RSA_PKCS1_PADDING } as const;

const usualMistakes = (
  { signature, signingInput }: Envelope,
  { alg, key }: PublicKey,
  text: string,
): readonly Mistake[] => {
  const digest = alg === "EdDSA" ? null : "sha256";
  const encoding = alg === "ES256" ? ({ dsaEncoding: "ieee-p1363" } as const) : {};
  const padding =
    alg === "PS256" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  const fits = (input: Buffer, options: object): boolean => {
    try {
      return verify(digest, input, { key, ...options }, signature);
    } catch {
      return false;
    }
  };
  const usual = { ...encoding, ...padding };
  const [first = "", second = ""] = text
    .split(".")
    .map((segment) => Buffer.from(segment, "base64url").toString("latin1"));
  const over = (input: string, says: string): Mistake => ({
    says,
    made: () => fits(Buffer.from(input, "latin1"), usual),
  });
  const mistakes: Mistake[] = [
    over(`${signingInput.toString("latin1")}\n`, "a line feed was signed behind it: use printf '%s', not echo"),
    over(second, "the payload alone was signed: sign header.payload, both in base64url"),
    over(`${first}.${second}`, "the texts were signed before base64url: sign header.payload, both in base64url"),
  ];
  if (alg === "ES256")
    mistakes.push({
      says: "it is in DER, as openssl writes it: ES256 wants r and s side by side, 32 bytes each",
      made: () => fits(signingInput, { dsaEncoding: "der" }),
    });
  if (alg === "RS256" || alg === "PS256")
    mistakes.push({
      says: `it is padded as ${alg === "RS256" ? "PS256" : "RS256"}: the key is registered for ${alg}`,
      made: () => fits(signingInput, { padding: PADDINGS[alg], ...(alg === "RS256" ? AUTO_SALT : {}) }),
    });
  if (alg === "PS256")
    mistakes.push({
      says: "its salt has another length: PS256 wants 32 bytes (openssl: rsa_pss_saltlen:digest)",
      made: () => fits(signingInput, { padding: constants.RSA_PKCS1_PSS_PADDING, ...AUTO_SALT }),
    });
  return mistakes;
};

const AUTO_SALT = { saltLength: constants.RSA_PSS_SALTLEN_AUTO };
