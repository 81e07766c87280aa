/** Attacks on the way in for who has forgotten a password: guesses, codes used twice or at once, what an answer or its time tells. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createHashing } from "../../src/identity/passwords/index.ts";
import { type Reply, useMarket } from "../support/market.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, signIn, signUp } from "../support/people.ts";
import { signUpWithCodes } from "../support/second-factors.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open", TRUSTED_PROXIES: "127.0.0.1" } });
let network = 0;
const freshAddress = (): string => `10.9.${++network >> 8}.${network & 255}`;
const stranger = () => openBrowser(market, freshAddress());
const somebody = () => signUpWithCodes(market, {}, freshAddress());

const NEW = "another good battery";
const WRONG = "aaaaa-bbbbb-ccccc";
const DOOR = "/identity/reset/recovery-code";

type Given = { readonly login: string; readonly code: string | undefined; readonly password?: string };

const recover = ({ login, code, password = NEW }: Given, browser = stranger(), node = 0): Promise<Reply> =>
  browser.call("POST", DOOR, { login, code, password }, { node });

const statusesOf = (replies: readonly Reply[]): number[] =>
  replies.map(({ status }) => status).toSorted((a, b) => a - b);

describe("who has no recovery code", () => {
  test("learns nothing: another code, one of somebody else, one that was used, nobody, and who has none, are answered alike (F241)", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    const plain = await signUp(market, {}, freshAddress());
    assert.equal((await recover({ login: bob.person.login, code: bob.recovery[0] })).status, 204);
    const tried: readonly Given[] = [
      { login: ann.person.login, code: WRONG },
      { login: ann.person.login, code: bob.recovery[1] },
      { login: bob.person.login, code: bob.recovery[0] },
      { login: plain.login, code: WRONG },
      { login: freshLogin(), code: WRONG },
      { login: ann.person.id, code: ann.recovery[0] },
    ];
    const replies: Reply[] = [];
    for (const given of tried) replies.push(await recover(given));
    const seen = replies.map(({ status, body, headers }) => [
      status,
      body.code,
      body.message,
      Object.keys(headers).sort().join(),
    ]);
    assert.equal(new Set(seen.map(String)).size, 1, seen.join("\n"));
    assertCode(replies[0] as Reply, 403, "RECOVERY_REFUSED");
  });

  test("learns nothing from a password either: what is said of it before the code is known needs no name (F241)", async () => {
    const { person } = await signUpWithCodes(market, { name: "A quite long name" }, freshAddress());
    const own = await recover({ login: person.login, code: WRONG, password: "a quite long name" });
    const others = await recover({ login: freshLogin(), code: WRONG, password: "a quite long name" });
    assert.deepEqual([own.status, own.body.code], [others.status, others.body.code]);
    assertCode(own, 403, "RECOVERY_REFUSED");
  });

  test("waits for a hash, whether somebody is found or not (F241)", async () => {
    const { person } = await somebody();
    const hashing = createHashing();
    const spent = async (work: () => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const [hashes, here, nowhere]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < 12; round++) {
      hashes.push(await spent(() => hashing.hash(NEW)));
      here.push(await spent(() => recover({ login: person.login, code: WRONG })));
      nowhere.push(await spent(() => recover({ login: freshLogin(), code: WRONG })));
      await market.sql("delete from identity.attempts");
    }
    // The least of each is what the work takes, whatever else the machine does.
    for (const times of [here, nowhere]) assert.ok(Math.min(...times) > Math.min(...hashes) / 2, String(times));
  });

  test("guesses five times at one login in fifteen minutes, from wherever, on all nodes; the right code is then the same 429 (F242)", async () => {
    const { person, recovery } = await somebody();
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, n) => recover({ login: person.login, code: WRONG }, stranger(), n % 2)),
    );
    assert.deepEqual(statusesOf(replies), [...Array(5).fill(403), ...Array(7).fill(429)]);
    const right = await recover({ login: person.login.toUpperCase(), code: recovery[0] });
    assertCode(right, 429, "RATE_LIMITED");
    assert.ok(Number(right.headers["retry-after"]) > 600);
    assert.equal((await signIn(stranger(), person.login)).status, 200, "and the password goes on");
  });

  test("guesses fifty times from one address, at whatever login (F242)", async () => {
    const browser = stranger();
    const statuses: number[] = [];
    for (let count = 0; count < 51; count++)
      statuses.push((await recover({ login: freshLogin(), code: WRONG }, browser)).status);
    assert.deepEqual(statuses, [...Array(50).fill(403), 429]);
    assertCode(await signIn(browser, freshLogin()), 429, "RATE_LIMITED");
  });
});

describe("who has tried the password until it was refused", () => {
  test("is still let in by a recovery code", async () => {
    const { person, recovery } = await somebody();
    for (let count = 0; count < 5; count++) await signIn(stranger(), person.login, "a wrong password");
    assertCode(await signIn(stranger(), person.login), 429, "RATE_LIMITED");
    assert.equal((await recover({ login: person.login, code: recovery[0] })).status, 204);
  });
});

describe("a recovery code", () => {
  test("in ten requests at once, on two nodes, sets one password, and never another (F242)", async () => {
    const { person, recovery } = await somebody();
    const passwords = Array.from({ length: 5 }, (_, n) => `${NEW} ${n}`);
    const replies = await Promise.all(
      passwords.map((password, n) => recover({ login: person.login, code: recovery[0], password }, stranger(), n % 2)),
    );
    assert.deepEqual(statusesOf(replies), [204, 403, 403, 403, 403]);
    const won = replies.findIndex(({ status }) => status === 204);
    assert.equal((await signIn(stranger(), person.login, passwords[won])).status, 200);
    assertCode(await recover({ login: person.login, code: recovery[0] }), 403, "RECOVERY_REFUSED");
  });

  test("is one of the same ten at the door: what is used here opens nothing there", async () => {
    const { person, recovery } = await somebody();
    assert.equal((await recover({ login: person.login, code: recovery[0] })).status, 204);
    const browser = stranger();
    await signIn(browser, person.login, NEW);
    const again = await browser.call("POST", "/identity/sign-in/second-factor", { code: recovery[0] });
    assertCode(again, 403, "CODE_REFUSED");
  });

  test("ends half a sign-in that a thief with the old password has begun", async () => {
    const { person, app, recovery } = await somebody();
    const thief = stranger();
    assert.ok((await signIn(thief, person.login)).body.half_signed_in);
    assert.equal((await recover({ login: person.login, code: recovery[0] })).status, 204);
    const late = await thief.call("POST", "/identity/sign-in/second-factor", { code: await app.fresh() });
    assertCode(late, 403, "SIGN_IN_OVER");
  });

  test("is given on our own page alone, in its own form", async () => {
    const { person, recovery } = await somebody();
    const body = { login: person.login, code: recovery[0], password: NEW };
    assertCode(await stranger().bare("POST", DOOR, body), 403, "CROSS_SITE");
    for (const wrong of [
      { ...body, code: "492039" },
      { ...body, code: "a".repeat(1_000) },
      { ...body, code: [recovery[0]] },
      { ...body, password: "p".repeat(129) },
      { ...body, more: 1 },
      { login: person.login },
    ])
      assertCode(await stranger().call("POST", DOOR, wrong), 400, "VALIDATION_ERROR");
    assert.equal((await signIn(stranger(), person.login, PASSWORD)).status, 200);
  });
});
