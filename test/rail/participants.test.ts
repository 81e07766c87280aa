import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { generateKey } from "../../src/jws/index.ts";
import { proveCallback } from "../../src/rail/participants/index.ts";
import { type Bank, eventually, freshCode, type Json, phone, type Reply, useRail } from "../support/rail.ts";

const rail = useRail({ nodes: 2 });

const terms = (more: object = {}) => ({ name: "Bank", mode: "sandbox", bank_codes: [freshCode()], ...more });

const create = async (more: object = {}): Promise<Json> => {
  const reply = await rail.operator("POST", "/participants", terms(more));
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

const edit = (guid: string, changes: object, options = {}) =>
  rail.operator("PATCH", `/participants/${guid}`, changes, options);

const orderOf = (bank: Bank) => ({
  type: "phone",
  creditor: { phone: phone() },
  debtor: { account: bank.iban() },
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Lunch",
});

/** Whether a signed read is let in: what is read is not there, and only a known bank is told so. */
const isKnown = async (bank: Bank, options: Parameters<Bank["get"]>[1] = {}): Promise<boolean> => {
  const { status } = await bank.get(`/p2p/orders/${randomUUID()}`, options);
  assert.ok(status === 404 || status === 401, `${status}`);
  return status === 404;
};

const challengesOf = async (guid: string): Promise<string[]> => {
  const rows = await rail.sql(
    `select body from deliveries.queue where channel = 'rail' and endpoint = '${guid}' and subject = 'challenge' order by id`,
  );
  return rows.map(({ body }) => JSON.parse(body).challenge);
};

test("a participant is shown as it was made, with what was left out filled in", async () => {
  const made = await create({
    name: "Перший банк",
    bank_codes: ["305299", "305750"],
    callback_url: "http://127.0.0.1:9/x",
  });
  assert.deepEqual(made, {
    guid: made.guid,
    name: "Перший банк",
    mode: "sandbox",
    profile: "strong",
    state: "active",
    bank_codes: ["305299", "305750"],
    callback_url: "http://127.0.0.1:9/x",
    callback_proven_at: null,
    deeplink_url: null,
    receiver_search: true,
    reachable: true,
    maintenance: [],
    created_at: made.created_at,
    keys: [],
  });
  const { body } = await rail.operator("GET", `/participants/${made.guid}`);
  assert.deepEqual(body, made);
  assert.deepEqual(await challengesOf(made.guid), []);
});

test("the list is paged, oldest first, and by mode if wanted", async () => {
  const first = await create();
  const second = await create({ mode: "production" });
  const { body: all } = await rail.operator("GET", "/participants?limit=100");
  const guids = all.items.map(({ guid }: Json) => guid);
  assert.ok(guids.indexOf(first.guid) < guids.indexOf(second.guid));
  const { body: production } = await rail.operator("GET", "/participants?mode=production&limit=100");
  assert.ok(production.items.every(({ mode }: Json) => mode === "production"));
  const { body: one } = await rail.operator("GET", "/participants?limit=1&offset=1");
  assert.equal(one.items[0].guid, guids[1]);
  assert.equal(one.has_more, true);
});

const ROLES = [
  { role: "rail_operator", sandbox: 201, production: 201 },
  { role: "operator", sandbox: 201, production: "PRODUCTION_NEEDS_RAIL_OPERATOR" },
  { role: "platform", sandbox: "FORBIDDEN", production: "FORBIDDEN" },
  { role: null, sandbox: "FORBIDDEN", production: "FORBIDDEN" },
] as const;

for (const row of ROLES)
  for (const mode of ["sandbox", "production"] as const)
    test(`${row.role ?? "somebody"} making a participant in ${mode}: ${row[mode]}`, async () => {
      const reply = await rail.operator("POST", "/participants", terms({ mode }), { role: row.role });
      if (row[mode] === 201) assert.equal(reply.status, 201, reply.text);
      else assert.deepEqual([reply.status, reply.body.code], [403, row[mode]]);
    });

test("an operator who is no rail_operator changes nothing of a participant in production", async () => {
  const { guid } = await create({ mode: "production", callback_url: "https://bank.example/" });
  const { publicJwk } = await generateKey("ES256");
  const acts = [
    ["PATCH", `/participants/${guid}`, { name: "Mine" }],
    ["POST", `/participants/${guid}/keys`, publicJwk],
    ["DELETE", `/participants/${guid}/keys/${publicJwk.kid}`, undefined],
    ["POST", `/participants/${guid}/challenge`, undefined],
  ] as const;
  for (const [method, path, body] of acts) {
    const reply = await rail.operator(method, path, body, { role: "operator" });
    assert.deepEqual([reply.status, reply.body.code], [403, "PRODUCTION_NEEDS_RAIL_OPERATOR"], `${method} ${path}`);
  }
  assert.equal((await rail.operator("GET", `/participants/${guid}`, undefined, { role: "operator" })).status, 200);
});

const WRONG = [
  { what: "no bank code", body: { bank_codes: [] }, pointer: "/bank_codes" },
  { what: "a bank code of five digits", body: { bank_codes: ["12345"] }, pointer: "/bank_codes/0" },
  { what: "a bank code twice", body: { bank_codes: ["123456", "123456"] }, pointer: "/bank_codes" },
  { what: "a mode that there is not", body: { mode: "test" }, pointer: "/mode" },
  { what: "an unknown member", body: { state: "active" }, pointer: "/state" },
  { what: "no name", body: { name: "" }, pointer: "/name" },
  { what: "a callback URL with a password", body: { callback_url: "https://a:b@bank.example/" } },
  { what: "a callback URL with a fragment", body: { callback_url: "https://bank.example/#x" } },
  { what: "a callback URL with an empty fragment", body: { callback_url: "https://bank.example/#" } },
  { what: "a callback URL that is none", body: { callback_url: "bank.example" } },
  { what: "a callback URL of another scheme", body: { callback_url: "file:///etc/passwd" } },
  { what: "a callback URL too long", body: { callback_url: `https://bank.example/${"x".repeat(2_000)}` } },
  {
    what: "a callback URL without TLS in production",
    body: { mode: "production", callback_url: "http://bank.example/" },
  },
  { what: "a deeplink that is a script", body: { deeplink_url: "javascript:alert(1)" }, pointer: "/deeplink_url" },
] as const;

for (const row of WRONG)
  test(`refused at registration: ${row.what}`, async () => {
    const reply = await rail.operator("POST", "/participants", terms(row.body));
    assert.deepEqual([reply.status, reply.body.code], [400, "VALIDATION_ERROR"], reply.text);
    assert.equal(reply.body.details.issues[0].pointer, "pointer" in row ? row.pointer : "/callback_url");
  });

test("a bank code is one participant's in its world, and free again once it is given up", async () => {
  const [code, other] = [freshCode(), freshCode()];
  const first = await create({ bank_codes: [code, other] });
  const clash = await rail.operator("POST", "/participants", terms({ bank_codes: [freshCode(), code] }));
  assert.deepEqual([clash.status, clash.body.code], [409, "BANK_CODE_IN_USE"]);
  assert.deepEqual(clash.body.details, { bank_code: code });
  await create({ bank_codes: [code], mode: "production" });

  assert.deepEqual((await edit(first.guid, { bank_codes: [other] })).body.bank_codes, [other]);
  const second = await create({ bank_codes: [code] });
  const back = await edit(first.guid, { bank_codes: [other, code] });
  assert.deepEqual([back.status, back.body.code], [409, "BANK_CODE_IN_USE"]);
  await edit(second.guid, { bank_codes: [freshCode()] });
  assert.deepEqual((await edit(first.guid, { bank_codes: [code] })).body.bank_codes, [code]);
});

/** Whoever met the winner in the act may be told to try again. */
const assertOneWon = (replies: readonly Reply[], code: string) => {
  assert.equal(replies.filter(({ status }) => status === 201).length, 1);
  const others = replies.filter(({ status }) => status !== 201).map(({ body }) => body.code);
  assert.ok(
    others.every((other) => other === code || other === "BUSY"),
    others.join(),
  );
};

test("of two participants that take one bank code at once, on two nodes, one has it", async () => {
  for (let round = 0; round < 5; round++) {
    const codes = [freshCode()];
    const replies = await Promise.all(
      [0, 1, 0, 1].map((node) => rail.operator("POST", "/participants", terms({ bank_codes: codes }), { node })),
    );
    assertOneWon(replies, "BANK_CODE_IN_USE");
  }
});

test("of two keys with one kid at once, on two nodes, one is registered", async () => {
  const [first, second] = await Promise.all([create(), create()]);
  for (let round = 0; round < 5; round++) {
    const { publicJwk } = await generateKey("ES256");
    const replies = await Promise.all(
      [0, 1, 0, 1].map((node) =>
        rail.operator("POST", `/participants/${node === 0 ? first.guid : second.guid}/keys`, publicJwk, { node }),
      ),
    );
    assertOneWon(replies, "KID_IN_USE");
  }
});

test("a kid is unique among all banks and worlds, also a revoked one", async () => {
  const bank = await rail.bank();
  const others = [await create(), await create({ mode: "production" }), bank];
  for (const { guid } of others) {
    const { publicJwk } = await generateKey("EdDSA", bank.kid);
    const reply = await rail.operator("POST", `/participants/${guid}/keys`, publicJwk);
    assert.deepEqual([reply.status, reply.body.code], [409, "KID_IN_USE"]);
  }
  assert.equal((await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`)).status, 204);
  const again = await rail.operator("POST", `/participants/${bank.guid}/keys`, bank.keys.publicJwk);
  assert.deepEqual([again.status, again.body.code], [409, "KID_IN_USE"]);
  // What the claim forgets after a day, the row knows.
  await rail.sql("delete from rail.claims where scope = 'kid'");
  const later = await rail.operator("POST", `/participants/${bank.guid}/keys`, bank.keys.publicJwk);
  assert.deepEqual([later.status, later.body.code], [409, "KID_IN_USE"]);
});

test("a key that cannot be registered is refused with a sentence", async () => {
  const { guid } = await create();
  const { publicJwk, privateJwk } = await generateKey("ES256");
  const { alg: _alg, ...withoutAlg } = publicJwk;
  const { kid: _kid, ...withoutKid } = publicJwk;
  const { publicJwk: rs256 } = await generateKey("RS256");
  const cases = [
    withoutAlg,
    withoutKid,
    privateJwk,
    { ...publicJwk, x: publicJwk.y },
    rs256,
    { kty: "oct", k: "AAAA" },
  ];
  for (const body of cases) {
    const reply = await rail.operator("POST", `/participants/${guid}/keys`, body);
    assert.deepEqual([reply.status, reply.body.code], [422, "KEY_REFUSED"], JSON.stringify(body));
    assert.match(reply.body.details.fault, /\.$/);
  }
  const over = await rail.operator("POST", `/participants/${guid}/keys`, { ...publicJwk, exp: 1 });
  assert.deepEqual([over.status, over.body.details.issues[0].pointer], [400, "/exp"]);
  const listed = await rail.operator("GET", `/participants/${guid}`);
  assert.deepEqual(listed.body.keys, []);
  // A refusal does not use up the kid.
  assert.equal((await rail.operator("POST", `/participants/${guid}/keys`, publicJwk)).status, 201);
});

test("RS256 is for compat banks: a participant with such a key does not become strong", async () => {
  const bank = await rail.bank({ profile: "compat", alg: "RS256" });
  const reply = await edit(bank.guid, { profile: "strong" });
  assert.deepEqual([reply.status, reply.body.details?.issues[0].pointer], [400, "/profile"]);
  await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`);
  assert.equal((await edit(bank.guid, { profile: "strong" })).body.profile, "strong");
});

test("a participant has at most twenty keys that are not revoked", async () => {
  const bank = await rail.bank({ alg: "EdDSA" });
  for (let count = 1; count < 20; count++) await bank.addKey();
  const { publicJwk } = await generateKey("EdDSA");
  const full = await rail.operator("POST", `/participants/${bank.guid}/keys`, publicJwk);
  assert.deepEqual([full.status, full.body.code], [422, "KEY_REFUSED"]);
  await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`);
  assert.equal((await rail.operator("POST", `/participants/${bank.guid}/keys`, publicJwk)).status, 201);
});

test("a suspended participant is a stranger at once, and known again at once", async () => {
  const bank = await rail.bank();
  assert.ok(await isKnown(bank));
  assert.equal((await edit(bank.guid, { state: "suspended" })).body.state, "suspended");
  const refused = await bank.post("/p2p/orders", orderOf(bank));
  assert.deepEqual([refused.status, refused.body.code], [401, "AUTHORIZATION_FAILED"]);
  assert.ok(!(await isKnown(bank)));
  await edit(bank.guid, { state: "active" });
  assert.ok(await isKnown(bank));
});

test("a bank changes keys without a gap, and a revoked key is refused at once", async () => {
  const bank = await rail.bank();
  const next = await bank.addKey({ alg: "PS256" });
  assert.ok(await isKnown(bank));
  assert.ok(await isKnown(bank, { signer: next.privateJwk }));
  assert.equal((await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`)).status, 204);
  assert.ok(!(await isKnown(bank)));
  assert.ok(await isKnown(bank, { signer: next.privateJwk }));
  assert.equal((await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`)).status, 204);
  const { body } = await rail.operator("GET", `/participants/${bank.guid}`);
  const [old, present] = body.keys;
  assert.deepEqual([old.kid, present.kid], [bank.kid, next.publicJwk.kid]);
  assert.match(old.revoked_at, /^\d{4}-.*Z$/);
  assert.equal(present.revoked_at, null);
});

test("a key revoked on one node is soon refused on the other", async () => {
  const bank = await rail.bank();
  assert.ok(await isKnown(bank, { node: 1 }));
  await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`);
  await eventually(async () => !(await isKnown(bank, { node: 1 })), "the revocation on the other node");
});

test("a key is good from nbf until exp", async () => {
  const bank = await rail.bank();
  const now = Math.floor(Date.now() / 1_000);
  const tomorrow = await bank.addKey({ nbf: now + 86_400 });
  const today = await bank.addKey({ nbf: now - 10, exp: now + 86_400 });
  assert.ok(!(await isKnown(bank, { signer: tomorrow.privateJwk })));
  assert.ok(await isKnown(bank, { signer: today.privateJwk }));
  const { body } = await rail.operator("GET", `/participants/${bank.guid}`);
  assert.deepEqual(
    body.keys.map(({ nbf, exp }: Json) => [nbf, exp]),
    [
      [null, null],
      [now + 86_400, null],
      [now - 10, now + 86_400],
    ],
  );
  const brief = await bank.addKey({ exp: Math.floor(Date.now() / 1_000) + 5 });
  assert.ok(await isKnown(bank, { signer: brief.privateJwk }));
  await eventually(async () => !(await isKnown(bank, { signer: brief.privateJwk })), "the end of a key");
});

test("another participant's key, or none, is not there to be revoked", async () => {
  const [bank, other] = [await rail.bank(), await rail.bank()];
  for (const kid of [other.kid, "nobody's", "..%2F%27%3B"]) {
    const reply = await rail.operator("DELETE", `/participants/${bank.guid}/keys/${kid}`);
    assert.deepEqual([reply.status, reply.body.code], [404, "KEY_NOT_FOUND"]);
  }
  assert.ok(await isKnown(other));
});

test("a kid with a slash in it can be revoked", async () => {
  const bank = await rail.bank({ kid: `https://bank.example/keys/${randomUUID()}?a=b&c` });
  assert.ok(await isKnown(bank));
  const path = `/participants/${bank.guid}/keys/${encodeURIComponent(bank.kid)}`;
  assert.equal((await rail.operator("DELETE", path)).status, 204);
  assert.ok(!(await isKnown(bank)));
});

test("a participant that there is not: every call says so", async () => {
  const guid = randomUUID();
  const { publicJwk } = await generateKey("ES256");
  const calls = [
    ["GET", `/participants/${guid}`, undefined],
    ["PATCH", `/participants/${guid}`, { name: "x" }],
    ["POST", `/participants/${guid}/keys`, publicJwk],
    ["DELETE", `/participants/${guid}/keys/x`, undefined],
    ["POST", `/participants/${guid}/challenge`, undefined],
  ] as const;
  for (const [method, path, body] of calls) {
    const reply = await rail.operator(method, path, body);
    assert.deepEqual([reply.status, reply.body.code], [404, "PARTICIPANT_NOT_FOUND"], `${method} ${path}`);
  }
});

test("an account of a code that was given up is not the bank's own any more", async () => {
  const [first, second] = [freshCode(), freshCode()];
  const bank = await rail.bank({ codes: [first, second] });
  await edit(bank.guid, { bank_codes: [second] });
  const refused = await bank.post("/p2p/orders", { ...orderOf(bank), debtor: { account: bank.iban(first) } });
  assert.deepEqual([refused.status, refused.body.code], [400, "INVALID_DEBTOR_ACCOUNT"]);
  const taken = await bank.post("/p2p/orders", { ...orderOf(bank), debtor: { account: bank.iban(second) } });
  assert.equal(taken.status, 201, taken.text);
});

test("a changed profile is asked for at once", async () => {
  const bank = await rail.bank({ profile: "compat" });
  assert.ok(await isKnown(bank));
  await edit(bank.guid, { profile: "strong" });
  assert.ok(!(await isKnown(bank)));
});

test("in production a new callback URL is challenged, and proven by the present challenge alone", async () => {
  const made = await create({ mode: "production", callback_url: "https://bank.example/one" });
  const prove = (challenge: string) => {
    const { executor } = rail.nodes[0]?.rail ?? assert.fail("no node");
    return executor.submit(proveCallback, { participantGuid: made.guid, challenge }, { caller: "sending" });
  };
  const [first = ""] = await challengesOf(made.guid);
  assert.equal(Buffer.from(first, "base64url").length, 32);
  await edit(made.guid, { callback_url: "https://bank.example/two" });
  const [, second = ""] = await challengesOf(made.guid);
  assert.notEqual(first, second);
  assert.deepEqual((await prove(first)).outcome, { proven: false });
  assert.deepEqual((await prove(second)).outcome, { proven: true });
  assert.deepEqual((await prove(second)).outcome, { proven: false });
  const proven = (await rail.operator("GET", `/participants/${made.guid}`)).body;
  assert.match(proven.callback_proven_at, /Z$/);

  // What stays as it was stays proven; what is asked anew stays proven meanwhile.
  const same = await edit(made.guid, { callback_url: "https://bank.example/two", name: "Renamed" });
  assert.equal(same.body.callback_proven_at, proven.callback_proven_at);
  const anew = await rail.operator("POST", `/participants/${made.guid}/challenge`);
  assert.deepEqual([anew.status, anew.body.callback_proven_at], [202, proven.callback_proven_at]);
  assert.equal((await challengesOf(made.guid)).length, 3);

  const moved = await edit(made.guid, { callback_url: "https://bank.example/three" });
  assert.equal(moved.body.callback_proven_at, null);
  const gone = await edit(made.guid, { callback_url: null });
  assert.equal(gone.body.callback_url, null);
  assert.equal((await challengesOf(made.guid)).length, 4);
  const nothing = await rail.operator("POST", `/participants/${made.guid}/challenge`);
  assert.deepEqual([nothing.status, nothing.body.code], [400, "VALIDATION_ERROR"]);
});

test("no challenge is ever shown to an operator", async () => {
  const { guid } = await create({ mode: "production", callback_url: "https://bank.example/" });
  const [challenge = ""] = await challengesOf(guid);
  for (const path of [`/participants/${guid}`, "/participants?limit=100"])
    assert.ok(!(await rail.operator("GET", path)).text.includes(challenge));
  const [acts] = await rail.sql(`select string_agg(details::text, '') as details from rail.participant_acts`);
  assert.ok(!acts.details.includes(challenge));
});

test("a write with an Idempotency-Key is done once", async () => {
  const body = terms();
  const first = await rail.operator("POST", "/participants", body, { key: "make-1" });
  const again = await rail.operator("POST", "/participants", body, { key: "make-1", node: 1 });
  assert.deepEqual([first.status, again.status], [201, 201]);
  assert.deepEqual(again.body, first.body);
  assert.deepEqual([first.headers["idempotent-replay"], again.headers["idempotent-replay"]], [undefined, "true"]);
  const other = await rail.operator("POST", "/participants", terms(), { key: "make-1" });
  assert.deepEqual([other.status, other.body.code], [422, "IDEMPOTENCY_KEY_REUSED"]);
  const somebody = await rail.operator("POST", "/participants", terms(), { key: "make-1", user: "taras" });
  assert.equal(somebody.status, 201);

  const { publicJwk } = await generateKey("ES256");
  const path = `/participants/${first.body.guid}/keys`;
  const added = await rail.operator("POST", path, publicJwk, { key: "key-1" });
  const addedAgain = await rail.operator("POST", path, publicJwk, { key: "key-1" });
  assert.deepEqual([added.status, addedAgain.status], [201, 201]);
  assert.deepEqual(addedAgain.body, added.body);
  assert.equal(addedAgain.headers["idempotent-replay"], "true");
});

test("ten at once with one Idempotency-Key make one participant", async () => {
  const body = terms();
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      rail.operator("POST", "/participants", body, { key: "make-many", node: index % 2 }),
    ),
  );
  assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201]);
  assert.equal(new Set(replies.map(({ body: { guid } }) => guid)).size, 1);
});

test("whatever an operator does is written down", async () => {
  const bank = await rail.bank({ callbackUrl: "http://127.0.0.1:9/" });
  await edit(bank.guid, { name: "Second name" }, { user: "taras" });
  await rail.operator("DELETE", `/participants/${bank.guid}/keys/${bank.kid}`);
  await rail.operator("POST", `/participants/${bank.guid}/challenge`);
  const acts = await rail.sql(
    `select operator_id, act, details from rail.participant_acts where participant_guid = '${bank.guid}' order by id`,
  );
  assert.deepEqual(
    acts.map(({ operator_id, act }) => [operator_id, act]),
    [
      ["olena", "created"],
      ["olena", "key_added"],
      ["taras", "edited"],
      ["olena", "key_revoked"],
      ["olena", "challenged"],
    ],
  );
  assert.deepEqual(acts[2]?.details, { name: "Second name" });
});

test("a new participant has its whole budget", async () => {
  for (const [mode, tokens] of [
    ["production", 20_000],
    ["sandbox", 200_000],
  ] as const) {
    const { guid } = await rail.bank({ mode });
    const [quota] = await rail.sql(`select units from rail.quotas where participant_guid = '${guid}'`);
    assert.equal(quota.units, tokens * 5, mode);
  }
});

test("our public keys are there for everybody, and may be kept", async () => {
  const reply = await rail.stranger("GET", "/.well-known/jwks.json");
  assert.equal(reply.status, 200);
  assert.equal(reply.headers["cache-control"], "public, max-age=300");
  const [key] = reply.body.keys;
  assert.deepEqual([key.kty, key.crv, key.alg, key.d], ["EC", "P-256", "ES256", undefined]);
});
