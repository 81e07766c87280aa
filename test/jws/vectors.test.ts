import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { describe, it } from "node:test";
import {
  type Algorithm,
  type PublicKey,
  parseToken,
  readPrivateKey,
  readPublicKey,
  signToken,
  type Token,
  verifySignature,
} from "../../src/jws/index.ts";
import { encode, sound } from "./support.ts";

/** RFC 7515 appendices A.2 and A.3: one payload, line breaks and all. */
const IS_ROOT = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const A2_MODULUS =
  "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-" +
  "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2Ca" +
  "pHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5" +
  "4h4FRWyuXpoQ";
const A2_SIGNATURE =
  "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr" +
  "7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x" +
  "i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_Ioy" +
  "pGlUPQGe77Rw";
const A3_SIGNATURE = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/** RFC 8037 appendix A. */
const A4_JWK = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const A4_SECRET = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const A4_SIGNATURE = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

type Vector = {
  readonly name: string;
  readonly alg: Algorithm;
  readonly jwk: object;
  readonly text: string;
};

const VECTORS: readonly Vector[] = [
  {
    name: "RFC 7515 A.2",
    alg: "RS256",
    jwk: { kty: "RSA", n: A2_MODULUS, e: "AQAB" },
    text: `eyJhbGciOiJSUzI1NiJ9.${IS_ROOT}.${A2_SIGNATURE}`,
  },
  {
    name: "RFC 7515 A.3",
    alg: "ES256",
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    text: `eyJhbGciOiJFUzI1NiJ9.${IS_ROOT}.${A3_SIGNATURE}`,
  },
  {
    name: "RFC 8037 A.4",
    alg: "EdDSA",
    jwk: A4_JWK,
    text: `eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.${A4_SIGNATURE}`,
  },
];

/** The vectors have no kid: only their signatures are for us. */
const unparsed = (text: string, alg: Algorithm): Token => {
  const dot = text.lastIndexOf(".");
  return {
    ...{ alg, kid: "vector", typ: null, header: new Map(), payload: new Map() },
    signingInput: Buffer.from(text.slice(0, dot)),
    signature: Buffer.from(text.slice(dot + 1), "base64url"),
  };
};
const keyOf = ({ jwk, alg }: Vector): PublicKey => sound(readPublicKey({ ...jwk, kid: "vector", alg }));

describe("published vectors", () => {
  for (const vector of VECTORS) {
    const { name, alg, text } = vector;
    it(`${name}: the ${alg} signature verifies, and no other byte in its place`, async () => {
      const [token, key] = [unparsed(text, alg), keyOf(vector)];
      assert.equal(await verifySignature(token, key), true);
      for (const index of [0, 31, 32, token.signature.length - 1]) {
        const signature = Buffer.from(token.signature);
        signature.writeUInt8(signature.readUInt8(index) ^ 1, index);
        assert.equal(await verifySignature({ ...token, signature }, key), false);
      }
      assert.equal(await verifySignature({ ...token, signingInput: Buffer.from("x") }, key), false);
    });

    it(`${name}: is no token of ours, for it names no key`, () => {
      assert.deepEqual(parseToken(text), { fault: "the header's kid is missing or not a key id" });
    });
  }

  it("RFC 8037 A.4: the private half makes the same signature for the same bytes", async () => {
    const key = sound(readPrivateKey({ ...A4_JWK, d: A4_SECRET, kid: "vector", alg: "EdDSA" }));
    const token = await signToken("{}", key);
    assert.equal(await signToken("{}", key), token);
    const made = sign(null, Buffer.from("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"), key.key);
    assert.equal(encode(made), A4_SIGNATURE);
    assert.equal(
      await verifySignature(sound(parseToken(token)), sound(readPublicKey({ ...A4_JWK, kid: "vector", alg: "EdDSA" }))),
      true,
    );
  });
});
