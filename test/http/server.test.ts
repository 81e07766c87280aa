import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { pino } from "pino";
import { Registry } from "prom-client";
import {
  Closed,
  DEFAULT_RATES,
  errorResponsesOf,
  Id,
  type Server,
  sendRefusal,
  serveMetrics,
} from "../../src/http/index.ts";
import { type Refusal, refuse } from "../../src/kernel/index.ts";
import { post, registerThings, registry, startServer } from "./support.ts";

const withRates = (rates: Partial<typeof DEFAULT_RATES>) => ({ bounds: { rates: { ...DEFAULT_RATES, ...rates } } });

const refusals = { 200: Closed({}), ...errorResponsesOf(registry)(["AMOUNT_TOO_LOW", "THING_NOT_FOUND"]) };
const one = { 200: Closed({ id: Id() }) };

describe("failures", () => {
  it("a bug is an INTERNAL_ERROR that tells nothing but the request's id, under which the log has it", async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const routes = (server: Server) => {
      registerThings(server);
      server.post("/bug", { config: { access: "trader" }, schema: { response: one } }, async () => {
        throw Object.assign(new Error('relation "secret" does not exist: select * from secret'), { code: "42P01" });
      });
    };
    await using api = await startServer({ routes, logger: pino({ level: "info" }, stream) });
    const reply = await api.call("/bug", { ...post({}), token: api.bob });
    assert.equal(reply.status, 500);
    const { request_id } = reply.body.details;
    assert.deepEqual(reply.body, { code: "INTERNAL_ERROR", message: "Something broke", details: { request_id } });
    await api.call("/things/1", { token: api.bob });
    assert.equal(lines.length, 2, "one line says where it listens, one what broke; none per request");
    assert.ok(lines[1]?.includes(request_id) && lines[1].includes("select * from secret"));
    assert.ok(!lines.join("").includes(api.bob.slice(0, 20)));
  });

  it("what the engine could not do is a 503 with Retry-After", async () => {
    const routes = (server: Server) => {
      for (const code of ["OVERLOADED", "BUSY", "OUTCOME_UNKNOWN"])
        server.post(`/${code}`, { config: { access: "trader" }, schema: { response: one } }, async () => {
          throw Object.assign(new Error("not now"), { code });
        });
    };
    await using api = await startServer({ routes });
    for (const code of ["OVERLOADED", "BUSY", "OUTCOME_UNKNOWN"]) {
      const reply = await api.call(`/${code}`, { method: "POST", token: api.bob });
      assert.deepEqual([reply.status, reply.body.code, reply.headers.get("retry-after")], [503, code, "1"]);
    }
    assert.deepEqual(api.server.responseFaults, []);
  });

  it("details that the registry does not declare are an answer against its schema", async () => {
    const routes = (server: Server) => {
      const refusing = (path: string, refusal: Refusal) =>
        server.get(path, { config: { access: "public" }, schema: { response: refusals } }, async (_request, reply) =>
          sendRefusal(reply, refusal),
        );
      refusing("/declared", refuse("AMOUNT_TOO_LOW", { min: 2 }));
      refusing("/another", refuse("AMOUNT_TOO_LOW", { min: 2, max: 3 }));
      refusing("/left-out", refuse("AMOUNT_TOO_LOW"));
      refusing("/none", refuse("THING_NOT_FOUND"));
      refusing("/undeclared", refuse("THING_NOT_FOUND", { thing: 7 }));
    };
    await using api = await startServer({ routes });
    const status = async (path: string) => (await api.call(path)).status;
    const paths = ["/declared", "/another", "/left-out", "/none", "/undeclared"];
    assert.deepEqual(await Promise.all(paths.map(status)), [422, 500, 500, 404, 500]);
  });

  it("an answer against its schema is recorded and becomes a 500", async () => {
    const routes = (server: Server) => {
      const route = (path: string, send: unknown, status = 200) =>
        server.get(path, { config: { access: "public" }, schema: { response: one } }, async (_request, reply) =>
          reply.code(status as 200).send(send as never),
        );
      route("/good", { id: 1 });
      route("/extra", { id: 1, secret: "x" });
      route("/missing", {});
      route("/undeclared", { id: 1 }, 202);
      server.get("/refusal", { config: { access: "public" }, schema: { response: one } }, async (_request, reply) =>
        sendRefusal(reply, refuse("AMOUNT_TOO_LOW")),
      );
    };
    await using api = await startServer({ routes });
    const status = async (path: string) => (await api.call(path)).status;
    assert.deepEqual(
      await Promise.all(["/good", "/extra", "/missing", "/undeclared", "/refusal"].map(status)),
      [200, 500, 500, 500, 500],
    );
    const faults = api.server.responseFaults.map(({ route, status: code }) => `${route} ${code}`);
    assert.deepEqual(faults.sort(), ["GET /extra 200", "GET /missing 200", "GET /refusal 422", "GET /undeclared 202"]);
  });

  it("a route that leaves out who may call it, what it answers, or closed bodies stops the start", async () => {
    const start = (routes: (server: Server) => void) => startServer({ routes });
    await assert.rejects(
      start((s) => s.get("/x", { schema: { response: one } }, async () => ({ id: 1 }))),
      /who may call/,
    );
    await assert.rejects(
      start((s) => s.get("/x", { config: { access: "public" } }, async () => ({ id: 1 }))),
      /what it answers/,
    );
    const body = { type: "object", properties: {} } as never;
    await assert.rejects(
      start((s) =>
        s.post("/x", { config: { access: "public" }, schema: { body, response: one } }, async () => ({ id: 1 })),
      ),
      /Closed/,
    );
  });
});

describe("limits", () => {
  it("writes are counted per caller, and reads are not", async () => {
    await using api = await startServer(withRates({ writes: 3 }));
    const act = async (token: string) => api.call("/act", { method: "POST", token });
    for (let i = 0; i < 3; i += 1) assert.equal((await act(api.bob)).status, 200);
    const refused = await act(api.bob);
    assert.deepEqual([refused.status, refused.body.code], [429, "RATE_LIMITED"]);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 10);
    assert.equal((await act(await api.token({ sub: "ann" }))).status, 200);
    assert.equal((await api.call("/things/1", { token: api.bob })).status, 200);
    // Another token of the same person does not help.
    assert.equal((await act(await api.token({ sub: "bob", exp: 4_000_000_000 }))).status, 429);
    assert.deepEqual(api.server.responseFaults, []);
  });

  it("a burst is let in up to the limit, and not one further", async () => {
    await using api = await startServer(withRates({ writes: 10 }));
    const replies = await Promise.all(
      Array.from({ length: 25 }, () => api.call("/act", { method: "POST", token: api.bob })),
    );
    assert.equal(replies.filter(({ status }) => status === 200).length, 10);
    assert.equal(replies.filter(({ status }) => status === 429).length, 15);
  });

  it("a body that is refused is not counted as a write", async () => {
    await using api = await startServer(withRates({ writes: 1 }));
    for (let i = 0; i < 3; i += 1)
      assert.equal((await api.call("/things", { ...post("{"), token: api.bob })).status, 400);
    assert.equal((await api.call("/act", { method: "POST", token: api.bob })).status, 200);
  });

  it("nobody's requests are counted per address, invalid tokens and unknown routes too; callers are not", async () => {
    await using api = await startServer(withRates({ anonymous: 4 }));
    assert.equal((await api.call("/things")).status, 200);
    assert.equal((await api.call("/act", { method: "POST" })).status, 401);
    assert.equal((await api.call("/things", { token: "a.b.c" })).status, 401);
    assert.equal((await api.call("/nothing")).status, 404);
    for (const [path, init] of [["/things"], ["/nothing"], ["/things", { token: "a.b.c" }]] as const) {
      const reply = await api.call(path, init);
      assert.deepEqual([reply.status, reply.body.code], [429, "RATE_LIMITED"]);
    }
    assert.equal((await api.call("/things", { token: api.bob })).status, 200);
    assert.deepEqual(api.server.responseFaults, []);
  });

  it("this very machine is an address like any other, for a proxy on it speaks for all; health is always told", async () => {
    await using api = await startServer(withRates({ anonymous: 1 }));
    const statuses = async (path: string) => [await api.call(path), await api.call(path)].map(({ status }) => status);
    assert.deepEqual(await statuses("/things"), [200, 429]);
    assert.deepEqual(await statuses("/health/live"), [200, 200]);
    assert.deepEqual(await statuses("/health/ready"), [200, 200]);
  });
});

describe("what machines ask", () => {
  it("health tells whether it runs and whether it can serve", async () => {
    let ready: () => Promise<boolean> = async () => true;
    await using api = await startServer({ ready: () => ready() });
    assert.deepEqual((await api.call("/health/live")).body, { status: "live" });
    assert.deepEqual((await api.call("/health/ready")).body, { status: "ready" });
    for (const broken of [async () => false, () => Promise.reject(new Error("no database"))]) {
      ready = broken;
      const reply = await api.call("/health/ready");
      assert.deepEqual([reply.status, reply.body.code], [503, "OVERLOADED"]);
    }
  });

  it("metrics have a listener of their own, and name routes by pattern and unknown ones by one word", async () => {
    const metrics = new Registry();
    await using api = await startServer({ metrics });
    await using second = await startServer({ metrics, name: "rail" });
    await api.call("/things/7", { token: api.bob });
    await api.call("/nothing/7");
    await second.call("/things");
    assert.equal((await api.call("/metrics")).status, 404);
    const served = await serveMetrics(metrics, { host: "127.0.0.1", port: 0 });
    try {
      const reply = await fetch(`http://127.0.0.1:${served.port}/metrics`);
      assert.match(reply.headers.get("content-type") ?? "", /^text\/plain/);
      const text = await reply.text();
      assert.match(
        text,
        /parley_http_request_seconds_count\{listener="test",method="GET",route="\/things\/:id",status="200"\} 1/,
      );
      assert.match(text, /route="unknown",status="404"\} 2/);
      assert.match(text, /process_cpu_seconds_total/);
      assert.match(text, /listener="rail"/);
      assert.equal((await fetch(`http://127.0.0.1:${served.port}/`)).status, 404);
    } finally {
      await served.close();
    }
  });

  it("our public keys are there without their private part", async () => {
    await using api = await startServer();
    const { body } = await api.call("/.well-known/jwks.json");
    assert.equal(body.keys.length, 1);
    assert.deepEqual([body.keys[0].kid, body.keys[0].alg, body.keys[0].d], ["own", "ES256", undefined]);
  });
});

describe("documentation", () => {
  it("the document has named components, closed bodies, errors by status, and the bearer lock", async () => {
    await using api = await startServer();
    const { body } = await api.call("/openapi.json");
    assert.equal(body.openapi, "3.1.0");
    const named = Object.keys(body.components.schemas);
    assert.deepEqual(
      named.filter((name) => !name.endsWith("Error")),
      ["Thing"],
    );
    assert.ok(named.includes("AmountTooLowError"));
    assert.deepEqual(Object.keys(body.paths), ["/things", "/things/{id}", "/act", "/operator", "/platform"]);
    const create = body.paths["/things"].post;
    assert.deepEqual(create.security, [{ bearer: [] }]);
    assert.deepEqual(body.paths["/things"].get.security, [{}, { bearer: [] }]);
    assert.deepEqual(create.responses["201"].content["application/json"].schema, {
      $ref: "#/components/schemas/Thing",
    });
    const responseOf = (status: string) =>
      body.components.responses[create.responses[status].$ref.replace("#/components/responses/", "")];
    assert.deepEqual(responseOf("422").content["application/json"].schema.discriminator, {
      propertyName: "code",
      mapping: {
        IDEMPOTENCY_KEY_REUSED: "#/components/schemas/IdempotencyKeyReusedError",
        AMOUNT_TOO_LOW: "#/components/schemas/AmountTooLowError",
      },
    });
    assert.deepEqual(responseOf("503").headers, { "Retry-After": { $ref: "#/components/headers/RetryAfter" } });
    assert.deepEqual(create.parameters, [{ $ref: "#/components/parameters/IdempotencyKey" }]);
    assert.equal(create.requestBody.required, true);
    assert.equal(body.paths["/act"].post.requestBody.required, false);
  });

  it("every reference in it leads somewhere", async () => {
    await using api = await startServer();
    const { body, text } = await api.call("/openapi.json");
    const targets = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? "");
    assert.ok(targets.length > 5);
    for (const path of targets)
      assert.ok(
        path.split("/").reduce((at, step) => at?.[step], body),
        path,
      );
  });

  it("the page and its scripts come from us, and may talk to us only", async () => {
    await using api = await startServer();
    const page = await api.call("/docs");
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self'/);
    assert.doesNotMatch(policy, /http|\*/);
    assert.doesNotMatch(page.text, /https?:/);
    for (const [, source] of page.text.matchAll(/src="([^"]+)"/g)) {
      const script = await api.call(source ?? "");
      assert.deepEqual(
        [script.status, script.headers.get("content-type")?.includes("javascript")],
        [200, true],
        source,
      );
    }
    assert.match((await api.call("/docs/start.js")).text, /"telemetry":false,"withDefaultFonts":false/);
  });
});
