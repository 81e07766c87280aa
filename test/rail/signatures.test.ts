/** Who calls, by signatures: both profiles over HTTP, and every way in that is none. */
import assert from "node:assert/strict";
import crypto, {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  type SigningOptions,
  sign,
} from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { describe, it, mock } from "node:test";
import { generateKey, type Jwk, readPublicKey } from "../../src/jws/index.ts";
import { instant } from "../../src/kernel/index.ts";
import type { KnownKey } from "../../src/rail/participants/index.ts";
import { createAuthenticate } from "../../src/rail/signed-requests/index.ts";
import type { Profile } from "../../src/rail/tables/index.ts";
import {
  type Bank,
  eventually,
  phone,
  type Reply,
  type SignedOptions,
  signText,
  startRail,
  useRail,
} from "../support/rail.ts";
import { byLink, isCode } from "../support/rail-orders.ts";

const ORDERS = "/p2p/orders";
const PATH = `/api/v1${ORDERS}`;
const NOWHERE = `${ORDERS}/00000000-0000-4000-8000-000000000000`;

let strong: Bank;
let compat: Bank;
/** What every fault of a token is answered with. */
let theOne: Reply;

const rail = useRail({ nodes: 2 }, async () => {
  [strong, compat] = await Promise.all([rail.bank(), rail.bank({ profile: "compat", alg: "RS256" })]);
  theOne = await rail.stranger("GET", NOWHERE);
});

const told = ({ status, text, headers: { date: _date, ...headers } }: Reply) => ({ status, text, headers });

/** 401, and not a byte that tells one fault from another. */
const isTheOne = (reply: Reply, why = "") => {
  assert.equal(theOne.status, 401);
  assert.equal(theOne.body.code, "AUTHORIZATION_FAILED");
  assert.deepEqual(Object.keys(theOne.body), ["code", "message"]);
  assert.deepEqual(told(reply), told(theOne), why);
};

/** A read is let in when it is told that there is no such order. */
const isIn = (reply: Reply) => isCode(reply, 404, "ORDER NOT FOUND");
const isMade = (reply: Reply) => assert.equal(reply.status, 201, reply.text);

const orders = async (bank: Bank): Promise<number> => {
  const [row] = await rail.sql(`select count(*)::int as n from rail.orders where participant_guid = '${bank.guid}'`);
  return row.n;
};

const seconds = (): number => Math.floor(Date.now() / 1_000);

describe("a signed call", () => {
  for (const [profile, algorithms] of [
    ["compat", ["RS256", "PS256", "ES256", "EdDSA"]],
    ["strong", ["PS256", "ES256", "EdDSA"]],
  ] as const)
    for (const alg of algorithms)
      it(`${profile}, ${alg}: writes and reads`, async () => {
        const bank = await rail.bank({ profile, alg });
        const made = await bank.post(ORDERS, byLink(bank));
        isMade(made);
        for (const headerName of ["cx-authorization", "authorization"] as const) {
          assert.equal((await bank.get(`${ORDERS}/${made.body.guid}`, { headerName })).text, made.text);
          isMade(await bank.post(ORDERS, byLink(bank), { headerName }));
        }
      });

  it("strong has no RS256", async () => {
    const { publicJwk } = await generateKey("RS256", randomUUID());
    const reply = await rail.operator("POST", `/participants/${strong.guid}/keys`, publicJwk);
    isCode(reply, 422, "KEY_REFUSED");
    isCode(
      await rail.operator("PATCH", `/participants/${compat.guid}`, { profile: "strong" }),
      400,
      "VALIDATION_ERROR",
    );
  });

  it("strong: the signed body may stand alone; compat: it has no date, and never does", async () => {
    isMade(await strong.post(ORDERS, byLink(strong), { header: false }));
    isTheOne(await compat.post(ORDERS, byLink(compat), { header: false }));
    isMade(await compat.post(ORDERS, byLink(compat)));
  });

  it("a compat body with all a strong one has does not stand alone either", async () => {
    const iat = seconds();
    const aud = `${rail.nodes[0]?.railAddress}${PATH}`;
    const terms = byLink(compat, { iss: compat.guid, aud, iat, exp: iat + 60 });
    isTheOne(await compat.post(ORDERS, terms, { header: false }));
  });

  it("a read needs a token", async () => {
    isTheOne(await strong.get(NOWHERE, { header: false }));
    for (const authorization of ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x y"])
      isTheOne(await rail.stranger("GET", NOWHERE, { headers: { authorization } }), authorization);
  });

  it("an unknown path is no secret, and none of the tokens'", async () => {
    assert.equal((await rail.stranger("GET", "/p2p/nothing")).status, 404);
  });
});

/** A signed body alone, as text. */
const bodyOf = async (bank: Bank, terms: object = {}): Promise<string> => {
  const { body } = await bank.sign("POST", ORDERS, byLink(bank, terms), { header: false });
  return String(body);
};

describe("a body", () => {
  for (const contentType of [
    ...["application/jwt", "application/jose", "text/plain"],
    ...["application/jwt; charset=utf-8", "Application/JOSE", "text/plain;charset=US-ASCII"],
  ])
    it(`as ${contentType} is taken, of both profiles`, async () => {
      for (const bank of [strong, compat]) isMade(await bank.post(ORDERS, byLink(bank), { contentType }));
    });

  for (const contentType of ["application/json", "application/json; charset=utf-8"])
    it(`as ${contentType} is {"jwt": …}, with whatever stands beside it`, async () => {
      for (const bank of [strong, compat])
        for (const wrap of [
          (jwt: string) => JSON.stringify({ jwt }),
          (jwt: string) => ` {"note": null, "jwt" : "${jwt}"}\n`,
        ])
          isMade(await bank.post(ORDERS, {}, { contentType, raw: wrap(await bodyOf(bank)) }));
    });

  it("may end with a line break, as files do", async () => {
    for (const end of ["\n", "\r\n"]) isMade(await strong.post(ORDERS, {}, { raw: `${await bodyOf(strong)}${end}` }));
  });

  const UNLISTED = [
    ...["application/octet-stream", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"],
    ...["application/jwts", "text/html", "application/json-seq"],
    ...["nonsense", "application/", "application/jwt, text/plain", ";"],
  ];
  for (const contentType of UNLISTED)
    it(`as ${contentType} is INVALID_REQUEST, whoever it is from`, async () => {
      const raw = await bodyOf(strong);
      isCode(await strong.post(ORDERS, {}, { raw, contentType }), 400, "INVALID_REQUEST");
      isCode(await strong.post(ORDERS, {}, { raw, contentType, header: false }), 400, "INVALID_REQUEST");
      isTheOne(await strong.post(ORDERS, {}, { raw, contentType, header: "a.b.c" }));
    });

  for (const raw of ["", "abc", "a.b", "a.b.c.d", "{}", '{"payload":"","signatures":[]}'])
    it(`${JSON.stringify(raw)} is not three segments: INVALID_REQUEST, whoever it is from`, async () => {
      for (const contentType of ["application/jwt", "text/plain"]) {
        for (const bank of [strong, compat])
          isCode(await bank.post(ORDERS, {}, { raw, contentType }), 400, "INVALID_REQUEST");
        isCode(await strong.post(ORDERS, {}, { raw, contentType, header: false }), 400, "INVALID_REQUEST");
      }
      const wrapped = JSON.stringify({ jwt: raw });
      isCode(await strong.post(ORDERS, {}, { raw: wrapped, contentType: "application/json" }), 400, "INVALID_REQUEST");
    });

  it("that is unsigned JSON is INVALID_REQUEST after a good header, and 401 without one", async () => {
    for (const raw of [
      JSON.stringify(byLink(strong)),
      "{}",
      "[]",
      "null",
      "{",
      '{"jwt":1}',
      '{"jwt":"a.b.c","jwt":1}',
    ]) {
      const unsigned: SignedOptions = { raw, contentType: "application/json" };
      for (const bank of [strong, compat]) isCode(await bank.post(ORDERS, {}, unsigned), 400, "INVALID_REQUEST");
      isTheOne(await strong.post(ORDERS, {}, { ...unsigned, header: false }), raw);
      isTheOne(await strong.post(ORDERS, {}, { ...unsigned, header: "a.b.c" }), raw);
    }
  });

  it("that its own bank has signed and nobody can read is INVALID_REQUEST after a good header, and 401 without", async () => {
    for (const payloadText of ['{"jti":"1","jti":"2"}', "[]", '"text"', "null", "{", "", '{"amount":01}']) {
      if (payloadText === "") continue;
      for (const bank of [strong, compat]) isCode(await bank.post(ORDERS, {}, { payloadText }), 400, "INVALID_REQUEST");
      isTheOne(await strong.post(ORDERS, {}, { payloadText, header: false }), payloadText);
    }
  });

  it("that another bank has signed is not vouched for by the header, whether it can be read or not", async () => {
    const other = await rail.bank();
    const raws = [
      await bodyOf(other),
      await signText("[]", other.keys.privateJwk),
      await signText('{"jti":"1","jti":"2"}', other.keys.privateJwk),
    ];
    for (const raw of raws) for (const bank of [strong, compat]) isTheOne(await bank.post(ORDERS, {}, { raw }));
    assert.equal(await orders(other), 0);
  });
});

describe("what a strong token is for", () => {
  const header = (headerClaims: object): SignedOptions => ({ headerClaims: { ...headerClaims } });
  const body = (bodyClaims: object): SignedOptions => ({ bodyClaims: { ...bodyClaims }, header: false });
  const origin = () => rail.nodes[0]?.railAddress ?? "";

  it("bh is of the very bytes that come", async () => {
    const [first, second] = [await bodyOf(strong), await bodyOf(strong)];
    const bh = createHash("sha256").update(second).digest("base64url");
    isTheOne(await strong.post(ORDERS, {}, { raw: first, headerClaims: { bh } }));
    isTheOne(await strong.post(ORDERS, {}, { raw: `${second}\n`, headerClaims: { bh } }));
    isTheOne(await strong.post(ORDERS, {}, { raw: second, headerClaims: { bh: `${bh}=` } }));
    isMade(await strong.post(ORDERS, {}, { raw: second, headerClaims: { bh } }));
    isTheOne(await strong.get(NOWHERE, header({ bh })));
    for (const nothing of [undefined, null, ""]) isTheOne(await strong.get(NOWHERE, header({ bh: nothing })));
    const empty = createHash("sha256").digest("base64url");
    isIn(await strong.get(NOWHERE, header({ bh: empty })));
  });

  it("bh is of the wrapping too, when the body is JSON", async () => {
    const jwt = await bodyOf(strong);
    const bh = createHash("sha256").update(jwt).digest("base64url");
    const contentType = "application/json";
    isTheOne(await strong.post(ORDERS, {}, { raw: JSON.stringify({ jwt }), contentType, headerClaims: { bh } }));
    isMade(await strong.post(ORDERS, {}, { raw: JSON.stringify({ jwt }), contentType }));
  });

  it("aud is the path without its query, and nothing else", async () => {
    const query = `${ORDERS}?external_id=none`;
    isIn(await strong.get(query, header({ aud: `${origin()}${PATH}` })));
    for (const aud of [
      `${origin()}${PATH}?external_id=none`,
      `${origin()}${PATH}/`,
      `${origin()}/api/v1${NOWHERE}`,
      `${origin()}/`,
      origin(),
      PATH,
      `https://elsewhere.example${PATH}`,
      [],
      [`https://elsewhere.example${PATH}`],
      [`${origin()}${PATH}`, 1],
      { [`${origin()}${PATH}`]: true },
      "",
      null,
      undefined,
    ])
      isTheOne(await strong.get(query, header({ aud })), String(aud));
    for (const aud of [`${origin()}/api/v1${NOWHERE}`, undefined])
      isTheOne(await strong.post(ORDERS, byLink(strong), body({ aud })), String(aud));
  });

  it("iss is the bank itself", async () => {
    for (const iss of [compat.guid, strong.name, strong.guid.toUpperCase(), "", null, undefined]) {
      isTheOne(await strong.get(NOWHERE, header({ iss })), String(iss));
      isTheOne(await strong.post(ORDERS, byLink(strong), body({ iss })), String(iss));
    }
  });

  it("a body's claims are looked at even when the header's are good", async () => {
    for (const bodyClaims of [{ iss: compat.guid }, { aud: "x" }, { exp: 1 }, { iat: 1 }, { iat: undefined }])
      isTheOne(await strong.post(ORDERS, byLink(strong), { bodyClaims }), JSON.stringify(bodyClaims));
  });

  it("a body token is no header token, and a header token is no order", async () => {
    isTheOne(await strong.get(NOWHERE, { header: await bodyOf(strong) }));
    isTheOne(await compat.get(NOWHERE, { header: await bodyOf(compat) }));
    const { headers } = await strong.sign("GET", ORDERS);
    isCode(
      await strong.post(ORDERS, {}, { raw: headers["cx-authorization"] ?? "", header: false }),
      400,
      "INVALID_TYPE",
    );
  });
});

type Terms = Partial<Pick<KnownKey, "notBefore" | "expiresAt" | "revokedAt">> & { readonly signer?: Jwk };

/** Of a bank that is known by one key, at a moment that the test chooses. */
const at = async (profile: Profile) => {
  const { privateJwk, publicJwk } = await generateKey("ES256", "kid");
  const key = readPublicKey(publicJwk);
  assert.ok(!("fault" in key));
  const participant = {
    guid: "guid",
    mode: "sandbox" as const,
    createdAt: instant(0),
    createdBy: "operator",
    name: "Bank",
    bankCodes: [],
    callbackUrl: null,
    callbackProvenAt: null,
    challenge: null,
    deeplinkUrl: null,
    profile,
    receiverSearch: true,
    state: "active" as const,
    maintenance: [],
    maintenanceSetAt: null,
  };
  const NOW = 1_800_000_000;
  return async (claims: object, terms: Terms = {}): Promise<boolean> => {
    const { signer = privateJwk, ...validity } = terms;
    const known: KnownKey = { key, participant, notBefore: null, expiresAt: null, revokedAt: null, ...validity };
    const authenticate = createAuthenticate({
      directory: { byKid: (kid) => (kid === "kid" ? known : undefined) },
      audience: () => "https://rail.example",
      now: () => NOW * 1_000,
    });
    const bh = createHash("sha256").digest("base64url");
    const all = { iss: "guid", aud: "https://rail.example/x", bh, jti: "1", iat: NOW, exp: NOW + 300, ...claims };
    const headerToken = await signText(JSON.stringify(all), signer);
    const { kind } = await authenticate({ path: "/x", headerToken, body: null });
    assert.ok(kind === "accepted" || kind === "refused");
    return kind === "accepted";
  };
};

/** How often OpenSSL is asked, whoever asks it. */
const countVerifications = async (work: () => Promise<void>): Promise<number> => {
  const counting = mock.method(crypto, "verify");
  syncBuiltinESMExports();
  try {
    await work();
    return counting.mock.callCount();
  } finally {
    counting.mock.restore();
    syncBuiltinESMExports();
  }
};

describe("the work that a token makes", () => {
  it("is one verification, whatever its kid is and whatever is wrong with it", async () => {
    const takes = await at("strong");
    const { privateJwk: other } = await generateKey("ES256", "kid");
    const { privateJwk: rs256 } = await generateKey("RS256", "kid");
    const cases: readonly (readonly [string, boolean, Parameters<typeof takes>[0], Parameters<typeof takes>[1]])[] = [
      ["a good one", true, {}, {}],
      ["an old one", false, { iat: 1 }, {}],
      ["for another place", false, { aud: "x" }, {}],
      ["of a revoked key", false, {}, { revokedAt: 0 }],
      ["of a key that is not valid yet", false, {}, { notBefore: Number.MAX_SAFE_INTEGER }],
      ["of an unknown kid", false, {}, { signer: { ...other, kid: "nobody" } }],
      ["of an unknown kid and another algorithm", false, {}, { signer: { ...rs256, kid: "nobody" } }],
      ["of a stranger with a known kid", false, {}, { signer: other }],
      ["of a known kid and another algorithm", false, {}, { signer: rs256 }],
    ];
    for (const [what, taken, claims, terms] of cases) {
      const count = await countVerifications(async () => assert.equal(await takes(claims, terms), taken, what));
      assert.equal(count, 1, what);
    }
  });
});

describe("freshness, to the second", () => {
  const NOW = 1_800_000_000;

  it("compat: iat at most 300 s old, 60 s ahead; no exp", async () => {
    const takes = await at("compat");
    for (const [iat, taken] of [
      [NOW - 300, true],
      [NOW - 301, false],
      [NOW + 60, true],
      [NOW + 61, false],
      [NOW - 300.5, false],
      [NOW + 59.5, true],
      [0, false],
      [-NOW, false],
      [NOW * 1_000, false],
    ] as const)
      assert.equal(await takes({ iat, exp: undefined }), taken, String(iat));
    assert.equal(await takes({ iss: undefined, aud: undefined, bh: undefined, exp: undefined }), true);
    assert.equal(await takes({ iss: undefined, aud: undefined, bh: undefined, exp: 1 }), false);
  });

  it("strong: iat 60 s to either side", async () => {
    const takes = await at("strong");
    for (const [iat, taken] of [
      [NOW - 60, true],
      [NOW - 61, false],
      [NOW + 60, true],
      [NOW + 61, false],
    ] as const)
      assert.equal(await takes({ iat, exp: iat + 300 }), taken, String(iat));
  });

  it("strong: exp in the future, and at most 300 s after iat", async () => {
    const takes = await at("strong");
    for (const [exp, taken] of [
      [NOW + 300, true],
      [NOW + 301, false],
      [NOW + 1, true],
      [NOW, false],
      [NOW - 1, false],
    ] as const)
      assert.equal(await takes({ exp }), taken, String(exp));
    assert.equal(await takes({ iat: NOW - 60, exp: NOW + 240 }), true);
    assert.equal(await takes({ iat: NOW - 60, exp: NOW + 241 }), false);
  });

  it("what is no number is no date", async () => {
    for (const profile of ["compat", "strong"] as const) {
      const takes = await at(profile);
      assert.equal(await takes({}), true);
      for (const iat of [undefined, null, String(NOW), [NOW], true, {}])
        assert.equal(await takes({ iat }), false, `${profile} ${String(iat)}`);
    }
    const takes = await at("strong");
    for (const exp of [undefined, null, String(NOW + 60), [NOW + 60]]) assert.equal(await takes({ exp }), false);
  });

  it("a key is valid from nbf on, up to exp, and never once it was revoked or its bank is suspended", async () => {
    const takes = await at("strong");
    const now = NOW * 1_000;
    for (const [terms, taken] of [
      [{ notBefore: now }, true],
      [{ notBefore: now + 1 }, false],
      [{ expiresAt: now + 1 }, true],
      [{ expiresAt: now }, false],
      [{ revokedAt: now }, false],
      [{ revokedAt: 0 }, false],
    ] as const)
      assert.equal(await takes({}, terms), taken, JSON.stringify(terms));
  });

  it("a jti is a text of 1 to 128 characters", async () => {
    for (const profile of ["compat", "strong"] as const) {
      const takes = await at(profile);
      for (const jti of ["x", "x".repeat(128), "😀".repeat(128)]) assert.equal(await takes({ jti }), true);
      for (const jti of ["", "x".repeat(129), 1, null, undefined, ["x"]]) assert.equal(await takes({ jti }), false);
    }
  });

  it("holds over HTTP as well", async () => {
    const claims = (shift: number) => ({ headerClaims: { iat: seconds() + shift, exp: seconds() + shift + 300 } });
    for (const [bank, shift, taken] of [
      [compat, -290, true],
      [compat, -310, false],
      [compat, 50, true],
      [compat, 70, false],
      [strong, -50, true],
      [strong, -70, false],
      [strong, 50, true],
      [strong, 70, false],
    ] as const) {
      const reply = await bank.get(NOWHERE, claims(shift));
      if (taken) isIn(reply);
      else isTheOne(reply, `${bank.profile} ${shift}`);
    }
  });
});

const encode = (content: string | Buffer): string => Buffer.from(content).toString("base64url");
const keyOf = (jwk: Jwk): KeyObject => createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
const raw: SigningOptions = { dsaEncoding: "ieee-p1363" };

type Signing = { readonly key?: KeyObject; readonly digest?: string; readonly options?: SigningOptions };
/** @property claims good ones for where the token goes, as JSON */
type Forge = (claims: string, bank: Bank) => string | Promise<string>;

const forged = (bank: Bank, header: object | string | Buffer, payload: string | Buffer, signing: Signing = {}) => {
  const { key = keyOf(bank.keys.privateJwk), digest = "sha256", options = raw } = signing;
  const spelled = typeof header === "string" || Buffer.isBuffer(header) ? header : JSON.stringify(header);
  const input = `${encode(spelled)}.${encode(payload)}`;
  return `${input}.${encode(sign(digest, Buffer.from(input), { key, ...options }))}`;
};

const ES = (bank: Bank) => ({ alg: "ES256", kid: bank.kid, typ: "JWT" });
const good = (claims: string, bank: Bank): string => forged(bank, ES(bank), claims);
const withHeader =
  (change: object): Forge =>
  (claims, bank) =>
    forged(bank, { ...ES(bank), ...change }, claims);
const withClaims =
  (change: (claims: string) => string | Buffer): Forge =>
  (claims, bank) =>
    forged(bank, ES(bank), change(claims));
const withToken =
  (change: (header: string, payload: string, signature: string) => string): Forge =>
  (claims, bank) => {
    const [header = "", payload = "", signature = ""] = good(claims, bank).split(".");
    return change(header, payload, signature);
  };
const withSignature = (signature: Buffer): Forge =>
  withToken((header, payload) => `${header}.${payload}.${encode(signature)}`);
const withMember = (name: string, value: unknown): Forge =>
  withClaims((claims) => JSON.stringify({ ...JSON.parse(claims), [name]: value }));
const hmac =
  (secret: (key: KeyObject) => string | Buffer): Forge =>
  (claims, bank) => {
    const input = `${encode(JSON.stringify({ ...ES(bank), alg: "HS256" }))}.${encode(claims)}`;
    const key = createPublicKey({ key: bank.keys.publicJwk as JsonWebKey, format: "jwk" });
    return `${input}.${createHmac("sha256", secret(key)).update(input).digest("base64url")}`;
  };

const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const edwards = generateKeyPairSync("ed25519");
const ORDER = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");

const HOSTILE: Readonly<Record<string, Forge>> = {
  "none, unsigned": (claims, bank) => `${encode(JSON.stringify({ ...ES(bank), alg: "none" }))}.${encode(claims)}.`,
  "none, signed": withHeader({ alg: "none" }),
  "None, signed": withHeader({ alg: "None" }),
  "no alg": withHeader({ alg: undefined }),
  "alg as a list": withHeader({ alg: ["ES256"] }),
  "HMAC with the public key's PEM": hmac((key) => key.export({ type: "spki", format: "pem" })),
  "HMAC with the public key's DER": hmac((key) => key.export({ type: "spki", format: "der" })),
  "HMAC with the public key's JWK": hmac((key) => JSON.stringify(key.export({ format: "jwk" }))),
  "HMAC with nothing": hmac(() => ""),
  "an embedded key, with which it verifies": (claims, bank) =>
    forged(bank, { ...ES(bank), jwk: stranger.publicKey.export({ format: "jwk" }) }, claims, {
      key: stranger.privateKey,
    }),
  "its own key embedded": (claims, bank) => forged(bank, { ...ES(bank), jwk: bank.keys.publicJwk }, claims),
  jku: withHeader({ jku: "https://evil.example/jwks.json" }),
  x5u: withHeader({ x5u: "https://evil.example/cert.pem" }),
  x5c: withHeader({ x5c: ["MIIB"] }),
  crit: withHeader({ crit: ["exp"], exp: 1 }),
  "crit, empty": withHeader({ crit: [] }),
  b64: withHeader({ b64: false }),
  "b64 and crit": withHeader({ b64: false, crit: ["b64"] }),
  zip: withHeader({ zip: "DEF" }),
  "alg twice": (claims, bank) => forged(bank, `{"alg":"ES256","kid":"${bank.kid}","alg":"ES256"}`, claims),
  "kid twice": (claims, bank) => forged(bank, `{"alg":"ES256","kid":"${bank.kid}","kid":"${bank.kid}"}`, claims),
  "kid twice, once escaped": (claims, bank) =>
    forged(bank, `{"alg":"ES256","kid":"${bank.kid}","\\u006bid":"${bank.kid}"}`, claims),
  "jti twice": withClaims((claims) => `{"jti":"1",${claims.slice(1)}`),
  "jti twice, once escaped": withClaims((claims) => `{"\\u006ati":"1",${claims.slice(1)}`),
  "padding on the header": withToken((header, payload, signature) => `${header}=.${payload}.${signature}`),
  "padding on the payload": withToken((header, payload, signature) => `${header}.${payload}==.${signature}`),
  "padding on the signature": withToken((header, payload, signature) => `${header}.${payload}.${signature}==`),
  "blanks around": withToken((header, payload, signature) => `${header} .${payload}.${signature}`),
  "the other alphabet": withToken((header, payload, signature) => `${header}.${payload}.${signature.slice(0, -4)}+/+/`),
  "no signature": withToken((header, payload) => `${header}.${payload}.`),
  "no payload": withToken((header, _payload, signature) => `${header}..${signature}`),
  "no header": withToken((_header, payload, signature) => `.${payload}.${signature}`),
  "nothing but dots": () => "..",
  "ES256 by a P-384 key": (claims, bank) => forged(bank, ES(bank), claims, { key: p384.privateKey }),
  "ES384 by a P-384 key": (claims, bank) =>
    forged(bank, { ...ES(bank), alg: "ES384" }, claims, { key: p384.privateKey, digest: "sha384" }),
  "ES256 by a secp256k1 key": (claims, bank) => forged(bank, ES(bank), claims, { key: koblitz.privateKey }),
  "RS256 for an ES256 key": (claims, bank) =>
    forged(bank, { ...ES(bank), alg: "RS256" }, claims, { key: rsa.privateKey, options: {} }),
  "EdDSA for an ES256 key": (claims, bank) => {
    const input = `${encode(JSON.stringify({ ...ES(bank), alg: "EdDSA" }))}.${encode(claims)}`;
    return `${input}.${encode(sign(null, Buffer.from(input), edwards.privateKey))}`;
  },
  "ES256 over another digest": (claims, bank) => forged(bank, ES(bank), claims, { digest: "sha512" }),
  "a signature in DER": (claims, bank) => forged(bank, ES(bank), claims, { options: { dsaEncoding: "der" } }),
  "r = s = 0": withSignature(Buffer.alloc(64)),
  "r = s = 1": withSignature(Buffer.concat([Buffer.alloc(31), Buffer.from([1]), Buffer.alloc(31), Buffer.from([1])])),
  "r = s = n": withSignature(Buffer.concat([ORDER, ORDER])),
  "a signature of one byte": withSignature(Buffer.alloc(1, 1)),
  "another token's signature": (claims, bank) =>
    `${encode(JSON.stringify(ES(bank)))}.${encode(claims)}.${good('{"jti":"1"}', bank).split(".")[2]}`,
  "a stranger's signature": (claims, bank) => forged(bank, ES(bank), claims, { key: stranger.privateKey }),
  "a token over 16 KiB": withMember("purpose", "x".repeat(16 * 1_024)),
  "a header over 1 KiB": withHeader({ x: "x".repeat(1_024) }),
  "a header that is not UTF-8": (claims, bank) =>
    forged(bank, Buffer.from(`{"alg":"ES256","kid":"${bank.kid}","x":"\xff"}`, "latin1"), claims),
  "a payload that is not UTF-8": withClaims((claims) => Buffer.from(`{"x":"\xc3\x28",${claims.slice(1)}`, "latin1")),
  "an overlong encoding": withClaims((claims) => Buffer.from(`{"x":"\xc0\xaf",${claims.slice(1)}`, "latin1")),
  "a byte order mark": withClaims((claims) => `\ufeff${claims}`),
  "a list for a payload": withClaims((claims) => `[${claims}]`),
  "a payload that is no JSON": withClaims(() => "phone=1"),
  "a nested token": (claims, bank) => forged(bank, { ...ES(bank), cty: "JWT" }, good(claims, bank)),
  "no kid": withHeader({ kid: undefined }),
  "kid null": withHeader({ kid: null }),
  "an unknown kid": withHeader({ kid: "nobody" }),
  "a kid that is a path": withHeader({ kid: "../../../../dev/null" }),
  "a kid that is SQL": withHeader({ kid: "'or(1=1)--" }),
  "a kid that is SQL, with blanks": withHeader({ kid: "x' union select 'y" }),
  "a kid of 129 characters": withHeader({ kid: "k".repeat(129) }),
  "a kid in other case": (claims, bank) => forged(bank, { ...ES(bank), kid: bank.kid.toUpperCase() }, claims),
  "another bank's kid": (claims, bank) => forged(bank, { ...ES(bank), kid: compat.kid }, claims),
  "another bank's kid and algorithm": (claims, bank) =>
    forged(bank, { alg: "RS256", kid: compat.kid }, claims, { key: rsa.privateKey, options: {} }),
  expired: withMember("exp", 1_700_000_000),
  "from the past": withMember("iat", 1_700_000_000),
  "from the future": withMember("iat", 4_000_000_000),
  "for another place": withMember("aud", "https://elsewhere.example"),
  "by another bank": withMember("iss", "somebody"),
};

describe("hostile tokens", () => {
  const origin = () => rail.nodes[0]?.railAddress ?? "";
  const claimsOf = (path: string, more: object) => {
    const iat = seconds();
    const aud = `${origin()}${path}`;
    return JSON.stringify({ iss: strong.guid, aud, iat, exp: iat + 300, jti: randomUUID(), ...more });
  };
  const headerClaims = (path: string, body = "") =>
    claimsOf(path, { bh: createHash("sha256").update(body).digest("base64url") });
  const inHeader = (token: string) => rail.stranger("GET", NOWHERE, { headers: { "cx-authorization": token } });
  const inBearer = (token: string) => rail.stranger("GET", NOWHERE, { headers: { authorization: `Bearer ${token}` } });
  const inBody = (token: string, header?: string) =>
    rail.stranger("POST", ORDERS, {
      headers: { "content-type": "application/jwt", ...(header === undefined ? {} : { "cx-authorization": header }) },
      raw: token,
    });

  it("the tokens that they are made from are good ones", async () => {
    isIn(await inHeader(good(headerClaims(`/api/v1${NOWHERE}`), strong)));
    isIn(await inBearer(good(headerClaims(`/api/v1${NOWHERE}`), strong)));
    const body = good(claimsOf(PATH, byLink(strong)), strong);
    isMade(await inBody(body, good(headerClaims(PATH, body), strong)));
    isMade(await inBody(good(claimsOf(PATH, byLink(strong)), strong)));
  });

  for (const [name, forge] of Object.entries(HOSTILE))
    it(`${name}: refused in the header and in the body, with the one 401`, async () => {
      const header = await forge(headerClaims(`/api/v1${NOWHERE}`), strong);
      isTheOne(await inHeader(header), "in the header");
      isTheOne(await inBearer(header), "behind Bearer");
      const body = await forge(claimsOf(PATH, byLink(strong)), strong);
      isTheOne(await inBody(body), "in the body");
      const unsound = await forge(headerClaims(PATH, body), strong);
      isTheOne(await inBody(good(claimsOf(PATH, byLink(strong)), strong), unsound), "beside a good body");
    });

  it("none of them has used anything up, or made anything", async () => {
    const before = await orders(strong);
    const jti = randomUUID();
    const claims = claimsOf(`/api/v1${NOWHERE}`, { jti, bh: createHash("sha256").digest("base64url") });
    for (const name of ["an unknown kid", "r = s = 0", "expired", "for another place", "jti twice"])
      isTheOne(await inHeader(await (HOSTILE[name] as Forge)(claims, strong)));
    isIn(await inHeader(good(claims, strong)));
    assert.equal(await orders(strong), before);
  });

  it("a body that could pass for a header is spent as one too", async () => {
    const aud = [PATH, `/api/v1${NOWHERE}`].map((path) => `${origin()}${path}`);
    const bh = createHash("sha256").digest("base64url");
    isIn(await inHeader(good(claimsOf(PATH, { aud, bh }), strong)));
    const twoFaced = good(claimsOf(PATH, byLink(strong, { aud, bh })), strong);
    assert.notEqual((await inBody(twoFaced)).status, 401);
    isTheOne(await inHeader(twoFaced));
    isTheOne(await inBody(twoFaced));
  });

  it("a token of any length is the one 401", async () => {
    for (const length of [17, 30, 70, 200]) {
      const raw = good(claimsOf(PATH, byLink(strong, { x: "x".repeat(length * 1_024) })), strong);
      for (const reply of [await inBody(raw), await strong.post(ORDERS, {}, { raw })]) {
        // A body that is too long to be read has other headers: of the connection, not of what was in it.
        if (length < 48) isTheOne(reply, `${length} KiB`);
        else assert.deepEqual([reply.status, reply.text], [theOne.status, theOne.text]);
      }
    }
  });

  it("a header of one segment or of five is the one 401 as well", async () => {
    for (const token of ["x", "a.b", "a.b.c.d.e"]) isTheOne(await inHeader(token));
  });
});

describe("keys", () => {
  it("may be several, and each ends for itself, on every node", async () => {
    const bank = await rail.bank();
    const second = await bank.addKey();
    const [old, fresh] = [{ signer: bank.keys.privateJwk }, { signer: second.privateJwk }];
    for (const signing of [old, fresh]) isMade(await bank.post(ORDERS, byLink(bank), signing));
    const reply = await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`);
    assert.ok(reply.status < 300, reply.text);
    isTheOne(await bank.get(NOWHERE, old));
    isMade(await bank.post(ORDERS, byLink(bank), fresh));
    await eventually(async () => (await bank.get(NOWHERE, { ...old, node: 1 })).status === 401, "the other node knows");
    isIn(await bank.get(NOWHERE, { ...fresh, node: 1 }));
    assert.equal((await bank.get(NOWHERE, { ...old, node: 1 })).text, theOne.text);
  });

  it("header and body may be signed by two keys of one bank", async () => {
    const bank = await rail.bank();
    const second = await bank.addKey({ alg: "EdDSA" });
    const { body } = await bank.sign("POST", ORDERS, byLink(bank), { header: false, signer: second.privateJwk });
    isMade(await bank.post(ORDERS, {}, { raw: String(body) }));
  });

  it("have a beginning and an end", async () => {
    const bank = await rail.bank();
    const [unborn, mortal] = [await bank.addKey({ nbf: seconds() + 3_600 }), await bank.addKey({ exp: seconds() + 4 })];
    isTheOne(await bank.get(NOWHERE, { signer: unborn.privateJwk }));
    isIn(await bank.get(NOWHERE, { signer: mortal.privateJwk }));
    await eventually(
      async () => (await bank.get(NOWHERE, { signer: mortal.privateJwk })).status === 401,
      "the key is over",
    );
    isIn(await bank.get(NOWHERE));
  });

  it("of a suspended bank are none, until it is active again", async () => {
    const bank = await rail.bank();
    await rail.operator("PATCH", `/participants/${bank.guid}`, { state: "suspended" });
    isTheOne(await bank.get(NOWHERE));
    isTheOne(await bank.post(ORDERS, byLink(bank)));
    await rail.operator("PATCH", `/participants/${bank.guid}`, { state: "active" });
    isMade(await bank.post(ORDERS, byLink(bank)));
  });
});

describe("a jti", () => {
  const one = (jti: string): SignedOptions => ({ headerClaims: { jti } });

  it("is used once: the same call sent twice makes one order", async () => {
    for (const bank of [strong, compat]) {
      const made = await orders(bank);
      const call = await bank.sign("POST", ORDERS, byLink(bank));
      isMade(await bank.send(call));
      isTheOne(await bank.send(call));
      isTheOne(await bank.send(call, { node: 0 }));
      assert.equal(await orders(bank), made + 1);
    }
  });

  it("is used once across reads and writes; header's and body's are apart", async () => {
    const [a, b, c, d] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    isIn(await strong.get(NOWHERE, one(a)));
    isTheOne(await strong.get(NOWHERE, one(a)));
    isTheOne(await strong.post(ORDERS, byLink(strong), one(a)));
    isMade(await strong.post(ORDERS, byLink(strong, { jti: a })));
    isTheOne(await strong.post(ORDERS, byLink(strong, { jti: a })));
    isTheOne(await strong.post(ORDERS, byLink(strong, { jti: a }), { header: false }));
    isMade(await strong.post(ORDERS, byLink(strong), one(b)));
    isTheOne(await strong.get(NOWHERE, one(b)));
    isMade(await strong.post(ORDERS, byLink(strong, { jti: b }), { header: false }));
    isMade(await strong.post(ORDERS, byLink(strong, { jti: c })));
    isIn(await strong.get(NOWHERE, one(c)));
    isMade(await strong.post(ORDERS, byLink(strong, { jti: d }), { header: false }));
    isTheOne(await strong.post(ORDERS, byLink(strong, { jti: d }), { header: false }));
    isTheOne(await strong.post(ORDERS, byLink(strong, { jti: d })));
    isMade(await strong.post(ORDERS, byLink(strong), one(d)));
  });

  it("may be one text in header and body, which are used apart", async () => {
    const jti = randomUUID();
    for (const bank of [strong, compat]) {
      isMade(await bank.post(ORDERS, byLink(bank, { jti }), one(jti)));
      isTheOne(await bank.get(NOWHERE, one(jti)));
      isTheOne(await bank.post(ORDERS, byLink(bank, { jti })));
    }
  });

  it("is each bank's own", async () => {
    const jti = randomUUID();
    for (const bank of [strong, compat]) isIn(await bank.get(NOWHERE, one(jti)));
  });

  it("is remembered for 24 hours, by every node; a body's that has no date for ever", async () => {
    for (const bank of [compat, strong]) {
      const [read, header, body] = [randomUUID(), randomUUID(), randomUUID()];
      isIn(await bank.get(NOWHERE, one(read)));
      isMade(await bank.post(ORDERS, byLink(bank, { jti: body }), one(header)));
      for (const jti of [read, header]) isTheOne(await bank.get(NOWHERE, { ...one(jti), node: 1 }));
      isTheOne(await bank.post(ORDERS, byLink(bank, { jti: body }), { node: 1 }));
      const passing = await rail.sql(`select key, extract(epoch from expires_at - now()) as left from rail.claims
        where scope in ('jti ${bank.guid}', 'body ${bank.guid}') and key in ('${read}', '${header}', '${body}')`);
      assert.equal(passing.length, bank === compat ? 2 : 3);
      for (const { left } of passing) assert.ok(Number(left) > 86_300 && Number(left) <= 86_400, String(left));
    }
  });

  it("is used up by whatever is wrong with the request", async () => {
    for (const [terms, code] of [
      [{ purpose: "" }, "INVALID_PURPOSE"],
      [{ amount: "1" }, "INVALID_REQUEST"],
      [{ type: null }, "INVALID_REQUEST"],
      [{ expires_at: "2020-01-01T00:00:00Z" }, "EXPIRES_AT_IS_NOT-FUTURE_DATE"],
    ] as const) {
      const [header, body] = [randomUUID(), randomUUID()];
      const refused = await strong.post(ORDERS, byLink(strong, { ...terms, jti: body }), one(header));
      isCode(refused, 400, code);
      isTheOne(await strong.get(NOWHERE, one(header)), code);
      isTheOne(await strong.post(ORDERS, byLink(strong, { jti: body })), code);
    }
    const [unsigned, guid] = [randomUUID(), randomUUID()];
    const raw = JSON.stringify(byLink(strong));
    const reply = await strong.post(ORDERS, {}, { ...one(unsigned), raw, contentType: "application/json" });
    isCode(reply, 400, "INVALID_REQUEST");
    isTheOne(await strong.get(NOWHERE, one(unsigned)));
    isCode(await strong.get(`${ORDERS}/1`, one(guid)), 400, "INVALID_ORDER_GUID");
    isTheOne(await strong.get(NOWHERE, one(guid)));
  });

  it("is not used up by a 401: nobody can use up another bank's", async () => {
    const jti = randomUUID();
    isTheOne(await strong.get(NOWHERE, { headerClaims: { jti, aud: "x" } }));
    isTheOne(await strong.get(NOWHERE, { ...one(jti), signer: { ...compat.keys.privateJwk, kid: strong.kid } }));
    isIn(await strong.get(NOWHERE, one(jti)));
  });

  it("of many reads at once, on two nodes, is one's", async () => {
    const read = await compat.sign("GET", NOWHERE);
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => compat.send(read, { node: index % 2 })));
    assert.deepEqual(
      replies.map(({ status }) => status).sort(),
      [401, ...Array.from({ length: 19 }, () => 401)].with(-1, 404),
    );
  });

  it("of a read and a write at once, on two nodes, is one's", async () => {
    for (let round = 0; round < 10; round++) {
      const jti = randomUUID();
      const made = await orders(compat);
      const [read, write] = await Promise.all([
        compat.get(NOWHERE, { ...one(jti), node: 1 }),
        compat.post(ORDERS, byLink(compat), one(jti)),
      ]);
      const won = [read.status === 404, write.status === 201];
      assert.deepEqual(won.toSorted(), [false, true], `${read.text} ${write.text}`);
      assert.equal(await orders(compat), made + (won[1] === true ? 1 : 0));
    }
  });
});

describe("calls per ten seconds", () => {
  it("are counted per bank; one too many is 429 with Retry-After and leaves its jti fresh", async () => {
    const tight = await startRail({ env: { RAIL_CALLS_PER_10_SECONDS: "4" } });
    try {
      const [bank, other] = [await tight.bank(), await tight.bank()];
      const read = await bank.sign("GET", NOWHERE);
      const write = await bank.sign("POST", ORDERS, byLink(bank));
      for (let call = 0; call < 3; call++) isIn(await bank.get(NOWHERE));
      isCode(await bank.post(ORDERS, byLink(bank, { purpose: "" })), 400, "INVALID_PURPOSE");
      for (const call of [read, write, read, write]) {
        const refused = await bank.send(call);
        isCode(refused, 429, "RATE_LIMITED");
        assert.match(String(refused.headers["retry-after"]), /^([1-9]|10)$/);
      }
      isIn(await other.get(NOWHERE));
      isTheOne(await bank.get(NOWHERE, { header: "a.b.c" }));
      // Another start has other counters.
      await tight.restart();
      isIn(await bank.send(read));
      isMade(await bank.send(write));
      isTheOne(await bank.send(read));
    } finally {
      await tight.end();
    }
  });
});

describe("phones", () => {
  it("are nowhere in the rows of what was asked for them", async () => {
    const number = phone();
    const made = await strong.post(ORDERS, {
      ...byLink(strong),
      type: "phone",
      creditor: { phone: number },
      debtor: { account: strong.iban() },
    });
    isMade(made);
    const tables = await rail.sql(
      "select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('rail', 'deliveries')",
    );
    for (const { name } of tables) {
      const [row] = await rail.sql(
        `select count(*)::int as n from ${name} t where t::text like '%${number.slice(1)}%'`,
      );
      assert.equal(row.n, 0, name);
    }
  });
});
