/** Attacks on second factors: codes used again, at once, elsewhere, too often and too late; half sessions; old cookies. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, type Json, type Reply, SELL_AD, useMarket } from "../support/market.ts";
import { assertCode, openBrowser, PASSWORD, type Person, signIn, signUp } from "../support/people.ts";
import { type Authenticator, enrol, signUpWithCodes, stepUp } from "../support/second-factors.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open", TRUSTED_PROXIES: "127.0.0.1" } });
let network = 0;
const freshAddress = (): string => `203.0.113.${++network}`;
const stranger = () => openBrowser(market, freshAddress());
const somebody = () => signUpWithCodes(market, {}, freshAddress());

const DOOR = "/identity/sign-in/second-factor";
/** The password was right, and the second factor is still to come. */
const halfWay = async (login: string) => {
  const browser = stranger();
  const reply = await signIn(browser, login);
  assert.ok(reply.body.half_signed_in, reply.text);
  return browser;
};
const statusesOf = (replies: readonly Reply[]): number[] => replies.map(({ status }) => status).toSorted();
/** Wrong whatever the time is: none of the codes of an hour. */
const wrongFor = async (app: Authenticator): Promise<string> => {
  const near = new Set(await Promise.all(Array.from({ length: 9 }, (_, n) => app.code(n - 4))));
  return ["000000", "111111", "222222", "333333"].find((code) => !near.has(code)) ?? "444444";
};

describe("a code that was used", () => {
  test("for turning it on opens no door and steps nothing up (F195)", async () => {
    const person = await signUp(market, {}, freshAddress());
    await stepUp(person, { password: PASSWORD });
    const { app } = await enrol(market, person);
    const [row] = await market.sql(`select last_step from identity.totp where person_id = '${person.id}'`);
    const used = await app.code(row.last_step - Math.floor(Date.now() / 30_000));
    assertCode(await (await halfWay(person.login)).call("POST", DOOR, { code: used }), 403, "CODE_REFUSED");
    assertCode(await stepUp(person, { code: used }), 403, "CODE_REFUSED");
  });

  test("at the door steps nothing up, and the other way round (F195)", async () => {
    const { person, app } = await somebody();
    const code = await app.fresh();
    const browser = await halfWay(person.login);
    assert.equal((await browser.call("POST", DOOR, { code })).status, 200);
    assertCode(await stepUp(browser, { code }), 403, "CODE_REFUSED");
    const another = await app.fresh();
    assert.equal((await stepUp(browser, { code: another })).status, 200);
    assertCode(await (await halfWay(person.login)).call("POST", DOOR, { code: another }), 403, "CODE_REFUSED");
  });

  test("in ten requests at once, on two nodes, is taken by one of them", async () => {
    const { person, app } = await somebody();
    const browsers = await Promise.all(Array.from({ length: 5 }, () => halfWay(person.login)));
    const code = await app.fresh();
    const replies = await Promise.all(
      browsers.map((browser, n) => browser.call("POST", DOOR, { code }, { node: n % 2 })),
    );
    assert.deepEqual(statusesOf(replies), [200, 403, 403, 403, 403]);
  });

  test("is used with all those before it: the one of half a minute ago does nothing any more", async () => {
    const { person, app } = await somebody();
    const now = await app.fresh();
    const before = await app.code(-1);
    assert.equal((await stepUp(person, { code: now })).status, 200);
    assertCode(await stepUp(person, { code: before }), 403, "CODE_REFUSED");
  });
});

describe("a clock", () => {
  for (const [step, status] of [
    [-3, 403],
    [-1, 200],
    [1, 200],
    [3, 403],
  ] as const)
    test(`that is ${step} steps off is answered with ${status}`, async () => {
      const { person, app } = await somebody();
      await app.fresh();
      assert.equal((await stepUp(person, { code: await app.code(step) })).status, status);
    });
});

describe("guesses", () => {
  test("at codes are five in fifteen minutes, whoever makes them and from wherever; the right code is then the same 429 (F196)", async () => {
    const { person, app } = await somebody();
    const wrong = await wrongFor(app);
    const browsers: Awaited<ReturnType<typeof halfWay>>[] = [];
    for (let count = 0; count < 12; count++) browsers.push(await halfWay(person.login));
    const replies = await Promise.all(
      browsers.map((browser, n) => browser.call("POST", DOOR, { code: wrong }, { node: n % 2 })),
    );
    assert.deepEqual(statusesOf(replies), [...Array(5).fill(403), ...Array(7).fill(429)]);
    const right = await (await halfWay(person.login)).call("POST", DOOR, { code: await app.fresh() });
    assertCode(right, 429, "RATE_LIMITED");
    assert.ok(Number(right.headers["retry-after"]) > 600);
    assertCode(await stepUp(person, { code: await app.fresh() }), 429, "RATE_LIMITED");
  });

  test("go on for a day no more than twenty times, however patient (F196)", async () => {
    const { person, app } = await somebody();
    const wrong = await wrongFor(app);
    const statuses: number[] = [];
    for (let count = 0; count < 24; count++) {
      statuses.push((await stepUp(person, { code: wrong })).status);
      // A quarter of an hour goes by.
      await market.sql(
        `update identity.attempts set failed_at = array(select f - interval '16 minutes' from unnest(failed_at) f)`,
      );
    }
    assert.deepEqual(statuses, [...Array(20).fill(403), ...Array(4).fill(429)]);
  });

  test("at recovery codes end too, and the codes go on", async () => {
    const { person, app } = await somebody();
    const guess = () => stepUp(person, { code: "aaaaa-bbbbb-ccccc" });
    for (let count = 0; count < 10; count++) assertCode(await guess(), 403, "CODE_REFUSED");
    assertCode(await guess(), 429, "RATE_LIMITED");
    assert.equal((await stepUp(person, { code: await app.fresh() })).status, 200);
  });

  test("at the password of a stolen session count with those at the door", async () => {
    const ann = await signUp(market, {}, freshAddress());
    for (let count = 0; count < 5; count++)
      assertCode(await stepUp(ann, { password: "a wrong password" }), 401, "SIGN_IN_FAILED");
    assertCode(await stepUp(ann, { password: PASSWORD }), 429, "RATE_LIMITED");
    assertCode(await signIn(stranger(), ann.login), 429, "RATE_LIMITED");
  });
});

describe("a recovery code", () => {
  test("in two requests at once is taken by one of them, and never again", async () => {
    const { person, recovery } = await somebody();
    const [first, second] = [await halfWay(person.login), await halfWay(person.login)];
    const give = (browser: typeof first, node = 0) => browser.call("POST", DOOR, { code: recovery[0] }, { node });
    assert.deepEqual(statusesOf(await Promise.all([give(first), give(second, 1)])), [200, 403]);
    assertCode(await stepUp(person, { code: recovery[0] }), 403, "CODE_REFUSED");
  });

  test("of somebody else opens nothing", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    assertCode(await stepUp(ann.person, { code: bob.recovery[0] }), 403, "CODE_REFUSED");
    assert.equal((await stepUp(bob.person, { code: bob.recovery[0] })).status, 200);
  });
});

describe("half a session", () => {
  test("opens no route that asks who calls, and changes nothing of the account (F197)", async () => {
    const { person } = await somebody();
    const browser = await halfWay(person.login);
    const { paths } = (await market.stranger("GET", "/openapi.json")).body;
    const tried = Object.entries<Json>(paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).flatMap(([method, { responses }]) =>
        responses["401"] === undefined ||
        path.includes("sign-in") ||
        path.includes("/events") ||
        path.includes("/me/stream")
          ? []
          : [{ method: method.toUpperCase(), path }],
      ),
    );
    assert.ok(tried.length > 60, String(tried.length));
    for (const { method, path } of tried) {
      const reply = await browser.call(method, path.replaceAll(/\{\w+\}/g, "1"), method === "GET" ? undefined : {});
      const nobodys = await market.stranger(
        method,
        path.replaceAll(/\{\w+\}/g, "1"),
        method === "GET" ? undefined : {},
        {
          headers: { origin: market.nodes[0]?.address ?? "", "parley-client": "test" },
        },
      );
      assert.equal(reply.status, nobodys.status, `${method} ${path}`);
    }
    assertCode(await browser.call("GET", "/wallet"), 401, "UNAUTHORIZED");
  });

  test("is over after ten minutes, with another password, and once it was completed", async () => {
    const { person, app } = await somebody();
    const late = await halfWay(person.login);
    await market.sql(`update identity.half_sessions set expires_at = now() where person_id = '${person.id}'`);
    assertCode(await late.call("POST", DOOR, { code: await app.fresh() }), 403, "SIGN_IN_OVER");
    const stolen = await halfWay(person.login);
    const changed = await person.call("POST", "/identity/password", {
      current_password: PASSWORD,
      password: "a quite different one",
    });
    assert.equal(changed.status, 204, changed.text);
    assertCode(await stolen.call("POST", DOOR, { code: await app.fresh() }), 403, "SIGN_IN_OVER");
    assertCode(await stranger().call("POST", DOOR, { code: await app.fresh() }), 403, "SIGN_IN_OVER");
  });

  test("is completed once, though two come with it, each with a code of its own", async () => {
    const { person, recovery } = await somebody();
    const browser = await halfWay(person.login);
    const cookie = browser.cookie() ?? "";
    const origin = market.nodes[0]?.address ?? "";
    const come = (code: string | undefined) =>
      market.stranger("POST", DOOR, { code }, { headers: { cookie, origin, "parley-client": "test" } });
    assert.deepEqual(statusesOf(await Promise.all([come(recovery[1]), come(recovery[2])])), [200, 403]);
  });
});

describe("a step-up", () => {
  const isAsked = async (person: Pick<Person, "call">): Promise<void> =>
    assertCode(await person.call("POST", "/p2p/ads", SELL_AD), 403, "SECOND_FACTOR_REQUIRED");

  test("of one session is worth nothing in another, nor for the cookie that it had before (F198)", async () => {
    const { person, app } = await somebody();
    const other = await halfWay(person.login);
    await other.call("POST", DOOR, { code: await app.fresh() });
    const stolen = other.cookie() ?? "";
    assert.equal((await stepUp(person, { code: await app.fresh() })).status, 200);
    await isAsked(other);
    assert.equal((await stepUp(other, { code: await app.fresh() })).status, 200);
    const origin = market.nodes[0]?.address ?? "";
    const headers = { cookie: stolen, origin, "parley-client": "test" };
    assertCode(await market.stranger("POST", "/p2p/ads", SELL_AD, { headers }), 401, "UNAUTHORIZED");
  });

  test("is over after five minutes, and with the factor", async () => {
    const { person, app } = await somebody();
    const late = await stepUp(person, { code: await app.fresh() });
    assert.equal(late.status, 200);
    await market.sql(`with head as (update identity.changes_head set position = position + 1 returning position),
        noted as (insert into identity.changes (position, person_id) select position, '${person.id}' from head)
      update identity.sessions set stepped_up_until = now() - interval '1 second' where person_id = '${person.id}'`);
    await eventually(
      async () =>
        (await person.call("GET", "/identity/session")).body.person.stepped_up_until < new Date().toISOString(),
      "the end of the step-up",
    );
    await isAsked(person);
    await stepUp(person, { code: await app.fresh() });
    assert.equal((await person.call("DELETE", "/identity/second-factor/codes")).status, 204);
    await isAsked(person);
  });

  test("is made by one of two who come with the same code at once", async () => {
    const { person, app } = await somebody();
    const code = await app.fresh();
    const cookie = person.cookie() ?? "";
    const origin = market.nodes[0]?.address ?? "";
    const come = () =>
      market.stranger("POST", "/identity/step-up", { code }, { headers: { cookie, origin, "parley-client": "test" } });
    const replies = await Promise.all([come(), come()]);
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
  });
});
