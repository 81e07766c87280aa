/** The web app beside the API: who gets its page, in which form its files go out, and what nobody gets. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { readStaticFiles } from "../../src/http/index.ts";
import { type Json, sendHttp } from "../support/http.ts";
import { startServer, type TestServer } from "./support.ts";

const PAGE = "<!doctype html><title>Parley</title><script type=module src=/assets/app-1a2b.js></script>";
const SCRIPT = `console.log(${JSON.stringify("a".repeat(2_000))});`;
const NAVIGATION = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

describe("a listener with a web app", () => {
  let directory: string;
  let server: TestServer;
  const agent = new Agent({ keepAlive: true });

  const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
    sendHttp(agent, `${server.url}${path}`, { method, headers });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "parley-web-app-"));
    await mkdir(join(directory, "assets"));
    await mkdir(join(directory, ".vite"));
    const write = (path: string, content: string | Buffer) => writeFile(join(directory, path), content);
    await write("index.html", PAGE);
    await write("favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    await write(".stamp", "secret of the build");
    await write(".vite/manifest.json", "{}");
    await write("assets/app-1a2b.js", SCRIPT);
    await write("assets/app-1a2b.js.br", brotliCompressSync(SCRIPT));
    await write("assets/app-1a2b.js.gz", gzipSync(SCRIPT));
    await write("assets/onest-3c4d.woff2", Buffer.from("wOF2"));
    server = await startServer({ webApp: await readStaticFiles(directory) });
  });

  after(async () => {
    agent.destroy();
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  test("whoever navigates gets the page, at every address that is no API's", async () => {
    for (const path of ["/", "/market?side=buy", "/orders/42", "/orders/42/chat", "/me", "/me/security", "/nowhere"]) {
      const reply = await get(path, NAVIGATION);
      assert.equal(reply.status, 200, path);
      assert.equal(reply.text, PAGE, path);
      assert.equal(reply.headers["content-type"], "text/html; charset=utf-8", path);
    }
    assert.equal((await get("/")).text, PAGE, "the front door is open to everybody");
  });

  test("the page runs our own files alone, is framed by nobody, and is asked about before it is used again", async () => {
    const { headers } = await get("/market", NAVIGATION);
    const policy = String(headers["content-security-policy"]);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.split("; ").includes(rule), rule);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cache-control"], "no-cache");
    assert.match(String(headers.vary), /Accept/);
    const again = await get("/orders/1", { ...NAVIGATION, "if-none-match": String(headers.etag) });
    assert.equal(again.status, 304);
    assert.equal(again.text, "");
  });

  test("what no browser navigates to keeps the API's answers", async () => {
    const isNotFound = (reply: Json, what: string) => {
      assert.equal(reply.status, 404, what);
      assert.equal(reply.body?.code, "NOT_FOUND", what);
    };
    for (const path of ["/api/v1/nothing", "/api", "/docs/nothing", "/health/nothing", "/.well-known/nothing"])
      isNotFound(await get(path, NAVIGATION), path);
    isNotFound(await get("/orders/42", { accept: "application/json" }), "a script at a page's address");
    isNotFound(await get("/orders/42", { accept: "*/*" }), "a command line at a page's address");
    isNotFound(await get("/orders/42"), "whoever says nothing");
    isNotFound(await get("/orders/42", NAVIGATION, "POST"), "a write");
    const wrongMethod = await get("/things", NAVIGATION, "PUT");
    assert.equal(wrongMethod.status, 405);
    assert.equal(wrongMethod.headers.allow, "GET, HEAD, POST");
    assert.equal((await get("/things?kind=a", NAVIGATION)).body.kind, "a", "a route is the API's, whoever navigates");
    const docs = await get("/docs", NAVIGATION);
    assert.match(docs.text, /reference\/js\/scalar\.js/);
  });

  test("a file whose name holds its hash is kept for a year, packed as the client takes it", async () => {
    const plain = await get("/assets/app-1a2b.js");
    assert.equal(plain.text, SCRIPT);
    assert.equal(plain.headers["content-type"], "text/javascript; charset=utf-8");
    assert.equal(plain.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.match(String(plain.headers.vary), /Accept-Encoding/);
    const br = await get("/assets/app-1a2b.js", { "accept-encoding": "gzip, deflate, br" });
    assert.equal(br.headers["content-encoding"], "br");
    assert.equal(brotliDecompressSync(br.bytes).toString(), SCRIPT);
    const gzip = await get("/assets/app-1a2b.js", { "accept-encoding": "gzip, br;q=0" });
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(gzip.bytes).toString(), SCRIPT);
    assert.equal((await get("/assets/onest-3c4d.woff2")).headers["content-type"], "font/woff2");
    const icon = await get("/favicon.svg");
    assert.equal(icon.headers["content-type"], "image/svg+xml");
    assert.equal(icon.headers["cache-control"], "no-cache");
  });

  test("HEAD has the head of GET and no body", async () => {
    for (const path of ["/", "/orders/42", "/assets/app-1a2b.js"]) {
      const [head, whole] = [await get(path, NAVIGATION, "HEAD"), await get(path, NAVIGATION)];
      assert.equal(head.status, 200, path);
      assert.equal(head.bytes.length, 0, path);
      for (const name of ["content-type", "content-length", "etag", "cache-control", "content-security-policy"])
        assert.equal(head.headers[name], whole.headers[name], `${name} of ${path}`);
    }
  });

  test("nothing is read by its path: neither what lies above, nor what the build keeps to itself", async () => {
    for (const path of [
      "/assets/../index.html",
      "/assets/../../../../etc/passwd",
      "/assets/%2e%2e/%2e%2e/etc/passwd",
      "/assets/..%2findex.html",
      "/assets/app-1a2b.js%00.html",
      "/assets/app-1a2b.js.br",
      "/assets/",
      "/assets//etc/passwd",
      "//etc/passwd",
      "/.stamp",
      "/.vite/manifest.json",
    ]) {
      // By hand, for a client of ours would tidy the path up.
      const answer = await server.raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 404 /, path);
      assert.doesNotMatch(answer, /root:|secret of the build/, path);
    }
  });

  test("pages count as calls of their address: a flood of them is refused", async () => {
    const limited = await startServer({
      webApp: await readStaticFiles(directory),
      bounds: { rates: { writes: 5, reads: 5, anonymous: 5 } },
    });
    try {
      const statuses: number[] = [];
      for (let call = 0; call < 7; call++)
        statuses.push((await sendHttp(agent, `${limited.url}/market`, { method: "GET", headers: NAVIGATION })).status);
      assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
    } finally {
      await limited[Symbol.asyncDispose]();
    }
  });

  test("a directory without a build is no app, and one with unknown files is refused at the start", async () => {
    assert.equal(await readStaticFiles(join(directory, "not-there")), null);
    assert.equal(await readStaticFiles(join(directory, "assets")), null);
    await writeFile(join(directory, "run.sh"), "");
    await assert.rejects(readStaticFiles(directory), /has \/run\.sh, and nothing is known of such files/);
    await rm(join(directory, "run.sh"));
  });
});
