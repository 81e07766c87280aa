/** Personal tokens: made by somebody who is signed in, shown once, good for what they were made for, ended at once. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually, type Json, type Reply, useMarket } from "../support/market.ts";
import { assertCode, giveAgain, openBrowser, PASSWORD, type Person, signIn, signUp } from "../support/people.ts";
import { openStream } from "../support/streams.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open" } });

/** Somebody who may make tokens. */
const maker = async (given: Json = {}): Promise<Person> => {
  const person = await signUp(market, given);
  await giveAgain(market, person);
  return person;
};

const READ = { name: "reader", scope: "read", expires_in_days: 30 };
const TRADE = { name: "bot", scope: "trade", expires_in_days: 30 };

const make = async ({ call }: Person, given: Json = {}): Promise<Json> => {
  const reply = await call("POST", "/identity/tokens", { ...READ, ...given });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
/** From a page of ours, which makes no difference to a token. */
const call = (token: string, method: string, path: string, body?: object, node = 0): Promise<Reply> =>
  market.stranger(method, path, body, {
    headers: { ...bearer(token).headers, origin: market.nodes[node]?.address ?? "", "parley-client": "test" },
    node,
  });

describe("a personal token", () => {
  test("is shown once, has 256 random bits, and is stored as a hash", async () => {
    const ann = await maker();
    const made = await make(ann, { name: "  my bot  " });
    assert.match(made.token, /^pat_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual([made.name, made.scope, made.release, made.last_used_at], ["my bot", "read", false, null]);
    assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 30 * 86_400_000);
    const { body, text } = await ann.call("GET", "/identity/tokens");
    const { token, ...rest } = made;
    assert.deepEqual(body.items, [rest]);
    assert.ok(!text.includes(token));
    const [row] = await market.sql(`select t::text as row, secret_hash = sha256('${token}'::bytea) as hashed
      from identity.tokens t where id = '${made.id}'`);
    assert.equal(row.hashed, true);
    assert.ok(!row.row.includes(token.slice(4)));
  });

  test("calls as its owner, on every node", async () => {
    const ann = await maker({ name: "Ann Smith" });
    await market.fund(ann.id, 700);
    const { token } = await make(ann);
    for (const node of [0, 1]) {
      const { status, body } = await call(token, "GET", "/wallet", undefined, node);
      assert.deepEqual([status, body.available], [200, 700]);
    }
  });

  test("is told to its owner when it is made and when it is ended", async () => {
    const ann = await maker();
    const { id } = await make(ann, { name: "my bot" });
    assert.equal((await ann.call("DELETE", `/identity/tokens/${id}`)).status, 204);
    const told = await eventually(async () => {
      const { body } = await ann.call("GET", "/p2p/notifications");
      return body.items.length >= 2 && body.items;
    }, "both notices");
    assert.deepEqual(
      told.map(({ type, data }: Json) => `${type} ${data.change} ${data.by} ${data.name}`),
      ["security.updated token_ended owner my bot", "security.updated token_made owner my bot"],
    );
  });

  test("made twice with one key is one, and its secret is in the first answer alone", async () => {
    const ann = await maker();
    const ask = () => ann.call("POST", "/identity/tokens", READ, { key: "once" });
    const [first, again] = [await ask(), await ask()];
    assert.deepEqual([again.status, again.headers["idempotent-replay"]], [201, "true"]);
    assert.deepEqual(again.body, { ...first.body, token: null });
    assert.equal((await ann.call("GET", "/identity/tokens")).body.items.length, 1);
    const [kept] = await market.sql(`select answer::text as answer from identity.keys where caller = '${ann.id}'`);
    assert.ok(!kept.answer.includes(first.body.token.slice(4)));
  });

  test("shows its last use, which many uses write once", async () => {
    const ann = await maker();
    const { token, id } = await make(ann);
    for (let count = 0; count < 30; count++) assert.equal((await call(token, "GET", "/wallet")).status, 200);
    const used = await eventually(async () => {
      const { body } = await ann.call("GET", "/identity/tokens");
      return body.items[0].last_used_at ?? false;
    }, "the last use");
    assert.ok(Math.abs(Date.now() - Date.parse(used)) < 60_000, used);
    const version = async () =>
      (await market.sql(`select xmin::text as x from identity.tokens where id = '${id}'`))[0].x;
    const before = await version();
    for (let count = 0; count < 30; count++) await call(token, "GET", "/wallet");
    // Noted after those, and written with them if they were to be.
    const other = await make(ann);
    await call(other.token, "GET", "/wallet");
    await eventually(async () => {
      const { body } = await ann.call("GET", "/identity/tokens");
      return body.items[0].last_used_at ?? false;
    }, "the other's first use");
    assert.equal(await version(), before);
  });

  for (const [what, given] of Object.entries({
    "no name": { name: undefined },
    "a name of blanks": { name: "   " },
    "a name of 65 characters": { name: "x".repeat(65) },
    "a name of two lines": { name: "a\nb" },
    "another scope": { scope: "admin" },
    "no day": { expires_in_days: 0 },
    "more than a year": { expires_in_days: 366 },
    "half a day": { expires_in_days: 0.5 },
    "no end": { expires_in_days: undefined },
    "a release that only reads": { release: true },
    "an unknown member": { roles: ["operator"] },
  }))
    test(`is not made with ${what}`, async () => {
      const ann = await maker();
      assertCode(await ann.call("POST", "/identity/tokens", { ...READ, ...given }), 400, "VALIDATION_ERROR");
      assert.deepEqual((await ann.call("GET", "/identity/tokens")).body.items, []);
    });

  test("needs the second factor, or the password once more", async () => {
    const ann = await signUp(market);
    assertCode(await ann.call("POST", "/identity/tokens", READ), 403, "SECOND_FACTOR_REQUIRED");
    await giveAgain(market, ann);
    assert.equal((await ann.call("POST", "/identity/tokens", READ)).status, 201);
  });

  test("is not made by a token, its own or an issuer's", async () => {
    const ann = await maker();
    const { token } = await make(ann, { ...TRADE, release: true });
    assertCode(await call(token, "POST", "/identity/tokens", READ), 403, "INSUFFICIENT_SCOPE");
    assertCode(await market.as(ann.id)("POST", "/identity/tokens", READ), 403, "FORBIDDEN");
    assert.equal((await ann.call("GET", "/identity/tokens")).body.items.length, 1);
  });

  test("is one of twenty at the most; an ended one makes room", async () => {
    const ann = await maker();
    for (let count = 0; count < 20; count++) await make(ann);
    const refused = await ann.call("POST", "/identity/tokens", READ);
    assertCode(refused, 409, "TOO_MANY_TOKENS");
    assert.deepEqual(refused.body.details, { max: 20 });
    const [{ id }] = (await ann.call("GET", "/identity/tokens")).body.items;
    await ann.call("DELETE", `/identity/tokens/${id}`);
    await make(ann);
  });

  test("is over on its day, and then neither shown nor counted", async () => {
    const ann = await maker();
    const { token, id } = await make(ann);
    await market.sql(`update identity.tokens set created_at = created_at - interval '31 days',
      expires_at = expires_at - interval '31 days' where id = '${id}'`);
    assertCode(await call(token, "GET", "/wallet"), 401, "UNAUTHORIZED");
    assert.deepEqual((await ann.call("GET", "/identity/tokens")).body.items, []);
  });
});

describe("what a personal token may do", () => {
  let paid: { readonly order: number; readonly seller: Person };
  const tokens: Record<"read" | "trade" | "release", string> = { read: "", trade: "", release: "" };

  before(async () => {
    const seller = await maker();
    await market.fund(seller.id, 10_000_000);
    tokens.read = (await make(seller)).token;
    tokens.trade = (await make(seller, TRADE)).token;
    tokens.release = (await make(seller, { ...TRADE, release: true })).token;
    const ad = await market.sellAd(seller.id);
    const order = await market.as("bob")("POST", "/p2p/orders", {
      ad_id: ad.id,
      usdt_amount: 100_000,
      payment_method: "card",
    });
    assert.equal(order.status, 201, order.text);
    const sent = await market.as("bob")("POST", `/p2p/orders/${order.body.id}/confirm-paid`);
    assert.equal(sent.status, 200, sent.text);
    paid = { order: order.body.id, seller };
  });

  test("read: what is read, and no write", async () => {
    for (const path of ["/wallet", "/p2p/me", "/p2p/orders", `/p2p/orders/${paid.order}`, "/p2p/ads?type=sell"])
      assert.equal((await call(tokens.read, "GET", path)).status, 200, path);
    for (const [method, path] of [
      ["POST", "/p2p/ads"],
      ["PUT", "/p2p/ads/1"],
      ["DELETE", "/p2p/ads/1"],
      ["POST", "/p2p/orders"],
      ["POST", `/p2p/orders/${paid.order}/messages`],
      ["POST", `/p2p/orders/${paid.order}/messages/read`],
      ["POST", `/p2p/orders/${paid.order}/attachments`],
      ["POST", `/p2p/orders/${paid.order}/rate`],
      ["POST", `/p2p/orders/${paid.order}/cancel`],
      ["POST", `/p2p/orders/${paid.order}/claim`],
      ["POST", `/p2p/orders/${paid.order}/call-operator`],
      ["POST", "/p2p/notifications/read"],
    ] as const) {
      const reply = await call(tokens.read, method, path, {});
      assertCode(reply, 403, "INSUFFICIENT_SCOPE");
      assert.deepEqual(reply.body.details, { needs: "trade" });
    }
  });

  test("trade: writes of the exchange, but it releases nothing", async () => {
    const message = await call(tokens.trade, "POST", `/p2p/orders/${paid.order}/messages`, { message: "Seen." });
    assert.equal(message.status, 201, message.text);
    for (const action of ["confirm-received", "honour"]) {
      const reply = await call(tokens.trade, "POST", `/p2p/orders/${paid.order}/${action}`);
      assertCode(reply, 403, "INSUFFICIENT_SCOPE");
      assert.deepEqual(reply.body.details, { needs: "release" });
    }
    const { body } = await call(tokens.trade, "GET", `/p2p/orders/${paid.order}`);
    assert.equal(body.status, "paid_by_buyer");
  });

  test("none of them what opens or shows an account, nor what roles do, whatever roles its owner has", async () => {
    const { seller } = paid;
    await market.sql(
      `update identity.people set roles = '{operator,rail_operator,platform}' where id = '${seller.id}'`,
    );
    const document = (await market.stranger("GET", "/openapi.json")).body;
    const closed = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      /^\/api\/v1\/(identity|operator|platform)\//.test(path)
        ? Object.keys(methods).map((method) => ({
            method: method.toUpperCase(),
            path: path.replaceAll(/\{\w+\}/g, "1"),
          }))
        : [],
    );
    assert.ok(closed.length > 30, String(closed.length));
    for (const { method, path } of closed) {
      const reply = await call(tokens.release, method, path, method === "GET" ? undefined : {});
      assertCode(reply, 403, "INSUFFICIENT_SCOPE");
      assert.deepEqual(reply.body.details, { needs: "session" }, `${method} ${path}`);
    }
  });

  test("no write of the exchange is forgotten (F193): each is for one scope, and the document says what refuses it", async () => {
    const document = (await market.stranger("GET", "/openapi.json")).body;
    const writes = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      path.startsWith("/api/v1/p2p/")
        ? Object.entries<Json>(methods).flatMap(([method, { responses }]) =>
            method === "get" ? [] : [{ method, path, responses }],
          )
        : [],
    );
    const needs: Record<string, string> = {};
    for (const { method, path, responses } of writes) {
      assert.match(JSON.stringify(responses["403"]), /InsufficientScope/, path);
      const reply = await call(tokens.read, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "1"), {});
      assertCode(reply, 403, "INSUFFICIENT_SCOPE");
      needs[`${method} ${path.slice("/api/v1/p2p".length)}`] = reply.body.details.needs;
    }
    assert.deepEqual(
      Object.keys(needs).filter((write) => needs[write] === "session"),
      [],
    );
    assert.deepEqual(
      Object.keys(needs)
        .filter((write) => needs[write] === "release")
        .toSorted(),
      ["post /orders/{id}/confirm-received", "post /orders/{id}/honour"],
    );
  });

  test("release: the escrow too", async () => {
    const reply = await call(tokens.release, "POST", `/p2p/orders/${paid.order}/confirm-received`);
    assert.deepEqual([reply.status, reply.body.status], [200, "completed"], reply.text);
  });
});

const streamOf = (token: string, node: number) => openStream(market, bearer(token).headers, node);

describe("a personal token is over", () => {
  test("as soon as its owner ends it, on every node, with its streams; others go on", async () => {
    const ann = await maker();
    const [ended, kept] = [await make(ann), await make(ann)];
    for (const node of [0, 1]) assert.equal((await call(ended.token, "GET", "/wallet", undefined, node)).status, 200);
    const streams = [streamOf(ended.token, 0), streamOf(ended.token, 1)];
    const other = streamOf(kept.token, 1);
    for (const { text } of [...streams, other]) await eventually(async () => text().includes("id:"), "the first frame");
    assert.equal((await ann.call("DELETE", `/identity/tokens/${ended.id}`)).status, 204);
    assertCode(await call(ended.token, "GET", "/wallet"), 401, "UNAUTHORIZED");
    await Promise.all(streams.map(({ ended: end }) => end));
    for (const { text } of streams) assert.match(text(), /event: ?end\ndata: ?\{"reason":"token_expired"\}/);
    assertCode(await call(ended.token, "GET", "/wallet", undefined, 1), 401, "UNAUTHORIZED");
    assert.equal((await call(kept.token, "GET", "/wallet", undefined, 1)).status, 200);
    assert.doesNotMatch(other.text(), /event: ?end/);
    assertCode(await ann.call("DELETE", `/identity/tokens/${ended.id}`), 404, "NOT_FOUND");
  });

  test("with a password that was reset, on every node, and its session's end leaves it alone", async () => {
    const ann = await maker();
    const { token } = await make(ann);
    const phone = openBrowser(market);
    await signIn(phone, ann.login);
    assert.equal((await phone.call("DELETE", "/identity/sessions")).status, 204);
    for (const node of [0, 1]) assert.equal((await call(token, "GET", "/wallet", undefined, node)).status, 200);
    const stream = streamOf(token, 1);
    await eventually(async () => stream.text().includes("id:"), "the first frame");
    await market.sql(`insert into identity.resets (code_hash, person_id, expires_at)
      values (sha256('forgotten-${ann.id}'), '${ann.id}', now() + interval '1 hour')`);
    const reset = { code: `forgotten-${ann.id}`, password: `${PASSWORD} 2` };
    assert.equal((await openBrowser(market).call("POST", "/identity/reset", reset)).status, 204);
    assertCode(await call(token, "GET", "/wallet"), 401, "UNAUTHORIZED");
    await stream.ended;
    assertCode(await call(token, "GET", "/wallet", undefined, 1), 401, "UNAUTHORIZED");
  });
});
