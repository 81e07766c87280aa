/** What somebody can do with a key or a token of ours that was lost, and how it ends. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { createTokens } from "../../src/http/index.ts";
import { LEAD_MS, MAX_TOKEN_SECONDS, openIssuer, rotateIssuer } from "../../src/keys/index.ts";
import { runParleyInside } from "../support/command-line.ts";

const HOUR_MS = 3_600_000;
const REFUSED = { message: "UNAUTHORIZED" };

let dataDir: string;
let now: number;
const clock = () => now;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parley-issuer-"));
  now = Date.now();
});
const directories: string[] = [];
after(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

const open = async () => {
  directories.push(dataDir);
  const issuer = await openIssuer(dataDir, clock);
  const tokens = createTokens({ own: issuer, host: null, now: clock });
  return { issuer, verify: async (token: string) => (await tokens.verify(`Bearer ${token}`)).traderId, tokens };
};
const kidsOf = (issuer: { readonly publicJwks: { readonly keys: readonly { readonly kid: string }[] } }) =>
  issuer.publicJwks.keys.map(({ kid }) => kid);
const ringFile = async () => JSON.parse(await readFile(join(dataDir, "keys", "issuer.json"), "utf8"));

describe("a new key", () => {
  test("is known to everybody before it signs, and the old one's tokens are taken until they have run out", async () => {
    const { issuer, verify } = await open();
    const old = issuer.kid;
    const rotated = await rotateIssuer(dataDir, { atOnce: false }, clock);
    assert.equal(rotated?.signsFrom, now + LEAD_MS);
    await issuer.reload();
    assert.deepEqual([issuer.kid, kidsOf(issuer)], [old, [old, rotated?.kid]]);
    now += LEAD_MS - 1_000;
    const last = await issuer.signToken({ sub: "ann", ttlSeconds: MAX_TOKEN_SECONDS });
    now += 1_000;
    assert.deepEqual([issuer.kid, kidsOf(issuer)], [rotated?.kid, [rotated?.kid, old]]);
    assert.equal(await verify(await issuer.signToken({ sub: "bob", ttlSeconds: 60 })), "bob");
    now += 23 * HOUR_MS;
    assert.equal(await verify(last), "ann");
    now += 2 * HOUR_MS;
    await assert.rejects(verify(last), REFUSED);
    assert.deepEqual(kidsOf(issuer), [rotated?.kid, old], "documents that it signed are still proven by it");
  });

  test("leaves nothing to sign with in the old one's place, once the next is made", async () => {
    const { issuer } = await open();
    const old = issuer.kid;
    await rotateIssuer(dataDir, { atOnce: false }, clock);
    now += LEAD_MS;
    await rotateIssuer(dataDir, { atOnce: false }, clock);
    const { keys } = await ringFile();
    assert.deepEqual(
      keys.map(({ kid, d }: { kid: string; d?: string }) => [kid === old, d === undefined]),
      [
        [true, true],
        [false, false],
        [false, false],
      ],
    );
    assert.equal((await stat(join(dataDir, "keys", "issuer.json"))).mode & 0o777, 0o600);
  });

  test("is not made twice by two who rotate at once, nor before the last one signs", async () => {
    await open();
    const results = await Promise.allSettled([1, 2, 3].map(() => rotateIssuer(dataDir, { atOnce: false }, clock)));
    assert.equal(results.filter(({ status }) => status === "fulfilled").length >= 1, true);
    assert.equal((await ringFile()).keys.length, 2);
    assert.equal(await rotateIssuer(dataDir, { atOnce: false }, clock), null);
  });

  test("a file from before there were several keys goes on with its key", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(privateKey);
    const kid = await calculateJwkThumbprint(jwk);
    await openIssuer(dataDir, clock);
    await writeFile(join(dataDir, "keys", "issuer.json"), JSON.stringify({ ...jwk, kid, alg: "ES256", use: "sig" }));
    const { issuer, verify } = await open();
    assert.equal(issuer.kid, kid);
    await rotateIssuer(dataDir, { atOnce: false }, clock);
    await issuer.reload();
    assert.equal(await verify(await issuer.signToken({ sub: "ann", ttlSeconds: 60 })), "ann");
  });
});

describe("who has got hold of", () => {
  test("F95: the present key is nobody any more after one command, on a server that runs and has the token in its memory", async () => {
    const { issuer, verify, tokens } = await open();
    const stolen = await importJWK((await ringFile()).keys[0], "ES256");
    const forged = await new SignJWT({ sub: "boss", roles: ["platform"] })
      .setProtectedHeader({ alg: "ES256", kid: issuer.kid, typ: "JWT" })
      .setIssuer("parley")
      .setAudience("parley")
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(Math.floor(now / 1_000) + 3_600)
      .sign(stolen);
    assert.equal(await verify(forged), "boss");
    assert.equal(tokens.known(`Bearer ${forged}`)?.traderId, "boss");
    await rotateIssuer(dataDir, { atOnce: true }, clock);
    await issuer.reload();
    assert.equal(tokens.known(`Bearer ${forged}`), null);
    await assert.rejects(verify(forged), REFUSED);
    assert.equal(kidsOf(issuer).length, 1);
    assert.equal(await verify(await issuer.signToken({ sub: "ann", ttlSeconds: 60 })), "ann");
  });

  test("a key that retired signs nothing that is taken, whatever time he writes on it", async () => {
    const { issuer, verify } = await open();
    const old = (await ringFile()).keys[0];
    await rotateIssuer(dataDir, { atOnce: false }, clock);
    await issuer.reload();
    now += LEAD_MS + 25 * HOUR_MS;
    const forged = await new SignJWT({ sub: "boss" })
      .setProtectedHeader({ alg: "ES256", kid: old.kid, typ: "JWT" })
      .setIssuer("parley")
      .setAudience("parley")
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(Math.floor(now / 1_000) + 60)
      .sign(await importJWK(old, "ES256"));
    await assert.rejects(verify(forged), REFUSED);
  });

  test("F95: a token has it for a day at most: longer ones are neither made nor taken", async () => {
    const { issuer, verify } = await open();
    await assert.rejects(issuer.signToken({ sub: "ann", ttlSeconds: MAX_TOKEN_SECONDS + 1 }), /86400 s at most/);
    const year = await new SignJWT({ sub: "ann" })
      .setProtectedHeader({ alg: "ES256", kid: issuer.kid, typ: "JWT" })
      .setIssuer("parley")
      .setAudience("parley")
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(Math.floor(now / 1_000) + 365 * 86_400)
      .sign(await importJWK((await ringFile()).keys[0], "ES256"));
    assert.equal(await verify(year), "ann");
    now += 24 * HOUR_MS + 60_000;
    await assert.rejects(verify(year), REFUSED);
  });
});

describe("parley keys", () => {
  const parley = (...args: string[]) => runParleyInside(args, { DATA_DIR: dataDir });
  test("rotates, says from when, and refuses in a sentence what it does not understand", async () => {
    await open();
    const first = await parley("keys", "rotate", "issuer");
    assert.match(first.stdout, /^The key \S+ signs from \d{4}-.*taken 24 hours longer/);
    const second = await parley("keys", "rotate", "issuer");
    assert.deepEqual([second.code, second.stdout], [1, ""]);
    assert.match(second.stderr, /there already and does not sign yet/);
    assert.match((await parley("keys", "rotate", "issuer", "--at-once")).stdout, /worth nothing/);
    assert.equal((await ringFile()).keys.length, 1);
    for (const args of [["keys"], ["keys", "rotate"], ["keys", "rotate", "sealing"], ["keys", "rotate", "issuer", "x"]])
      assert.equal((await parley(...args)).code, 2, String(args));
    const long = await parley("token", "--user", "ann", "--ttl", "1441");
    assert.deepEqual([long.code, long.stdout], [2, ""]);
    assert.match(long.stderr, /from 1 to 1440/);
  });
});
