import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject, type SigningOptions, sign } from "node:crypto";
import { describe, it } from "node:test";
import {
  decoyKey,
  HEADER_LIMIT,
  hasThreeSegments,
  parseToken,
  signToken,
  TOKEN_LIMIT,
  verifySignature,
} from "../../src/jws/index.ts";
import { ACCOUNT, encode, judge, PAYLOAD, PHONE, pairOf, sound } from "./support.ts";

const [rs, ps, es, ed, stranger] = await Promise.all([
  pairOf("RS256", "rs"),
  pairOf("PS256", "ps"),
  pairOf("ES256", "es"),
  pairOf("EdDSA", "ed"),
  pairOf("ES256", "stranger"),
]);
const keys = [rs, ps, es, ed].map(({ publicKey }) => publicKey);
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });

const raw: SigningOptions = { dsaEncoding: "ieee-p1363" };
type Signing = { readonly key?: KeyObject; readonly digest?: string | null; readonly options?: SigningOptions };

/** A token of these very bytes, signed by the key that its kid names unless told otherwise: only the form is wrong. */
const signed = (
  header: object | string | Buffer,
  payload: string | Buffer = PAYLOAD,
  signing: Signing = {},
): string => {
  const { key = es.privateKey.key, digest = "sha256", options = raw } = signing;
  const spelled = typeof header === "string" || Buffer.isBuffer(header) ? header : JSON.stringify(header);
  const input = `${encode(spelled)}.${encode(payload)}`;
  return `${input}.${encode(sign(digest, Buffer.from(input), { key, ...options }))}`;
};
const ES = { alg: "ES256", kid: "es" };
const good = signed(ES);
const [goodHeader = "", goodPayload = "", goodSignature = ""] = good.split(".");
const withSignature = (signature: Buffer): string => `${goodHeader}.${goodPayload}.${encode(signature)}`;
const scalar = (hex: string): Buffer => Buffer.from(hex.padStart(64, "0"), "hex");
const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const [r, s] = [
  Buffer.from(goodSignature, "base64url").subarray(0, 32),
  Buffer.from(goodSignature, "base64url").subarray(32),
];

const hmac = (secret: string | Buffer, kid: string): string => {
  const input = `${encode(JSON.stringify({ alg: "HS256", kid }))}.${encode(PAYLOAD)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
};
/** The same bytes under other characters: the last one has bits that stand for nothing. */
const trailing = (segment: string): string => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return segment.slice(0, -1) + alphabet.charAt(alphabet.indexOf(segment.slice(-1)) + 1);
};
/** A payload whose base64url has a character that the other alphabet writes differently, in both. */
const dashed = signed(ES, '{"a":"???>>>~~~"}');
const rsaInput = `${encode(JSON.stringify({ alg: "RS256", kid: "rs" }))}.${encode(PAYLOAD)}`;

const rsaWithZero = (): string => {
  const signature = sign("sha256", Buffer.from(rsaInput), rs.privateKey.key);
  return `${rsaInput}.${encode(Buffer.concat([Buffer.alloc(1), signature]))}`;
};

/** The same signature for whoever does not ask that s be below the group's order (RFC 8032 section 5.1.7). */
const edWithGreaterS = (): string => {
  const input = `${encode('{"alg":"EdDSA","kid":"ed"}')}.${goodPayload}`;
  const signature = sign(null, Buffer.from(input), ed.privateKey.key);
  const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
  const greater = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + order;
  const spelled = Buffer.from(greater.toString(16).padStart(64, "0"), "hex").reverse();
  return `${input}.${encode(Buffer.concat([signature.subarray(0, 32), spelled]))}`;
};

const ALG = "the header's alg is none of ours";
const KID = "the header's kid is missing or not a key id";
const SIGNATURE = "signature";
const BASE64 = (name: string) => `the ${name} is not strict base64url`;
const MEMBER = (name: string) => `the header has the member ${name}`;

type Hostile = readonly [name: string, token: string, fault: string | RegExp];

const ALGORITHM_TRICKS: readonly Hostile[] = [
  ["none without a signature", `${encode('{"alg":"none","kid":"es"}')}.${goodPayload}.`, ALG],
  ["none with a signature", signed({ ...ES, alg: "none" }), ALG],
  ["NONE", signed({ ...ES, alg: "NONE" }), ALG],
  ["nOnE", signed({ ...ES, alg: "nOnE" }), ALG],
  ["no alg", signed({ kid: "es" }), ALG],
  ["alg null", signed({ ...ES, alg: null }), ALG],
  ["alg as a list", signed({ ...ES, alg: ["ES256"] }), ALG],
  ["alg in other case", signed({ ...ES, alg: "Es256" }), ALG],
  ["alg with a blank", signed({ ...ES, alg: "ES256 " }), ALG],
  ["HMAC with the public key's PEM", hmac(rs.publicKey.key.export({ type: "spki", format: "pem" }), "rs"), ALG],
  ["HMAC with the public key's DER", hmac(es.publicKey.key.export({ type: "spki", format: "der" }), "es"), ALG],
  ["HMAC with an empty secret", hmac("", "es"), ALG],
  ["ES384 by a P-384 key", signed({ ...ES, alg: "ES384" }, PAYLOAD, { key: p384.privateKey, digest: "sha384" }), ALG],
  ["ES256 by a P-384 key", signed(ES, PAYLOAD, { key: p384.privateKey }), SIGNATURE],
  ["ES256 over another digest", signed(ES, PAYLOAD, { digest: "sha512" }), SIGNATURE],
  [
    "RS256 for an ES256 key",
    signed({ ...ES, alg: "RS256" }, PAYLOAD, { key: rs.privateKey.key, options: {} }),
    SIGNATURE,
  ],
  ["ES256 for an RS256 key", signed({ ...ES, kid: "rs" }), SIGNATURE],
  ["EdDSA for an ES256 key", signed({ ...ES, alg: "EdDSA" }), SIGNATURE],
  [
    "RS256 by a key that is for PS256",
    signed({ alg: "RS256", kid: "ps" }, PAYLOAD, { key: ps.privateKey.key, options: {} }),
    SIGNATURE,
  ],
  [
    "an RS256 signature that says PS256",
    signed({ alg: "PS256", kid: "ps" }, PAYLOAD, { key: ps.privateKey.key, options: {} }),
    SIGNATURE,
  ],
  [
    "PS256 with a salt of no bytes",
    signed({ alg: "PS256", kid: "ps" }, PAYLOAD, { key: ps.privateKey.key, options: { padding: 6, saltLength: 0 } }),
    SIGNATURE,
  ],
];

const KEY_TRICKS: readonly Hostile[] = [
  [
    "a key of its own, with which it verifies",
    signed({ ...ES, jwk: stranger.publicJwk }, PAYLOAD, { key: stranger.privateKey.key }),
    MEMBER("jwk"),
  ],
  ["jku", signed({ ...ES, jku: "https://evil.example/jwks.json" }), MEMBER("jku")],
  ["x5u", signed({ ...ES, x5u: "https://evil.example/cert.pem" }), MEMBER("x5u")],
  ["x5c", signed({ ...ES, x5c: ["MIIB"] }), MEMBER("x5c")],
  ["crit", signed({ ...ES, crit: ["exp"], exp: 1 }), MEMBER("crit")],
  ["crit and b64", signed({ ...ES, b64: false, crit: ["b64"] }), MEMBER("crit")],
  ["b64", signed({ ...ES, b64: false }), MEMBER("b64")],
  ["zip", signed({ ...ES, zip: "DEF" }), MEMBER("zip")],
  ["jwk by an escape", signed('{"alg":"ES256","kid":"es","jw\\u006b":{}}'), MEMBER("jwk")],
  ["jwk null", signed({ ...ES, jwk: null }), MEMBER("jwk")],
  ["no kid", signed({ alg: "ES256" }), KID],
  ["an empty kid", signed({ ...ES, kid: "" }), KID],
  ["a number for a kid", signed({ ...ES, kid: 7 }), KID],
  ["kid null", signed({ ...ES, kid: null }), KID],
  ["an object for a kid", signed({ ...ES, kid: { $ne: null } }), KID],
  ["a kid of 129 characters", signed({ ...ES, kid: "k".repeat(129) }), KID],
  ["a kid with a blank", signed({ ...ES, kid: "es " }), KID],
  ["a kid with a line break", signed({ ...ES, kid: "es\nINFO signed in" }), KID],
  ["a kid that looks like another in print", signed({ ...ES, kid: "еs" }), KID],
  ["a kid that is a path", signed({ ...ES, kid: "../../etc/passwd" }), SIGNATURE],
  ["a kid that is SQL", signed({ ...ES, kid: "'OR'1'='1';--" }), SIGNATURE],
  ["a kid that is SQL with blanks", signed({ ...ES, kid: "es' UNION SELECT 'x" }), KID],
  ["an unknown kid", signed({ ...ES, kid: "nobody" }), SIGNATURE],
  ["the decoys' kid", signed({ ...ES, kid: decoyKey("ES256").kid }), SIGNATURE],
  ["another bank's kid", signed(ES, PAYLOAD, { key: stranger.privateKey.key }), SIGNATURE],
  ["a number for a typ", signed({ ...ES, typ: 1 }), "the header's typ is not a string"],
  ["typ null", signed({ ...ES, typ: null }), "the header's typ is not a string"],
];

const FORM_TRICKS: readonly Hostile[] = [
  ["padding on the header", `${goodHeader}=.${goodPayload}.${goodSignature}`, BASE64("header")],
  ["padding on the payload", `${goodHeader}.${goodPayload}=.${goodSignature}`, BASE64("payload")],
  ["padding on the signature", `${good}==`, BASE64("signature")],
  ["the other alphabet", dashed.replaceAll("-", "+").replaceAll("_", "/"), /is not strict base64url$/],
  ["a blank before", ` ${good}`, BASE64("header")],
  ["a line break after", `${good}\n`, BASE64("signature")],
  [
    "a line break within",
    `${goodHeader}.${goodPayload.slice(0, 8)}\r\n${goodPayload.slice(8)}.${goodSignature}`,
    BASE64("payload"),
  ],
  ["a tab before a dot", `${goodHeader}\t.${goodPayload}.${goodSignature}`, BASE64("header")],
  ["U+0000 in the signature", `${good}\u0000`, BASE64("signature")],
  ["letters of another alphabet", `${goodHeader}.${goodPayload}é.${goodSignature}`, BASE64("payload")],
  ["trailing bits in the signature", `${goodHeader}.${goodPayload}.${trailing(goodSignature)}`, BASE64("signature")],
  ["trailing bits in the header", `${trailing(goodHeader)}.${goodPayload}.${goodSignature}`, BASE64("header")],
  ["a length that no bytes have", `${goodHeader}.${goodPayload}.${goodSignature}AAA`, BASE64("signature")],
  ["Bearer before", `Bearer ${good}`, BASE64("header")],
  ["no header", `.${goodPayload}.${goodSignature}`, BASE64("header")],
  ["no payload", `${goodHeader}..${goodSignature}`, BASE64("payload")],
  ["no signature", `${goodHeader}.${goodPayload}.`, BASE64("signature")],
  ["nothing but dots", "..", BASE64("header")],
  ["one segment", goodHeader, "the token has not three segments"],
  ["two segments", `${goodHeader}.${goodPayload}`, "the token has not three segments"],
  ["four segments", `${good}.${goodSignature}`, "the token has not three segments"],
  ["five segments, as JWE has", `${good}.AAAA.AAAA`, "the token has not three segments"],
  ["nothing", "", "the token has not three segments"],
  [
    "JSON serialization",
    JSON.stringify({ protected: goodHeader, payload: goodPayload }),
    "the token has not three segments",
  ],
  ["a token over the limit", signed(ES, `{"a":"${"x".repeat(TOKEN_LIMIT)}"}`), "the token is too long"],
  ["a megabyte of dots", ".".repeat(1_024 * 1_024), "the token is too long"],
  ["a header over the limit", signed({ ...ES, x: "x".repeat(HEADER_LIMIT) }), "the header is too long"],
  [
    "a header that is not UTF-8",
    signed(Buffer.from('{"alg":"ES256","kid":"es","x":"\xff"}', "latin1")),
    "the header is not UTF-8",
  ],
  [
    "a payload that is not UTF-8",
    signed(ES, Buffer.from(`{"a":"${PHONE}\xc3"}`, "latin1")),
    "the payload is not UTF-8",
  ],
  ["an overlong encoding", signed(ES, Buffer.from(`{"a":"${PHONE}\xc0\xaf"}`, "latin1")), "the payload is not UTF-8"],
  ["a surrogate in UTF-8", signed(ES, Buffer.from('{"a":"\xed\xa0\x80"}', "latin1")), "the payload is not UTF-8"],
];

const twice = (text: string): string => text.replace("{", `{"jti":"${PHONE}",`);

const CONTENT_TRICKS: readonly Hostile[] = [
  ["alg twice", signed('{"alg":"ES256","kid":"es","alg":"none"}'), /^the header has a second member/],
  ["kid twice, once escaped", signed('{"alg":"ES256","kid":"es","\\u006bid":"rs"}'), /^the header has a second member/],
  ["a member of the payload twice", signed(ES, twice(PAYLOAD)), /^the payload has a second member/],
  ["one of them escaped", signed(ES, `{"a":"${PHONE}","\\u0061":1}`), /^the payload has a second member/],
  ["a list for a header", signed(`["${PHONE}"]`), "the header is not a JSON object"],
  ["a list for a payload", signed(ES, `["${PHONE}"]`), "the payload is not a JSON object"],
  ["a text for a payload", signed(ES, `"${PHONE}"`), "the payload is not a JSON object"],
  ["a number for a payload", signed(ES, "380501234567"), "the payload is not a JSON object"],
  ["null for a payload", signed(ES, "null"), "the payload is not a JSON object"],
  ["a payload that is no JSON", signed(ES, `phone=${PHONE}`), "the payload has no JSON value at offset 0"],
  ["a nested token", signed(ES, good), "the payload has no JSON value at offset 0"],
  ["a payload nested too deep", signed(ES, `{"a":${"[".repeat(16)}${"]".repeat(16)}}`), /nesting too deep/],
  ["a header nested too deep", signed(`{"alg":"ES256","kid":"es","a":${"[".repeat(900)}`), /^the header has nesting/],
  ["a lone surrogate", signed(ES, `{"a":"${PHONE}\\ud800"}`), /lone surrogate/],
  ["U+0000", signed(ES, `{"a":"${PHONE}\\u0000"}`), /U\+0000/],
  ["a byte order mark on the payload", signed(ES, `\ufeff${PAYLOAD}`), "the payload has no JSON value at offset 0"],
  [
    "a byte order mark on the header",
    signed(`\ufeff${JSON.stringify(ES)}`),
    "the header has no JSON value at offset 0",
  ],
  ["a number with a leading zero", signed(ES, '{"amount":01}'), /^the payload has/],
  ["a number with a plus", signed(ES, '{"amount":+1}'), /^the payload has/],
  ["a number without a first digit", signed(ES, '{"amount":.5}'), /^the payload has/],
  ["a number without a last digit", signed(ES, '{"amount":1.}'), /^the payload has/],
  ["NaN", signed(ES, '{"amount":NaN}'), /^the payload has/],
  ["text after the payload", signed(ES, `${PAYLOAD}${PAYLOAD}`), /text after the value/],
];

const SIGNATURE_TRICKS: readonly Hostile[] = [
  ["r = 0 and s = 0", withSignature(Buffer.alloc(64)), SIGNATURE],
  ["r = 0", withSignature(Buffer.concat([scalar("0"), s])), SIGNATURE],
  ["s = 0", withSignature(Buffer.concat([r, scalar("0")])), SIGNATURE],
  ["r = n", withSignature(Buffer.concat([scalar(ORDER), s])), SIGNATURE],
  ["s = n", withSignature(Buffer.concat([r, scalar(ORDER)])), SIGNATURE],
  ["r = n and s = n", withSignature(Buffer.concat([scalar(ORDER), scalar(ORDER)])), SIGNATURE],
  ["r = 1 and s = 1", withSignature(Buffer.concat([scalar("1"), scalar("1")])), SIGNATURE],
  ["all bits set", withSignature(Buffer.alloc(64, 0xff)), SIGNATURE],
  ["DER", signed(ES, PAYLOAD, { options: { dsaEncoding: "der" } }), SIGNATURE],
  ["s too long", withSignature(Buffer.concat([r, Buffer.alloc(1), s])), SIGNATURE],
  ["s too short", withSignature(Buffer.concat([r, s.subarray(1)])), SIGNATURE],
  ["r and s changed over", withSignature(Buffer.concat([s, r])), SIGNATURE],
  ["one byte", withSignature(Buffer.alloc(1)), SIGNATURE],
  ["an RSA signature of zeros", `${rsaInput}.${encode(Buffer.alloc(256))}`, SIGNATURE],
  ["an RSA signature of one", `${rsaInput}.${encode(Buffer.from("01".padStart(512, "0"), "hex"))}`, SIGNATURE],
  ["an RSA signature above the modulus", `${rsaInput}.${encode(Buffer.alloc(256, 0xff))}`, SIGNATURE],
  ["an RSA signature that is too long", `${rsaInput}.${encode(Buffer.alloc(512, 1))}`, SIGNATURE],
  ["an RSA signature with a zero byte before", rsaWithZero(), SIGNATURE],
  [
    "an Ed25519 signature of zeros",
    `${encode('{"alg":"EdDSA","kid":"ed"}')}.${goodPayload}.${encode(Buffer.alloc(64))}`,
    SIGNATURE,
  ],
  ["an Ed25519 signature with s + L", edWithGreaterS(), SIGNATURE],
  ["another token's signature", `${encode(JSON.stringify(ES))}.${encode('{"jti":"2"}')}.${goodSignature}`, SIGNATURE],
  [
    "another header over the same payload",
    `${encode('{"kid":"es","alg":"ES256"}')}.${goodPayload}.${goodSignature}`,
    SIGNATURE,
  ],
];

const TRICKS = { ALGORITHM_TRICKS, KEY_TRICKS, FORM_TRICKS, CONTENT_TRICKS, SIGNATURE_TRICKS };

describe("hostile tokens", () => {
  it("the token that they are made from is a good one", async () => {
    assert.equal(await judge(good, keys), null);
    assert.equal(await judge(dashed, keys), null);
    for (const { privateKey } of [rs, ps, es, ed])
      assert.equal(await judge(await signToken(PAYLOAD, privateKey), keys), null);
    assert.match(dashed, /-.*_|_.*-/);
  });

  for (const [name, token, fault] of Object.values(TRICKS).flat())
    it(`${name}: is refused, and the reason says nothing of the content`, async () => {
      const reason = (await judge(token, keys)) ?? "none: it was taken";
      if (typeof fault === "string") assert.equal(reason, fault);
      else assert.match(reason, fault);
      for (const content of [PHONE, PHONE.slice(4), ACCOUNT, "evil", "passwd", "UNION"])
        assert.ok(!reason.includes(content));
    });

  it("every key refuses every token that another one has signed", async () => {
    const pairs = [rs, ps, es, ed, stranger];
    for (const { privateKey } of pairs)
      for (const { publicKey } of pairs) {
        const token = sound(parseToken(await signToken(PAYLOAD, privateKey)));
        assert.equal(await verifySignature(token, publicKey), privateKey.kid === publicKey.kid);
      }
  });

  it("the longest token and the longest header are taken, and one byte more is not", async () => {
    const header = (length: number) => JSON.stringify({ ...ES, x: "x".repeat(length) });
    const fill = HEADER_LIMIT - header(0).length;
    assert.equal(await judge(signed(header(fill)), keys), null);
    assert.equal(await judge(signed(header(fill + 1)), keys), "the header is too long");
    const bytes = ((TOKEN_LIMIT - goodHeader.length - goodSignature.length - 2) * 3) / 4;
    const payload = (length: number) => `{"a":"${"x".repeat(length - 8)}"}`;
    const longest = signed(ES, payload(Math.floor(bytes)));
    assert.ok(longest.length <= TOKEN_LIMIT && longest.length > TOKEN_LIMIT - 2);
    assert.equal(await judge(longest, keys), null);
    assert.equal(await judge(signed(ES, payload(Math.floor(bytes) + 2)), keys), "the token is too long");
  });

  it("two dots make the form of a token, whatever is between them", () => {
    for (const text of ["a.b.c", "..", " . . ", "{.}.[", good]) assert.equal(hasThreeSegments(text), true);
    for (const text of ["", ".", "a", "a.b", "a.b.c.d", "...", PAYLOAD]) assert.equal(hasThreeSegments(text), false);
  });
});
