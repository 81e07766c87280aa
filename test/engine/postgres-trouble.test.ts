/** Connections that die at every point of a transaction: what was done is told, and nothing is done twice. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import type { Command, Executor, Store } from "../../src/engine/index.ts";
import { eventually } from "../support/eventually.ts";
import { PATIENT } from "../support/patience.ts";
import {
  claimOf,
  codeOf,
  createLabDatabase,
  createOutsiders,
  executorOn,
  labels,
  openPurse,
  purses,
  spend,
} from "./lab.ts";
import { startProxy } from "./proxy.ts";

const database = await createLabDatabase();
const outsiders = createOutsiders(database);
const proxy = await startProxy(database.ownerUrl);
const NODE = "troubled";
const LONG = 180_000;
/** Long enough for a busy machine to come as far as to the commit. */
const SHORT = 2_000;
let store: Store;
let executor: Executor;

/** Amounts at which the database makes trouble when it commits. */
const WAITS = 777n;
const WARNS = 778n;
const FAILS = 779n;

before(async () => {
  await database.sql(
    `create function lab.trouble() returns trigger language plpgsql as $$ begin
       if new.amount = -${WAITS} then perform pg_advisory_xact_lock(${WAITS}); end if;
       if new.amount = -${WARNS} then raise warning 'the standby was not waited for'; end if;
       if new.amount = -${FAILS} then raise exception 'not this one' using errcode = '23000'; end if;
       return null; end $$`,
    `create constraint trigger trouble after insert on lab.moves deferrable initially deferred
       for each row execute function lab.trouble()`,
  );
  // Nothing but a command's own deadline, or the end of its connection, ends a wait here.
  store = database.store({ url: proxy.url, name: NODE, timeouts: PATIENT });
  executor = executorOn(store, { deadlineMs: LONG });
});
after(async () => {
  await executor.drain();
  await store.close();
  await proxy.close();
  await database.drop();
});
beforeEach(() => {
  proxy.fault = "none";
});
afterEach(outsiders.release);

let names = 0;
const purse = async (): Promise<string> => {
  const id = `t${++names}`;
  await executor.submit(openPurse, { id, balance: 1_000n }, { caller: "setup" });
  return id;
};
const pay = (id: string, amount: bigint, deadlineMs?: number) =>
  executor.submit(
    spend,
    { id, amount },
    { caller: "c", claims: [claimOf(`${id} pays`)], ...(deadlineMs === undefined ? {} : { deadlineMs }) },
  );
const movesOf = async (id: string): Promise<readonly number[]> =>
  (await database.sql(`select amount from lab.moves where purse_id = '${id}'`)).map(({ amount }) => Number(amount));

/** Once the node's backend does what the condition says: its process. */
const backend = (condition: string): Promise<string> =>
  eventually(async () => {
    const [row] = await database.sql(
      `select pid from pg_stat_activity where application_name = '${NODE}' and ${condition}`,
    );
    return row?.pid;
  }, `the backend: ${condition}`);
const WAITING = "wait_event_type = 'Lock'";
const terminate = (pid: string) => database.sql(`select pg_terminate_backend(${pid}, 5000)`);

test("a connection that died while it was idle is replaced, and no command hears of it", async () => {
  const id = await purse();
  await terminate(await backend("state = 'idle'"));
  assert.deepEqual(await pay(id, 1n), { outcome: { left: 999 }, replayed: [] });
  assert.deepEqual(await movesOf(id), [-1]);
});

test("a connection that turns out to be dead at the first word is replaced, and no command hears of it", async () => {
  const id = await purse();
  proxy.fault = "cut";
  assert.deepEqual(await pay(id, 1n), { outcome: { left: 999 }, replayed: [] });
  assert.deepEqual(await movesOf(id), [-1]);
});

test("a backend that is ended while it waits for a gate has done nothing, and the command is begun anew", async () => {
  const id = await purse();
  const other = await outsiders.begin(`select 1 from lab.purses where id = '${id}' for no key update`);
  const answer = pay(id, 1n);
  await terminate(await backend(WAITING));
  await backend(WAITING);
  await other.release();
  assert.deepEqual(await answer, { outcome: { left: 999 }, replayed: [] });
  assert.deepEqual(await movesOf(id), [-1]);
});

test("a backend that is ended in the save has done nothing: OVERLOADED, and the next commands work", async () => {
  const [id, next] = [await purse(), await purse()];
  const feed = await outsiders.begin("update lab.feed set position = position");
  const answer = codeOf(pay(id, 1n));
  await terminate(await backend(WAITING));
  assert.equal(await answer, "OVERLOADED");
  await feed.release();
  assert.deepEqual(await movesOf(id), []);
  assert.deepEqual((await pay(next, 1n)).outcome, { left: 999 });
  assert.deepEqual(await pay(id, 1n), { outcome: { left: 999 }, replayed: [] });
});

test("a backend that is ended in its commit leaves the outcome unknown, and a repeat makes one effect", async () => {
  const id = await purse();
  const other = await outsiders.begin(`select pg_advisory_xact_lock(${WAITS})`);
  const answer = codeOf(pay(id, WAITS));
  await terminate(await backend(`${WAITING} and query = 'commit'`));
  assert.equal(await answer, "OUTCOME_UNKNOWN");
  await other.release();
  assert.deepEqual((await pay(id, WAITS)).outcome, { left: 223 });
  assert.deepEqual(await movesOf(id), [-777]);
});

for (const [fault, what, replayed] of [
  ["cut-commit", "a commit that is lost on its way", []],
  ["lose-answer", "a commit whose answer is lost", ["test"]],
  ["lie", "a commit that is answered with another tag", ["test"]],
] as const) {
  test(`${what} leaves the outcome unknown for all of the batch, and repeats make one effect each`, async () => {
    const [x, y] = [await purse(), await purse()];
    proxy.fault = fault;
    const codes = await Promise.all([codeOf(pay(x, 1n)), codeOf(pay(y, 2n))]);
    assert.deepEqual(codes, ["OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"]);
    assert.equal(proxy.fault, "none");
    assert.deepEqual(await pay(x, 1n), { outcome: { left: 999 }, replayed });
    assert.deepEqual(await pay(y, 2n), { outcome: { left: 998 }, replayed });
    assert.deepEqual([await movesOf(x), await movesOf(y)], [[-1], [-2]]);
  });
}

test("a commit with a warning leaves the outcome unknown, and a repeat makes one effect", async () => {
  const id = await purse();
  assert.equal(await codeOf(pay(id, WARNS)), "OUTCOME_UNKNOWN");
  assert.deepEqual(await pay(id, WARNS), { outcome: { left: 222 }, replayed: ["test"] });
  assert.deepEqual(await movesOf(id), [-778]);
});

test("a commit that the database refuses has done nothing, and only its command fails", async () => {
  const [x, y, bad] = [await purse(), await purse(), await purse()];
  const pid = await backend("state = 'idle'");
  const [first, refused, last] = await Promise.allSettled([pay(x, 1n), pay(bad, FAILS), pay(y, 1n)]);
  assert.deepEqual([first.status, last.status], ["fulfilled", "fulfilled"]);
  assert.ok(refused.status === "rejected" && refused.reason.code === "23000", `${refused.status}`);
  assert.deepEqual([await movesOf(x), await movesOf(bad), await movesOf(y)], [[-1], [], [-1]]);
  assert.equal(await backend("state = 'idle'"), pid, "the connection stayed");
});

test("a server that is silent before the commit is OVERLOADED at the deadline, and the command is never done", async () => {
  const [id, next] = [await purse(), await purse()];
  proxy.fault = "silent-server";
  assert.equal(await codeOf(pay(id, 1n, SHORT)), "OVERLOADED");
  proxy.fault = "none";
  proxy.sever();
  assert.deepEqual((await pay(next, 1n)).outcome, { left: 999 });
  assert.deepEqual(await movesOf(id), []);
});

test("a server that is silent from the commit on is OUTCOME_UNKNOWN at the deadline; a repeat finds out", async () => {
  const id = await purse();
  proxy.fault = "silent-commit";
  assert.equal(await codeOf(pay(id, 1n, SHORT)), "OUTCOME_UNKNOWN");
  proxy.fault = "none";
  proxy.sever();
  assert.deepEqual(await pay(id, 1n), { outcome: { left: 999 }, replayed: ["test"] });
  assert.deepEqual(await movesOf(id), [-1]);
});

test("while the server cannot be reached everything is OVERLOADED at once, and it works when the server is back", async () => {
  const id = await purse();
  await proxy.refuse(true);
  assert.deepEqual(await Promise.all([codeOf(pay(id, 1n)), codeOf(pay(id, 1n))]), ["OVERLOADED", "OVERLOADED"]);
  assert.equal(await codeOf(executor.submit(routed, {}, { caller: "c" })), "OVERLOADED");
  await proxy.refuse(false);
  assert.deepEqual(await pay(id, 1n), { outcome: { left: 999 }, replayed: [] });
  assert.equal((await executor.submit(routed, {}, { caller: "c" })).outcome, "absent");
});

/** Must be looked up by the reading connections first. */
const routed: Command<object, string> = {
  name: "routed",
  refuses: [],
  route: () => [labels.at(1)],
  needs: () => [purses.at("t1")],
  decide: (state) => ({ result: state.get(labels.at(1))?.text ?? "absent", writes: [], events: [] }),
};
