/** The demo's people, by a click. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEMO_LOGINS } from "../../simulators/sample-market/index.ts";
import { useMarket } from "../support/market.ts";
import { assertCode, openBrowser } from "../support/people.ts";

const market = useMarket({ demoPeople: DEMO_LOGINS, demoTraders: ["daria"], env: { SIGN_UP: "open" } });

test("a click makes a visitor one of the sample market's people, stepped up, with that person's own id", async () => {
  const { body } = await market.stranger("GET", "/identity/session");
  assert.deepEqual(
    body.demo.map(({ person, part }: { person: string; part: string }) => `${person} ${part}`),
    ["vera buyer", "anna seller", "olga operator"],
  );
  assert.deepEqual(body.demo_traders, ["daria"]);
  for (const { id, roles } of DEMO_LOGINS) {
    const browser = openBrowser(market);
    const reply = await browser.call("POST", "/identity/demo", { person: id });
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual([reply.body.person.id, reply.body.person.roles], [id, [...roles]]);
    assert.ok(Date.parse(reply.body.person.stepped_up_until) > Date.now());
    assert.equal((await browser.call("GET", "/wallet")).status, 200);
  }
});

test("the operator's click opens what operators see; nobody else's does", async () => {
  const olga = openBrowser(market);
  await olga.call("POST", "/identity/demo", { person: "olga" });
  assert.equal((await olga.call("GET", "/operator/disputes")).status, 200);
  const vera = openBrowser(market);
  await vera.call("POST", "/identity/demo", { person: "vera" });
  assertCode(await vera.call("GET", "/operator/disputes"), 403, "FORBIDDEN");
});

test("anybody else of the market, or a member more, is refused", async () => {
  const browser = openBrowser(market);
  for (const body of [{ person: "boris" }, { person: "__proto__" }, {}, { person: "vera", roles: ["operator"] }])
    assertCode(await browser.call("POST", "/identity/demo", body), 400, "VALIDATION_ERROR");
  assert.equal(browser.cookie(), null);
});

test("the same person by a click twice is one trader in two sessions", async () => {
  const [first, second] = [openBrowser(market), openBrowser(market)];
  await Promise.all([first, second].map((browser) => browser.call("POST", "/identity/demo", { person: "vera" })));
  assert.notEqual(first.cookie(), second.cookie());
  const people = await market.sql("select id from identity.people where id = 'vera'");
  assert.equal(people.length, 1);
});
