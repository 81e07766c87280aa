/** What a signature is worth a day later, in another place, under another name, and when its key is a bad one. */
import assert from "node:assert/strict";
import {
  checkPrimeSync,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  randomBytes,
  randomUUID,
  sign,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import pg from "pg";
import { forgetClaims, uuidv7 } from "../../src/engine/index.ts";
import { generateKey, parseToken, readPublicKey, verifySignature } from "../../src/jws/index.ts";
import { CONSENT } from "../support/aliases.ts";
import { type Bank, type Json, phone, type Reply, type SignedOptions, useRail } from "../support/rail.ts";
import { byLink, isCode, NO_ORDER, ORDERS } from "../support/rail-orders.ts";

const ALIAS = "/p2p/alias";

let compat: Bank;
let strong: Bank;

const rail = useRail({}, async () => {
  [compat, strong] = await Promise.all([rail.bank({ profile: "compat" }), rail.bank()]);
});

const isTurnedAway = (reply: Reply, why = "") => {
  assert.equal(reply.status, 401, `${why} ${reply.text}`);
  assert.deepEqual(Object.keys(reply.body), ["code", "message"]);
};
const isIn = (reply: Reply) => isCode(reply, 404, "ORDER NOT FOUND");
const isMade = (reply: Reply) => assert.equal(reply.status, 201, reply.text);
const seconds = (): number => Math.floor(Date.now() / 1_000);

/** What a day does to claims: their time is over, and they are thrown away. */
const aDayPasses = async (): Promise<void> => {
  await rail.sql("update rail.claims set expires_at = expires_at - interval '25 hours' where expires_at is not null");
  const pool = new pg.Pool({ connectionString: rail.database.servingUrl });
  try {
    await forgetClaims(pool, "rail.claims_passing").run();
  } finally {
    await pool.end();
  }
};

/** The same signed body again, under a fresh header. */
const copied = async (bank: Bank, path: string, body: unknown): Promise<Reply> =>
  bank.call("PUT", path, {}, { raw: String(body) });

describe("F160: a copy of a compat body, which has no date", () => {
  it("is refused a day later, when all that passes is forgotten: a number stays unlinked", async () => {
    const alias = { phone: phone(), account: compat.iban(), consent: CONSENT };
    const link = await compat.sign("PUT", ALIAS, { ...alias, linked: true });
    assert.equal((await compat.send(link)).body.linked, true);
    assert.equal((await compat.put(ALIAS, { ...alias, linked: false })).body.linked, false);
    isTurnedAway(await copied(compat, ALIAS, link.body), "at once");
    await aDayPasses();
    const [row] = await rail.sql(`select count(*)::int as n from rail.claims where scope = 'jti ${compat.guid}'`);
    assert.equal(row.n, 0, "the day has not passed");
    isTurnedAway(await copied(compat, ALIAS, link.body), "a day later");
    const query = new URLSearchParams({ phone: alias.phone, account: alias.account });
    assert.equal((await compat.get(`${ALIAS}?${query}`)).body.linked, false);
  });

  it("is refused after a refusal too, and for whatever other path it is sent to", async () => {
    const refused = await compat.sign("PUT", ALIAS, { phone: "1", account: compat.iban(), linked: false });
    isCode(await compat.send(refused), 400, "INVALID_CREDITOR_PHONE");
    await aDayPasses();
    for (const path of [ALIAS, ORDERS, "/p2p/callbacks"])
      isTurnedAway(await compat.call(path === ALIAS ? "PUT" : "POST", path, {}, { raw: String(refused.body) }), path);
  });

  it("takes 22 characters of what is kept, stands apart, and beside its neighbours when it begins with its time", async () => {
    const before = await rail.sql("select key from rail.claims_kept");
    const known = new Set(before.map(({ key }) => key));
    for (const jti of [uuidv7(), uuidv7(), uuidv7()]) isMade(await compat.post(ORDERS, byLink(compat, { jti })));
    isMade(await compat.post(ORDERS, byLink(compat, { jti: "x".repeat(128) })));
    const kept = (await rail.sql("select * from rail.claims_kept")).filter(({ key }) => !known.has(key));
    assert.equal(kept.length, 4);
    for (const { key, answer, expires_at } of kept) assert.deepEqual([key.length, answer, expires_at], [22, "", null]);
    const beginnings = kept.map(({ key }) => key.slice(0, 4)).sort();
    assert.equal(new Set(beginnings).size, 2, beginnings.join(" "));
    const plan = await rail.sql(`explain select from rail.claims where scope = 'jti ${compat.guid}' and key = 'k'`);
    assert.ok(!JSON.stringify(plan).includes("claims_kept"), "what is kept is looked through for what passes");
  });

  it("of the day before the upgrade is refused as well", async () => {
    const jtis = [randomUUID(), uuidv7(), "1"];
    for (const jti of jtis)
      await rail.sql(`insert into rail.claims (scope, key, fingerprint, answer, expires_at)
        values ('jti ${compat.guid}', '${jti}', 'f', '', now() + interval '1 day')`);
    const migration = await readFile(new URL("../../migrations/0036.do.kept-claims.sql", import.meta.url), "utf8");
    const copying = migration.slice(migration.indexOf("insert into rail.claims_kept"));
    await rail.sql(copying.replace(/;\s*$/, " on conflict do nothing"));
    for (const jti of jtis) isTurnedAway(await compat.post(ORDERS, byLink(compat, { jti })), jti);
  });

  it("is no other bank's: the same jti is free for all the others", async () => {
    const jti = randomUUID();
    const other = await rail.bank({ profile: "compat" });
    for (const bank of [compat, other]) isMade(await bank.post(ORDERS, byLink(bank, { jti })));
  });
});

describe("F161: claims that nobody asked for", () => {
  const wrong = (bank: Bank): Readonly<Record<string, unknown>>[] => [
    { exp: seconds() - 1 },
    { exp: "4000000000" },
    { exp: null },
    { nbf: seconds() + 120 },
    { nbf: "0" },
    { nbf: null },
    { aud: "https://elsewhere.example/api/v1/p2p/orders" },
    { aud: [] },
    { aud: null },
    { iss: strong.guid === bank.guid ? compat.guid : strong.guid },
    { iss: [bank.guid] },
  ];

  it("are judged in a compat header", async () => {
    for (const headerClaims of wrong(compat))
      isTurnedAway(await compat.get(NO_ORDER, { headerClaims }), JSON.stringify(headerClaims));
  });

  it("are judged in a compat body, and nothing is made", async () => {
    for (const claims of wrong(compat)) {
      const terms = byLink(compat, claims);
      isTurnedAway(await compat.post(ORDERS, terms), JSON.stringify(claims));
      isIn(await compat.get(`${ORDERS}?external_id=${terms.external_id}`));
    }
  });

  it("nbf is judged in both tokens of a strong bank", async () => {
    for (const nbf of [seconds() + 120, "0", null]) {
      isTurnedAway(await strong.get(NO_ORDER, { headerClaims: { nbf } }));
      isTurnedAway(await strong.post(ORDERS, byLink(strong, { nbf })));
    }
  });

  it("that are right do no harm: clocks may be a minute apart", async () => {
    const path = (where: string) => `${rail.nodes[0]?.railAddress}/api/v1${where}`;
    const right = (bank: Bank, where: string) => ({
      iss: bank.guid,
      aud: path(where),
      exp: seconds() + 100,
      nbf: seconds() + 50,
    });
    for (const bank of [compat, strong]) {
      isIn(await bank.get(NO_ORDER, { headerClaims: right(bank, NO_ORDER) }));
      isMade(await bank.post(ORDERS, byLink(bank, right(bank, ORDERS)), { headerClaims: right(bank, ORDERS) }));
    }
  });
});

describe("F162: what other libraries write", () => {
  it("aud is a list that holds the place", async () => {
    const aud = (where: string) => ["https://other.example", `${rail.nodes[0]?.railAddress}/api/v1${where}`];
    for (const bank of [strong, compat]) {
      isIn(await bank.get(NO_ORDER, { headerClaims: { aud: aud(NO_ORDER) } }));
      isMade(await bank.post(ORDERS, byLink(bank, { aud: aud(ORDERS) }), { headerClaims: { aud: aud(ORDERS) } }));
      isTurnedAway(await bank.get(NO_ORDER, { headerClaims: { aud: aud(ORDERS) } }));
    }
  });

  it("alg Ed25519 is EdDSA, in a token and in a key", async () => {
    const bank = await rail.bank({ alg: "EdDSA" });
    const { privateJwk, publicJwk } = await generateKey("EdDSA");
    const installed = await rail.operator("POST", `/participants/${bank.guid}/keys`, { ...publicJwk, alg: "Ed25519" });
    assert.equal(installed.status, 201, installed.text);
    const calls: readonly (readonly [string, typeof privateJwk])[] = [
      ["Ed25519", bank.keys.privateJwk],
      ["EdDSA", privateJwk],
      ["Ed25519", privateJwk],
    ];
    for (const [alg, jwk] of calls) {
      const { headers } = await bank.sign("GET", NO_ORDER);
      const claims = headers["cx-authorization"]?.split(".")[1] ?? "";
      const header = Buffer.from(JSON.stringify({ alg, kid: jwk.kid })).toString("base64url");
      const key = createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
      const signature = sign(null, Buffer.from(`${header}.${claims}`), key).toString("base64url");
      isIn(await bank.get(NO_ORDER, { header: `${header}.${claims}.${signature}` }));
    }
  });

  it("one jti for header and body is two uses", async () => {
    for (const bank of [compat, strong]) {
      const jti = randomUUID();
      const call = await bank.sign("POST", ORDERS, byLink(bank, { jti }), { headerClaims: { jti } });
      isMade(await bank.send(call));
      isTurnedAway(await bank.send(call));
    }
  });

  it("a header that was used cannot be sent as a body, where one would do", async () => {
    const path = "/p2p/deliveries/1/resend";
    const call = await strong.sign("POST", path, {});
    isCode(await strong.send(call), 404, "NOT_FOUND");
    const header = call.headers["cx-authorization"] ?? "";
    isTurnedAway(await strong.call("POST", path, {}, { header: false, raw: header }));
  });
});

const numberOf = (text: bigint): string => {
  const hex = text.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
};
const bigOf = (text = ""): bigint => BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`);

/** Of 1024 bits: k·M + (65537^a mod M), as the chips of CVE-2017-15361 made them. M is the product of the first 126 primes. */
const rocaPrime = (): bigint => {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < 126; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  const product = primes.reduce((all, prime) => all * prime, 1n);
  let rest = 1n;
  for (const bit of BigInt(`0x${randomBytes(8).toString("hex")}`).toString(2))
    rest = (rest * rest * (bit === "1" ? 65_537n : 1n)) % product;
  const least = (3n * 2n ** 1_022n) / product;
  for (let k = least + BigInt(`0x${randomBytes(5).toString("hex")}`); ; k++)
    if (checkPrimeSync(k * product + rest)) return k * product + rest;
};

describe("F163: RSA keys that are weak", () => {
  const sound = generateKeyPairSync("rsa", { modulusLength: 2_048 }).publicKey.export({ format: "jwk" });
  const weak: readonly (readonly [name: string, jwk: () => object, reason: RegExp])[] = [
    [
      "1024 bits",
      () => generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ format: "jwk" }),
      /2048 to 8192 bits/,
    ],
    ["the exponent 3", () => ({ ...sound, e: "Aw" }), /small ones are not safe/],
    ["the exponent 65535", () => ({ ...sound, e: numberOf(65_535n) }), /small ones are not safe/],
    ["an even exponent", () => ({ ...sound, e: numberOf(65_538n) }), /even and small/],
    ["an exponent of 40 bits", () => ({ ...sound, e: numberOf(2n ** 39n + 1n) }), /at most 4 bytes/],
    ["an even modulus", () => ({ ...sound, n: numberOf(bigOf(sound.n) + 1n) }), /small factor/],
    [
      "a modulus that 3 divides",
      () => ({ ...sound, n: numberOf(bigOf(sound.n) - (bigOf(sound.n) % 3n)) }),
      /small factor/,
    ],
    ["ROCA's fingerprint", () => ({ ...sound, n: numberOf(rocaPrime() * rocaPrime()) }), /ROCA \(CVE-2017-15361\)/],
  ];
  for (const [name, jwk, reason] of weak)
    it(`${name}: refused at registration, with the reason, and not installed`, async () => {
      const kid = randomUUID();
      const key = { ...jwk(), kid, alg: "RS256" };
      const refused = await rail.operator("POST", `/participants/${compat.guid}/keys`, key);
      isCode(refused, 422, "KEY_REFUSED");
      assert.match(refused.body.details.fault, reason);
      const { body } = await rail.operator("GET", `/participants/${compat.guid}`);
      assert.ok(!body.keys.some((one: Json) => one.kid === kid));
    });

  it("a sound key may have another exponent, and signs", async () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2_048, publicExponent: 65_539 });
    const kid = randomUUID();
    const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid, alg: "RS256" };
    const installed = await rail.operator("POST", `/participants/${compat.guid}/keys`, jwk);
    assert.equal(installed.status, 201, installed.text);
    const header = Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url");
    const claims = Buffer.from(JSON.stringify({ iat: seconds(), jti: randomUUID() })).toString("base64url");
    const signature = sign("sha256", Buffer.from(`${header}.${claims}`), pair.privateKey).toString("base64url");
    isIn(await compat.get(NO_ORDER, { header: `${header}.${claims}.${signature}` }));
  });
});

describe("F164: an answer that is shown to others", () => {
  const signed = async (reply: Reply): Promise<Json> => {
    assert.equal(reply.headers["content-type"], "application/jwt", reply.text);
    const token = parseToken(reply.text);
    assert.ok(!("fault" in token));
    const { keys } = (await rail.stranger("GET", "/.well-known/jwks.json")).body;
    const key = readPublicKey(keys.find(({ kid }: Json) => kid === token.kid));
    assert.ok(!("fault" in key));
    assert.equal(await verifySignature(token, key), true);
    return JSON.parse(Buffer.from(reply.text.split(".")[1] ?? "", "base64url").toString("utf8"));
  };
  const accept: SignedOptions = { accept: "application/jwt" };

  it("says who said it to whom, when, and in answer to what", async () => {
    for (const bank of [compat, strong]) {
      const [header, body] = [randomUUID(), randomUUID()];
      const options = { ...accept, headerClaims: { jti: header } };
      const made = await signed(await bank.post(ORDERS, byLink(bank, { jti: body }), options));
      const { iss, aud, iat, jti, path, req, ...order } = made;
      assert.deepEqual([iss, aud, path, req], [rail.nodes[0]?.railAddress, bank.guid, `/api/v1${ORDERS}`, body]);
      assert.ok(Math.abs(iat - seconds()) < 60);
      assert.notEqual(jti, body);
      assert.deepEqual(order, (await bank.get(`${ORDERS}/${order.guid}`)).body);
      const read = await signed(await bank.get(`${ORDERS}?external_id=${order.external_id}`, options2(header)));
      assert.deepEqual([read.aud, read.path, read.req], [bank.guid, `/api/v1${ORDERS}`, `${header}2`]);
    }
  });
  const options2 = (jti: string): SignedOptions => ({ ...accept, headerClaims: { jti: `${jti}2` } });

  it("so does a refusal, with its status: that there is no such order is an answer too", async () => {
    const jti = randomUUID();
    const refusals: readonly (readonly [Promise<Reply>, number, string])[] = [
      [strong.get(NO_ORDER, { ...accept, headerClaims: { jti } }), 404, "ORDER NOT FOUND"],
      [strong.post(ORDERS, byLink(strong, { jti, purpose: " " }), accept), 400, "INVALID_PURPOSE"],
      [
        strong.post(ORDERS, byLink(strong, { jti: "", type: "x" }), { ...accept, headerClaims: { jti: `${jti}3` } }),
        400,
        "INVALID_REQUEST",
      ],
      [strong.post("/p2p/deliveries/1/resend", { jti: `${jti}4` }, accept), 404, "NOT_FOUND"],
    ];
    for (const [answer, status, code] of refusals) {
      const reply = await answer;
      assert.equal(reply.status, status);
      const said = await signed(reply);
      assert.equal(said.code, code);
      assert.ok(said.req.startsWith(jti), said.req);
      assert.equal(said.aud, strong.guid);
    }
  });

  it("a 401 is signed for nobody", async () => {
    const reply = await strong.get(NO_ORDER, { ...accept, headerClaims: { aud: "x" } });
    isTurnedAway(reply);
    assert.match(String(reply.headers["content-type"]), /^application\/json/);
  });
});
