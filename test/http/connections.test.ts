import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, request } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { Closed, Id, type Server } from "../../src/http/index.ts";
import { eventually } from "../support/eventually.ts";
import { readAll, startServer, type TestServer } from "./support.ts";

const open = async ({ port }: TestServer): Promise<Socket> => {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
};

/** A route that answers when it is told to. */
const gated = () => {
  const entered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const routes = (server: Server): void => {
    server.get(
      "/slow",
      { config: { access: "public" }, schema: { response: { 200: Closed({ id: Id() }) } } },
      async () => {
        entered.resolve();
        await gate.promise;
        return { id: 1 };
      },
    );
    server.get(
      "/fast",
      { config: { access: "public" }, schema: { response: { 200: Closed({ id: Id() }) } } },
      async () => ({ id: 2 }),
    );
  };
  return { entered: entered.promise, release: () => gate.resolve(), routes };
};

describe("broken HTTP", () => {
  it("is answered in the form of all errors", async () => {
    await using api = await startServer();
    for (const bytes of [
      "nonsense\r\n\r\n",
      "GET\r\n\r\n",
      "FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\na b: c\r\n\r\n",
    ]) {
      const text = await api.raw(bytes);
      assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/json/, bytes);
      assert.equal(JSON.parse(text.split("\r\n\r\n")[1] ?? "").code, "VALIDATION_ERROR");
    }
  });

  it("a head that is too large is PAYLOAD_TOO_LARGE", async () => {
    await using api = await startServer();
    assert.match(
      await api.raw(`GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
      /^HTTP\/1\.1 413 [\s\S]*"PAYLOAD_TOO_LARGE"/,
    );
    assert.match(await api.raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 413 /);
  });

  it("a smuggler's two lengths and a broken chunk are refused", async () => {
    await using api = await startServer();
    const head = `POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.bob}\r\nContent-Type: application/json\r\n`;
    assert.match(
      await api.raw(`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
      /^HTTP\/1\.1 400 /,
    );
    assert.match(await api.raw(`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`), /^HTTP\/1\.1 400 /);
    assert.match(
      await api.raw(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}`),
      /^HTTP\/1\.1 400 [\s\S]*"VALIDATION_ERROR"/,
    );
  });

  it("a strange Host or address in the request line is no 500", async () => {
    await using api = await startServer();
    for (const host of ["[", "a b", "%", "x:y:z", ""])
      for (const path of [
        "/things",
        "/docs",
        "/docs/",
        "/docs/reference",
        "/docs/reference/",
        "/docs/reference/openapi.json",
      ])
        assert.match(
          await api.raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
          /^HTTP\/1\.1 [24]/,
          `${host} ${path}`,
        );
    for (const target of [
      "http://other/things",
      "*",
      "//",
      "/?",
      "/%",
      "/\u00e9",
      "/things?%",
      "/things#x",
      "/things;x=1",
    ])
      assert.match(
        await api.raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 [24]/,
        target,
      );
  });

  it("garbage behind a request does not take the place of its answer", async () => {
    const { entered, release, routes } = gated();
    await using api = await startServer({ routes });
    const socket = await open(api);
    socket.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n");
    await entered;
    release();
    const text = await readAll(socket);
    assert.match(text, /^HTTP\/1\.1 200 [\s\S]*{"id":1}$/);
  });

  it("a request that does not arrive in time is answered, and its connection closed", async () => {
    await using api = await startServer({ requestTimeoutMs: 50 });
    assert.match(await api.raw("GET /things HTTP/1.1\r\nHost: x\r\n"), /^HTTP\/1\.1 400 [\s\S]*took too long/);
    const head = `POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.bob}\r\nContent-Type: application/json\r\n`;
    assert.match(await api.raw(`${head}Content-Length: 10\r\n\r\n{`), /^HTTP\/1\.1 400 [\s\S]*took too long/);
    // A busy machine may be late with this one, too.
    await eventually(async () => (await api.call("/things")).status === 200, "a request that arrives in time");
  });

  it("F240: a connection that was opened ahead and says nothing is closed without an answer to what it never asked", async () => {
    await using api = await startServer({ requestTimeoutMs: 50 });
    assert.equal(await api.raw(""), "");
  });

  it("an offer to upgrade or to wait is taken as the plain request that it also is", async () => {
    await using api = await startServer();
    const extras = [
      "Connection: close, upgrade\r\nUpgrade: websocket",
      "Connection: close\r\nExpect: 100-continue",
      "Connection: close\r\nTE: trailers",
    ];
    for (const extra of extras)
      assert.match(await api.raw(`GET /things HTTP/1.1\r\nHost: x\r\n${extra}\r\n\r\n`), /HTTP\/1\.1 200 /, extra);
  });

  it("a client that goes away in the middle hurts nobody", async () => {
    await using api = await startServer();
    for (const part of [
      "POST /thi",
      "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
    ]) {
      const socket = await open(api);
      socket.write(part);
      socket.destroy();
      await once(socket, "close");
    }
    assert.equal((await api.call("/things")).status, 200);
  });
});

describe("draining", () => {
  /** Longer than anybody here takes to say something: draining ends sooner, when all connections are closed. */
  const GRACE_MS = 120_000;

  it("what was taken is answered; what comes later on open connections is turned away with an answer", async () => {
    const { entered, release, routes } = gated();
    const api = await startServer({ routes, drainGraceMs: GRACE_MS });
    const slow = api.call("/slow");
    await entered;
    const idle = await Promise.all(Array.from({ length: 5 }, () => open(api)));
    for (const socket of idle) {
      socket.write("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n");
      assert.match(String(await once(socket, "data")), /^HTTP\/1\.1 200 /);
    }
    const closing = api.server.close();
    while (!api.server.isDraining()) await new Promise(setImmediate);
    const late = await Promise.all(
      idle.map((socket) => {
        socket.write("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n");
        return readAll(socket);
      }),
    );
    for (const text of late) {
      assert.match(text, /^HTTP\/1\.1 503 /);
      assert.match(text, /\r\nretry-after: 1\r\n/i);
      assert.match(text, /\r\nconnection: close\r\n/i);
      assert.match(text, /"code":"OVERLOADED"/);
    }
    await assert.rejects(once(connect(api.port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
    release();
    const answer = await slow;
    assert.deepEqual([answer.status, answer.body, answer.headers.get("connection")], [200, { id: 1 }, "close"]);
    await closing;
  });

  it("a stream of requests on kept-alive connections sees answers only, no reset", async () => {
    const { routes } = gated();
    const api = await startServer({ routes, drainGraceMs: GRACE_MS });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const counts = new Map<string, number>();
    const ask = () =>
      new Promise<string>((resolve) => {
        get(`${api.url}/fast`, { agent }, (response) =>
          response.resume().once("end", () => resolve(String(response.statusCode))),
        ).once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
      });
    const client = async (): Promise<void> => {
      for (;;) {
        const result = await ask();
        counts.set(result, (counts.get(result) ?? 0) + 1);
        if (counts.get("200") === 200) void api.server.close();
        if (result === "ECONNREFUSED") return;
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    agent.destroy();
    await api.server.close();
    assert.deepEqual(new Set(counts.keys()), new Set(["200", "503", "ECONNREFUSED"]), JSON.stringify([...counts]));
  });

  it("an upload that had begun is taken to its end", async () => {
    const api = await startServer();
    const upload = request(`${api.url}/things`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.bob}`, "content-type": "application/json" },
    });
    const arrived = once(api.server.server, "request");
    upload.write('{"label":"ok",');
    await arrived;
    const closing = api.server.close();
    while (!api.server.isDraining()) await new Promise(setImmediate);
    upload.end('"amount":"two"}');
    const [response] = await once(upload, "response");
    assert.equal(response.statusCode, 201);
    response.resume();
    await closing;
  });

  it("closing an idle server with idle connections does not wait for them", async () => {
    const api = await startServer();
    const socket = await open(api);
    await api.server.close();
    assert.equal(await readAll(socket), "");
  });
});
