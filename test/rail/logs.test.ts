/** What a log never holds, at its most talkative: a process of its own, and every fault that there is. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { generateKey, type Jwk } from "../../src/jws/index.ts";
import { openIssuer } from "../../src/keys/index.ts";
import { auditRail } from "../../src/rail/index.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";
import { environmentOf } from "../support/environment.ts";
import { eventually, freshCode, ibanOf, phone, type SignedOptions, signCall } from "../support/rail.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const ORDERS = "/p2p/orders";

type Server = { readonly exchange: string; readonly rail: string; readonly log: () => string };

let database: TestDatabase;
let dataDir: string;
let child: ChildProcess;
let server: Server;
/** Whatever was sent that nobody may find in a log. */
const secrets = new Set<string>();

const start = async (): Promise<Server> => {
  let printed = "";
  child = spawn(process.execPath, [MAIN], {
    env: environmentOf({
      DATABASE_URL: database.servingUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
      DATA_DIR: dataDir,
      PORT: "0",
      RAIL_PORT: "0",
      DEMO: "0",
      LOG_LEVEL: "trace",
    }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      printed += chunk.toString("utf8");
    });
  const [exchange, rail] = await eventually(async () => {
    const found = /serves at (\S+)[\s\S]*between banks at (\S+)/.exec(printed);
    return found === null ? undefined : ([found[1] ?? "", found[2] ?? ""] as const);
  }, "the server serves");
  return { exchange, rail, log: () => printed };
};

before(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "parley-test-logs-"));
  server = await start();
});

after(async () => {
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  const { findings } = await auditRail(database.superuserUrl);
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
  assert.deepEqual(findings, [], "the audit found something");
});

type Bank = { readonly guid: string; readonly code: string; readonly profile: "strong" | "compat"; readonly key: Jwk };

const operate = async (path: string, body: object): Promise<{ readonly guid: string }> => {
  const issuer = await openIssuer(dataDir);
  const token = await issuer.signToken({ sub: "olena", roles: ["rail_operator"], ttlSeconds: 60 });
  secrets.add(token);
  const reply = await fetch(`${server.exchange}/api/v1/operator/participants${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(reply.status, 201);
  return (await reply.json()) as { guid: string };
};

const register = async (profile: Bank["profile"], callbackUrl: string | null): Promise<Bank> => {
  const code = freshCode();
  const terms = { name: "Bank", mode: "sandbox", profile, bank_codes: [code], callback_url: callbackUrl };
  const { guid } = await operate("", terms);
  const { privateJwk, publicJwk } = await generateKey("ES256", randomUUID());
  await operate(`/${guid}/keys`, publicJwk);
  return { guid, code, profile, key: privateJwk };
};

/** Signs and sends, and remembers what was secret about it. @returns the status */
const call = async (bank: Bank, method: string, path: string, payload?: object, options: SignedOptions = {}) => {
  const signed = await signCall(bank, server.rail, { method, path, payload }, options);
  const tokens = [...Object.values(signed.headers), String(signed.body ?? "")].filter((text) => text.includes("."));
  for (const token of tokens) {
    secrets.add(token);
    for (const segment of token.split(".")) if (segment.length > 40) secrets.add(segment);
  }
  const reply = await fetch(`${server.rail}${signed.path}`, {
    method,
    headers: signed.headers,
    ...(signed.body === undefined ? {} : { body: String(signed.body) }),
  });
  await reply.arrayBuffer();
  return reply.status;
};

const secret = (text: string): string => {
  secrets.add(text);
  // As a URL has it, and as JSON in JSON does not change it: the digits alone.
  secrets.add(text.slice(1));
  return text;
};

const byPhone = (bank: Bank, terms: object = {}) => ({
  creditor: { phone: secret(phone()) },
  debtor: { account: secret(ibanOf(bank.code)) },
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Replenishment of own account",
  type: "phone",
  ...terms,
});

const assertSilent = (what: string) => {
  const log = server.log();
  for (const text of secrets) {
    const place = log.indexOf(text);
    assert.equal(place, -1, `${what}: ${log.slice(Math.max(0, place - 300), place + 100)}`);
  }
};

describe("a log at level trace", () => {
  it("holds no phone, no account and no token, whatever is done and whatever goes wrong", async () => {
    const [strong, compat] = [await register("strong", null), await register("compat", "http://127.0.0.1:9/nobody")];
    const number = secret(phone());
    const account = secret(ibanOf(compat.code));
    const consent = { method: "otp", at: new Date().toISOString(), reference: secret(randomUUID()) };
    assert.equal(await call(compat, "PUT", "/p2p/alias", { phone: number, account, linked: true, consent }), 200);
    const query = `phone=${encodeURIComponent(number)}&account=${account}`;
    assert.equal(await call(compat, "GET", `/p2p/alias?${query}`), 200);
    // Found, pending with a bank that cannot be reached, and by link.
    assert.equal(await call(strong, "POST", ORDERS, byPhone(strong, { creditor: { phone: number } })), 201);
    assert.equal(await call(strong, "POST", ORDERS, byPhone(strong)), 201);
    const { debtor, ...rest } = byPhone(strong);
    assert.equal(await call(strong, "POST", ORDERS, { ...rest, type: "link", creditor: debtor }), 201);
    // Refused, in every way that looks at what is in a request.
    for (const terms of [
      { purpose: "" },
      { amount: "7" },
      { creditor: { phone: secret("+48501234567") } },
      { debtor: { account } },
      { external_id: "a b" },
      { expires_at: "yesterday" },
    ])
      assert.equal(await call(strong, "POST", ORDERS, byPhone(strong, terms)), 400);
    assert.equal(await call(strong, "GET", `/p2p/limits?account=${account}`), 400);
    assert.equal(await call(strong, "GET", `/p2p/alias?${query}`), 400);
    assert.equal(await call(strong, "GET", `${ORDERS}/${encodeURIComponent(number)}`), 400);
    assert.equal(await call(strong, "GET", `/p2p/nothing?${query}`), 404);
    // Not authorised.
    const unsound = `{"jti":"1","jti":"2","creditor":{"phone":"${number}"}}`;
    for (const options of [
      { header: "a.b.c" },
      { headerClaims: { aud: "x", phone: number } },
      { headerClaims: { bh: account } },
      { header: false, payloadText: unsound },
      { signer: { ...compat.key, kid: strong.key.kid } },
      { header: number },
    ])
      assert.equal(await call(strong, "POST", ORDERS, byPhone(strong), options), 401);
    assert.equal(await call(strong, "POST", ORDERS, {}, { payloadText: unsound }), 400);
    const raw = JSON.stringify(byPhone(strong));
    assert.equal(await call(strong, "POST", ORDERS, {}, { raw, contentType: "application/json" }), 400);
    await eventually(async () => server.log().includes("not authorised"), "the log says why");
    assertSilent("after refusals");
  });

  it("says of each request what came of it, in a line, and of those who were turned away why", async () => {
    const issuer = await openIssuer(dataDir);
    const tokenOf = (sub: string, ttlSeconds = 60) => issuer.signToken({ sub, ttlSeconds });
    const [vera, boris, late] = await Promise.all([tokenOf("vera"), tokenOf("boris"), tokenOf("vera", -60)]);
    const forged = `${vera.slice(0, -8)}AAAAAAAA`;
    for (const token of [vera, boris, late, forged]) secrets.add(token);
    const from = server.log().length;
    const get = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const reply = await fetch(`${server.exchange}${path}`, { headers });
      await reply.arrayBuffer();
      return reply.status;
    };
    const wallet = "/api/v1/wallet";
    const statuses = [await get(wallet, vera), await get(wallet, boris), await get(`${wallet}?hidden=1`, vera)];
    statuses.push(await get(wallet), await get(wallet, late), await get(wallet, forged), await get(wallet, "a.b.c"));
    statuses.push(await get("/api/v1/operator/disputes", vera), await get("/nothing/hidden"));
    const bank = await register("strong", null);
    assert.equal(await call(bank, "GET", `${ORDERS}/${randomUUID()}`), 404);
    assert.equal(await call(bank, "GET", `${ORDERS}/${randomUUID()}`, undefined, { header: "a.b.c" }), 401);
    const lines = await eventually(async () => {
      const found = server
        .log()
        .slice(from)
        .split("\n")
        .filter((line) => line.includes('"msg":"request"') && line.endsWith("}"))
        .map((line) => JSON.parse(line));
      // What was written together comes late: lines of what was asked before may be among them.
      const own = found.slice(found.findIndex(({ route }) => route === wallet));
      return own.length >= statuses.length + 4 && own;
    }, "a line for each");
    const told = lines.slice(0, statuses.length);
    assert.deepEqual(
      told.map(({ status }) => status),
      statuses,
    );
    assert.deepEqual(
      told.map(({ listener, method, route }) => `${listener} ${method} ${route}`),
      [
        ...Array(7).fill("exchange GET /api/v1/wallet"),
        "exchange GET /api/v1/operator/disputes",
        "exchange any unknown",
      ],
    );
    const [first, second, third] = told.map(({ user }) => user);
    assert.match(first, /^[\w-]{12}$/);
    assert.ok(first === third && first !== second);
    assert.deepEqual(
      told.map(({ reason }) => reason ?? null),
      [
        null,
        null,
        null,
        "there is no token, and no session",
        "the token is over",
        "the signature is wrong",
        "the token is malformed",
        "the caller is no operator",
        null,
      ],
    );
    const [known, unknown] = lines.filter(({ listener }) => listener === "rail");
    assert.ok(known.status === 404 && known.user !== undefined && known.reason === undefined);
    assert.ok(unknown.status === 401 && unknown.user === undefined && unknown.reason !== undefined);
    for (const { ms, request } of lines) assert.ok(ms >= 0 && /^[0-9a-f]{8}-[0-9a-z]+$/.test(request));
    assert.ok(!server.log().slice(from).includes("hidden"));
    assertSilent("of requests");
  });

  it("holds none of them when the database fails, which likes to show whole rows", async () => {
    const bank = await register("strong", null);
    for (const [table, constraint] of [
      ["orders", "purpose <> 'break'"],
      ["payers", "units < 0"],
      ["pay_requests", "status = 'x'"],
    ]) {
      await query(database.ownerUrl, `alter table rail.${table} add constraint broken check (${constraint}) not valid`);
      const before = server.log().length;
      assert.equal(await call(bank, "POST", ORDERS, byPhone(bank, { purpose: "break" })), 500);
      await eventually(async () => server.log().slice(before).includes("request failed"), "the log says so");
      await query(database.ownerUrl, `alter table rail.${table} drop constraint broken`);
      assertSilent(table ?? "");
    }
    assert.equal(await call(bank, "POST", ORDERS, byPhone(bank)), 201);
  });
});
