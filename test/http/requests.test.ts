import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { post, startServer, type TestServer } from "./support.ts";

/** Answers of the shape that every error has. */
const assertError = (reply: { status: number; body: unknown }, status: number, code: string): void => {
  assert.deepEqual({ status: reply.status, code: (reply.body as { code?: string })?.code }, { status, code });
};

describe("requests", () => {
  let api: TestServer;
  before(async () => {
    api = await startServer();
  });
  after(async () => {
    assert.deepEqual(api.server.responseFaults, []);
    await api.server.close();
  });
  const send = (body: unknown, path = "/things") => api.call(path, { ...post(body), token: api.bob });
  const issues = async (body: unknown) => (await send(body)).body.details?.issues;

  it("a valid body is taken and answered", async () => {
    const reply = await send({ label: "ok", amount: "one" });
    assert.equal(reply.status, 201);
    assert.deepEqual(reply.body, { id: 1, label: "ok" });
    assert.match(reply.headers.get("content-type") ?? "", /^application\/json; charset=utf-8$/);
  });

  it("a refusal of the rules has its status, message and details", async () => {
    const reply = await send({ label: "low", amount: "one" });
    assert.equal(reply.status, 422);
    assert.deepEqual(reply.body, { code: "AMOUNT_TOO_LOW", message: "The amount is too low", details: { min: 2 } });
  });

  it("all faults of a body are listed, each with a pointer", async () => {
    assert.deepEqual(await issues({ label: "", amuont: 1 }), [
      { in: "body", pointer: "/amount", message: "is required" },
      { in: "body", pointer: "/amuont", message: "is not a known member" },
      { in: "body", pointer: "/label", message: "must NOT have fewer than 1 characters" },
    ]);
  });

  it("nothing in a body is converted", async () => {
    assert.deepEqual(await issues({ label: 5, amount: "one" }), [
      { in: "body", pointer: "/label", message: "must be string" },
    ]);
    assert.deepEqual(await issues({ label: null, amount: ["one"] }), [
      { in: "body", pointer: "/label", message: "must be string" },
      { in: "body", pointer: "/amount", message: "must be string" },
      { in: "body", pointer: "/amount", message: 'must be one of ["one","two"]' },
    ]);
  });

  it("lengths count code points", async () => {
    assert.equal((await send({ label: "🦜".repeat(8), amount: "one" })).status, 201);
    assert.equal((await send({ label: "🦜".repeat(9), amount: "one" })).status, 400);
  });

  it("U+0000 and lone surrogates are refused wherever they are", async () => {
    const wrong = "holds a character that is not allowed";
    assert.deepEqual(await issues('{"label":"a\\u0000","amount":"one"}'), [
      { in: "body", pointer: "/label", message: wrong },
    ]);
    assert.deepEqual(await issues('{"label":"\\ud83e","amount":"one"}'), [
      { in: "body", pointer: "/label", message: wrong },
    ]);
    assertError(await send('{"\\ud83e":1}'), 400, "VALIDATION_ERROR");
    assertError(await send('{"x":[["\\u0000"]]}'), 400, "VALIDATION_ERROR");
    assertError(await api.call("/things?kind=%00"), 400, "VALIDATION_ERROR");
  });

  it("what is not a JSON object is refused", async () => {
    for (const body of ["{", "[]", "null", "1", '"x"', "{}x", "nul", " ", "\ufeff{}", '{"a":NaN}', "'", "{'a':1}"])
      assertError(await send(body), 400, "VALIDATION_ERROR");
  });

  it("__proto__, deep nesting and huge numbers are refused", async () => {
    assertError(await send('{"__proto__":{"label":"x"},"amount":"one"}'), 400, "VALIDATION_ERROR");
    assertError(await send('{"label":{"__proto__":1},"amount":"one"}'), 400, "VALIDATION_ERROR");
    assertError(await send(`{"label":${"[".repeat(20_000)}${"]".repeat(20_000)}}`), 400, "VALIDATION_ERROR");
    assertError(await send(`{"label":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`), 400, "VALIDATION_ERROR");
    assertError(await send('{"label":1e999,"amount":"one"}'), 400, "VALIDATION_ERROR");
    assertError(await send(`{"label":${"9".repeat(5_000)},"amount":"one"}`), 400, "VALIDATION_ERROR");
  });

  it("thousands of faults are answered with a few", async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`x${i}`, 1]));
    assert.equal((await issues(many)).length, 20);
    const [issue] = await issues({ ["é/~".repeat(5_000)]: 1, label: "x", amount: "one" });
    assert.ok(issue.pointer.startsWith("/é~1~0") && issue.pointer.length <= 200);
  });

  it("invalid UTF-8 is refused", async () => {
    assertError(await send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 400, "VALIDATION_ERROR");
  });

  it("an absent or empty body is an empty object", async () => {
    const token = api.bob;
    assert.equal((await api.call("/act", { method: "POST", token })).status, 200);
    assert.equal((await api.call("/act", { ...post(""), token })).status, 200);
    assert.equal((await api.call("/act", { ...post("{}"), token })).status, 200);
    assert.equal((await api.call("/act", { method: "DELETE", token })).status, 204);
    assertError(await api.call("/act", { ...post({ a: 1 }), token }), 400, "VALIDATION_ERROR");
    assertError(await api.call("/things", { method: "POST", token }), 400, "VALIDATION_ERROR");
  });

  it("a body above the limit is PAYLOAD_TOO_LARGE, and the answer arrives", async () => {
    assertError(await send({ label: "x".repeat(2 * 1_024 * 1_024) }), 413, "PAYLOAD_TOO_LARGE");
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 200; i += 1) controller.enqueue(new Uint8Array(1_024).fill(32));
        controller.close();
      },
    });
    const chunked = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: stream,
      duplex: "half",
      token: api.bob,
    };
    assertError(await api.call("/things", chunked as RequestInit), 413, "PAYLOAD_TOO_LARGE");
  });

  it("other content types are UNSUPPORTED_MEDIA_TYPE", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/xml",
      "nonsense",
      "application/jsonx",
    ])
      assertError(
        await api.call("/things", { ...post("{}"), headers: { "content-type": type }, token: api.bob }),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
      );
    const bare = await api.raw(
      `POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.bob}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    );
    assert.match(bare, /^HTTP\/1.1 415 [\s\S]*"UNSUPPORTED_MEDIA_TYPE"/);
  });

  it("a query takes defaults and plain decimal digits only", async () => {
    assert.deepEqual((await api.call("/things?limit=7&kind=b")).body, { limit: 7, kind: "b", caller: null });
    assert.deepEqual((await api.call("/things")).body, { limit: 20, kind: "a", caller: null });
    for (const limit of [
      "1e1",
      "0x10",
      "%205",
      "5%20",
      "1.0",
      "",
      "007",
      "+5",
      "101",
      "0",
      "-1",
      "99999999999999999999",
      "ten",
      "٥",
    ])
      assertError(await api.call(`/things?limit=${limit}`), 400, "VALIDATION_ERROR");
    assert.deepEqual((await api.call("/things?limit=x")).body.details.issues, [
      { in: "query", pointer: "/limit", message: "must be integer" },
    ]);
  });

  it("unknown and repeated parameters are refused by name", async () => {
    assert.deepEqual((await api.call("/things?limt=5")).body.details.issues, [
      { in: "query", pointer: "/limt", message: "is not a known member" },
    ]);
    assert.deepEqual((await api.call("/things?limit=5&limit=6")).body.details.issues, [
      { in: "query", pointer: "/limit", message: "is given more than once" },
    ]);
    assertError(await api.call("/things?__proto__=1&constructor=2"), 400, "VALIDATION_ERROR");
  });

  it("path parameters are checked like queries", async () => {
    assert.deepEqual((await api.call("/things/5", { token: api.bob })).body, { id: 5, label: null });
    assertError(await api.call("/things/404", { token: api.bob }), 404, "THING_NOT_FOUND");
    for (const id of ["abc", "0", "-1", "1e3", "05", "9007199254740993", "%20", "%00"])
      assertError(await api.call(`/things/${id}`, { token: api.bob }), 400, "VALIDATION_ERROR");
    assert.deepEqual((await api.call("/things/x", { token: api.bob })).body.details.issues, [
      { in: "path", pointer: "/id", message: "must be integer" },
    ]);
  });

  it("broken percent-encoding and over-long paths are answered in our form", async () => {
    assertError(await api.call("/things/%zz", { token: api.bob }), 400, "VALIDATION_ERROR");
    assertError(await api.call("/things/%ff", { token: api.bob }), 400, "VALIDATION_ERROR");
    assertError(await api.call("/things?kind=%zz"), 400, "VALIDATION_ERROR");
    assertError(await api.call("/things?kind=%ff"), 400, "VALIDATION_ERROR");
    assertError(await api.call(`/things/${"1".repeat(300)}`, { token: api.bob }), 404, "NOT_FOUND");
    assertError(await api.call(`/${"x".repeat(5_000)}`), 404, "NOT_FOUND");
    assertError(await api.call(`/things?kind=${"x".repeat(10_000)}`), 400, "VALIDATION_ERROR");
  });

  it("unknown routes are NOT_FOUND, whatever else is wrong; a known path says which methods it takes", async () => {
    assertError(await api.call("/nothing"), 404, "NOT_FOUND");
    assertError(await api.call("/nothing", { ...post("{"), token: "x.y.z" }), 404, "NOT_FOUND");
    for (const method of ["PATCH", "PUT", "DELETE", "OPTIONS", "QUERY", "PROPFIND"]) {
      const reply = await api.call("/things", { method });
      assertError(reply, 405, "METHOD_NOT_ALLOWED");
      assert.equal(reply.headers.get("allow"), "GET, HEAD, POST");
      assertError(await api.call("/nothing", { method }), 404, "NOT_FOUND");
    }
    const one = await api.call("/things/7", { ...post("{"), token: "x.y.z" });
    assertError(one, 405, "METHOD_NOT_ALLOWED");
    assert.equal(one.headers.get("allow"), "GET, HEAD");
    assertError(
      await api.call("/nothing", { ...post("x"), headers: { "content-type": "text/plain" } }),
      404,
      "NOT_FOUND",
    );
  });

  it("an idempotency key is visible ASCII, and the fingerprint is of what was asked", async () => {
    const act = (key: string, body = "", path = "/act") =>
      api.call(path, {
        ...post(body),
        token: api.bob,
        headers: { "content-type": "application/json", "idempotency-key": key },
      });
    for (const key of ["", "a b", "x".repeat(129), "é", "a\tb"]) {
      const reply = await act(key);
      assertError(reply, 400, "VALIDATION_ERROR");
      assert.equal(reply.body.details.issues[0].pointer, "/Idempotency-Key");
    }
    const first = (await act("x".repeat(128))).body;
    assert.equal(first.key, "x".repeat(128));
    assert.equal((await act("k", " { } ")).body.fingerprint, first.fingerprint);
    assert.equal((await act("k", "{}", "/act?x=1")).body.fingerprint, first.fingerprint);
  });

  it("a replayed answer says so", async () => {
    assert.equal((await send({ label: "again", amount: "one" })).headers.get("idempotent-replay"), "true");
    assert.equal((await send({ label: "once", amount: "one" })).headers.get("idempotent-replay"), null);
  });

  it("no body, path or header is answered with a 500", async () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const anything = fc.anything({
      withNullPrototype: false,
      key: fc.oneof(text, fc.constantFrom("label", "amount", "__proto__", "constructor")),
    });
    const body = fc.oneof(
      anything.map((value) => JSON.stringify(value) ?? ""),
      fc.record({ label: anything, amount: anything }).map((value) => JSON.stringify(value)),
      text,
    );
    const line = fc.string({ unit: fc.constantFrom(..."!\"#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~"), maxLength: 60 });
    const ask = fc.asyncProperty(body, line, line, async (content, path, header) => {
      const bytes = Buffer.from(content);
      const head = `POST /things?${path} HTTP/1.1\r\nHost: ${header}\r\nIdempotency-Key: ${header}\r\nAuthorization: Bearer ${api.bob}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n`;
      assert.match(await api.raw(Buffer.concat([Buffer.from(head), bytes])), /^HTTP\/1\.1 (201|400|422) /);
      assert.match(
        await api.raw(`GET /things${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 (200|400|401|404) /,
      );
      assert.match(
        await api.raw(`GET /things/1 HTTP/1.1\r\nHost: x\r\nAuthorization: ${header}\r\nConnection: close\r\n\r\n`),
        /^HTTP\/1\.1 401 /,
      );
    });
    await fc.assert(ask, { numRuns: 150 });
  });

  it("the body is judged before the key, and the token before both", async () => {
    const init = { ...post({ a: 1 }), headers: { "content-type": "application/json", "idempotency-key": "a b" } };
    assertError(await api.call("/act", init), 401, "UNAUTHORIZED");
    assert.equal((await api.call("/act", { ...init, token: api.bob })).body.details.issues[0].in, "body");
    assertError(await api.call("/operator", { ...init, token: api.bob }), 403, "FORBIDDEN");
  });

  it("security headers are on every answer, and nothing names the software", async () => {
    for (const path of ["/things", "/nothing", "/health/live"]) {
      const { headers } = await api.call(path);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
      assert.equal(headers.get("x-powered-by"), null);
      assert.equal(headers.get("server"), null);
    }
  });
});
