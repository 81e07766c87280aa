/** `npm start` with the demo, and `npm run demo:rail` against it, as processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { type RunningDemo, readRunning } from "../../simulators/sample-market/index.ts";
import { startEmbedded } from "../../src/database/index.ts";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { auditRail } from "../../src/rail/index.ts";
import { environmentOf } from "../support/environment.ts";
import { type Program, startProgram } from "../support/program.ts";
import { eventually } from "../support/rail.ts";

const DEMO = fileURLToPath(new URL("../../examples/rail.ts", import.meta.url));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the demo's banks", () => {
  let dataDir: string;
  let server: Program;

  const start = async (): Promise<RunningDemo> => {
    server = await startProgram({ DATA_DIR: dataDir });
    const running = await readRunning(dataDir);
    assert.ok(running !== null);
    return running;
  };

  const play = async (): Promise<{ readonly code: number | null; readonly output: string }> => {
    const child = spawn(process.execPath, [DEMO], {
      env: environmentOf({ DATA_DIR: dataDir }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  };

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-test-demo-"));
  });
  after(async () => {
    await server.end("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  });

  let first: RunningDemo;

  test("say where they listen and which numbers do what", async () => {
    first = await start();
    for (const { title, controlAddress } of first.banks)
      assert.match(server.printed(), new RegExp(`${title} +${controlAddress}/demo/events`));
    assert.match(server.printed(), /\+380500000004 +found by a search, at Borealis/);
  });

  test("have keys that nobody else may read", async () => {
    for (const { name } of first.banks) {
      const { mode } = await stat(join(dataDir, "banks", `${name}.json`));
      assert.equal(mode & 0o777, 0o600);
    }
  });

  test("are played with by `npm run demo:rail`, step by step, as often as one wants", async () => {
    for (let time = 0; time < 2; time++) {
      const { code, output } = await play();
      assert.equal(code, 0, output);
      assert.match(output, /Borealis Bank +← pay_in/);
      assert.match(output, /Cirrus Bank +← pay_out .*"status":"completed"/);
      assert.match(output, /← order.updated .*"status":"rejected","status_reason":"NOT_LINKED"/);
      assert.match(output, /200 Payment to a client of Aurora Bank/);
      assert.match(output, /200 Paid: payment to a client of Aurora Bank/);
      assert.match(output, /(Aurora|Borealis) Bank +← link_cancelled/);
      assert.match(output, /Five orders: four were paid, one has no receiver/);
    }
  });

  test("leave a QR code behind that leads to the link's page", async () => {
    const { data, width, height } = PNG.sync.read(await readFile(join(dataDir, "demo-link.png")));
    const read = jsQR.default(new Uint8ClampedArray(data), width, height);
    assert.match(read?.data ?? "", new RegExp(`^${first.audience}/pay/[0-9a-f-]{36}$`));
  });

  test("are gone before a server that is told to stop is", async () => {
    assert.equal(await server.end("SIGTERM"), 0, server.printed());
    for (const { pid } of first.banks) assert.equal(isAlive(pid), false);
    assert.equal(await readRunning(dataDir), null);
  });

  test("are said to be missing when there is no server", async () => {
    const { code, output } = await play();
    assert.equal(code, 1);
    assert.match(output, /run npm start first/);
  });

  test("are the same participants after a restart", async () => {
    const second = await start();
    assert.deepEqual(
      second.banks.map(({ guid }) => guid),
      first.banks.map(({ guid }) => guid),
    );
    const { code, output } = await play();
    assert.equal(code, 0, output);
  });

  test("do not outlive a server that was killed", async () => {
    const running = await readRunning(dataDir);
    assert.ok(running !== null);
    const { banks } = running;
    assert.deepEqual(
      banks.map(({ pid }) => isAlive(pid)),
      [true, true],
    );
    await server.end("SIGKILL");
    await eventually(async () => banks.every(({ pid }) => !isAlive(pid)), "the end of the banks");
    const { code, output } = await play();
    assert.equal(code, 1);
    assert.match(output, /run npm start first/);
  });

  test("leave both systems in order", async () => {
    const database = await startEmbedded({ directory: join(dataDir, "postgres") });
    try {
      assert.deepEqual((await auditRail(database.ownerUrl)).findings, []);
      assert.deepEqual((await audit(database.ownerUrl, DEFAULT_SETTINGS)).findings, []);
    } finally {
      await database.stop();
    }
  });
});
