/**
 * People trade over HTTP with a real server process while it, or its PostgreSQL, is killed. Whatever was acknowledged
 * is there afterwards, whatever was not is repeated with the same key, and everything happened once.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { eventually } from "../support/market.ts";
import { type Client, createClient } from "./client.ts";
import { type Load, startLoad } from "./load.ts";
import { acknowledged, proveAcknowledged, proveAll } from "./proof.ts";
import { createInstallation, type Installation } from "./server-process.ts";

const KILLS = 3;
/** Answers between one kill and the next: the load is at full speed then, and something is always under way. */
const BETWEEN = 300;
/** A quiet machine takes six seconds for the longest of these tests; a hang is a failure. */
const LIMIT = { timeout: 600_000 };

let installation: Installation;
let client: Client;
let load: Load;

beforeEach(async () => {
  installation = await createInstallation();
  await installation.start();
  const issuer = await installation.issuer();
  client = createClient(installation.port);
  load = await startLoad(client, (sub, roles) => issuer.signToken({ sub, roles, ttlSeconds: 3_600 }));
  await load.progress(BETWEEN);
});

afterEach(async () => {
  load.abandon();
  client.close();
  await installation.remove();
});

test(
  "a server killed under load has after its restart all that it acknowledged, and nothing twice",
  LIMIT,
  async (t) => {
    for (let kill = 1; kill <= KILLS; kill++) {
      const lost = load.lost;
      const told = acknowledged(load);
      await installation.end("SIGKILL");
      const took = await installation.start();
      t.diagnostic(`kill ${kill}: ${told.length} trades, back after ${Math.round(took)} ms`);
      await proveAcknowledged(client, load, told);
      await load.progress(BETWEEN);
      assert.ok(load.lost > lost, "the kill cost nobody an answer, so it proved nothing");
    }
    await load.stop();
    await proveAll(installation, client, load);
  },
);

/** @returns milliseconds until the server was ready again */
const killPostgres = async (): Promise<number> => {
  const readiness = async () => (await client.fly({ method: "GET", path: "/health/ready" }).reply).status;
  const pid = await installation.postmasterPid();
  const told = acknowledged(load);
  const lost = load.lost;
  process.kill(pid, "SIGKILL");
  const began = performance.now();
  await eventually(async () => (await installation.postmasterPid().catch(() => pid)) !== pid, "another postmaster");
  await eventually(async () => (await readiness()) === 200, "ready again");
  const took = performance.now() - began;
  await proveAcknowledged(client, load, told);
  await load.progress(BETWEEN);
  assert.ok(load.lost > lost, "the kill cost nobody an answer, so it proved nothing");
  return Math.round(took);
};

test(
  "a PostgreSQL killed under load comes back by itself; meanwhile the server says 503, and never 500",
  LIMIT,
  async (t) => {
    for (let kill = 1; kill <= KILLS; kill++)
      t.diagnostic(`kill ${kill}: ready again after ${await killPostgres()} ms`);
    const said = installation.output().match(/PostgreSQL \(process \d+\) died, starting it again/g);
    assert.equal(said?.length, KILLS, installation.output());

    // The database has ended with the killed server: the next one starts it again.
    await installation.end("SIGKILL");
    await installation.start();
    await load.progress(BETWEEN);
    t.diagnostic(`started again: ready again after ${await killPostgres()} ms`);
    await load.stop();
    assert.deepEqual([...load.reads.keys()].sort(), [200, 503]);
    await proveAll(installation, client, load);
  },
);

test(
  "SIGTERM answers everything that was taken, and the next start has nothing to recover and all data",
  LIMIT,
  async (t) => {
    const underWay = [...client.flights].filter((flight) => flight.sent);
    assert.ok(underWay.length > 0, "nothing was under way");
    const code = await installation.end("SIGTERM");
    const results = await Promise.allSettled(underWay.map(({ reply }) => reply));
    const unanswered = results.filter(({ status }) => status === "rejected");
    assert.deepEqual(unanswered, [], `of ${underWay.length} requests that were sent before`);
    assert.equal(code, 0, installation.output());

    const told = acknowledged(load);
    const took = await installation.start();
    t.diagnostic(`${underWay.length} requests were under way; the second start took ${Math.round(took)} ms`);
    // What takes long is a recovery.
    assert.doesNotMatch(await installation.databaseLog(), /not properly shut down|automatic recovery/);
    await proveAcknowledged(client, load, told);
    await load.progress(BETWEEN);
    await load.stop();
    await proveAll(installation, client, load);
  },
);
