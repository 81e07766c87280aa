/** People who sign up, in and out, and are traders like all others. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useMarket } from "../support/market.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, signIn, signUp } from "../support/people.ts";

const market = useMarket({ env: { SIGN_UP: "open" } });

describe("signing up", () => {
  test("makes a person with an id of ours, signed in by a cookie that no script reads", async () => {
    const { id, call, setCookie } = await signUp(market, { name: "Ann Smith" });
    assert.match(id, /^u_[a-z0-9]{12}$/);
    assert.match(setCookie(), /^parley=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1209600$/);
    const { body } = await call("GET", "/identity/session");
    assert.deepEqual([body.person.id, body.person.name, body.person.roles], [id, "Ann Smith", []]);
    assert.deepEqual([body.person.second_factor, body.person.stepped_up_until], [{ enabled: false }, null]);
  });

  test("makes a trader: wallet, ad and profile, and a token of the same id is the same trader", async () => {
    const ann = await signUp(market, { name: "Ann Smith" });
    await market.fund(ann.id, 500_000);
    assert.equal((await ann.call("GET", "/wallet")).body.available, 500_000);
    // Where to be paid is said by whoever knows the password.
    assert.equal((await ann.call("POST", "/identity/step-up", { password: PASSWORD })).status, 200);
    const ad = await ann.call("POST", "/p2p/ads", {
      type: "sell",
      fiat_currency: "RUB",
      min_amount: 100_000,
      max_amount: 200_000,
      payment_methods: ["card"],
      payment_details: { card_number: "2200 0000 0000 1234" },
    });
    assert.equal(ad.status, 201, ad.text);
    assert.equal(ad.body.maker.name, "Ann Smith");
    const byToken = await market.as(ann.id)("GET", "/p2p/ads/my");
    assert.deepEqual(
      byToken.body.items.map(({ id }: { id: number }) => id),
      [ad.body.id],
    );
  });

  test("stores neither the password nor the cookie", async () => {
    const { id, cookie } = await signUp(market);
    const [row] = await market.sql(`select p.password_hash, encode(s.secret_hash, 'base64') as secret
      from identity.people p join identity.sessions s on s.person_id = p.id where p.id = '${id}'`);
    assert.match(row.password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.ok(!row.secret.includes(cookie()?.split("=")[1]));
  });

  test("refuses a login that is taken in whatever letters, and makes nobody", async () => {
    const login = freshLogin();
    await signUp(market, { login });
    const browser = openBrowser(market);
    const again = await browser.call("POST", "/identity/sign-up", {
      name: "Bob",
      login: login.toUpperCase(),
      password: PASSWORD,
    });
    assertCode(again, 409, "LOGIN_TAKEN");
    assert.equal(browser.cookie(), null);
  });

  for (const [what, given] of Object.entries({
    "a password of nine characters": { password: "ninechars" },
    "a password of 129 characters": { password: "x".repeat(129) },
    "a password that is the login": { login: "somebody-here", password: "Somebody-Here" },
    "a login of two letters": { login: "ab" },
    "a login with a blank": { login: "an na" },
    "a login of Cyrillic letters": { login: "анна" },
    "a name of blanks": { name: "  " },
    "a name with a direction mark": { name: "An\u202ena" },
    "an unknown member": { role: "operator" },
  }))
    test(`refuses ${what}`, async () => {
      const { call, cookie } = openBrowser(market);
      const body = { name: "Ann", login: freshLogin(), password: PASSWORD, ...given };
      assertCode(await call("POST", "/identity/sign-up", body), 400, "VALIDATION_ERROR");
      assert.equal(cookie(), null);
    });

  test("counts a password's characters as people do", async () => {
    await signUp(market, { password: "💸🎲🎻🚲🪁🦉🌵🧭💸🎲" });
    await signUp(market, { password: "💸🎲🎻🚲🪁🦉🌵🧭".repeat(16) });
  });

  test("shows a name that looks like ours as none, to its owner and to others", async () => {
    const { id, call } = await signUp(market, { name: "Parley Support" });
    assert.equal((await call("GET", "/identity/session")).body.person.name, null);
    await call("GET", "/wallet");
    assert.equal((await market.stranger("GET", `/p2p/users/${id}`)).body.name, null);
  });
});

describe("signing in and out", () => {
  test("gives a new cookie each time, and the one before is over", async () => {
    const ann = await signUp(market);
    const first = ann.cookie() ?? "";
    assert.equal((await signIn(ann, ann.login)).status, 200);
    assert.notEqual(ann.cookie(), first);
    const old = await market.stranger("GET", "/wallet", undefined, { headers: { cookie: first } });
    assertCode(old, 401, "UNAUTHORIZED");
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
  });

  test("takes the login in whatever letters", async () => {
    const { login } = await signUp(market);
    assert.equal((await signIn(openBrowser(market), login.toUpperCase())).status, 200);
  });

  test("answers a wrong password and an unknown login alike", async () => {
    const { login } = await signUp(market);
    const wrong = await signIn(openBrowser(market), login, "another password");
    const unknown = await signIn(openBrowser(market), freshLogin(), "another password");
    assertCode(wrong, 401, "SIGN_IN_FAILED");
    assert.equal(unknown.text, wrong.text);
  });

  test("ends the session and takes the cookie away; signing out again is no fault", async () => {
    const ann = await signUp(market);
    const old = ann.cookie() ?? "";
    assert.equal((await ann.call("POST", "/identity/sign-out")).status, 204);
    assert.equal(ann.cookie(), null);
    assertCode(await market.stranger("GET", "/wallet", undefined, { headers: { cookie: old } }), 401, "UNAUTHORIZED");
    assert.equal((await ann.call("POST", "/identity/sign-out")).status, 204);
  });

  test("a visitor is told so, and what this installation offers", async () => {
    const { status, body } = await market.stranger("GET", "/identity/session");
    assert.equal(status, 200);
    assert.deepEqual([body.person, body.accounts, body.sign_up, body.demo], [null, true, "open", []]);
  });

  test("a caller by token is told who that is", async () => {
    const { body } = await market.as("olga", "operator")("GET", "/identity/session");
    assert.deepEqual([body.person.id, body.person.roles, body.person.session_id], ["olga", ["operator"], null]);
  });

  test("where all is made up is not here: nobody is somebody by a click", async () => {
    const reply = await openBrowser(market).call("POST", "/identity/demo", { person: "vera" });
    assertCode(reply, 404, "NOT_FOUND");
  });
});
