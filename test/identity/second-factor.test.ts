/** Second factors: turned on and off, given at the door and again for what weighs more. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, type Json, SELL_AD, useMarket } from "../support/market.ts";
import { assertCode, openBrowser, PASSWORD, type Person, signIn, signUp } from "../support/people.ts";
import { enrol, signUpWithCodes, stepUp } from "../support/second-factors.ts";

const market = useMarket({ env: { SIGN_UP: "open" } });
const FACTOR = "/identity/second-factor";

const changesOf = (person: Person, wanted: string): Promise<readonly string[]> =>
  eventually(async () => {
    const { body } = await person.call("GET", "/p2p/notifications");
    const changes = body.items.map(({ data }: Json) => data.change);
    return changes.includes(wanted) && changes;
  }, `the notice ${wanted}`);

const stateOf = async (person: Person): Promise<Json> => (await person.call("GET", FACTOR)).body;

describe("one-time codes", () => {
  test("are on once the first was given; ten recovery codes are shown, and their owner is told", async () => {
    const ann = await signUp(market);
    assert.deepEqual(await stateOf(ann), { enabled: false, codes_since: null, recovery_codes_left: 0, passkeys: 0 });
    await stepUp(ann, { password: PASSWORD });
    const begun = await ann.call("POST", `${FACTOR}/codes`);
    assert.match(begun.body.secret, /^[A-Z2-7]{32}$/);
    const uri = new URL(begun.body.uri);
    assert.deepEqual(
      [uri.protocol, uri.host, uri.searchParams.get("secret"), uri.searchParams.get("issuer")],
      ["otpauth:", "totp", begun.body.secret, "Parley"],
    );
    assert.equal((await stateOf(ann)).enabled, false);
    assertCode(await ann.call("POST", `${FACTOR}/codes/confirm`, { code: "000000" }), 403, "CODE_REFUSED");
    const { recovery } = await enrol(market, ann);
    assert.equal(new Set(recovery).size, 10);
    for (const code of recovery) assert.match(code, /^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$/);
    const state = await stateOf(ann);
    assert.deepEqual([state.enabled, state.recovery_codes_left], [true, 10]);
    assert.ok(Date.parse(state.codes_since) <= Date.now());
    assert.deepEqual((await ann.call("GET", "/p2p/me")).body.second_factor, { enabled: true });
    await changesOf(ann, "second_factor_on");
  });

  test("are begun, ended and given new recovery codes by whoever proves who it is, lately", async () => {
    const ann = await signUp(market);
    const asked = await ann.call("POST", `${FACTOR}/codes`);
    assertCode(asked, 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual(asked.body.details, { enabled: false, needs: "password" });
    await stepUp(ann, { password: PASSWORD });
    await market.sql(
      `update identity.sessions set password_again_at = now() - interval '6 minutes' where person_id = '${ann.id}'`,
    );
    await stepUp(ann, { code: "000000" });
    const { app, recovery } = await enrol(market, ann);
    for (const [method, path] of [
      ["DELETE", `${FACTOR}/codes`],
      ["POST", `${FACTOR}/recovery-codes`],
    ] as const) {
      const refused = await ann.call(method, path);
      assertCode(refused, 403, "SECOND_FACTOR_REQUIRED");
      assert.deepEqual(refused.body.details, { enabled: true, needs: "factor" });
    }
    assertCode(await stepUp(ann, { password: PASSWORD }), 403, "SECOND_FACTOR_REQUIRED");
    assert.equal((await stepUp(ann, { code: await app.fresh() })).status, 200);
    const renewed = await ann.call("POST", `${FACTOR}/recovery-codes`);
    assert.equal(renewed.status, 200, renewed.text);
    assertCode(await stepUp(ann, { code: recovery[0] }), 403, "CODE_REFUSED");
    assertCode(await ann.call("POST", `${FACTOR}/codes`), 409, "SECOND_FACTOR_ON");
    assert.equal((await ann.call("DELETE", `${FACTOR}/codes`)).status, 204);
    assertCode(await stepUp(ann, { code: renewed.body.recovery_codes[0] }), 403, "CODE_REFUSED");
    assert.deepEqual(await stateOf(ann), { enabled: false, codes_since: null, recovery_codes_left: 0, passkeys: 0 });
    // What the factor had proven is over with it.
    assertCode(await ann.call("DELETE", `${FACTOR}/codes`), 403, "SECOND_FACTOR_REQUIRED");
    const told = await changesOf(ann, "second_factor_off");
    assert.ok(told.includes("recovery_codes_made"));
  });

  test("being turned on ends every other session", async () => {
    const ann = await signUp(market);
    const other = openBrowser(market);
    await signIn(other, ann.login);
    await enrol(market, ann);
    assertCode(await other.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
  });

  test("have a secret that no row and no answer holds in the clear", async () => {
    const { person, app } = await signUpWithCodes(market);
    const rows = await market.sql(`select t::text as row from identity.totp t where person_id = '${person.id}'
      union all select k::text from identity.keys k union all select a::text from identity.acts a`);
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(app.secret)));
    for (const path of [FACTOR, "/identity/session", "/p2p/me"])
      assert.ok(!(await person.call("GET", path)).text.includes(app.secret));
  });
});

describe("signing in", () => {
  test("needs the code where it is on: until then the browser is nobody's", async () => {
    const { person, app } = await signUpWithCodes(market);
    const browser = openBrowser(market);
    const half = await signIn(browser, person.login);
    assert.deepEqual([half.status, half.body.person], [200, null]);
    const minutes = (Date.parse(half.body.half_signed_in.until) - Date.now()) / 60_000;
    assert.ok(minutes > 5 && minutes <= 10.5, String(minutes));
    assert.notEqual((await browser.call("GET", "/identity/session")).body.half_signed_in, null);
    assertCode(await browser.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    const before = browser.cookie();
    const whole = await browser.call("POST", "/identity/sign-in/second-factor", { code: await app.fresh() });
    assert.deepEqual([whole.status, whole.body.person?.id], [200, person.id], whole.text);
    assert.deepEqual([whole.body.half_signed_in, whole.body.person.stepped_up_until], [null, null]);
    assert.notEqual(browser.cookie(), before);
    assert.equal((await browser.call("GET", "/wallet")).status, 200);
  });

  test("takes a recovery code in its place, and tells its owner", async () => {
    const { person, recovery } = await signUpWithCodes(market);
    const browser = openBrowser(market);
    await signIn(browser, person.login);
    const typed = recovery[3]?.toUpperCase().replaceAll("-", " ");
    const whole = await browser.call("POST", "/identity/sign-in/second-factor", { code: typed });
    assert.equal(whole.status, 200, whole.text);
    assert.equal((await stateOf(person)).recovery_codes_left, 9);
    await changesOf(person, "recovery_code_used");
  });
});

describe("stepping up", () => {
  test("by a code is good for five minutes, with a new cookie; the one before opens nothing", async () => {
    const { person, app } = await signUpWithCodes(market);
    const before = person.cookie() ?? "";
    const reply = await stepUp(person, { code: await app.fresh() });
    assert.equal(reply.status, 200, reply.text);
    const left = Date.parse(reply.body.stepped_up_until) - Date.now();
    assert.ok(left > 4 * 60_000 && left <= 5 * 60_000 + 5_000, String(left));
    assert.notEqual(person.cookie(), before);
    assertCode(
      await market.stranger("GET", "/wallet", undefined, { headers: { cookie: before } }),
      401,
      "UNAUTHORIZED",
    );
  });

  for (const body of [
    {},
    { code: "123456", password: PASSWORD },
    { code: "12345" },
    { code: "１２３４５６" },
    { code: 123456 },
  ])
    test(`refuses ${JSON.stringify(body)}`, async () => {
      const ann = await signUp(market);
      assertCode(await stepUp(ann, body), 400, "VALIDATION_ERROR");
    });

  test("is for sessions, not for tokens", async () => {
    const ann = await signUp(market);
    assertCode(await market.as(ann.id)("POST", "/identity/step-up", { password: PASSWORD }), 403, "FORBIDDEN");
  });
});

describe("what needs the second factor", () => {
  /** A seller with an order that was paid. */
  const paidOrder = async (seller: Person): Promise<number> => {
    await market.fund(seller.id, 1_000_000);
    const ad = await market.sellAd(seller.id);
    const order = await market.as("vera")("POST", "/p2p/orders", {
      ad_id: ad.id,
      usdt_amount: 100_000,
      payment_method: "card",
    });
    assert.equal(order.status, 201, order.text);
    await market.as("vera")("POST", `/p2p/orders/${order.body.id}/confirm-paid`);
    return order.body.id;
  };

  test("releasing asks who has one for it, and nobody else", async () => {
    const bob = await signUp(market);
    const bobs = await paidOrder(bob);
    assert.equal((await bob.call("POST", `/p2p/orders/${bobs}/confirm-received`)).status, 200);
    const { person: ann, app } = await signUpWithCodes(market);
    const order = await paidOrder(ann);
    const refused = await ann.call("POST", `/p2p/orders/${order}/confirm-received`, {}, { key: "release" });
    assertCode(refused, 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual(refused.body.details, { enabled: true, needs: "factor" });
    await stepUp(ann, { code: await app.fresh() });
    const released = await ann.call("POST", `/p2p/orders/${order}/confirm-received`, {}, { key: "release" });
    assert.equal(released.status, 200, released.text);
    assert.equal(released.headers["idempotent-replay"], undefined);
  });

  test("saying where to be paid asks for the password, once for a session", async () => {
    const ann = await signUp(market);
    assertCode(await ann.call("POST", "/p2p/ads", SELL_AD), 403, "SECOND_FACTOR_REQUIRED");
    assertCode(await stepUp(ann, { password: "a wrong password" }), 401, "SIGN_IN_FAILED");
    const proven = await stepUp(ann, { password: PASSWORD });
    assert.deepEqual([proven.status, proven.body.stepped_up_until], [200, null]);
    const ad = await ann.call("POST", "/p2p/ads", SELL_AD);
    assert.equal(ad.status, 201, ad.text);
    await market.sql(
      `update identity.sessions set password_again_at = now() - interval '2 days' where person_id = '${ann.id}'`,
    );
    const changed = { payment_details: { card_number: "1111" } };
    assert.equal((await ann.call("PUT", `/p2p/ads/${ad.body.id}`, changed)).status, 200);
    const other = openBrowser(market);
    await signIn(other, ann.login);
    assert.equal((await other.call("PUT", `/p2p/ads/${ad.body.id}`, { status: "paused" })).status, 200);
    assertCode(await other.call("PUT", `/p2p/ads/${ad.body.id}`, changed), 403, "SECOND_FACTOR_REQUIRED");
  });

  const withRoles = async (person: Person, ...roles: string[]): Promise<void> => {
    await market.sql(`update identity.people set roles = '{${roles.join()}}' where id = '${person.id}'`);
    await market.sql(`with head as (update identity.changes_head set position = position + 1 returning position)
      insert into identity.changes (position, person_id) select position, '${person.id}' from head`);
    await eventually(
      async () => (await person.call("GET", "/identity/session")).body.person.roles.length === roles.length,
      "the roles",
    );
  };

  test("roles act with one alone: the password does not do", async () => {
    const olga = await signUp(market);
    await withRoles(olga, "operator", "platform", "rail_operator");
    await stepUp(olga, { password: PASSWORD });
    const refused = await olga.call("GET", "/operator/disputes");
    assertCode(refused, 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual(refused.body.details, { enabled: false, needs: "enrolment" });
    assertCode(await olga.call("POST", "/p2p/ads", SELL_AD), 403, "SECOND_FACTOR_REQUIRED");
    const { app } = await enrol(market, olga);
    assert.equal((await olga.call("GET", "/operator/disputes")).status, 200);

    const credit = { user_id: "vera", amount: 100, kind: "deposit", external_id: "by-hand" };
    const weighty = [
      ["POST", "/platform/credits", credit],
      ["POST", "/platform/debits", { ...credit, kind: "withdrawal" }],
      ["POST", "/platform/wagers", { user_id: "vera", amount: 100, external_id: "w" }],
      ["POST", "/operator/orders/1/resolve", { outcome: "release", reason: "seen" }],
      ["POST", `/operator/users/${olga.id}/roles`, { role: "operator", act: "add" }],
      ["POST", "/operator/participants", { name: "Bank", mode: "sandbox", bank_codes: ["100001"] }],
      ["POST", "/operator/participants/x/keys", {}],
      ["DELETE", "/operator/participants/x/keys/y", undefined],
    ] as const;
    for (const [method, path, body] of weighty) {
      const asked = await olga.call(method, path, body);
      assertCode(asked, 403, "SECOND_FACTOR_REQUIRED");
      assert.deepEqual(asked.body.details, { enabled: true, needs: "factor" });
    }
    await stepUp(olga, { code: await app.fresh() });
    for (const [method, path, body] of weighty)
      assert.notEqual((await olga.call(method, path, body)).body?.code, "SECOND_FACTOR_REQUIRED", path);
    await market.sql(`update identity.sessions set stepped_up_until = now() where person_id = '${olga.id}'`);
  });
});

describe("a reset", () => {
  test("by an operator's link ends the second factor with everything else", async () => {
    const { person, recovery } = await signUpWithCodes(market);
    const code = "a-link-that-an-operator-made";
    await market.sql(`insert into identity.resets (code_hash, person_id, expires_at, ends_factors)
      values (sha256('${code}'), '${person.id}', now() + interval '1 hour', true)`);
    const browser = openBrowser(market);
    const reset = await browser.call("POST", "/identity/reset", { code, password: "another good battery" });
    assert.equal(reset.status, 204, reset.text);
    const came = await signIn(browser, person.login, "another good battery");
    assert.deepEqual([came.body.person?.id, came.body.half_signed_in], [person.id, null]);
    assertCode(await stepUp(browser, { code: recovery[0] }), 403, "CODE_REFUSED");
  });

  test("by a mailed link leaves it on: a mailbox is one factor", async () => {
    const { person, app } = await signUpWithCodes(market);
    const code = "a-link-that-came-by-mail";
    await market.sql(`insert into identity.resets (code_hash, person_id, expires_at)
      values (sha256('${code}'), '${person.id}', now() + interval '1 hour')`);
    const browser = openBrowser(market);
    await browser.call("POST", "/identity/reset", { code, password: "another good battery" });
    assert.equal((await signIn(browser, person.login, "another good battery")).body.person, null);
    const whole = await browser.call("POST", "/identity/sign-in/second-factor", { code: await app.fresh() });
    assert.equal(whole.status, 200, whole.text);
  });
});
