/** Somebody who has got hold of a program's token: what was tried with it, and what is right now. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, type Json, type Reply, useMarket } from "../support/market.ts";
import { freshLogin, giveAgain, type Person, signIn, signUp } from "../support/people.ts";

const market = useMarket({ env: { SIGN_UP: "open" } });

/** Somebody with a program, and the program's token. */
const owner = async (): Promise<Person & { readonly token: string }> => {
  const person = await signUp(market);
  await giveAgain(market, person);
  const body = { name: "bot", scope: "trade", expires_in_days: 1 };
  const made = await person.call("POST", "/identity/tokens", body);
  assert.equal(made.status, 201, made.text);
  return { ...person, token: made.body.token };
};

const byToken = (token: string, method: string, path: string, body?: object): Promise<Reply> =>
  market.stranger(method, path, body, { headers: { authorization: `Bearer ${token}` } });

describe("a personal token", () => {
  test("hears and sees nothing of what befell the account, and hides none of it from its owner (F201)", async () => {
    const ann = await owner();
    const { token } = ann;
    const place = (await byToken(token, "GET", "/p2p/events?after=")).body.next;
    await market.fund(ann.id, 100);
    await signIn(ann, ann.login);
    const noticed = await eventually(async () => {
      const { items } = (await ann.call("GET", "/p2p/notifications")).body;
      return items.some(({ data }: Json) => data.change === "session_began") && items;
    }, "the owner to be told of the new session");
    assert.match(JSON.stringify(noticed), /"address":"127\.0\.0\.1"/);
    const told = await eventually(async () => {
      const { items } = (await byToken(token, "GET", `/p2p/events?after=${place}`)).body;
      return items.length > 0 && items;
    }, "the token to be told of the wallet");
    assert.deepEqual(
      told.map(({ type }: Json) => type),
      ["wallet.updated"],
    );
    assert.deepEqual((await byToken(token, "GET", "/p2p/notifications")).body.items, []);
    assert.equal((await byToken(token, "GET", "/p2p/me")).body.notifications_unread, 0);
    // Whoever has the token would have the owner believe that nothing happened.
    for (const body of [{}, { up_to: "999999999999999" }])
      assert.equal((await byToken(token, "POST", "/p2p/notifications/read", body)).status, 200);
    const unread = (await ann.call("GET", "/p2p/me")).body.notifications_unread;
    assert.equal(unread, noticed.length);
    assert.equal((await ann.call("POST", "/p2p/notifications/read", {})).status, 200);
    assert.equal((await ann.call("GET", "/p2p/me")).body.notifications_unread, 0);
  });

  test("marks what happened to orders as read, all of it at once", async () => {
    const ann = await owner();
    const { token } = ann;
    await market.fund(ann.id, 1_000_000);
    const ad = await market.sellAd(ann.id);
    const body = { ad_id: ad.id, usdt_amount: 100_000, payment_method: "card" };
    assert.equal((await market.as(freshLogin())("POST", "/p2p/orders", body)).status, 201);
    const seen = async () =>
      (await byToken(token, "GET", "/p2p/notifications")).body.items.map(({ read }: Json) => read);
    assert.deepEqual(await seen(), [false]);
    assert.equal((await byToken(token, "POST", "/p2p/notifications/read", {})).status, 200);
    assert.deepEqual(await seen(), [true]);
  });
});
