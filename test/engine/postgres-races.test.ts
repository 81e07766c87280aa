/** Two nodes, each with a store and an executor of its own, on one real PostgreSQL. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, test } from "node:test";
import pg from "pg";
import { COPIES } from "../../src/engine/feed/event-rows.ts";
import { type Claim, type Command, type Executor, TIMEOUTS } from "../../src/engine/index.ts";
import { eventually } from "../support/eventually.ts";
import { PATIENT } from "../support/patience.ts";
import {
  claimOf,
  codeOf,
  createLabDatabase,
  createOutsiders,
  executorOn,
  labels,
  NOTE_IDS,
  notes,
  openPurse,
  POOR,
  pass,
  purses,
  type Spend,
  spend,
} from "./lab.ts";

const ROUNDS = 20;
const MINUTE = 60_000;

const database = await createLabDatabase();
const stores = [
  database.store({ name: "node a", timeouts: PATIENT }),
  database.store({ name: "node b", timeouts: PATIENT }),
  database.store({ name: "node c", timeouts: { ...PATIENT, lockMs: 3_000 } }),
  database.store({ name: "node d", timeouts: { ...PATIENT, lockMs: TIMEOUTS.lockMs } }),
] as const;
/**
 * A and b wait so long for a lock that only two who wait for each other stand out: PostgreSQL notices those. `hasty`
 * waits as long as the product does, `calm` a little longer.
 */
const [a, b, calm, hasty] = stores.map((store) => executorOn(store, { deadlineMs: 3 * MINUTE })) as [
  Executor,
  Executor,
  Executor,
  Executor,
];
const NODES = [a, b, calm, hasty];
after(() => database.drop());

let names = 0;
const fresh = (): string => `r${++names}`;
const purse = async (balance: bigint): Promise<string> => {
  const id = fresh();
  await a.submit(openPurse, { id, balance }, { caller: "setup" });
  return id;
};
const balancesOf = async (...ids: readonly string[]): Promise<readonly number[]> => {
  const rows = await database.sql(`select id, balance from lab.purses where id in ('${ids.join("','")}')`);
  return ids.map((id) => Number(rows.find((row) => row.id === id)?.balance));
};
const movesOf = async (id: string): Promise<readonly number[]> =>
  (await database.sql(`select amount from lab.moves where purse_id = '${id}' order by at`)).map(({ amount }) =>
    Number(amount),
  );
const spendOn = (node: Executor, input: Spend, ...claims: readonly Claim[]) =>
  node.submit(spend, input, { caller: "someone", claims });

const outsiders = createOutsiders(database);
afterEach(outsiders.release);
const holdGate = (id: string) => outsiders.begin(`select 1 from lab.purses where id = '${id}' for no key update`);

test(`of ${2 * 20} simultaneous spends from both nodes exactly as many succeed as the balance allows, in ${ROUNDS} of ${ROUNDS} rounds`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const allowed = 1 + (round % 7);
    const id = await purse(BigInt(allowed));
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => spendOn(index % 2 === 0 ? a : b, { id, amount: 1n })),
    );
    const won = answers.filter(({ outcome }) => "left" in outcome);
    assert.equal(won.length, allowed);
    assert.deepEqual(
      answers.filter((answer) => !won.includes(answer)).map(({ outcome }) => outcome),
      Array.from({ length: 40 - allowed }, () => POOR),
    );
    assert.deepEqual(won.map(({ outcome }) => ("left" in outcome ? outcome.left : -1)).sort(), [
      ...Array(allowed).keys(),
    ]);
    assert.deepEqual(await balancesOf(id), [0]);
    assert.deepEqual(await movesOf(id), Array(allowed).fill(-1));
  }
});

for (const kind of ["guarded", "unguarded"] as const) {
  test(`one key on both nodes at once, ${kind}, has one effect and one answer`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = await purse(100n);
      const claim = claimOf(fresh(), { guard: kind === "guarded" ? purses.at(id) : null });
      const answers = await Promise.all([a, b, a, b, b, a].map((node) => spendOn(node, { id, amount: 7n }, claim)));
      for (const { outcome } of answers) assert.deepEqual(outcome, { left: 93 });
      assert.equal(answers.filter(({ replayed }) => replayed.length === 0).length, 1);
      assert.deepEqual(await movesOf(id), [-7]);
    }
  });
}

test("one external id on both nodes at once, each with a gate of its own, has one effect and one answer", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [x, y] = [await purse(100n), await purse(100n)];
    const claims = [claimOf(fresh()), claimOf(fresh())] as const;
    const [first, second, third, fourth] = await Promise.all([
      spendOn(a, { id: x, amount: 1n }, claims[0]),
      spendOn(a, { id: y, amount: 1n }, claims[1]),
      spendOn(b, { id: x, amount: 2n }, claims[1]),
      spendOn(b, { id: y, amount: 2n }, claims[0]),
    ]);
    assert.deepEqual(first?.outcome, fourth?.outcome);
    assert.deepEqual(second?.outcome, third?.outcome);
    assert.equal((await movesOf(x)).length + (await movesOf(y)).length, 2);
  }
});

test("the key of another request of the same batch keeps the fingerprint of the one that was answered", async () => {
  const id = await purse(100n);
  const first = claimOf(fresh(), { fingerprint: "first" });
  const other = { ...first, fingerprint: "other" };
  const [done, refused] = await Promise.all([
    spendOn(a, { id, amount: 1n }, first),
    spendOn(a, { id, amount: 2n }, other),
  ]);
  assert.deepEqual(done.outcome, { left: 99 });
  assert.deepEqual(refused.outcome, first.mismatch);
  assert.deepEqual(await spendOn(b, { id, amount: 1n }, first), { outcome: { left: 99 }, replayed: ["test"] });
  assert.deepEqual((await spendOn(b, { id, amount: 2n }, other)).outcome, first.mismatch);
});

test("the same new gates from both nodes at once, in opposite orders, are each made once and nobody fails", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const ids = Array.from({ length: 10 }, fresh);
    const open = (node: Executor) => (id: string) => node.submit(openPurse, { id, balance: 1n }, { caller: "c" });
    const answers = await Promise.all([...ids.map(open(a)), ...ids.toReversed().map(open(b))]);
    assert.equal(answers.filter(({ outcome }) => "made" in outcome && outcome.made).length, ids.length);
    assert.deepEqual(await balancesOf(...ids), Array(10).fill(1));
  }
});

test("a gate that another node makes at the same moment is seen at the second look", async () => {
  const id = fresh();
  const other = await outsiders.begin(`insert into lab.purses (id, holder, balance) values ('${id}', 'other', 5)`);
  const answer = a.submit(openPurse, { id, balance: 1n }, { caller: "c" });
  await lockWait("node a");
  await other.commit();
  assert.deepEqual((await answer).outcome, { made: false });
  assert.deepEqual(await balancesOf(id), [5]);
});

test("nodes that make the same gates never wait for each other crosswise", async () => {
  const stem = fresh();
  const [low, middle, high] = [`${stem}-1`, `${stem}-2`, `${stem}-3`] as const;
  const other = await outsiders.begin(`insert into lab.purses (id, holder, balance) values ('${middle}', 'other', 5)`);
  const open = (node: Executor, ...ids: readonly string[]) =>
    Promise.all(ids.map((id) => node.submit(openPurse, { id, balance: 1n }, { caller: "c" })));
  const answers = Promise.all([open(a, high, middle, low), open(b, low, middle, high)]);
  await Promise.all([lockWait("node a"), lockWait("node b")]);
  await other.release();
  const made = (await answers).flat().filter(({ outcome }) => "made" in outcome && outcome.made);
  assert.equal(made.length, 3);
});

test("nodes that use the same claims never wait for each other crosswise", async () => {
  const stem = fresh();
  const claims = ["1", "2", "3"].map((part) => claimOf(`${stem}-${part}`));
  const ids = await Promise.all(Array.from({ length: 6 }, () => purse(100n)));
  const other = await outsiders.begin(
    `insert into lab.claims (scope, key, fingerprint) values ('test', '${claims[1]?.key}', '')`,
  );
  const use = (node: Executor, own: readonly string[], order: readonly Claim[]) =>
    Promise.all(order.map((claim, index) => spendOn(node, { id: own[index] as string, amount: 1n }, claim)));
  const answers = Promise.all([use(a, ids.slice(0, 3), claims.toReversed()), use(b, ids.slice(3), claims)]);
  await Promise.all([lockWait("node a"), lockWait("node b")]);
  await other.release();
  assert.equal((await answers).flat().filter(({ replayed }) => replayed.length === 0).length, 3);
  assert.equal(
    (await balancesOf(...ids)).reduce((sum, balance) => sum + balance, 0),
    597,
  );
});

test("random gates in random order: nothing is lost, and the feed has no gap at any moment", async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => purse(1_000_000n)));
  let position = Number((await database.sql("select position from lab.feed"))[0]?.position);
  const first = position;
  const each = 100;
  let working = true;
  const worker = async (node: Executor, seed: number) => {
    let random = seed;
    const next = (below: number) => {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((random / 2_147_483_648) * below);
    };
    for (let done = 0; done < each; done++) {
      const wanted = new Set(Array.from({ length: 2 + next(4) }, () => ids[next(ids.length)] as string));
      await node.submit(pass, { ids: [...wanted] }, { caller: `${seed}` });
    }
  };
  /** A reader who remembers no more than the last position that it saw. */
  const follow = async () => {
    const reader = new pg.Client({ connectionString: database.superuserUrl });
    await reader.connect();
    for (let last = false; !last; ) {
      // What is committed by then is seen by the look that comes after.
      last = !working;
      const { rows } = await reader.query(
        `select position, ${COPIES} as copies from lab.events where position > $1 order by position`,
        [position],
      );
      for (const row of rows) {
        position += Number(row.copies);
        assert.equal(Number(row.position), position, "an event appeared behind a later one");
      }
    }
    await reader.end();
  };
  const workers = [a, b].flatMap((node, n) => [1, 2, 3, 4, 5, 6].map((w) => worker(node, n * 100 + w)));
  const stopped = Promise.all(workers).finally(() => {
    working = false;
  });
  await Promise.all([follow(), stopped]);
  const [feed] = await database.sql("select position from lab.feed");
  assert.equal(Number(feed?.position), position, "the reader has seen all");
  assert.ok(position - first >= 2 * each * workers.length, "each told two at least");
  assert.equal(
    (await balancesOf(...ids)).reduce((sum, balance) => sum + balance, 0),
    12_000_000,
  );
});

// ── rows held by others ──────────────────────────────────────────────────────────────────────────────────────────

test("a row that somebody holds costs its own command a BUSY, and the others of the batch only a wait", async () => {
  const [held, x, y] = [await purse(10n), await purse(10n), await purse(10n)];
  const other = await holdGate(held);
  const started = performance.now();
  const claim = claimOf(fresh());
  const [first, busy, last] = await Promise.all([
    spendOn(hasty, { id: x, amount: 1n }),
    codeOf(spendOn(hasty, { id: held, amount: 1n }, claim)),
    spendOn(hasty, { id: y, amount: 1n }),
  ]);
  const took = performance.now() - started;
  assert.deepEqual([first.outcome, busy, last.outcome], [{ left: 9 }, "BUSY", { left: 9 }]);
  // No longer than the row is held, which is until after this.
  assert.ok(took >= TIMEOUTS.lockMs - 10, `${took} ms`);
  assert.equal(await codeOf(spendOn(hasty, { id: held, amount: 1n })), "BUSY");
  await other.release();
  assert.deepEqual(await balancesOf(held, x, y), [10, 9, 9]);
  assert.deepEqual(await spendOn(hasty, { id: held, amount: 1n }, claim), { outcome: { left: 9 }, replayed: [] });
});

test("a row that is let go within the lock timeout is waited for, and the command sees what the other left", async () => {
  const id = await purse(10n);
  const other = await outsiders.begin(
    `update lab.purses set balance = 3, row_version = row_version + 1 where id = '${id}'`,
  );
  const waiting = spendOn(a, { id, amount: 4n });
  await lockWait("node a");
  await other.commit();
  assert.deepEqual((await waiting).outcome, POOR);
});

test("a command that runs alone still waits for the feed, which other nodes hold for the time of a commit", async () => {
  const [held, x] = [await purse(10n), await purse(10n)];
  const gate = await holdGate(held);
  const feed = await outsiders.begin("update lab.feed set position = position");
  const answers = Promise.all([codeOf(spendOn(calm, { id: held, amount: 1n })), spendOn(calm, { id: x, amount: 1n })]);
  await lockWait("node c", "%lab.feed%");
  await feed.release();
  const [busy, done] = await answers;
  await gate.release();
  assert.deepEqual([busy, done.outcome], ["BUSY", { left: 9 }]);
});

test("a writer who bypasses the gate is noticed: the command fails and nothing of it is saved", async () => {
  const id = await purse(10n);
  await database.sql(
    `insert into lab.notes (id, purse_id, text, open) values (4711, '${id}', 'before', true)`,
    `create function lab.meddle() returns trigger language plpgsql as $$ begin
       update lab.notes set text = 'meddled', row_version = row_version + 1 where id = 4711; return null; end $$`,
    "create trigger meddle after insert on lab.labels for each row execute function lab.meddle()",
  );
  const failed = { code: "P0E01" };
  await assert.rejects(a.submit(rewrite, { id, note: 4711 }, { caller: "c" }), failed);
  await database.sql("drop trigger meddle on lab.labels");
  assert.deepEqual(await database.sql("select text from lab.notes"), [{ text: "before" }]);
  assert.deepEqual(await database.sql("select * from lab.labels"), []);
  await a.submit(rewrite, { id, note: 4711 }, { caller: "c" });
  assert.deepEqual(await database.sql("select text from lab.notes"), [{ text: "rewritten" }]);
});

test("a statement that fails in the save fails its own command, and the others of the batch are done", async () => {
  const [x, y, poor] = [await purse(10n), await purse(10n), await purse(1n)];
  const claim = claimOf(fresh());
  const [first, bad, last] = await Promise.allSettled([
    spendOn(a, { id: x, amount: 1n }),
    a.submit(overdraw, { id: poor, amount: 2n }, { caller: "c", claims: [claim] }),
    spendOn(a, { id: y, amount: 1n }),
  ]);
  assert.deepEqual([first.status, last.status], ["fulfilled", "fulfilled"]);
  assert.ok(bad.status === "rejected" && bad.reason.code === "23514", "a check violation");
  assert.deepEqual(await balancesOf(x, y, poor), [9, 9, 1]);
  assert.deepEqual((await spendOn(a, { id: poor, amount: 1n }, claim)).replayed, []);
});

/** Waits until a node's backend waits for a lock. */
const lockWait = (node: string, statement = "%"): Promise<string> =>
  eventually(async () => {
    const [row] = await database.sql(`select pid from pg_stat_activity
      where application_name = '${node}' and wait_event_type = 'Lock' and query like '${statement}'`);
    return row?.pid;
  }, `${node} waits for a lock`);

/** Inserts one row and updates another. */
const rewrite: Command<{ readonly id: string; readonly note: number }, null> = {
  name: "rewrite",
  refuses: [],
  draws: [NOTE_IDS],
  needs: ({ id, note }) => [purses.at(id), notes.at(note)],
  decide: (state, { id, note }, { id: draw }) => ({
    result: null,
    writes: [
      notes.update({ ...state.need(notes.at(note)), text: "rewritten" }),
      labels.insert({ id: draw(NOTE_IDS), purseId: id, text: "new" }),
    ],
    events: [],
  }),
};

/** Does not look whether the money is there. */
const overdraw: Command<Spend, null> = {
  name: "overdraw",
  refuses: [],
  needs: ({ id }) => [purses.at(id)],
  decide(state, { id, amount }) {
    const row = state.need(purses.at(id));
    return { result: null, writes: [purses.update({ ...row, balance: row.balance - amount })], events: [] };
  },
};

test("PostgreSQL met no deadlock in all of this", async () => {
  await Promise.all(NODES.map((node) => node.drain()));
  await Promise.all(stores.map((store) => store.close()));
  await eventually(async () => {
    const [row] = await database.sql(`select count(*) as n from pg_stat_activity where application_name like 'node %'`);
    return Number(row?.n) === 0;
  }, "the nodes' sessions end and leave their statistics");
  const [row] = await database.sql("select deadlocks from pg_stat_database where datname = current_database()");
  assert.equal(Number(row?.deadlocks), 0);
  if (database.logFile === null) return;
  const lines = (await readFile(database.logFile, "utf8")).split("\n");
  assert.deepEqual(
    lines.filter((line) => line.includes("deadlock detected") && line.includes(database.name)),
    [],
  );
});
