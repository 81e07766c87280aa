/** The web app in frames of other sites: who may frame it, what the page says of that, and what stays shut. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { readStaticFiles, type StaticFiles } from "../../src/http/index.ts";
import { sendHttp } from "../support/http.ts";
import { startServer, type TestServer } from "./support.ts";

const PAGE = "<!doctype html><html><head><title>Parley</title></head><body></body></html>";
const ORIGINS = ["https://app.example", "http://localhost:3000"];
const NAVIGATION = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("the app below /embed", () => {
  let directory: string;
  let webApp: StaticFiles | null;
  let server: TestServer;
  const agent = new Agent({ keepAlive: true });
  const get = (path: string, headers: Readonly<Record<string, string>> = NAVIGATION, at: TestServer = server) =>
    sendHttp(agent, `${at.url}${path}`, { method: "GET", headers });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "parley-embed-"));
    await mkdir(join(directory, "assets"));
    await writeFile(join(directory, "index.html"), PAGE);
    await writeFile(join(directory, "embed.js"), "window.Parley={};");
    webApp = await readStaticFiles(directory);
    server = await startServer({ webApp, embedOrigins: ORIGINS });
  });

  after(async () => {
    agent.destroy();
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  const policyAt = async (path: string) => String((await get(path)).headers["content-security-policy"]).split("; ");

  test("may be framed by the sites that the operator names, and by no other; every other page by nobody", async () => {
    for (const path of ["/embed", "/embed/orders/42", "/embed/market?side=buy"])
      assert.ok((await policyAt(path)).includes(`frame-ancestors ${ORIGINS.join(" ")}`), path);
    for (const path of ["/", "/market", "/embedded", "/embed-x", "/orders/embed"])
      assert.ok((await policyAt(path)).includes("frame-ancestors 'none'"), path);
    const [embedded, own] = [await policyAt("/embed"), await policyAt("/market")];
    const others = (policy: readonly string[]) => policy.filter((rule) => !rule.startsWith("frame-ancestors"));
    assert.deepEqual(others(embedded), others(own), "nothing else is looser");
    assert.equal((await get("/embed")).headers["x-frame-options"], undefined);
  });

  test("is the same page, which knows whom it may hear", async () => {
    const { text } = await get("/embed");
    const meta = `<meta name="parley-embed-origins" content="${ORIGINS.join(" ")}">`;
    assert.equal(text, PAGE.replace("<head>", `<head>${meta}`));
    const packed = await get("/embed", { ...NAVIGATION, "accept-encoding": "br" });
    assert.equal(brotliDecompressSync(packed.bytes).toString(), text);
    assert.notEqual(packed.headers.etag, (await get("/market")).headers.etag);
    assert.doesNotMatch((await get("/market")).text, /parley-embed-origins/);
  });

  test("sets no cookie, and asks for none", async () => {
    for (const path of ["/embed", "/embed.js"]) {
      const { headers } = await get(path, { ...NAVIGATION, cookie: "parley=somebody" });
      assert.equal(headers["set-cookie"], undefined, path);
    }
  });

  test("is not there where nobody may frame it", async () => {
    const alone = await startServer({ webApp });
    try {
      for (const path of ["/embed", "/embed/orders/42"]) assert.equal((await get(path, NAVIGATION, alone)).status, 404);
      assert.equal((await get("/market", NAVIGATION, alone)).status, 200);
    } finally {
      await alone[Symbol.asyncDispose]();
    }
  });

  test("is begun by a script that pages of every kind may load", async () => {
    const { status, headers } = await get("/embed.js");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
    assert.equal(headers["cross-origin-resource-policy"], "cross-origin");
    assert.equal(headers["cache-control"], "no-cache");
  });
});
