/** Whether anybody gets hold of the demo's made-up money where others can come in. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { claimPurpose } from "../../src/database/index.ts";
import { createTestDatabase } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { type Json, type Market, startMarket } from "../support/market.ts";
import { refusedStart, startProgram } from "../support/program.ts";
import { someone } from "../support/trades.ts";

const AUTH = {
  AUTH_JWKS_URL: "https://host.example/jwks.json",
  AUTH_ISSUER: "https://host.example",
  AUTH_AUDIENCE: "parley",
};

/** No process of that database is left behind by a start that was refused. */
const databaseIsStopped = (dataDir: string): Promise<unknown> =>
  eventually(
    async () =>
      readFile(join(dataDir, "postgres", "data", "postmaster.pid")).then(
        () => false,
        () => true,
      ),
    "the end of the database",
  );

describe("a start is refused, with a sentence", () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-demo-money-"));
  });
  after(() => rm(dataDir, { recursive: true, force: true }));

  const assertRefused = async (env: Readonly<Record<string, string>>, sentence: RegExp) => {
    const { code, said } = await refusedStart({ DATA_DIR: dataDir, ...env });
    assert.equal(code, 1, said);
    assert.match(said, sentence);
    assert.doesNotMatch(said, /\n {4}at /);
    await databaseIsStopped(dataDir);
  };

  test("the demo is asked for beside a host's tokens, under a public name, on a given database", async () => {
    await assertRefused({ DEMO: "1", ...AUTH }, /DEMO is 1, and AUTH_JWKS_URL is set.*allowed is DEMO=0/);
    await assertRefused({ DEMO: "1", PUBLIC_URL: "https://p2p.example" }, /DEMO is 1, and PUBLIC_URL is not/);
    const DATABASE_URL = "postgres://parley@127.0.0.1:1/parley";
    await assertRefused({ DEMO: "1", DATABASE_URL }, /DEMO is 1, and DATABASE_URL is set/);
  });

  test("F91: a database that once held the demo is opened to the public, by any of the ways, or without the demo", async () => {
    const demo = await startProgram({ DATA_DIR: dataDir });
    assert.match(demo.printed(), /This is a demo market with made-up people and money/);
    assert.equal(await demo.end("SIGTERM"), 0, demo.printed());
    const remembered = /DEMO is 0, and this database holds the demo's made-up people and money/;
    await assertRefused(AUTH, remembered);
    await assertRefused({ PUBLIC_URL: "https://p2p.example" }, remembered);
    await assertRefused({ DEMO: "0" }, remembered);
    const again = await startProgram({ DATA_DIR: dataDir });
    assert.equal(await again.end("SIGTERM"), 0, "the demo itself goes on");
  });
});

test("a database of real money is never filled with the demo's, whoever forgets a setting", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-real-money-"));
  try {
    const real = await startProgram({ DATA_DIR: dataDir, PUBLIC_URL: "https://p2p.example" });
    assert.equal(await real.end("SIGTERM"), 0, real.printed());
    const { code, said } = await refusedStart({ DATA_DIR: dataDir });
    assert.equal(code, 1, said);
    assert.match(said, /DEMO is 1, and this database is for real money; allowed is DEMO=0/);
    await databaseIsStopped(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

test("of nodes that start at once, one with the demo and one without, only one is let in", async () => {
  const database = await createTestDatabase();
  try {
    const wanted = ["demo", "real", "demo", "real"] as const;
    const found = await Promise.all(wanted.map((purpose) => claimPurpose(database.ownerUrl, purpose)));
    assert.equal(new Set(found).size, 1);
    await assert.rejects(claimPurpose(database.servingUrl, "demo"), { code: "42501" });
  } finally {
    await database.drop();
  }
});

describe("beside a host platform", () => {
  let market: Market;
  let token: (claims: object) => Promise<string>;
  const host = createServer();
  before(async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "host-1", alg: "ES256" };
    host.on("request", (_, response) => response.end(JSON.stringify({ keys: [jwk] })));
    await once(host.listen(0, "127.0.0.1"), "listening");
    token = (claims) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "ES256", kid: "host-1" })
        .setIssuer(AUTH.AUTH_ISSUER)
        .setAudience(AUTH.AUTH_AUDIENCE)
        .setExpirationTime("5m")
        .sign(privateKey);
    const { port } = host.address() as AddressInfo;
    market = await startMarket({ env: { ...AUTH, AUTH_JWKS_URL: `http://127.0.0.1:${port}/` } });
  });
  after(async () => {
    host.close();
    await market.end();
  });

  const call = async (claims: object, method: string, path: string, body?: object) => {
    const response = await fetch(`${market.nodes[0]?.address}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${await token(claims)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };

  test("F91: a host's user who is called like somebody of the demo has nothing", async () => {
    for (const sub of ["anna", "boris", "daria", "vera", "oleg", "igor", "olga"]) {
      const { status, body } = await call({ sub }, "GET", "/wallet");
      assert.deepEqual([status, body.available, body.in_escrow], [200, 0, 0], sub);
    }
  });

  test("a host's token that claims roles has none of them unless AUTH_ROLES says so", async () => {
    const claims = { sub: "anna", roles: ["platform", "operator", "rail_operator"] };
    const money = { user_id: "anna", amount: 1_000, kind: "deposit", external_id: someone("free") };
    assert.equal((await call(claims, "POST", "/platform/credits", money)).status, 403);
    assert.equal((await call(claims, "GET", "/operator/disputes")).status, 403);
    assert.equal((await call(claims, "GET", "/operator/participants")).status, 403);
    assert.equal((await call({ sub: "anna" }, "GET", "/wallet")).body.available, 0);
  });
});
