/** What is for another bank's eyes alone, as a compact JWE (RFC 7516). */
import { CompactEncrypt, importJWK, type JWK } from "jose";
import { type JsonObject, writeJson } from "../../src/jws/index.ts";

/** @param key the public JWK of whoever may read it */
export const encryptFor = async (key: JsonObject, text: string): Promise<string> => {
  const jwk = JSON.parse(writeJson(key)) as JWK;
  const { alg = "", kid = "" } = jwk;
  return new CompactEncrypt(Buffer.from(text, "utf8"))
    .setProtectedHeader({ alg, enc: "A256GCM", kid })
    .encrypt(await importJWK(jwk, alg));
};
