/** A forgotten password by a recovery code: what it opens, what it ends, and what stays on. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, type Json, useMarket } from "../support/market.ts";
import { addPasskey, createSoftKey } from "../support/passkeys.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, type Person, signIn, signUp } from "../support/people.ts";
import { signUpWithCodes, stepUp } from "../support/second-factors.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open", HOST: "localhost" } });
const NEW = "another good battery";
const DOOR = "/identity/reset/recovery-code";

const recover = (login: string, code: string | undefined, password = NEW, browser = openBrowser(market)) =>
  browser.call("POST", DOOR, { login, code, password });

const changesOf = (person: Pick<Person, "call">, wanted: string): Promise<Json> =>
  eventually(async () => {
    const { body } = await person.call("GET", "/p2p/notifications");
    return body.items.map(({ data }: Json) => data).find(({ change }: Json) => change === wanted);
  }, `the notice ${wanted}`);

describe("a recovery code", () => {
  test("sets a new password, ends sessions and tokens on every node, leaves the factor on, and tells its owner", async () => {
    const { person, app, recovery } = await signUpWithCodes(market);
    const [code, next] = recovery;
    assert.equal((await stepUp(person, { code: await app.fresh() })).status, 200);
    const made = await person.call("POST", "/identity/tokens", { name: "bot", scope: "read", expires_in_days: 1 });
    assert.equal(made.status, 201, made.text);
    const done = await recover(` ${person.login}`.trim().toUpperCase(), code?.toUpperCase().replaceAll("-", " "));
    assert.equal(done.status, 204, done.text);
    assertCode(await person.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    await eventually(
      async () => (await person.call("GET", "/wallet", undefined, { node: 1 })).status === 401,
      "the other node to hear of it",
    );
    const byToken = { headers: { authorization: `Bearer ${made.body.token}` } };
    await eventually(
      async () => (await market.stranger("GET", "/wallet", undefined, byToken)).status === 401,
      "the token to end",
    );
    assertCode(await signIn(openBrowser(market), person.login), 401, "SIGN_IN_FAILED");
    const browser = openBrowser(market);
    const came = await signIn(browser, person.login, NEW);
    assert.deepEqual([came.status, came.body.person], [200, null], "a code is one factor, and the password another");
    const whole = await browser.call("POST", "/identity/sign-in/second-factor", { code: next });
    assert.equal(whole.status, 200, whole.text);
    assert.equal((await changesOf(browser, "recovery_code_used")).change, "recovery_code_used");
    assert.equal((await changesOf(browser, "password_reset")).change, "password_reset");
  });

  test("gives a password to who had a passkey alone, and lost it", async () => {
    const person = await signUp(market);
    await stepUp(person, { password: PASSWORD });
    const added = await addPasskey(person, createSoftKey(market.nodes[0]?.address ?? ""));
    await market.sql(`update identity.people set password_hash = null where id = '${person.id}'`);
    const [code, next] = added.recovery_codes;
    assert.equal((await recover(person.login, code)).status, 204);
    const browser = openBrowser(market);
    await signIn(browser, person.login, NEW);
    assert.equal((await browser.call("POST", "/identity/sign-in/second-factor", { code: next })).status, 200);
  });

  test("makes links that are about worth nothing", async () => {
    const { person, recovery } = await signUpWithCodes(market);
    const link = freshLogin();
    await market.sql(`insert into identity.resets (code_hash, person_id, expires_at)
      values (sha256('${link}'), '${person.id}', now() + interval '1 hour')`);
    assert.equal((await recover(person.login, recovery[0])).status, 204);
    const reset = await openBrowser(market).call("POST", "/identity/reset", { code: link, password: PASSWORD });
    assertCode(reset, 403, "LINK_OVER");
  });

  test("is not used up by a password that may not be, and the answer says what is wrong with it", async () => {
    const { person, recovery } = await signUpWithCodes(market, { name: "Ann Smith Jones" });
    for (const [password, says] of [
      ["password123", "many people take"],
      [person.login, "your login or your name"],
      ["ann smith jones", "your login or your name"],
    ] as const) {
      const reply = await recover(person.login, recovery[0], password);
      assertCode(reply, 400, "VALIDATION_ERROR");
      assert.ok(reply.text.includes(says), reply.text);
    }
    assertCode(await recover(person.login, recovery[0], "short"), 400, "VALIDATION_ERROR");
    assert.equal((await recover(person.login, recovery[0])).status, 204);
  });
});
