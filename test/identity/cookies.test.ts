/** A cookie as a caller: what it opens, what it never opens together with, and which pages may write with it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useMarket } from "../support/market.ts";
import { assertCode, openBrowser, signUp } from "../support/people.ts";

const market = useMarket({ env: { SIGN_UP: "open" } });
const AD = {
  type: "buy",
  fiat_currency: "RUB",
  min_amount: 100_000,
  max_amount: 200_000,
  payment_methods: ["card"],
} as const;

describe("a write with a cookie", () => {
  const forged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "no Origin": { "parley-client": "test" },
    "another site's Origin": { origin: "https://evil.example", "parley-client": "test" },
    "an Origin that begins like ours": { origin: "http://127.0.0.1:1.evil.example", "parley-client": "test" },
    "Origin null, as sandboxed frames have it": { origin: "null", "parley-client": "test" },
  };
  for (const [what, headers] of Object.entries(forged))
    test(`moves nothing with ${what}`, async () => {
      const ann = await signUp(market);
      for (const [method, path, body] of [
        ["POST", "/p2p/ads", AD],
        ["POST", "/identity/sign-out", undefined],
        ["POST", "/p2p/notifications/read", {}],
        ["DELETE", "/p2p/ads/1", undefined],
      ] as const)
        assertCode(await ann.bare(method, path, body, { headers }), 403, "CROSS_SITE");
      assert.equal((await ann.call("GET", "/p2p/ads/my")).body.items.length, 0);
    });

  test("moves nothing without Parley-Client, and says whose pages may", async () => {
    const ann = await signUp(market);
    const origin = market.nodes[0]?.address ?? "";
    const reply = await ann.bare("POST", "/p2p/ads", AD, { headers: { origin } });
    assertCode(reply, 403, "CROSS_SITE");
    assert.deepEqual(reply.body.details, { origin });
    assert.equal((await ann.call("POST", "/p2p/ads", AD)).status, 201);
  });

  test("cannot be signed in by another site's page either", async () => {
    const { login } = await signUp(market);
    const victim = openBrowser(market);
    const body = { login, password: "correct horse battery" };
    const headers = { origin: "https://evil.example", "parley-client": "test" };
    assertCode(await victim.bare("POST", "/identity/sign-in", body, { headers }), 403, "CROSS_SITE");
    assertCode(await victim.bare("POST", "/identity/sign-in", body), 403, "CROSS_SITE");
    assert.equal(victim.cookie(), null);
  });
});

describe("a cookie", () => {
  test("together with a bearer token is refused, whoever's it is", async () => {
    const ann = await signUp(market);
    const token = await market.token("bob");
    for (const path of ["/wallet", "/p2p/ads?type=sell", "/identity/session"]) {
      const reply = await ann.call("GET", path, undefined, { headers: { authorization: `Bearer ${token}` } });
      assertCode(reply, 400, "VALIDATION_ERROR");
      assert.equal(reply.body.details.issues[0].pointer, "/Cookie");
    }
  });

  test("that opens nothing is nobody where nobody is needed, and no caller elsewhere", async () => {
    for (const value of ["x", "a".repeat(43), "", "=", "a b", "%00"]) {
      const headers = { cookie: `theirs=1; parley=${value}; other=2` };
      assertCode(await market.stranger("GET", "/wallet", undefined, { headers }), 401, "UNAUTHORIZED");
      assert.equal((await market.stranger("GET", "/p2p/ads?type=sell", undefined, { headers })).status, 200);
      assert.equal((await market.stranger("GET", "/identity/session", undefined, { headers })).body.person, null);
    }
  });

  test("is not looked at by the rail's listener", async () => {
    const ann = await signUp(market);
    const rail = market.nodes[0]?.railAddress ?? "";
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${rail}/api/v1/p2p/limits`, { headers })).text();
    assert.equal(await ask({ cookie: ann.cookie() ?? "" }), await ask({}));
  });

  test("reads nothing of what roles read, unless its person has them", async () => {
    const ann = await signUp(market);
    assertCode(await ann.call("GET", "/operator/disputes"), 403, "FORBIDDEN");
    assertCode(await ann.call("GET", "/platform/webhooks"), 403, "FORBIDDEN");
  });
});
