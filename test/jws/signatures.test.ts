import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { CompactSign, compactVerify, importJWK } from "jose";
import { ALGORITHMS, decoyKey, parseToken, signToken, verifySignature, writeJson } from "../../src/jws/index.ts";
import { judge, PAYLOAD, pairOf, sound } from "./support.ts";

const pairs = await Promise.all(ALGORITHMS.map((alg) => pairOf(alg, `${alg}-key`)));
const publicKeys = pairs.map(({ publicKey }) => publicKey);

describe("signatures", () => {
  for (const { privateJwk, publicJwk, privateKey, publicKey } of pairs) {
    const { alg, kid } = publicKey;

    it(`${alg}: what we sign verifies here and with jose, and is the text that was given`, async () => {
      const text = '{ "amount" : 100.50,\n"purpose":"за хліб 😀" }';
      const signed = await signToken(text, privateKey, "JWT");
      const token = sound(parseToken(signed));
      assert.deepEqual([token.alg, token.kid, token.typ], [alg, kid, "JWT"]);
      assert.equal(writeJson(token.payload), '{"amount":100.50,"purpose":"за хліб 😀"}');
      assert.equal(await verifySignature(token, publicKey), true);
      const theirs = await compactVerify(signed, await importJWK(publicJwk, alg), { algorithms: [alg] });
      assert.equal(new TextDecoder().decode(theirs.payload), text);
    });

    it(`${alg}: what jose signs verifies here, and has no typ when none was given`, async () => {
      const signed = await new CompactSign(new TextEncoder().encode(PAYLOAD))
        .setProtectedHeader({ alg, kid })
        .sign(await importJWK(privateJwk, alg));
      const token = sound(parseToken(signed));
      assert.equal(token.typ, null);
      assert.equal(await verifySignature(token, publicKey), true);
      assert.equal(sound(parseToken(await signToken(PAYLOAD, privateKey))).typ, null);
    });

    it(`${alg}: no change of a token verifies, and none throws`, async () => {
      const signed = await signToken(PAYLOAD, privateKey);
      const place = fc.nat({ max: signed.length - 1 });
      const piece = fc.oneof(
        fc.constantFrom(..."ABCDwxyz0189-_", ".", "=", "+", "/", " ", "\n", "", "..", "é", "\u0000", "\ud800"),
        fc.string({ unit: "binary", maxLength: 4 }),
      );
      const change = fc.tuple(place, fc.nat({ max: 3 }), piece);
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          const changed = changes.reduce(
            (text, [at, removed, added]) => text.slice(0, at) + added + text.slice(at + removed),
            signed,
          );
          assert.equal((await judge(changed, publicKeys)) === null, changed === signed);
        }),
        { numRuns: 500 },
      );
    });

    it(`${alg}: an unknown kid gets a decoy of the same algorithm, which verifies nothing`, async () => {
      const decoy = decoyKey(alg);
      assert.equal(decoy.alg, alg);
      assert.equal(decoyKey(alg), decoy);
      assert.equal(await verifySignature(sound(parseToken(await signToken(PAYLOAD, privateKey))), decoy), false);
    });
  }

  it("an algorithm that is not ours is none that a token could have: it names no decoy", () => {
    for (const alg of ["HS256", "none", "", "__proto__", "constructor"]) {
      const header = Buffer.from(JSON.stringify({ alg, kid: "k" })).toString("base64url");
      assert.deepEqual(parseToken(`${header}.e30.AA`), { fault: "the header's alg is none of ours" });
    }
  });

  it("a text that UTF-8 cannot carry is not signed", async () => {
    const [pair] = pairs;
    assert.ok(pair !== undefined);
    await assert.rejects(signToken('"\ud800"', pair.privateKey), /lone surrogate/);
  });
});
