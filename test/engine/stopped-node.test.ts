/** A node that is stopped while it holds locks holds the others up for two seconds, and not until it goes on. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Unavailable } from "../../src/engine/index.ts";
import { eventually } from "../support/eventually.ts";
import { createLabDatabase, executorOn, openPurse, spend } from "./lab.ts";

const database = await createLabDatabase();
const store = database.store();
const executor = executorOn(store);
after(async () => {
  await executor.drain();
  await store.close();
  await database.drop();
});

const ME = { caller: "me" };

/** As ps shows it: T is stopped. */
const stateOf = async (pid: number | undefined): Promise<string> => {
  const { stdout } = await promisify(execFile)("ps", ["-o", "state=", "-p", String(pid)]);
  return stdout.trim().charAt(0);
};

/** Repeats the command until it is done, as clients do. @returns how often it was told BUSY */
const insist = async (id: string): Promise<number> => {
  for (let busy = 0; ; busy++) {
    try {
      await executor.submit(spend, { id, amount: 1n }, ME);
      return busy;
    } catch (error) {
      assert.ok(error instanceof Unavailable && error.code === "BUSY", `${error}`);
    }
  }
};

test("a stopped node's locks are broken, its command is not done, and repeating it then is", async (t) => {
  await executor.submit(openPurse, { id: "shared", balance: 1_000n }, ME);
  await executor.submit(openPurse, { id: "free", balance: 1_000n }, ME);
  const script = fileURLToPath(new URL("stopped-node.ts", import.meta.url));
  const child = spawn(process.execPath, [script, database.ownerUrl, "shared"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const output = text(child.stdout);
  try {
    await eventually(async () => {
      const [row] = await database.sql(
        "select 1 from pg_stat_activity where application_name = 'stopped node' and state = 'idle in transaction'",
      );
      return row;
    }, "the child stops in the middle of its transaction");

    const started = performance.now();
    const [busy] = await Promise.all([insist("shared"), executor.submit(spend, { id: "free", amount: 1n }, ME)]);
    const took = performance.now() - started;
    t.diagnostic(`held up for ${Math.round(took)} ms, ${busy} times BUSY`);
    assert.ok(busy > 0, "the child held no lock");
    // It is still stopped: nothing but the database's own limit let go of what it held.
    assert.equal(await stateOf(child.pid), "T");

    child.kill("SIGCONT");
    await exited;
    const { first, second } = JSON.parse(await output);
    assert.match(first.code, /^(OVERLOADED|OUTCOME_UNKNOWN)$/);
    assert.deepEqual(second, { outcome: { left: 899 }, replayed: [] });
    const moves = await database.sql("select amount from lab.moves where purse_id = 'shared' order by at");
    assert.deepEqual(
      moves.map(({ amount }) => Number(amount)),
      [-1, -100],
    );
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
});
