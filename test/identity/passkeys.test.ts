/** Passkeys: added, signed in and stepped up with, signed up with in place of a password, and removed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runParleyInside } from "../support/command-line.ts";
import { eventually, type Json, SELL_AD, useMarket } from "../support/market.ts";
import { addPasskey, challengeFor, createSoftKey, signInByPasskey, stepUpByPasskey } from "../support/passkeys.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, type Person, signIn, signUp } from "../support/people.ts";
import { enrol, stepUp } from "../support/second-factors.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open", HOST: "localhost" } });
const origin = (): string => market.nodes[0]?.address ?? "";
const softKey = () => createSoftKey(origin());

/** Somebody with a password, and a passkey beside it. */
const somebody = async (given: Json = {}) => {
  const person = await signUp(market, given);
  await stepUp(person, { password: PASSWORD });
  const key = softKey();
  const added = await addPasskey(person, key);
  return { person, key, added };
};

/** Somebody whom a passkey alone lets in. */
const withoutPassword = async () => {
  const browser = openBrowser(market);
  const key = softKey();
  const login = freshLogin();
  const options = await browser.call("POST", "/identity/sign-up/passkey/challenge", { name: "Ann", login });
  assert.equal(options.status, 200, options.text);
  const made = await browser.call("POST", "/identity/sign-up/passkey", { credential: key.create(options.body) });
  assert.equal(made.status, 201, made.text);
  const person: Person = { ...browser, id: made.body.person.id, login };
  return { person, key, options: options.body };
};

const noticesOf = (person: Person, wanted: string): Promise<readonly Json[]> =>
  eventually(async () => {
    const { body } = await person.call("GET", "/p2p/notifications");
    const found = body.items.map(({ data }: Json) => data).filter(({ change }: Json) => change === wanted);
    return found.length > 0 && found;
  }, `the notice ${wanted}`);

const actsOf = (id: string): Promise<readonly Json[]> =>
  market.sql(`select actor, act, details from identity.acts where person_id = '${id}' order by id`);

describe("a passkey", () => {
  test("is asked for as one that is found without a name, knows its owner, and is for this host", async () => {
    const person = await signUp(market, { name: "Ann Smith" });
    await stepUp(person, { password: PASSWORD });
    const options = await challengeFor(person, "passkeys");
    assert.deepEqual(options.rp, { id: "localhost", name: "Parley" });
    assert.deepEqual(options.user, {
      id: Buffer.from(person.id).toString("base64url"),
      name: person.login,
      displayName: "Ann Smith",
    });
    assert.deepEqual(options.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    assert.match(options.challenge, /^[A-Za-z0-9_-]{43}$/);
    const rows = await market.sql("select c::text as row from identity.challenges c");
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(options.challenge)));
  });

  test("is added by whoever proves lately who it is; the first is a second factor, with recovery codes, and ends other sessions", async () => {
    const person = await signUp(market);
    const asked = await person.call("POST", "/identity/passkeys/challenge");
    assertCode(asked, 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual(asked.body.details, { enabled: false, needs: "password" });
    const other = openBrowser(market);
    await signIn(other, person.login);
    await stepUp(person, { password: PASSWORD });
    const added = await addPasskey(person, softKey(), "  My phone ");
    assert.deepEqual([added.name, added.last_used_at, added.recovery_codes.length], ["My phone", null, 10]);
    assertCode(await other.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    const state = (await person.call("GET", "/identity/second-factor")).body;
    assert.deepEqual(state, { enabled: true, codes_since: null, recovery_codes_left: 10, passkeys: 1 });
    const { recovery_codes: _, ...item } = added;
    assert.deepEqual((await person.call("GET", "/identity/passkeys")).body, { items: [item] });
    const [notice] = await noticesOf(person, "passkey_added");
    assert.equal(notice?.name, "My phone");
    assert.deepEqual(await actsOf(person.id), [
      { actor: person.id, act: "add-passkey", details: { id: added.id, name: "My phone" } },
    ]);
  });

  test("beside another factor ends no session and makes no new recovery codes", async () => {
    const person = await signUp(market);
    const { app } = await enrol(market, person);
    assert.equal((await stepUp(person, { code: await app.fresh() })).status, 200);
    const added = await addPasskey(person, softKey());
    assert.equal(added.recovery_codes, null);
  });

  test("signs in without a login, past the one-time code, on any node; that is no step-up", async () => {
    const { person, key } = await somebody();
    const browser = openBrowser(market);
    const options = await challengeFor(browser, "sign-in/passkey");
    assert.deepEqual([options.rpId, options.allowCredentials, options.userVerification], ["localhost", [], "required"]);
    const credential = key.sign(options);
    const reply = await browser.call(
      "POST",
      "/identity/sign-in/passkey",
      { credential },
      { node: 1, headers: { origin: market.nodes[1]?.address ?? "" } },
    );
    // The other node listens on another port, which is another site.
    assertCode(reply, 403, "PASSKEY_REFUSED");
    const whole = await signInByPasskey(browser, key);
    assert.deepEqual([whole.status, whole.body.person?.id], [200, person.id], whole.text);
    assert.deepEqual([whole.body.half_signed_in, whole.body.person.stepped_up_until], [null, null]);
    assert.deepEqual(whole.body.person.second_factor, { enabled: true });
    assertCode(await browser.call("POST", "/p2p/ads", SELL_AD), 403, "SECOND_FACTOR_REQUIRED");
    const { items } = (await person.call("GET", "/identity/passkeys")).body;
    assert.notEqual(items[0].last_used_at, null);
    await noticesOf(person, "session_began");
  });

  test("takes the place of the code where the password was given, and a recovery code takes its place", async () => {
    const { person, key, added } = await somebody();
    const browser = openBrowser(market);
    assert.notEqual((await signIn(browser, person.login)).body.half_signed_in, null);
    assert.equal((await signInByPasskey(browser, key)).status, 200);
    const lost = openBrowser(market);
    await signIn(lost, person.login);
    const whole = await lost.call("POST", "/identity/sign-in/second-factor", { code: added.recovery_codes[0] });
    assert.equal(whole.status, 200, whole.text);
  });

  test("steps up for five minutes", async () => {
    const { person, key } = await somebody();
    const asked = await person.call("POST", "/p2p/ads", SELL_AD);
    assert.deepEqual(asked.body.details, { enabled: true, needs: "factor" });
    const before = person.cookie();
    const stepped = await stepUpByPasskey(person, key);
    assert.equal(stepped.status, 200, stepped.text);
    const minutes = (Date.parse(stepped.body.stepped_up_until) - Date.now()) / 60_000;
    assert.ok(minutes > 4 && minutes <= 5.1, String(minutes));
    assert.notEqual(person.cookie(), before);
    assert.notEqual((await person.call("POST", "/p2p/ads", SELL_AD)).status, 403);
  });

  test("is what an operator needs to act at all", async () => {
    const person = await signUp(market);
    await market.sql(`update identity.people set roles = '{operator}' where id = '${person.id}'`);
    const browser = openBrowser(market);
    await signIn(browser, person.login);
    const asked = await browser.call("GET", "/operator/disputes");
    assertCode(asked, 403, "SECOND_FACTOR_REQUIRED");
    assert.equal(asked.body.details.needs, "enrolment");
    await stepUp(browser, { password: PASSWORD });
    await addPasskey({ ...person, ...browser }, softKey());
    assert.equal((await browser.call("GET", "/operator/disputes")).status, 200);
  });

  test("is removed by who proves it lately; with the last factor go the recovery codes and what was stepped up", async () => {
    const { person, key, added } = await somebody();
    const path = `/identity/passkeys/${added.id}`;
    assertCode(await person.call("DELETE", path), 403, "SECOND_FACTOR_REQUIRED");
    await stepUpByPasskey(person, key);
    assertCode(await person.call("DELETE", "/identity/passkeys/k_nothing"), 404, "NOT_FOUND");
    assert.equal((await person.call("DELETE", path)).status, 204);
    const state = (await person.call("GET", "/identity/second-factor")).body;
    assert.deepEqual(state, { enabled: false, codes_since: null, recovery_codes_left: 0, passkeys: 0 });
    assertCode(await signInByPasskey(openBrowser(market), key), 403, "PASSKEY_REFUSED");
    assertCode(await person.call("POST", "/p2p/ads", SELL_AD), 403, "SECOND_FACTOR_REQUIRED");
    const [notice] = await noticesOf(person, "passkey_removed");
    assert.equal(notice?.name, "My phone");
    assert.deepEqual(
      (await actsOf(person.id)).map(({ act }) => act),
      ["add-passkey", "remove-passkey"],
    );
  });

  test("is answered again to the same key, without a second one and without the recovery codes", async () => {
    const person = await signUp(market);
    await stepUp(person, { password: PASSWORD });
    const options = await challengeFor(person, "passkeys");
    const body = { name: "phone", credential: softKey().create(options) };
    const send = () => person.call("POST", "/identity/passkeys", body, { key: "one-key" });
    const [first, again] = [await send(), await send()];
    assert.deepEqual([first.status, again.status, again.body.id], [201, 201, first.body.id]);
    assert.deepEqual([first.body.recovery_codes.length, again.body.recovery_codes], [10, null]);
    const rows = await market.sql("select k::text as row from identity.keys k");
    assert.ok(rows.every(({ row }) => !row.includes(first.body.recovery_codes[0])));
  });

  test("is over, as every factor is, with a link that an operator made for who has lost everything", async () => {
    const { person, key } = await somebody();
    const { database, dataDir } = market;
    const env = { DATABASE_URL: database.servingUrl, DATA_DIR: dataDir };
    const made = await runParleyInside(["identity", "reset", "--user", person.login, "--url", origin()], env);
    const code = new URL(made.stdout.trim()).searchParams.get("code");
    const reset = await openBrowser(market).call("POST", "/identity/reset", { code, password: `${PASSWORD} 2` });
    assert.equal(reset.status, 204, reset.text);
    assertCode(await signInByPasskey(openBrowser(market), key), 403, "PASSKEY_REFUSED");
    const whole = await signIn(openBrowser(market), person.login, `${PASSWORD} 2`);
    assert.deepEqual(whole.body.person?.second_factor, { enabled: false });
  });
});

describe("who signs up by a passkey", () => {
  test("has no password, and a second factor", async () => {
    const { person, key, options } = await withoutPassword();
    assert.equal(Buffer.from(options.user.id, "base64url").toString(), person.id);
    assertCode(await signIn(openBrowser(market), person.login), 401, "SIGN_IN_FAILED");
    const [row] = await market.sql(
      `select password_hash, second_factor from identity.people where id = '${person.id}'`,
    );
    assert.deepEqual(row, { password_hash: null, second_factor: true });
    assert.equal((await person.call("GET", "/identity/session")).body.person.has_password, false);
    assert.equal((await signInByPasskey(openBrowser(market), key)).status, 200);
    await noticesOf(person, "passkey_added");
    assert.deepEqual(
      (await actsOf(person.id)).map(({ act }) => act),
      ["add-passkey"],
    );
  });

  test("proves by it before there is a password (F212)", async () => {
    const { person, key } = await withoutPassword();
    const set = () => person.call("POST", "/identity/password", { password: PASSWORD });
    const asked = await set();
    assertCode(asked, 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual(asked.body.details, { enabled: true, needs: "factor" });
    assertCode(await stepUp(person, { password: PASSWORD }), 403, "SECOND_FACTOR_REQUIRED");
    await stepUpByPasskey(person, key);
    assert.equal((await set()).status, 204);
    assert.notEqual((await signIn(openBrowser(market), person.login)).body.half_signed_in, null);
  });

  test("keeps the last way in (F213)", async () => {
    const { person, key } = await withoutPassword();
    await stepUpByPasskey(person, key);
    const { items } = (await person.call("GET", "/identity/passkeys")).body;
    const remove = () => person.call("DELETE", `/identity/passkeys/${items[0].id}`);
    assertCode(await remove(), 409, "LAST_WAY_IN");
    assert.equal((await person.call("GET", "/identity/passkeys")).body.items.length, 1);
    const second = softKey();
    await addPasskey(person, second, "the other");
    assert.equal((await remove()).status, 204);
    assert.equal((await signInByPasskey(openBrowser(market), second)).status, 200);
  });

  test("is told before a key is made that a login is taken", async () => {
    const { login } = await signUp(market);
    const body = { name: "Ann", login };
    assertCode(await openBrowser(market).call("POST", "/identity/sign-up/passkey/challenge", body), 409, "LOGIN_TAKEN");
  });
});

describe("an installation", () => {
  test("says whether browsers make passkeys for its address", async () => {
    assert.equal((await market.stranger("GET", "/identity/session")).body.passkeys, true);
  });
});
