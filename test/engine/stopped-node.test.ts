/** A node that is stopped while it holds locks holds the others up for two seconds and no longer. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Unavailable } from "../../src/engine/index.ts";
import { eventually } from "../support/market.ts";
import { createLabDatabase, executorOn, openPurse, spend } from "./lab.ts";

/** `idle_in_transaction_session_timeout` is 2 s; the rest is for a busy machine. */
const BOUND_MS = 4_000;
/** `lock_timeout` is 500 ms. */
const BUSY_MS = 1_500;

const database = await createLabDatabase();
const store = database.store();
const executor = executorOn(store);
after(async () => {
  await executor.drain();
  await store.close();
  await database.drop();
});

const ME = { caller: "me" };

/** Repeats the command until it is done, as clients do; the times that each BUSY took. */
const insist = async (id: string): Promise<readonly number[]> => {
  const busy: number[] = [];
  for (;;) {
    const started = performance.now();
    try {
      await executor.submit(spend, { id, amount: 1n }, ME);
      return busy;
    } catch (error) {
      assert.ok(error instanceof Unavailable && error.code === "BUSY", `${error}`);
      busy.push(performance.now() - started);
    }
  }
};

test("a stopped node's locks are broken, its command is not done, and repeating it then is", async () => {
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
    assert.ok(took < BOUND_MS, `held up for ${took} ms`);
    assert.ok(busy.length > 0, "the child held no lock");
    for (const each of busy) assert.ok(each < BUSY_MS, `BUSY took ${each} ms`);

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
