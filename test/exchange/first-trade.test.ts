/** `npm start` prints what the README promises, and the first trade is typed here as it stands there. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/cluster.ts";
import { commandsIn, typeIntoShell } from "../support/readme.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

let database: TestDatabase;
let dataDir: string;
let server: ChildProcess;
let printed = "";

before(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "parley-first-trade-"));
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.servingUrl,
      MIGRATE_DATABASE_URL: database.ownerUrl,
      DATA_DIR: dataDir,
      PORT: "0",
      RAIL_PORT: "0",
      DEMO: "1",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  server = child;
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      printed += `${line}\n`;
      if (line.startsWith("Ctrl-C stops it")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${printed}`)));
  });
});
after(async () => {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
  const { findings } = await audit(database.superuserUrl, DEFAULT_SETTINGS);
  assert.deepEqual(findings, []);
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

test("the start prints what to open and how to act as somebody", () => {
  assert.match(printed, /^Parley serves at http:\/\/127\.0\.0\.1:\d+$/m);
  for (const line of ["market", "API docs", "OpenAPI", "TOKEN=$(npx parley token --user vera)", "npm run demo:trade"])
    assert.ok(printed.includes(line), line);
});

test("the first trade of the README, word for word, on the demo market", async () => {
  const blocks = await commandsIn("A first trade with curl");
  assert.equal(blocks.length, 1);
  const address = /^Parley serves at (\S+)$/m.exec(printed)?.[1];
  const said = await typeIntoShell(blocks.join(), { addresses: { API: `${address}/api/v1` }, dataDir });
  assert.match(said, /^\{"items":\[.*"id":1,/);
  const statuses = [...said.matchAll(/"status":"(pending|paid_by_buyer|completed)"/g)].map(([, status]) => status);
  // The order itself, each step's answer, and the first answer again.
  assert.deepEqual(statuses, ["pending", "paid_by_buyer", "completed", "pending"], said);
  // 870,000 from before, and this order's amount.
  assert.match(said, /"available":1370000,/);
  assert.match(said, /^idempotent-replay: true/im);
});
