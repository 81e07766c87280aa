/** `npm start` prints what the README promises, and the first trade is typed here as it stands there. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startEmbedded } from "../../src/database/index.ts";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { type Program, startProgram } from "../support/program.ts";
import { commandsIn, typeIntoShell } from "../support/readme.ts";

let dataDir: string;
let program: Program;
let printed: string;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parley-first-trade-"));
  program = await startProgram({ DATA_DIR: dataDir });
  printed = program.printed();
});
after(async () => {
  await program.end("SIGTERM");
  const database = await startEmbedded({ directory: join(dataDir, "postgres") });
  const { findings } = await audit(database.ownerUrl, DEFAULT_SETTINGS);
  await database.stop();
  assert.deepEqual(findings, []);
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
  const said = await typeIntoShell(blocks.join(), { addresses: { API: `${program.address}/api/v1` }, dataDir });
  assert.match(said, /^\{"items":\[.*"id":1,/);
  const statuses = [...said.matchAll(/"status":"(pending|paid_by_buyer|completed)"/g)].map(([, status]) => status);
  // The order itself, each step's answer, and the first answer again.
  assert.deepEqual(statuses, ["pending", "paid_by_buyer", "completed", "pending"], said);
  // 870,000 from before, and this order's amount.
  assert.match(said, /"available":1370000,/);
  assert.match(said, /^idempotent-replay: true/im);
});
