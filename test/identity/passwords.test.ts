/** Passwords: which are taken, how often somebody may guess, and what another one ends. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { faultOfPassword } from "../../src/identity/passwords/rules.ts";
import { eventually, type Json, useMarket } from "../support/market.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, signIn, signUp } from "../support/people.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open", TRUSTED_PROXIES: "127.0.0.1" } });
const OTHER = "a quite different one";
let network = 0;
/** Of a network that nobody else here is in. */
const freshAddress = (): string => `198.51.100.${++network}`;

describe("a usual password", () => {
  for (const password of [
    "password123",
    "P@ssw0rd2026!",
    "1234567890",
    "0123456789",
    "qwertyuiop",
    "qwerty123456",
    "1q2w3e4r5t6y",
    "aaaaaaaaaa",
    "abababababab",
    "passwordpassword",
    "+7 900 123-45-67",
    "01.02.1990",
    "йцукенгшщз",
    "Пароль12345",
    "iloveyou!!!",
    "parley2026",
    "zxcvbnm,./123",
    "mnbvcxzlkjh",
  ])
    test(`is refused: ${password}`, () => {
      assert.notEqual(faultOfPassword(password, { login: "anna", name: "Anna" }), null);
    });
  for (const password of [
    "correct horse battery",
    "Tr0ub4dor&3x",
    "мама мыла раму вечером",
    "xkcd-936-staple",
    "passwordless is nice",
    "qwerty is no password of mine",
    "jK9#mQ2$vL",
  ])
    test(`is not every other one: ${password}`, () => {
      assert.equal(faultOfPassword(password, { login: "anna", name: "Anna" }), null);
    });
});

describe("guessing", () => {
  test("stops after five failures at one login, on all nodes; the right password is then the same 429", async () => {
    const { login } = await signUp(market);
    for (let count = 0; count < 5; count++) {
      const browser = openBrowser(market, freshAddress());
      const body = { login, password: OTHER };
      assertCode(await browser.call("POST", "/identity/sign-in", body, { node: count % 2 }), 401, "SIGN_IN_FAILED");
    }
    const wrong = await signIn(openBrowser(market, freshAddress()), login, OTHER);
    const right = await signIn(openBrowser(market, freshAddress()), login);
    assertCode(wrong, 429, "RATE_LIMITED");
    assertCode(right, 429, "RATE_LIMITED");
    const wait = Number(right.headers["retry-after"]);
    assert.ok(wait > 600 && wait <= 900, String(wait));
  });

  test("a hundred at once are five", async () => {
    const { login } = await signUp(market);
    const guess = () => signIn(openBrowser(market, freshAddress()), login, OTHER);
    const replies = await Promise.all(Array.from({ length: 40 }, guess));
    const looked = replies.filter(({ status }) => status === 401).length;
    assert.equal(looked, 5);
    assert.ok(replies.every(({ status }) => [401, 429, 503].includes(status)));
  });

  test("at many logins stops after fifty of one address; others go on", async () => {
    const address = freshAddress();
    const statuses: number[] = [];
    for (let count = 0; count < 52; count++)
      statuses.push((await signIn(openBrowser(market, address), freshLogin(), OTHER)).status);
    assert.deepEqual(statuses, [...Array(50).fill(401), 429, 429]);
    const { login } = await signUp(market, {}, freshAddress());
    assertCode(await signIn(openBrowser(market, address), login), 429, "RATE_LIMITED");
    assert.equal((await signIn(openBrowser(market, freshAddress()), login)).status, 200);
  });

  test("a right password costs nothing of it", async () => {
    const { login } = await signUp(market);
    const browser = openBrowser(market, freshAddress());
    for (let count = 0; count < 8; count++) assert.equal((await signIn(browser, login)).status, 200);
    const [row] = await market.sql(
      "select coalesce(sum(cardinality(failed_at)), 0)::int as n from identity.attempts where scope = 'sign-in by login' and key = encode(sha256('" +
        login +
        "'::bytea), 'base64')",
    );
    assert.equal(row.n, 0);
  });

  test("is over when it is fifteen minutes old", async () => {
    const { login } = await signUp(market);
    for (let count = 0; count < 6; count++) await signIn(openBrowser(market, freshAddress()), login, OTHER);
    await market.sql(
      `update identity.attempts set failed_at = array(select f - interval '15 minutes' from unnest(failed_at) f)`,
    );
    assert.equal((await signIn(openBrowser(market, freshAddress()), login)).status, 200);
  });
});

describe("another password", () => {
  const change = (current: string | undefined, password: string) => ({
    ...(current === undefined ? {} : { current_password: current }),
    password,
  });

  test("needs the present one, ends every other session, and is told to its owner", async () => {
    const ann = await signUp(market, {}, freshAddress());
    const other = openBrowser(market, freshAddress());
    await signIn(other, ann.login);
    assertCode(await ann.call("POST", "/identity/password", change(OTHER, OTHER)), 401, "SIGN_IN_FAILED");
    assertCode(await ann.call("POST", "/identity/password", change(undefined, OTHER)), 401, "SIGN_IN_FAILED");
    assertCode(await ann.call("POST", "/identity/password", change(PASSWORD, "password123")), 400, "VALIDATION_ERROR");
    assert.equal((await ann.call("POST", "/identity/password", change(PASSWORD, OTHER))).status, 204);
    assertCode(await other.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
    assertCode(await signIn(openBrowser(market, freshAddress()), ann.login), 401, "SIGN_IN_FAILED");
    assert.equal((await signIn(openBrowser(market, freshAddress()), ann.login, OTHER)).status, 200);
    const told = await eventually(async () => {
      const { body } = await ann.call("GET", "/p2p/notifications");
      const changes = body.items.map(({ data }: Json) => data.change);
      return changes.includes("password_changed") && changes;
    }, "the notice");
    assert.ok(told.includes("session_began"));
  });

  test("asked for twice with one key is changed once, and answered twice", async () => {
    const ann = await signUp(market, {}, freshAddress());
    const ask = () => ann.call("POST", "/identity/password", change(PASSWORD, OTHER), { key: "other" });
    assert.equal((await ask()).status, 204);
    const again = await ask();
    assert.deepEqual([again.status, again.headers["idempotent-replay"]], [204, "true"]);
  });

  test("asked for twice at once is one of them", async () => {
    const ann = await signUp(market, {}, freshAddress());
    const replies = await Promise.all(
      ["one of two others", "two of two others"].map((password) =>
        ann.call("POST", "/identity/password", change(PASSWORD, password)),
      ),
    );
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [204, 401]);
  });
});
