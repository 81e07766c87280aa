/** Who calls too often, holds too much open, or hides behind an address that is not theirs. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { Type } from "typebox";
import { UPLOADS } from "../../src/exchange/chat/index.ts";
import { LIVE_LIMITS } from "../../src/exchange/live/limits.ts";
import { boundConnections } from "../../src/http/admission.ts";
import { createClientAddress } from "../../src/http/client-address.ts";
import { Choice, Closed, DEFAULT_BOUNDS, DEFAULT_RATES, type Server } from "../../src/http/index.ts";
import { createRoom } from "../../src/http/room.ts";
import { createOwn, post, readAll, startHost, startServer, type TestServer } from "../http/support.ts";
import { startMarket } from "../support/market.ts";

const RATES = { writes: 5, reads: 8, anonymous: 6 };
const limited = (deps: Parameters<typeof startServer>[0] = {}) =>
  startServer({ ...deps, bounds: { ...DEFAULT_BOUNDS, rates: RATES, ...deps.bounds } });

/** How many of so many calls are let in. */
const admitted = async (count: number, call: () => Promise<{ status: number }>): Promise<number> => {
  let let_in = 0;
  for (let i = 0; i < count; i++) if ((await call()).status !== 429) let_in++;
  return let_in;
};

describe("F123: somebody who calls without an end", () => {
  test("reads and writes up to each limit, told how long to wait; others are not held up", async () => {
    await using api = await limited();
    const read = (token: string) => api.call("/things/1", { token });
    const write = (token: string) => api.call("/act", { method: "POST", token });
    assert.equal(await admitted(20, () => read(api.bob)), RATES.reads);
    assert.equal(await admitted(20, () => write(api.bob)), RATES.writes);
    for (const reply of [await read(api.bob), await write(api.bob)]) {
      assert.deepEqual([reply.status, reply.body.code], [429, "RATE_LIMITED"]);
      assert.ok(Number(reply.headers.get("retry-after")) >= 1);
    }
    // Another token of the same person is no way around; another person is let in.
    assert.equal((await read(await api.token({ sub: "bob", exp: 4_000_000_000 }))).status, 429);
    assert.equal((await read(await api.token({ sub: "ann" }))).status, 200);
  });

  test("cannot have bodies read for nothing: those that are refused have a limit too", async () => {
    await using api = await limited();
    const refused = () => api.call("/things", { ...post("{"), token: api.bob });
    assert.equal(await admitted(20, refused), RATES.reads);
  });

  test("without a token reads up to the limit of the address, whatever the path", async () => {
    await using api = await limited();
    const paths = ["/things", "/nothing", "/openapi.json", "/act"];
    let next = 0;
    assert.equal(await admitted(20, () => api.call(paths[next++ % paths.length] ?? "")), RATES.anonymous);
  });
});

describe("F124: somebody who guesses tokens", () => {
  test("is stopped before the next one is looked at", async () => {
    await using host = await startHost();
    await using api = await limited({ host: host.config });
    const other = await createOwn();
    const forged = await other.sign({ sub: "bob", iss: host.config.issuer });
    assert.equal(await admitted(20, () => api.call("/things", { token: forged })), RATES.anonymous);
    const looked = host.fetches;
    await admitted(20, () => api.call("/things", { token: forged }));
    assert.equal(host.fetches, looked);
  });

  test("does not lock out whoever has shown a good one, and strangers who read lock out nobody with a token", async () => {
    await using api = await limited();
    const ann = await api.token({ sub: "ann" });
    assert.equal((await api.call("/things/1", { token: ann })).status, 200);
    await admitted(10, () => api.call("/things"));
    assert.equal((await api.call("/things/1", { token: api.bob })).status, 200, "a token that is new here");
    await admitted(10, () => api.call("/things", { token: "a.b.c" }));
    assert.equal((await api.call("/things/1", { token: ann })).status, 200, "a token that is known here");
  });

  test("many good tokens at once from one address are all let in", async () => {
    await using api = await limited({ bounds: { rates: { ...RATES, anonymous: 40 } } });
    const tokens = await Promise.all(Array.from({ length: 30 }, (_, n) => api.token({ sub: `user-${n}` })));
    for (let round = 0; round < 3; round++) {
      const replies = await Promise.all(tokens.map((token) => api.call("/things/1", { token })));
      assert.ok(replies.every(({ status }) => status !== 429));
    }
  });
});

describe("F125: an address behind a proxy", () => {
  const trusting = (...trustedProxies: string[]) => limited({ bounds: { trustedProxies } });
  const from = (api: TestServer, forwarded: string) =>
    api.call("/things", { headers: { "x-forwarded-for": forwarded } });

  test("is not what a header says, as long as nobody is trusted", async () => {
    await using api = await limited();
    let next = 0;
    assert.equal(await admitted(20, () => from(api, `203.0.113.${next++}`)), RATES.anonymous);
  });

  test("is what the nearest trusted proxy saw, whatever stands before that", async () => {
    await using api = await trusting("127.0.0.0/8", "10.0.0.0/8", "::1");
    let next = 0;
    const count = await admitted(20, () => from(api, `198.51.100.${next++}, 203.0.113.7, 10.1.2.3`));
    assert.equal(count, RATES.anonymous, "inventions to the left of the client count for nothing");
    assert.notEqual((await from(api, "203.0.113.8, 10.1.2.3")).status, 429, "another client has its own limit");
    assert.equal((await from(api, "203.0.113.7:4711")).status, 429, "with a port it is the same one");
    assert.equal((await from(api, "::ffff:203.0.113.7")).status, 429, "and as IPv6 writes it");
  });

  test("that is IPv6 counts by its network, of which everybody has more addresses than there are grains of sand", async () => {
    await using api = await trusting("127.0.0.1");
    let next = 1;
    assert.equal(await admitted(20, () => from(api, `2001:db8:1:2::${(next++).toString(16)}`)), RATES.anonymous);
    assert.equal((await from(api, "2001:DB8:1:2:ffff:1:2:3")).status, 429);
    assert.equal((await from(api, "[2001:db8:0001:0002::9]:443")).status, 429);
    assert.notEqual((await from(api, "2001:db8:1:3::1")).status, 429);
  });

  test("that is no address at all is the proxy's own", async () => {
    await using api = await trusting("127.0.0.1");
    const texts = ["unknown", "_hidden", "", ",,,", "203.0.113.300", "x".repeat(4_000), "1.2.3.4.5"];
    let next = 0;
    assert.equal(await admitted(20, () => from(api, texts[next++ % texts.length] ?? "")), RATES.anonymous);
  });
});

describe("F126: somebody who holds connections", () => {
  test("gets no more than are let in, and leaves room when they go", async () => {
    const admission = { ...DEFAULT_BOUNDS.admission, connections: 3 };
    await using api = await startServer({ bounds: { ...DEFAULT_BOUNDS, admission } });
    const open = async (): Promise<Socket> => {
      const socket = connect(api.port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    };
    const held = [await open(), await open(), await open()];
    const turnedAway = await open();
    assert.equal(await readAll(turnedAway).catch(() => ""), "");
    for (const socket of held) {
      const closed = once(socket, "close");
      socket.destroy();
      await closed;
    }
    const reply = await api.raw("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert.match(reply, /^HTTP\/1.1 200/);
  });

  test("from many addresses of one IPv6 network is one, and a mapped IPv4 address is itself (F204)", async () => {
    const http = createServer();
    boundConnections(http, { ...DEFAULT_BOUNDS.admission, connectionsPerAddress: 2 }, createClientAddress([]));
    const arrive = (remoteAddress: string): Socket => {
      const socket = Object.defineProperty(new Socket(), "remoteAddress", { value: remoteAddress });
      http.emit("connection", socket);
      return socket;
    };
    const first = arrive("2001:db8:1:2::1");
    const letIn = [first, arrive("2001:db8:1:2::2"), arrive("2001:db8:1:3::1"), arrive("::ffff:203.0.113.1")];
    letIn.push(arrive("::ffff:203.0.113.2"), arrive("203.0.113.1"));
    assert.ok(letIn.every(({ destroyed }) => !destroyed));
    for (const address of ["2001:db8:1:2:ffff::3", "2001:DB8:1:2::4", "::ffff:203.0.113.1"])
      assert.ok(arrive(address).destroyed, address);
    const closed = once(first, "close");
    first.destroy();
    await closed;
    letIn.push(arrive("2001:db8:1:2::5"));
    assert.equal(letIn.at(-1)?.destroyed, false, "who leaves makes room");
    for (const socket of letIn) socket.destroy();
  });

  test("and sends requests by the thousand ahead on one is let go, and the rest go on", async () => {
    await using api = await startServer();
    const answers = await api.raw("GET /things HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2_000)).catch(() => "");
    assert.ok(answers.split("HTTP/1.1 200").length < 100);
    assert.equal((await api.call("/things")).status, 200);
  });

  test("with bodies that never end takes a part of what there is for bodies, and no more", async () => {
    const admission = { ...DEFAULT_BOUNDS.admission, bodyBytes: 256 * 1_024 };
    await using api = await startServer({ bounds: { ...DEFAULT_BOUNDS, admission, trustedProxies: ["127.0.0.1"] } });
    const slow = (address: string) =>
      `POST /things HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\nAuthorization: Bearer ${api.bob}\r\n` +
      "Content-Type: application/json\r\nContent-Length: 20000\r\n\r\n{";
    const sockets: Socket[] = [];
    const send = async (address: string): Promise<Socket> => {
      const socket = connect(api.port, "127.0.0.1");
      sockets.push(socket);
      socket.write(slow(address));
      return socket;
    };
    await send("203.0.113.1");
    const [answer] = (await once(await send("203.0.113.1"), "data")) as [Buffer];
    assert.match(String(answer), /^HTTP\/1.1 503 .*OVERLOADED/s);
    const reply = await api.call("/things", {
      ...post({ label: "x", amount: "two" }),
      token: api.bob,
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.2" },
    });
    assert.equal(reply.status, 201, "whoever comes from elsewhere is served");
    for (const socket of sockets) socket.destroy();
  });

  test("and never ends its request is cut off", async () => {
    await using api = await startServer({ requestTimeoutMs: 200 });
    const began = performance.now();
    for (const part of ["GET / HTTP/1.1\r\nX: ", "POST /act HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"])
      assert.match(await api.raw(part), /400|401/);
    assert.ok(performance.now() - began < 10_000);
  });
});

describe("F203: whoever has several accounts", () => {
  for (const [what, shared] of Object.entries({ uploads: UPLOADS, streams: LIVE_LIMITS.streams })) {
    test(`holds with all of them a part of a node's ${what}, and whoever holds none gets in`, () => {
      const room = createRoom(shared);
      const ways: (() => void)[] = [];
      /** How many places somebody gets who takes all there are to be had. */
      const take = (caller: string): number => {
        const before = ways.length;
        for (let way = room.enter(caller); typeof way === "function"; way = room.enter(caller)) ways.push(way);
        return ways.length - before;
      };
      assert.equal(take("first"), shared.each, "while there is room each has all that one may");
      assert.equal(room.enter("first"), "own");
      // As many as would fill it if each held all that one may.
      for (let account = 0; account < shared.all / shared.each; account++) assert.ok(take(`account ${account}`) >= 1);
      assert.ok(take("newcomer") >= 1);
      assert.ok(ways.length < shared.all);
      for (let account = 0; ways.length < shared.all; account++) assert.ok(take(`one more ${account}`) >= 1);
      assert.equal(room.enter("too late"), "full");
      for (const leave of ways) leave();
      assert.equal(take("first"), shared.each, "who leaves makes room");
    });
  }
});

describe("F122: a name that stands in a query again and again", () => {
  const routes = (server: Server) => {
    server.get(
      "/list",
      {
        config: { access: "public" },
        schema: {
          querystring: Closed({
            status: Type.Optional(Type.Array(Choice(["open", "done"]))),
            limit: Type.Optional(Type.Integer()),
          }),
          response: { 200: Closed({ status: Type.Array(Type.String()) }) },
        },
      },
      async ({ query }) => ({ status: query.status ?? [] }),
    );
  };

  test("is several values where the list takes several, ten at the most, and refused anywhere else", async () => {
    await using api = await startServer({ routes });
    const ask = (query: string) => api.call(`/list?${query}`);
    assert.deepEqual((await ask("status=open")).body, { status: ["open"] });
    assert.deepEqual((await ask("status=open&status=done")).body, { status: ["open", "done"] });
    assert.equal((await ask("status=open&".repeat(10))).status, 200);
    for (const [query, pointer] of [
      ["status=open&".repeat(11), "/status"],
      ["status=open&".repeat(1_000), "/status"],
      ["limit=1&limit=1", "/limit"],
      ["status=open&status=gone", "/status/1"],
    ] as const) {
      const reply = await ask(query);
      assert.deepEqual([reply.status, reply.body.code], [400, "VALIDATION_ERROR"], query.slice(0, 40));
      assert.equal(reply.body.details.issues[0].pointer, pointer);
    }
  });
});

describe("a host's keys", () => {
  const withKeys = async (answer: (response: import("node:http").ServerResponse) => void) => {
    const host = await startHost();
    host.http.removeAllListeners("request");
    host.http.on("request", (_request, response) => {
      host.fetches++;
      answer(response);
    });
    const api = await startServer({ host: host.config });
    const other = await createOwn();
    const token = await other.sign({ sub: "bob", iss: host.config.issuer, aud: host.config.audience });
    try {
      return { reply: await api.call("/things", { token }), fetches: host.fetches };
    } finally {
      await api[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    }
  };

  test("without an end are read up to a bound", async () => {
    const { reply } = await withKeys((response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write(`{"keys":[`);
      const more = () => {
        while (response.write('{"kty":"RSA"},'.repeat(1_000)));
      };
      response.on("drain", more);
      response.on("error", () => {});
      more();
    });
    assert.deepEqual([reply.status, reply.body.code], [503, "OVERLOADED"]);
  });

  test("by the thousand are none, and neither are those of another place", async () => {
    const many = await withKeys((response) => {
      const keys = Array.from({ length: 1_000 }, (_, kid) => ({ kty: "EC", kid: String(kid) }));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys }));
    });
    assert.equal(many.reply.status, 503);
    const elsewhere = await withKeys((response) => {
      response.writeHead(302, { location: "/other" }).end();
    });
    assert.deepEqual([elsewhere.reply.status, elsewhere.fetches], [503, 1]);
  });
});

describe("the limits of an installation", () => {
  let market: Awaited<ReturnType<typeof startMarket>>;
  before(async () => {
    market = await startMarket({
      env: { WRITES_PER_10_SECONDS: "", READS_PER_10_SECONDS: "", ANONYMOUS_READS_PER_10_SECONDS: "" },
    });
  });
  after(() => market.end());

  test("are those of the contract, and told", async () => {
    assert.deepEqual(DEFAULT_RATES, { writes: 600, reads: 3_000, anonymous: 1_200 });
    const { rules } = (await market.stranger("GET", "/p2p/settings")).body;
    const told = Object.fromEntries(rules.map(({ name, value }: { name: string; value: unknown }) => [name, value]));
    assert.deepEqual(
      [
        told.writes_per_10_seconds,
        told.reads_per_10_seconds,
        told.calls_without_token_per_10_seconds_and_address,
        told.streams_per_caller,
      ],
      [600, 3_000, 1_200, 64],
    );
  });
});
