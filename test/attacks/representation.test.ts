/** What a front end asks of HTTP, and what somebody else's page or a third in the middle must not get by it. */
import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, describe, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { operationsOf } from "../support/hostile.ts";
import { type Json, type Reply, sendHttp } from "../support/http.ts";
import { type Market, startMarket } from "../support/market.ts";
import { signUp } from "../support/people.ts";

const APP = "https://app.example";
const agent = new Agent({ keepAlive: true });
let market: Market;
let origin: string;
let railOrigin: string;
let anna: string;

before(async () => {
  market = await startMarket({ env: { CORS_ORIGINS: APP, SIGN_UP: "open" } });
  const [node] = market.nodes;
  assert.ok(node !== undefined);
  origin = node.address;
  railOrigin = node.railAddress;
  anna = `Bearer ${await node.issuer.signToken({ sub: "anna", roles: [], ttlSeconds: 3_600 })}`;
  for (let maker = 0; maker < 12; maker++) {
    await market.fund(`maker-${maker}`, 10_000_000);
    await market.sellAd(`maker-${maker}`, { instructions: "x".repeat(200) });
  }
});

after(async () => {
  agent.destroy();
  await market.end();
});

const ask = (method: string, path: string, headers: Record<string, string> = {}, at = origin): Promise<Reply> =>
  sendHttp(agent, `${at}${path}`, { method, headers });

const MARKET = "/api/v1/p2p/ads?type=sell";
const pathOf = (path: string): string => path.replaceAll(/\{\w+\}/g, "1");

describe("F128: a method that a path does not take", () => {
  test("is 405 with the methods that it takes, on every path of the exchange's document", async () => {
    const document: Json = (await ask("GET", "/openapi.json")).body;
    const all = operationsOf(document);
    const byPath = Map.groupBy(all, ({ path }) => path);
    /** `ads/my` and `ads/{id}` are one path to whoever deletes. */
    const isTaken = (method: string, path: string) =>
      all.some(
        (each) => each.method === method && new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
      );
    for (const [path, operations] of byPath) {
      const taken = new Set(operations.map(({ method }) => method));
      if (taken.has("GET")) taken.add("HEAD");
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
        if (taken.has(method)) continue;
        if (isTaken(method, pathOf(path))) continue;
        const reply = await ask(method, pathOf(path));
        assert.equal(reply.status, 405, `${method} ${path}: ${reply.status} ${reply.text}`);
        const allowed = String(reply.headers.allow).split(", ");
        for (const each of taken) assert.ok(allowed.includes(each), `${path}: ${allowed}`);
        if (method !== "HEAD") assert.equal(reply.body.code, "METHOD_NOT_ALLOWED");
      }
    }
  });

  test("on the rail is what was published for it: there is nothing there", async () => {
    const reply = await ask("DELETE", "/api/v1/p2p/orders", {}, railOrigin);
    assert.deepEqual([reply.status, reply.body.code], [404, "NOT_FOUND"]);
  });
});

describe("HEAD", () => {
  test("answers wherever GET does, with its status and type and no body", async () => {
    const document: Json = (await ask("GET", "/openapi.json")).body;
    const reads = operationsOf(document).filter(({ method, streams }) => method === "GET" && !streams);
    assert.ok(reads.length > 15);
    for (const path of [MARKET, "/health/ready", "/openapi.json", ...reads.map(({ path }) => pathOf(path))]) {
      const [got, head] = [
        await ask("GET", path, { authorization: anna }),
        await ask("HEAD", path, { authorization: anna }),
      ];
      assert.deepEqual([head.status, head.text], [got.status, ""], path);
      if (got.status === 200) assert.equal(head.headers["content-type"], got.headers["content-type"], path);
    }
    assert.equal((await ask("HEAD", "/api/v1/.well-known/jwks.json", {}, railOrigin)).status, 200);
  });

  test("of the event stream is its head, and opens none", async () => {
    const reply = await ask("HEAD", "/api/v1/p2p/events", { authorization: anna });
    assert.deepEqual([reply.status, reply.headers["content-type"]], [200, "text/event-stream; charset=utf-8"]);
  });
});

describe("a list", () => {
  test("that has not changed is not sent again; one that has is", async () => {
    const first = await ask("GET", MARKET);
    const tag = String(first.headers.etag);
    assert.match(tag, /^W\/"[\w-]+"$/);
    for (const given of [tag, `"other", ${tag}`, "*", tag.slice(2)]) {
      const again = await ask("GET", MARKET, { "if-none-match": given });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", tag], given);
    }
    assert.equal((await ask("HEAD", MARKET, { "if-none-match": tag })).status, 304);
    await market.fund("maker-new", 10_000_000);
    await market.sellAd("maker-new");
    const changed = await ask("GET", MARKET, { "if-none-match": tag });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.etag, tag);
  });

  test("of one's own has a tag too, and is still nobody's to keep", async () => {
    const mine = await ask("GET", "/api/v1/p2p/orders", { authorization: anna });
    assert.equal(mine.headers["cache-control"], "no-store");
    const again = await ask("GET", "/api/v1/p2p/orders", {
      authorization: anna,
      "if-none-match": String(mine.headers.etag),
    });
    assert.equal(again.status, 304);
    const anybodys = await ask("GET", MARKET);
    assert.equal(anybodys.headers["cache-control"], "no-cache");
    assert.match(String(anybodys.headers.vary), /Authorization/);
  });
});

describe("a long answer", () => {
  const decoded = { br: brotliDecompressSync, gzip: gunzipSync };

  test("is compressed as the client asks for it, and is the same", async () => {
    const plain = await ask("GET", MARKET);
    assert.equal(plain.headers["content-encoding"], undefined);
    for (const [accepted, encoding] of [
      ["gzip, deflate, br", "br"],
      ["gzip", "gzip"],
      ["br;q=0, gzip;q=0.5", "gzip"],
      ["*", "br"],
    ] as const)
      for (const round of [1, 2]) {
        const reply = await ask("GET", MARKET, { "accept-encoding": accepted });
        assert.equal(reply.headers["content-encoding"], encoding, `${accepted}, ${round}`);
        assert.equal(String(decoded[encoding](reply.bytes)), plain.text);
        assert.ok(reply.bytes.length < plain.bytes.length / 2);
        assert.equal(reply.headers.etag, plain.headers.etag);
        assert.match(String(reply.headers.vary), /Accept-Encoding/);
      }
    for (const accepted of ["identity", "gzip;q=0, br;q=0.000", "", ",;q", "compress"])
      assert.equal(
        (await ask("GET", MARKET, { "accept-encoding": accepted })).headers["content-encoding"],
        undefined,
        accepted,
      );
  });

  test("of somebody with a cookie is compressed for our own page alone: its length tells what stands in it", async () => {
    const { cookie } = await signUp(market);
    const headers = { "accept-encoding": "br", cookie: cookie() ?? "" };
    const encodingOf = async (more: object) =>
      (await ask("GET", MARKET, { ...headers, ...more })).headers["content-encoding"];
    assert.equal(await encodingOf({}), undefined);
    assert.equal(await encodingOf({ "sec-fetch-site": "cross-site" }), undefined);
    assert.equal(await encodingOf({ "sec-fetch-site": "same-origin" }), "br");
  });

  test("that is short, or a file's script, is as it is", async () => {
    const reply = await ask("GET", "/health/live", { "accept-encoding": "br" });
    assert.equal(reply.headers["content-encoding"], undefined);
    const wallet = await ask("GET", "/api/v1/wallet", { authorization: anna, "accept-encoding": "br" });
    assert.equal(wallet.headers["content-encoding"], undefined);
  });
});

describe("a page of another origin", () => {
  const preflight = (from: string, path = "/api/v1/p2p/orders") =>
    ask("OPTIONS", path, {
      origin: from,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,idempotency-key,last-event-id",
    });

  test("may call when it is named, with a token of its own and never with a cookie", async () => {
    const asked = await preflight(APP);
    assert.equal(asked.status, 204);
    assert.equal(asked.headers["access-control-allow-origin"], APP);
    for (const name of ["authorization", "idempotency-key", "last-event-id", "content-type"])
      assert.ok(String(asked.headers["access-control-allow-headers"]).includes(name), name);
    for (const reply of [
      asked,
      await ask("GET", MARKET, { origin: APP }),
      await ask("GET", "/nothing", { origin: APP }),
    ]) {
      assert.equal(reply.headers["access-control-allow-origin"], APP);
      assert.equal(reply.headers["access-control-allow-credentials"], undefined);
      assert.match(String(reply.headers.vary), /Origin/);
    }
    const exposed = String((await ask("GET", MARKET, { origin: APP })).headers["access-control-expose-headers"]);
    for (const name of ["retry-after", "idempotent-replay"]) assert.ok(exposed.includes(name));
  });

  test("that is not named, or looks like one that is, may not", async () => {
    for (const other of ["https://evil.example", `${APP}.evil.example`, "http://app.example", "null", `${APP}:444`]) {
      const asked = await preflight(other);
      assert.equal(asked.status, 405, other);
      assert.equal(asked.headers["access-control-allow-origin"], undefined, other);
      const got = await ask("GET", MARKET, { origin: other });
      assert.equal(got.headers["access-control-allow-origin"], undefined, other);
    }
    assert.equal((await preflight(APP, "/")).headers["access-control-allow-origin"], APP);
  });

  test("never calls the rail: no page has a bank's key", async () => {
    const reply = await ask("GET", "/openapi.json", { origin: APP }, railOrigin);
    assert.equal(reply.headers["access-control-allow-origin"], undefined);
  });

  test("reads the event stream as well", async () => {
    const abort = new AbortController();
    const response = await fetch(`${origin}/api/v1/p2p/events`, {
      headers: { authorization: anna, origin: APP },
      signal: abort.signal,
    });
    assert.equal(response.headers.get("access-control-allow-origin"), APP);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    abort.abort();
  });
});

describe("metrics", () => {
  test("are not on the listeners that others reach", async () => {
    for (const at of [origin, railOrigin]) assert.equal((await ask("GET", "/metrics", {}, at)).status, 404);
    const [node] = market.nodes;
    const served = await ask("GET", "/metrics", {}, node?.metricsAddress ?? "");
    assert.equal(served.status, 200);
    assert.ok(served.text.includes("parley_"));
  });
});
