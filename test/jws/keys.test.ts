import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { ALGORITHMS, generateKey, publicJwkOf, readPrivateKey, readPublicKey } from "../../src/jws/index.ts";
import { pairOf, sound } from "./support.ts";

const [rsa, ec, otherEc, ed] = await Promise.all([
  pairOf("RS256", "rsa-1"),
  pairOf("ES256", "ec-1"),
  pairOf("ES256", "ec-2"),
  pairOf("EdDSA", "ed-1"),
]);
const otherEd = await pairOf("EdDSA", "ed-2");

const jwkOf = (publicKey: ReturnType<typeof generateKeyPairSync>["publicKey"]): object =>
  publicKey.export({ format: "jwk" });
const p384 = jwkOf(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey);
const secp256k1 = jwkOf(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey);
const x25519 = jwkOf(generateKeyPairSync("x25519").publicKey);
const rsa1024 = jwkOf(generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey);
const exponent3 = jwkOf(generateKeyPairSync("rsa", { modulusLength: 2_048, publicExponent: 3 }).publicKey);

const bytes = (hex: string): string => Buffer.from(hex, "hex").toString("base64url");
const longer = (part = ""): string =>
  Buffer.concat([Buffer.alloc(1), Buffer.from(part, "base64url")]).toString("base64url");
const ones = (count: number): string => Buffer.alloc(count, 0xff).toString("base64url");

const KID = /^Give the key a kid/;
const ALG = /^Give the key an alg/;
const FIT = /^Use a key that fits its alg/;
const PRIVATE = /a private key must never be sent/;
const STRICT = /in base64url without padding/;
const POINT = /^Use another key/;

const REFUSED: readonly (readonly [name: string, jwk: unknown, fault: RegExp])[] = [
  ["null", null, /JWK object/],
  ["a text", "key", /JWK object/],
  ["a list", [ec.publicJwk], /JWK object/],
  ["no kid", { ...ec.publicJwk, kid: undefined }, KID],
  ["an empty kid", { ...ec.publicJwk, kid: "" }, KID],
  ["a number for a kid", { ...ec.publicJwk, kid: 7 }, KID],
  ["a kid with a blank", { ...ec.publicJwk, kid: "a b" }, KID],
  ["a kid with a line break", { ...ec.publicJwk, kid: "a\n" }, KID],
  ["a kid of other letters", { ...ec.publicJwk, kid: "ключ" }, KID],
  ["a kid of 129 characters", { ...ec.publicJwk, kid: "k".repeat(129) }, KID],
  ["no alg", { ...ec.publicJwk, alg: undefined }, ALG],
  ["alg none", { ...ec.publicJwk, alg: "none" }, ALG],
  ["alg HS256", { kty: "oct", k: "c2VjcmV0", kid: "k", alg: "HS256" }, ALG],
  ["alg in other case", { ...ec.publicJwk, alg: "es256" }, ALG],
  ["alg as a list", { ...ec.publicJwk, alg: ["ES256"] }, ALG],
  ["RS256 for a P-256 key", { ...ec.publicJwk, alg: "RS256" }, FIT],
  ["ES256 for an RSA key", { ...rsa.publicJwk, alg: "ES256" }, FIT],
  ["EdDSA for a P-256 key", { ...ec.publicJwk, alg: "EdDSA" }, FIT],
  ["P-384", { ...p384, kid: "k", alg: "ES256" }, FIT],
  ["P-384 that says it is P-256", { ...p384, crv: "P-256", kid: "k", alg: "ES256" }, /with 32 bytes/],
  ["secp256k1", { ...secp256k1, kid: "k", alg: "ES256" }, FIT],
  ["secp256k1 that says it is P-256", { ...secp256k1, crv: "P-256", kid: "k", alg: "ES256" }, POINT],
  ["X25519", { ...x25519, kid: "k", alg: "EdDSA" }, FIT],
  ["a point that is not on P-256", { ...ec.publicJwk, y: otherEc.publicJwk.y }, POINT],
  ["the point 0, 0", { ...ec.publicJwk, x: bytes("00".repeat(32)), y: bytes("00".repeat(32)) }, POINT],
  ["a coordinate above the field", { ...ec.publicJwk, x: ones(32) }, POINT],
  ["no y", { ...ec.publicJwk, y: undefined }, STRICT],
  ["x with padding", { ...ec.publicJwk, x: `${ec.publicJwk.x}=` }, STRICT],
  ["x as a number", { ...ec.publicJwk, x: 1 }, STRICT],
  ["x with a leading zero byte", { ...ec.publicJwk, x: longer(ec.publicJwk.x) }, /with 32 bytes/],
  ["an Ed25519 key of 31 bytes", { ...ed.publicJwk, x: ones(31) }, /with 32 bytes/],
  ["an Ed25519 key that is no point", { ...ed.publicJwk, x: bytes(`02${"00".repeat(31)}`) }, POINT],
  ["an Ed25519 key above the field", { ...ed.publicJwk, x: ones(32) }, POINT],
  ["the Ed25519 point of order 1", { ...ed.publicJwk, x: bytes(`01${"00".repeat(31)}`) }, POINT],
  ["the Ed25519 point of order 2", { ...ed.publicJwk, x: bytes(`ec${"ff".repeat(30)}7f`) }, POINT],
  ["an Ed25519 point of order 4", { ...ed.publicJwk, x: bytes("00".repeat(32)) }, POINT],
  [
    "an Ed25519 point of order 8",
    { ...ed.publicJwk, x: bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05") },
    POINT,
  ],
  [
    "the other Ed25519 point of order 8, with the other sign",
    { ...ed.publicJwk, x: bytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa") },
    POINT,
  ],
  ["1024 bits", { ...rsa1024, kid: "k", alg: "RS256" }, /2048 to 8192 bits/],
  [
    "8193 bits",
    { ...rsa.publicJwk, n: Buffer.from(`01${"ff".repeat(1_024)}`, "hex").toString("base64url") },
    /2048 to/,
  ],
  ["2047 bits", { ...rsa.publicJwk, n: Buffer.from(`7f${"ff".repeat(255)}`, "hex").toString("base64url") }, /2048 to/],
  ["a modulus of 40 KB", { ...rsa.publicJwk, n: ones(40_000) }, /2048 to/],
  ["a modulus with a leading zero", { ...rsa.publicJwk, n: longer(rsa.publicJwk.n) }, /leading zero/],
  ["exponent 3", { ...exponent3, kid: "k", alg: "PS256" }, /65537/],
  ["exponent 1", { ...rsa.publicJwk, e: "AQ" }, /65537/],
  ["no exponent", { ...rsa.publicJwk, e: undefined }, STRICT],
  ["use enc", { ...ec.publicJwk, use: "enc" }, /use/],
  ["key_ops without verify", { ...ec.publicJwk, key_ops: ["sign"] }, /key_ops/],
  ["key_ops as a text", { ...ec.publicJwk, key_ops: "verify" }, /key_ops/],
  ["a private RSA key", rsa.privateJwk, PRIVATE],
  ["a private P-256 key", ec.privateJwk, PRIVATE],
  ["a private Ed25519 key", ed.privateJwk, PRIVATE],
  ...["d", "p", "q", "dp", "dq", "qi", "oth", "k"].map(
    (member) => [`the private member ${member}`, { ...rsa.publicJwk, [member]: "AQAB" }, PRIVATE] as const,
  ),
];

describe("a public key at registration", () => {
  for (const [name, jwk, fault] of REFUSED)
    it(`${name} is refused, with what to do`, () => {
      const read = readPublicKey(jwk);
      assert.ok("fault" in read, "it was taken");
      assert.match(read.fault, fault);
      assert.match(read.fault, /^[A-Z].*\.$/);
    });

  for (const alg of ALGORITHMS)
    it(`${alg}: is taken with whatever else it carries, and given out with its own members alone`, async () => {
      const { publicJwk } = await pairOf(alg, "k/1:2");
      const more = { ...publicJwk, use: "sig", key_ops: ["verify"], x5t: "x", nbf: 1, name: "Bank" };
      const key = sound(readPublicKey(more));
      assert.deepEqual([key.kid, key.alg, key.key.type], ["k/1:2", alg, "public"]);
      assert.deepEqual(publicJwkOf(key), publicJwk);
      assert.deepEqual(Object.keys(publicJwkOf(key)).slice(0, 3), ["kty", "kid", "alg"]);
    });
});

describe("a private key", () => {
  for (const alg of ALGORITHMS)
    it(`${alg}: a new one can be read, and has a kid of its own when none is given`, async () => {
      const [one, other] = await Promise.all([generateKey(alg), generateKey(alg)]);
      assert.equal(sound(readPrivateKey(one.privateJwk)).kid, one.publicJwk.kid);
      assert.notEqual(one.publicJwk.kid, other.publicJwk.kid);
      assert.deepEqual(
        Object.keys(one.publicJwk).filter((member) => ["d", "p", "q", "dp", "dq", "qi"].includes(member)),
        [],
      );
    });

  const refused: readonly (readonly [name: string, jwk: unknown, fault: RegExp])[] = [
    ["a public half alone", ec.publicJwk, /private half/],
    ["an RSA key without its primes", { ...rsa.privateJwk, p: undefined }, /private half/],
    ["another P-256 key's private half", { ...ec.privateJwk, d: otherEc.privateJwk.d }, /does not belong/],
    ["another Ed25519 key's private half", { ...ed.privateJwk, d: otherEd.privateJwk.d }, /does not belong/],
    ["a private half of nonsense", { ...ec.privateJwk, d: "AA" }, /does not belong/],
    ["no alg", { ...ec.privateJwk, alg: undefined }, ALG],
    ["key_ops without sign", { ...ec.privateJwk, key_ops: ["verify"] }, /key_ops/],
  ];
  for (const [name, jwk, fault] of refused)
    it(`${name} is refused`, () => {
      const read = readPrivateKey(jwk);
      assert.ok("fault" in read, "it was taken");
      assert.match(read.fault, fault);
      assert.ok(!read.fault.includes(ec.privateJwk.d ?? "?"));
    });
});
