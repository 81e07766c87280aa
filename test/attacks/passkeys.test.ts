/** Attacks on passkeys: answers replayed, borrowed, bent, late and twice; copies; floods of challenges. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { type Json, type Reply, useMarket } from "../support/market.ts";
import {
  addPasskey,
  type Bent,
  challengeFor,
  createSoftKey,
  type SoftKey,
  signInByPasskey,
  stepUpByPasskey,
} from "../support/passkeys.ts";
import { assertCode, type Browser, freshLogin, openBrowser, PASSWORD, type Person, signUp } from "../support/people.ts";
import { stepUp } from "../support/second-factors.ts";

const market = useMarket({ env: { SIGN_UP: "open", HOST: "localhost", TRUSTED_PROXIES: "127.0.0.1,::1" } });
const origin = (): string => market.nodes[0]?.address ?? "";
let network = 0;
const freshAddress = (): string => `203.0.113.${++network}`;
const stranger = (): Browser => openBrowser(market, freshAddress());

const somebody = async (): Promise<{ readonly person: Person; readonly key: SoftKey }> => {
  const person = await signUp(market, {}, freshAddress());
  await stepUp(person, { password: PASSWORD });
  const key = createSoftKey(origin());
  await addPasskey(person, key);
  return { person, key };
};
const give = (browser: Browser, credential: Json): Promise<Reply> =>
  browser.call("POST", "/identity/sign-in/passkey", { credential });
const passkeysOf = async (id: string): Promise<readonly Json[]> =>
  market.sql(`select counter, last_used_at from identity.passkeys where person_id = '${id}'`);

/** Whoever signs in with what is bent is refused, and nothing is counted; the same key goes on. */
const isRefused = async (bent: Bent): Promise<void> => {
  const { person, key } = await somebody();
  const browser = stranger();
  assertCode(await signInByPasskey(browser, key, bent), 403, "PASSKEY_REFUSED");
  assert.equal(browser.cookie(), null);
  assert.deepEqual(await passkeysOf(person.id), [{ counter: "0", last_used_at: null }]);
  assertCode(await stepUpByPasskey(person, key, bent), 403, "PASSKEY_REFUSED");
  assert.equal((await signInByPasskey(browser, key)).status, 200);
};

describe("an answer that is bent", () => {
  const cases: Readonly<Record<string, Bent>> = {
    "was given to another site's page (F199)": { origin: "https://parley.example.evil" },
    "was given to another port of this host": { origin: "http://localhost:1" },
    "is for another host": { rpId: "example.org" },
    "comes from a frame in another site's page": { crossOrigin: true },
    "was signed without the person being recognised": { verified: false },
    "makes a passkey instead of using one": { type: "webauthn.create" },
    "names a challenge of its own": { challenge: Buffer.alloc(32, 7).toString("base64url") },
  };
  for (const [what, bent] of Object.entries(cases)) test(`and ${what}, opens nothing`, () => isRefused(bent));

  test("and says it is somebody else's, or nobody's, opens nothing", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    const bobs = Buffer.from(bob.person.id).toString("base64url");
    for (const userHandle of [bobs, null])
      assertCode(await signInByPasskey(stranger(), ann.key, { userHandle }), 403, "PASSKEY_REFUSED");
    assertCode(await stepUpByPasskey(bob.person, ann.key), 403, "PASSKEY_REFUSED");
    assertCode(await stepUpByPasskey(bob.person, ann.key, { userHandle: bobs }), 403, "PASSKEY_REFUSED");
  });

  test("by one character anywhere opens nothing", async () => {
    const { key } = await somebody();
    const browser = stranger();
    for (const part of ["clientDataJSON", "authenticatorData", "signature"] as const) {
      const credential = key.sign(await challengeFor(browser, "sign-in/passkey"));
      const text: string = credential.response[part];
      const at = Math.floor(text.length / 2);
      const bent = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
      const reply = await give(browser, { ...credential, response: { ...credential.response, [part]: bent } });
      assertCode(reply, 403, "PASSKEY_REFUSED");
    }
  });

  test("in its form is a 400 that says where, or the same refusal, and never a fault", async () => {
    const { key } = await somebody();
    const browser = stranger();
    const credential = key.sign(await challengeFor(browser, "sign-in/passkey"));
    for (const response of [
      {},
      { ...credential.response, signature: "not base64!" },
      { ...credential.response, signature: "A".repeat(9_000) },
      { ...credential.response, clientDataJSON: 7 },
    ])
      assertCode(await give(browser, { ...credential, response }), 400, "VALIDATION_ERROR");
    const deep = Buffer.from("[".repeat(3_000)).toString("base64url");
    const nulls = Buffer.from("null").toString("base64url");
    for (const clientDataJSON of [deep, nulls, "AAAA"])
      assertCode(
        await give(browser, { ...credential, response: { ...credential.response, clientDataJSON } }),
        403,
        "PASSKEY_REFUSED",
      );
    assert.equal((await give(browser, credential)).status, 200);
  });
});

describe("a challenge", () => {
  test("is answered once: the same answer again opens nothing (F199)", async () => {
    const { key } = await somebody();
    const browser = stranger();
    const credential = key.sign(await challengeFor(browser, "sign-in/passkey"));
    assert.equal((await give(browser, credential)).status, 200);
    assertCode(await give(stranger(), credential), 403, "PASSKEY_REFUSED");
    assertCode(await give(browser, credential), 403, "PASSKEY_REFUSED");
  });

  test("is gone with a wrong answer, too", async () => {
    const { key } = await somebody();
    const browser = stranger();
    const options = await challengeFor(browser, "sign-in/passkey");
    assertCode(await give(browser, key.sign(options, { verified: false })), 403, "PASSKEY_REFUSED");
    assertCode(await give(browser, key.sign(options)), 403, "PASSKEY_REFUSED");
  });

  test("in ten answers at once lets one of them in, with or without a count", async () => {
    for (const bent of [{}, { counter: 0 }]) {
      const { key } = await somebody();
      const browser = stranger();
      const credential = key.sign(await challengeFor(browser, "sign-in/passkey"), bent);
      const replies = await Promise.all(Array.from({ length: 10 }, () => give(stranger(), credential)));
      assert.deepEqual(replies.map(({ status }) => status).toSorted(), [200, ...Array(9).fill(403)]);
    }
  });

  test("is over after five minutes", async () => {
    const { person, key } = await somebody();
    const browser = stranger();
    const late = key.sign(await challengeFor(browser, "sign-in/passkey"));
    const options = await challengeFor(person, "step-up");
    const rows = await market.sql("select extract(epoch from expires_at - made_at)::int as s from identity.challenges");
    assert.ok(rows.length > 0 && rows.every(({ s }) => s === 300));
    await market.sql("update identity.challenges set expires_at = now()");
    assertCode(await give(browser, late), 403, "PASSKEY_REFUSED");
    assertCode(await person.call("POST", "/identity/step-up", { passkey: key.sign(options) }), 403, "PASSKEY_REFUSED");
  });

  test("of somebody else's session is worth nothing, and stays good for whose it is (F199)", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    const anns = await challengeFor(ann.person, "step-up");
    const send = ({ person, key }: typeof ann) => person.call("POST", "/identity/step-up", { passkey: key.sign(anns) });
    assertCode(await send(bob), 403, "PASSKEY_REFUSED");
    assert.equal((await send(ann)).status, 200);
  });

  test("is for what it was asked for: none for signing in steps up, none for a step-up adds a passkey", async () => {
    const { person, key } = await somebody();
    const door = await challengeFor(stranger(), "sign-in/passkey");
    assertCode(await person.call("POST", "/identity/step-up", { passkey: key.sign(door) }), 403, "PASSKEY_REFUSED");
    const asked = await challengeFor(person, "step-up");
    assertCode(await give(stranger(), key.sign(asked)), 403, "PASSKEY_REFUSED");
    assert.equal((await stepUpByPasskey(person, key)).status, 200);
    const options = await challengeFor(person, "passkeys");
    const other = createSoftKey(origin());
    const credential = other.create({ ...options, challenge: (await challengeFor(person, "step-up")).challenge });
    assertCode(await person.call("POST", "/identity/passkeys", { name: "x", credential }), 403, "PASSKEY_REFUSED");
  });

  test("is asked for a thousand times: twenty of one address, and of one session, are open", async () => {
    const browser = stranger();
    const { person } = await somebody();
    for (let round = 0; round < 100; round++)
      await Promise.all(Array.from({ length: 10 }, () => challengeFor(browser, "sign-in/passkey")));
    for (let count = 0; count < 50; count++) await challengeFor(person, "step-up");
    const rows = await market.sql(
      `select count(*)::int as n from identity.challenges group by holder having count(*) > 25`,
    );
    assert.deepEqual(rows, []);
    await challengeFor(browser, "sign-in/passkey");
    const [last] = await market.sql(
      "select max(n)::int as most from (select count(*) as n from identity.challenges group by holder) s",
    );
    assert.equal(last.most, 20);
  });

  test("says the same whoever asks, and asks for no login", async () => {
    const first = await challengeFor(stranger(), "sign-in/passkey");
    await somebody();
    const second = await challengeFor(stranger(), "sign-in/passkey");
    assert.deepEqual({ ...first, challenge: "" }, { ...second, challenge: "" });
    const unknown = createSoftKey(origin());
    unknown.create({ ...first, rp: { id: first.rpId }, user: { id: "dV9ub2JvZHk" } });
    assertCode(await signInByPasskey(stranger(), unknown), 403, "PASSKEY_REFUSED");
  });
});

describe("a copy of a passkey", () => {
  test("whose count goes back, or stands, opens nothing (F210)", async () => {
    const { person, key } = await somebody();
    const browser = stranger();
    assert.equal((await signInByPasskey(browser, key, { counter: 7 })).status, 200);
    for (const counter of [7, 6, 0])
      assertCode(await signInByPasskey(stranger(), key, { counter }), 403, "PASSKEY_REFUSED");
    assert.equal((await passkeysOf(person.id))[0]?.counter, "7");
    assert.equal((await signInByPasskey(stranger(), key, { counter: 8 })).status, 200);
  });

  test("that signs at the same time with the same count lets one in", async () => {
    const { key } = await somebody();
    const doors = [stranger(), stranger()];
    const options = await Promise.all(doors.map((door) => challengeFor(door, "sign-in/passkey")));
    const replies = await Promise.all(doors.map((door, n) => give(door, key.sign(options[n] ?? {}, { counter: 5 }))));
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [200, 403]);
  });
});

describe("a new passkey", () => {
  const ready = async (): Promise<Person> => {
    const person = await signUp(market, {}, freshAddress());
    await stepUp(person, { password: PASSWORD });
    return person;
  };
  const add = async (person: Person, key: SoftKey, bent: Bent = {}): Promise<Reply> => {
    const credential = key.create(await challengeFor(person, "passkeys"), bent);
    return person.call("POST", "/identity/passkeys", { name: "x", credential });
  };

  for (const [what, bent] of Object.entries({
    "another site's": { origin: "https://evil.example" },
    "for another host": { rpId: "evil.example" },
    "made without the person being recognised": { verified: false },
    "no new one at all": { type: "webauthn.get" },
  }))
    test(`that is ${what} is not taken`, async () => {
      const person = await ready();
      assertCode(await add(person, createSoftKey(origin()), bent), 403, "PASSKEY_REFUSED");
      assert.deepEqual(await passkeysOf(person.id), []);
    });

  test("that somebody else has is not taken", async () => {
    const { key } = await somebody();
    assertCode(await add(await ready(), key), 403, "PASSKEY_REFUSED");
  });

  test("with a maker's certificate is not taken, and nothing that the certificate names is fetched (F211)", async () => {
    let fetched = 0;
    const server = createServer((_, response) => {
      fetched++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/crl`;
    try {
      const person = await ready();
      const statement = new Map<string, Buffer | readonly Buffer[]>([
        ["sig", Buffer.alloc(8)],
        ["x5c", [Buffer.from(url)]],
      ]);
      for (const format of ["packed", "android-key", "apple", "tpm", "android-safetynet", "fido-u2f"])
        assertCode(
          await add(person, createSoftKey(origin()), { attestation: [format, statement] }),
          403,
          "PASSKEY_REFUSED",
        );
      assert.equal(fetched, 0);
    } finally {
      server.close();
    }
  });

  test("beyond ten is not taken, however many come at once", async () => {
    const person = await ready();
    const first = createSoftKey(origin());
    await addPasskey(person, first);
    await stepUpByPasskey(person, first);
    for (let count = 0; count < 8; count++) await addPasskey(person, createSoftKey(origin()));
    const made: Json[] = [];
    for (let count = 0; count < 3; count++)
      made.push(createSoftKey(origin()).create(await challengeFor(person, "passkeys")));
    const replies = await Promise.all(
      made.map((credential) => person.call("POST", "/identity/passkeys", { name: "x", credential })),
    );
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [201, 409, 409]);
    const refused = await person.call("POST", "/identity/passkeys/challenge");
    assertCode(refused, 409, "TOO_MANY_PASSKEYS");
    assert.deepEqual(refused.body.details, { max: 10 });
  });

  test("is added and removed by no token and no stranger, and somebody else's is not there", async () => {
    const { person, key } = await somebody();
    const bob = await somebody();
    const [row] = await market.sql(`select id from identity.passkeys where person_id = '${person.id}'`);
    await stepUpByPasskey(bob.person, bob.key);
    assertCode(await bob.person.call("DELETE", `/identity/passkeys/${row.id}`), 404, "NOT_FOUND");
    assertCode(await stranger().call("DELETE", `/identity/passkeys/${row.id}`), 401, "UNAUTHORIZED");
    assertCode(await market.as(person.id)("DELETE", `/identity/passkeys/${row.id}`), 403, "FORBIDDEN");
    assertCode(await market.as(person.id)("POST", "/identity/passkeys/challenge"), 403, "FORBIDDEN");
    assert.equal((await signInByPasskey(stranger(), key)).status, 200);
  });

  test("leaves none behind when its session was ended meanwhile", async () => {
    const { person, key } = await somebody();
    await stepUpByPasskey(person, key);
    const credential = createSoftKey(origin()).create(await challengeFor(person, "passkeys"));
    await market.sql(`delete from identity.sessions where person_id = '${person.id}'`);
    const reply = await person.call("POST", "/identity/passkeys", { name: "x", credential });
    assertCode(reply, 401, "UNAUTHORIZED");
    assert.equal((await passkeysOf(person.id)).length, 1);
  });
});

describe("the two last passkeys", () => {
  test("of who has no password are not both removed, though it is asked for at once (F213)", async () => {
    const browser = stranger();
    const key = createSoftKey(origin());
    const login = freshLogin();
    const asked = await browser.call("POST", "/identity/sign-up/passkey/challenge", { name: "Ann", login });
    const made = await browser.call("POST", "/identity/sign-up/passkey", { credential: key.create(asked.body) });
    const person: Person = { ...browser, id: made.body.person.id, login };
    await stepUpByPasskey(person, key);
    await addPasskey(person, createSoftKey(origin()));
    const { items } = (await person.call("GET", "/identity/passkeys")).body;
    const replies = await Promise.all(items.map(({ id }: Json) => person.call("DELETE", `/identity/passkeys/${id}`)));
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [204, 409]);
  });
});

describe("a sign-up by passkey", () => {
  const ask = async (browser: Browser, login: string): Promise<Json> => {
    const reply = await browser.call("POST", "/identity/sign-up/passkey/challenge", { name: "Ann", login });
    assert.equal(reply.status, 200, reply.text);
    return reply.body;
  };

  test("makes one person of one challenge, however many answers come at once", async () => {
    const browser = stranger();
    const login = freshLogin();
    const options = await ask(browser, login);
    const send = () =>
      stranger().call("POST", "/identity/sign-up/passkey", {
        credential: createSoftKey(origin()).create(options),
      });
    const replies = await Promise.all(Array.from({ length: 5 }, send));
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [201, 403, 403, 403, 403]);
    const [row] = await market.sql(`select count(*)::int as n from identity.people where login = '${login}'`);
    assert.equal(row.n, 1);
  });

  test("of two for one login makes one person, and leaves the other nothing", async () => {
    const login = freshLogin();
    const doors = [stranger(), stranger()];
    const asked = await Promise.all(doors.map((door) => ask(door, login)));
    const replies = await Promise.all(
      doors.map((door, n) =>
        door.call("POST", "/identity/sign-up/passkey", { credential: createSoftKey(origin()).create(asked[n] ?? {}) }),
      ),
    );
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [201, 409]);
  });

  test("asks about fifty logins from one address, and then for patience", async () => {
    const browser = stranger();
    const { login } = await signUp(market, {}, freshAddress());
    const body = { name: "Ann", login };
    for (let count = 0; count < 50; count++)
      assertCode(await browser.call("POST", "/identity/sign-up/passkey/challenge", body), 409, "LOGIN_TAKEN");
    assertCode(await browser.call("POST", "/identity/sign-up/passkey/challenge", body), 429, "RATE_LIMITED");
  });
});
