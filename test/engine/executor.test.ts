/** What the executor promises on any store: who is answered, with what, and what is left undone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutorDeps } from "../../src/engine/executor/executor.ts";
import {
  type Command,
  createExecutor,
  createMemoryStore,
  type Executor,
  type MemoryStore,
  type Observer,
  type Store,
  StoreFailure,
  UnnamedRow,
  type Write,
} from "../../src/engine/index.ts";
import { instant, refuse } from "../../src/kernel/index.ts";
import {
  claimOf,
  codeOf,
  event,
  gatePromise,
  labels,
  MISMATCH,
  NOTE_IDS,
  type Note,
  notes,
  OTHER_IDS,
  openNotes,
  openPurse,
  POOR,
  type Purse,
  purses,
  type Spend,
  spend,
} from "./lab.ts";

const ME = { caller: "me" };

type Bench = { readonly store: MemoryStore; readonly executor: Executor; readonly sizes: number[] };

/** An executor on an empty memory store, and the sizes of the batches it ran. */
const bench = (deps: Partial<Omit<ExecutorDeps, "store">> & { readonly on?: (store: Store) => Store } = {}): Bench => {
  const store = createMemoryStore(() => instant(Date.now()));
  const sizes: number[] = [];
  const observer: Observer = { batch: (size) => sizes.push(size), waited() {}, fellBack() {}, depth() {} };
  const { on = (same: Store) => same, ...rest } = deps;
  return { store, sizes, executor: createExecutor({ store: on(store), keeps: () => true, observer, ...rest }) };
};

const rich = async (on: Bench, id = "anna", balance = 10n) => {
  await on.executor.submit(openPurse, { id, balance }, ME);
  await new Promise(setImmediate);
  on.sizes.length = 0;
};

/** A batch is told of after its commands were answered. */
const sizesOf = async ({ sizes }: Bench): Promise<readonly number[]> => {
  await new Promise(setImmediate);
  return sizes;
};

const balanceOf = ({ store }: Bench, id = "anna"): bigint | undefined =>
  (store.rows(purses) as readonly Purse[]).find((purse) => purse.id === id)?.balance;

/** A command out of its parts; by default it names nothing and does nothing. */
const command = (parts: Partial<Command<unknown, unknown>>): Command<unknown, unknown> => ({
  name: "made-up",
  refuses: [],
  needs: () => [],
  decide: () => ({ result: null, writes: [], events: [] }),
  ...parts,
});
const writing = (needs: Command<unknown, unknown>["needs"], ...writes: readonly Write[]) =>
  command({ needs, decide: () => ({ result: null, writes, events: [event("wrote", ["x"], {})] }) });

const failing = command({
  name: "failing",
  needs: () => [purses.at("anna")],
  decide() {
    throw new Error("a bug");
  },
});

// ── what a command may touch ─────────────────────────────────────────────────────────────────────────────────────

const NOTE: Note = { id: 1, purseId: "anna", text: "t", open: true };

/** Anna and Vera have purses, Anna has a note. */
const furnished = async (): Promise<Bench> => {
  const on = bench();
  await rich(on);
  await rich(on, "vera");
  await on.executor.submit(
    writing(() => [purses.at("anna")], notes.insert(NOTE)),
    {},
    ME,
  );
  return on;
};

const forbidden: readonly (readonly [string, Command<unknown, unknown>])[] = [
  [
    "a row that was not named cannot be seen",
    command({ decide: (state) => ({ result: state.get(purses.at("anna")), writes: [], events: [] }) }),
  ],
  [
    "an absent row that was not named cannot be asked for",
    command({ decide: (state) => ({ result: state.get(purses.at("nobody")), writes: [], events: [] }) }),
  ],
  [
    "a set that was not named cannot be seen",
    command({
      needs: () => [purses.at("anna")],
      decide: (state) => ({ result: state.all(openNotes.of(purses.at("anna"))), writes: [], events: [] }),
    }),
  ],
  [
    "a row that was not named cannot be updated",
    writing(() => [purses.at("vera")], purses.update({ id: "anna", holder: "holder of anna", balance: 99n })),
  ],
  [
    "a guarded row that was not named cannot be updated, though its gate is locked",
    writing(() => [purses.at("anna")], notes.update({ ...NOTE, text: "changed" })),
  ],
  [
    "a gate that was not named cannot be made",
    writing(() => [purses.at("vera")], purses.insert({ id: "nobody", holder: "", balance: 1n })),
  ],
  [
    "a guarded row cannot be seen without its gate's lock",
    command({
      needs: () => [notes.at(1)],
      decide: (state) => ({ result: state.get(notes.at(1)), writes: [], events: [] }),
    }),
  ],
  [
    "a guarded row cannot be updated without its gate's lock",
    writing(() => [notes.at(1), purses.at("vera")], notes.update({ ...NOTE, text: "changed" })),
  ],
  [
    "a guarded row cannot be made without its gate's lock",
    writing(() => [purses.at("vera")], notes.insert({ ...NOTE, id: 2 })),
  ],
  [
    "a set cannot be seen without its owner's lock, though it is empty",
    command({
      needs: () => [openNotes.of(purses.at("nobody"))],
      decide: (state) => ({ result: state.all(openNotes.of(purses.at("nobody"))), writes: [], events: [] }),
    }),
  ],
];

for (const [title, bad] of forbidden) {
  test(`${title}, alone or beside a command that may`, async () => {
    const on = await furnished();
    const before = structuredClone([on.store.rows(purses), on.store.rows(notes), on.store.events]);
    await assert.rejects(on.executor.submit(bad, {}, ME), UnnamedRow);
    const entitled = command({
      needs: () => [
        purses.at("anna"),
        purses.at("nobody"),
        notes.at(1),
        openNotes.of(purses.at("anna")),
        openNotes.of(purses.at("nobody")),
      ],
      decide: (state) => ({ result: state.need(notes.at(1)).text, writes: [], events: [] }),
    });
    await new Promise(setImmediate);
    on.sizes.length = 0;
    const [first, second, third] = await Promise.allSettled([
      on.executor.submit(entitled, {}, ME),
      on.executor.submit(bad, {}, ME),
      on.executor.submit(entitled, {}, ME),
    ]);
    await new Promise(setImmediate);
    assert.deepEqual(await sizesOf(on), [3]);
    assert.equal(first.status === "fulfilled" && first.value.outcome, "t");
    assert.ok(second.status === "rejected" && second.reason instanceof UnnamedRow);
    assert.equal(third.status === "fulfilled" && third.value.outcome, "t");
    assert.deepEqual([on.store.rows(purses), on.store.rows(notes), on.store.events], before);
  });
}

test("a claim that its command's gates do not guard is a bug, not an unguarded claim", async () => {
  const on = await furnished();
  const claims = [claimOf("k", { guard: purses.at("vera") })];
  await assert.rejects(on.executor.submit(spend, { id: "anna", amount: 1n }, { ...ME, claims }), UnnamedRow);
  assert.equal(balanceOf(on), 10n);
});

test("a fixed column never changes", async () => {
  const on = await furnished();
  const thief = writing(
    () => [purses.at("anna"), purses.at("vera"), notes.at(1)],
    notes.update({ ...NOTE, purseId: "vera" }),
  );
  await assert.rejects(on.executor.submit(thief, {}, ME), /purseId of .* never changes/);
  assert.deepEqual(on.store.rows(notes), [NOTE]);
});

test("a row is not made twice, nor updated before it is made", async () => {
  const on = await furnished();
  const needs = () => [purses.at("anna"), notes.at(1), notes.at(2)];
  await assert.rejects(on.executor.submit(writing(needs, notes.insert(NOTE)), {}, ME), /is there already/);
  await assert.rejects(on.executor.submit(writing(needs, notes.update({ ...NOTE, id: 2 })), {}, ME), /is not there/);
  assert.deepEqual(on.store.rows(notes), [NOTE]);
});

test("one bad write among good ones leaves none of them", async () => {
  const on = await furnished();
  const half = writing(
    () => [purses.at("anna")],
    purses.update({ id: "anna", holder: "holder of anna", balance: 0n }),
    purses.update({ id: "vera", holder: "holder of vera", balance: 0n }),
  );
  await assert.rejects(on.executor.submit(half, {}, ME), UnnamedRow);
  assert.equal(balanceOf(on), 10n);
});

test("commands of a batch see what those before them left, rows and sets alike", async () => {
  const on = await furnished();
  const gate = purses.at("anna");
  const add = (id: number) => writing(() => [gate], notes.insert({ ...NOTE, id }));
  const close = (id: number) => writing(() => [gate, notes.at(id)], notes.update({ ...NOTE, id, open: false }));
  const list = command({
    needs: () => [gate, openNotes.of(gate)],
    decide: (state) => ({ result: state.all(openNotes.of(gate)).map(({ id }) => id), writes: [], events: [] }),
  });
  on.sizes.length = 0;
  const lists = await Promise.all(
    [list, add(2), list, close(1), list, close(2), list].map((next) => on.executor.submit(next, {}, ME)),
  );
  assert.deepEqual(await sizesOf(on), [7]);
  assert.deepEqual(
    [0, 2, 4, 6].map((index) => lists[index]?.outcome),
    [[1], [1, 2], [2], []],
  );
});

// ── refusals and faults ──────────────────────────────────────────────────────────────────────────────────────────

test("a refusal changes nothing", async () => {
  const on = bench();
  await rich(on);
  const events = on.store.events.length;
  const answer = await on.executor.submit(spend, { id: "anna", amount: 11n }, ME);
  assert.deepEqual(answer, { outcome: POOR, replayed: [] });
  assert.equal(balanceOf(on), 10n);
  assert.equal(on.store.events.length, events);
});

test("a command that throws fails alone; those around it in the batch are answered and done", async () => {
  const on = bench();
  await rich(on);
  const [before, bug, later] = await Promise.allSettled([
    on.executor.submit(spend, { id: "anna", amount: 1n }, ME),
    on.executor.submit(failing, {}, ME),
    on.executor.submit(spend, { id: "anna", amount: 2n }, ME),
  ]);
  assert.deepEqual(await sizesOf(on), [3]);
  assert.deepEqual(before.status === "fulfilled" && before.value.outcome, { left: 9 });
  assert.ok(bug.status === "rejected" && bug.reason.message === "a bug");
  assert.deepEqual(later.status === "fulfilled" && later.value.outcome, { left: 7 });
  assert.equal(balanceOf(on), 7n);
});

test("a result that is not JSON cannot be remembered, so that nothing of its command is done", async () => {
  const on = bench();
  await rich(on);
  const bad = command({
    needs: () => [purses.at("anna")],
    decide: (state) => {
      const purse = state.need(purses.at("anna"));
      return { result: purse, writes: [purses.update({ ...purse, balance: 0n })], events: [] };
    },
  });
  const claims = [claimOf("k")];
  const good = on.executor.submit(spend, { id: "anna", amount: 1n }, ME);
  await assert.rejects(on.executor.submit(bad, {}, { ...ME, claims }), TypeError);
  await good;
  assert.equal(balanceOf(on), 9n);
  const again = await on.executor.submit(spend, { id: "anna", amount: 1n }, { ...ME, claims });
  assert.deepEqual(again, { outcome: { left: 8 }, replayed: [] });
});

test("a failure of needs or of routing is that command's alone", async () => {
  const on = bench();
  await rich(on);
  const broken = (): never => {
    throw new Error("broken");
  };
  const [needs, routes, fine] = await Promise.allSettled([
    on.executor.submit(command({ needs: broken }), {}, ME),
    on.executor.submit(command({ route: broken }), {}, ME),
    on.executor.submit(spend, { id: "anna", amount: 1n }, ME),
  ]);
  assert.deepEqual([needs.status, routes.status, fine.status], ["rejected", "rejected", "fulfilled"]);
  await on.executor.drain();
});

test("a save that fails costs the batch a second run one by one, and only the culprit its answer", async () => {
  const culprit = new Error("check violated");
  const on = bench({
    on: (store) => ({
      ...store,
      transact: (plan, decide) =>
        store.transact(plan, (loaded) => {
          const save = decide(loaded);
          if (save.updates.some(({ row }) => row.balance === 4n)) throw culprit;
          return save;
        }),
    }),
  });
  await rich(on);
  await rich(on, "vera");
  const [first, bad, last] = await Promise.allSettled([
    on.executor.submit(spend, { id: "anna", amount: 1n }, ME),
    on.executor.submit(spend, { id: "vera", amount: 6n }, ME),
    on.executor.submit(spend, { id: "anna", amount: 1n }, ME),
  ]);
  assert.deepEqual(first.status === "fulfilled" && first.value.outcome, { left: 9 });
  assert.ok(bad.status === "rejected" && bad.reason === culprit);
  assert.deepEqual(last.status === "fulfilled" && last.value.outcome, { left: 8 });
  assert.deepEqual([balanceOf(on), balanceOf(on, "vera")], [8n, 10n]);
});

// ── ids ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const drawing = (draws: readonly string[], take: readonly string[]) =>
  command({ draws, decide: (_state, _input, { id }) => ({ result: take.map(id), writes: [], events: [] }) });

test("ids rise in the order of the commands, and a command draws only what it declared", async () => {
  const on = bench();
  const { executor } = on;
  const [none, one, tooMany, wrong, two] = await Promise.allSettled([
    executor.submit(drawing([], [NOTE_IDS]), {}, ME),
    executor.submit(drawing([NOTE_IDS], [NOTE_IDS]), {}, ME),
    executor.submit(drawing([NOTE_IDS], [NOTE_IDS, NOTE_IDS]), {}, ME),
    executor.submit(drawing([NOTE_IDS], [OTHER_IDS]), {}, ME),
    executor.submit(drawing([NOTE_IDS, NOTE_IDS, OTHER_IDS], [NOTE_IDS, OTHER_IDS, NOTE_IDS]), {}, ME),
  ]);
  assert.deepEqual(await sizesOf(on), [5]);
  assert.deepEqual([none.status, tooMany.status, wrong.status], ["rejected", "rejected", "rejected"]);
  assert.ok(one.status === "fulfilled" && two.status === "fulfilled");
  const [first] = one.value.outcome as number[];
  const [second, other, third] = two.value.outcome as number[];
  assert.ok((first ?? 0) < (second ?? 0) && (second ?? 0) < (third ?? 0) && other === 1);
});

// ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────────

test("under light load a batch is one command, begun at once", async () => {
  const on = bench();
  await rich(on);
  for (let left = 9; left >= 5; left--) {
    assert.deepEqual((await on.executor.submit(spend, { id: "anna", amount: 1n }, ME)).outcome, { left });
  }
  assert.deepEqual(await sizesOf(on), [1, 1, 1, 1, 1]);
});

test("what queues while a batch is out goes together, at most as many as the limit says, in the order it came", async () => {
  let held = gatePromise();
  const on = bench({
    limits: { batch: 4 },
    on: (store) => ({
      ...store,
      transact: async (plan, decide) => {
        await held.passed;
        return store.transact(plan, decide);
      },
    }),
  });
  held.open();
  await rich(on, "anna", 100n);
  held = gatePromise();
  const order: number[] = [];
  const send = () =>
    on.executor.submit(spend, { id: "anna", amount: 1n }, ME).then(({ outcome }) => {
      order.push((outcome as { left: number }).left);
    });
  const first = send();
  await new Promise(setImmediate);
  const rest = Array.from({ length: 9 }, send);
  await new Promise(setImmediate);
  held.open();
  await Promise.all([first, ...rest]);
  assert.deepEqual(await sizesOf(on), [1, 4, 4, 1]);
  assert.deepEqual(order, [99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
});

test("no two batches are out at once", async () => {
  let out = 0;
  let most = 0;
  const on = bench({
    limits: { batch: 2 },
    on: (store) => ({
      ...store,
      transact: async (plan, decide) => {
        most = Math.max(most, ++out);
        await new Promise(setImmediate);
        await store.transact(plan, decide);
        await new Promise(setImmediate);
        out--;
      },
    }),
  });
  await rich(on, "anna", 100n);
  const send = () => on.executor.submit(spend, { id: "anna", amount: 1n }, ME);
  const answers: Promise<unknown>[] = [];
  for (let turn = 0; turn < 20; turn++) {
    answers.push(send(), send());
    await (turn % 2 === 0 ? Promise.resolve() : new Promise(setImmediate));
  }
  await Promise.all(answers);
  assert.equal(most, 1);
  assert.equal(balanceOf(on), 60n);
});

// ── claims ───────────────────────────────────────────────────────────────────────────────────────────────────────

const send = (on: Bench, input: Partial<Spend>, ...claims: readonly Parameters<typeof claimOf>[]) =>
  on.executor.submit(
    spend,
    { id: "anna", amount: 1n, ...input },
    { ...ME, claims: claims.map((terms) => claimOf(...terms)) },
  );

for (const when of ["in the same batch", "later"] as const) {
  const both = async <A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<readonly [A, B]> => {
    if (when === "in the same batch") return Promise.all([first(), second()]);
    return [await first(), await second()];
  };

  test(`a repeat ${when} gets the first answer and does nothing`, async () => {
    const on = bench();
    await rich(on);
    const [first, second] = await both(
      () => send(on, {}, ["k"]),
      () => send(on, {}, ["k"]),
    );
    assert.deepEqual(first, { outcome: { left: 9 }, replayed: [] });
    assert.deepEqual(second, { outcome: { left: 9 }, replayed: ["test"] });
    assert.equal(balanceOf(on), 9n);
    assert.equal((await sizesOf(on)).length, when === "later" ? 2 : 1);
  });

  test(`the same key for something else ${when} is refused, and the first answer stays`, async () => {
    const on = bench();
    await rich(on);
    const [, second] = await both(
      () => send(on, {}, ["k"]),
      () => send(on, { amount: 2n }, ["k", { fingerprint: "other" }]),
    );
    assert.deepEqual(second, { outcome: MISMATCH, replayed: [] });
    assert.deepEqual((await send(on, {}, ["k"])).outcome, { left: 9 });
    assert.equal(balanceOf(on), 9n);
  });

  test(`a refusal is repeated ${when} though it would not be refused any more`, async () => {
    const on = bench();
    await rich(on);
    const [, , third] = await both(
      () => send(on, { amount: 11n }, ["k"]),
      () => on.executor.submit(command(topUp), {}, ME),
    ).then(async (two) => [...two, await send(on, { amount: 11n }, ["k"])] as const);
    assert.deepEqual(third, { outcome: POOR, replayed: ["test"] });
    assert.equal(balanceOf(on), 110n);
  });

  test(`a claim that keeps results only is free after a refusal, ${when}`, async () => {
    const on = bench();
    await rich(on);
    const results = { keeps: "results" } as const;
    const [first, second] = await both(
      () => send(on, { amount: 11n }, ["k", results]),
      () => send(on, { amount: 2n }, ["k", { ...results, fingerprint: "other" }]),
    );
    assert.deepEqual(first, { outcome: POOR, replayed: [] });
    assert.deepEqual(second, { outcome: { left: 8 }, replayed: [] });
    assert.deepEqual((await send(on, {}, ["k", { ...results, fingerprint: "other" }])).replayed, ["test"]);
    assert.deepEqual((await send(on, {}, ["k", results])).outcome, MISMATCH);
  });
}

const topUp: Partial<Command<unknown, unknown>> = {
  needs: () => [purses.at("anna")],
  decide: (state) => {
    const purse = state.need(purses.at("anna"));
    return { result: null, writes: [purses.update({ ...purse, balance: purse.balance + 100n })], events: [] };
  },
};

test("a refusal is remembered or not as `keeps` says of its code", async () => {
  const on = bench({ keeps: ({ refusal }) => refusal !== "POOR" });
  await rich(on);
  assert.deepEqual((await send(on, { amount: 11n }, ["poor"])).outcome, POOR);
  assert.deepEqual((await send(on, { amount: 1n }, ["poor"])).outcome, { left: 9 });
  const barred = command({ decide: () => refuse("BARRED") });
  const terms = { ...ME, claims: [claimOf("barred")] };
  await on.executor.submit(barred, {}, terms);
  assert.deepEqual((await on.executor.submit(barred, {}, terms)).replayed, ["test"]);
});

test("a fault leaves the key free", async () => {
  const on = bench();
  await rich(on);
  await assert.rejects(on.executor.submit(failing, {}, { ...ME, claims: [claimOf("k")] }), /a bug/);
  assert.deepEqual((await send(on, {}, ["k"])).outcome, { left: 9 });
});

test("the first claim that was used answers, and the others then remember by whose memory", async () => {
  const on = bench();
  await rich(on);
  const [idempotency, external] = [{ scope: "key" }, { scope: "external" }];
  assert.deepEqual((await send(on, {}, ["k1", idempotency], ["e", external])).replayed, []);
  const second = await send(on, {}, ["k2", idempotency], ["e", external]);
  assert.deepEqual(second, { outcome: { left: 9 }, replayed: ["external"] });
  const third = await send(on, {}, ["k2", idempotency], ["e", external]);
  assert.deepEqual(third, { outcome: { left: 9 }, replayed: ["key", "external"] });
  assert.equal(balanceOf(on), 9n);
});

test("two commands of a batch that share one of their claims have one effect", async () => {
  const on = bench();
  await rich(on);
  const external = ["e", { scope: "external" }] as const;
  const [first, second, third] = await Promise.all([
    send(on, {}, ["k1"], [...external]),
    send(on, {}, ["k2"], [...external]),
    send(on, {}, ["k3"]),
  ]);
  assert.deepEqual(await sizesOf(on), [3]);
  assert.deepEqual([first.replayed, second.replayed, third.replayed], [[], ["external"], []]);
  assert.deepEqual(second.outcome, first.outcome);
  assert.equal(balanceOf(on), 8n);
});

// ── routing ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Reads a label and writes a note about it, once told to whom it belongs. */
const annotate = (seen: string[]) =>
  command({
    route: () => [labels.at(1)],
    needs: (_input, routes) => {
      const label = routes.get(labels.at(1));
      return label === undefined ? [purses.at("anna")] : [purses.at("anna"), purses.at(label.purseId), labels.at(1)];
    },
    decide: (state) => {
      const label = state.get(labels.at(1));
      seen.push(label?.text ?? "absent");
      return label === undefined ? refuse("ABSENT") : { result: label.text, writes: [], events: [] };
    },
  });

const LABEL = labels.insert({ id: 1, purseId: "vera", text: "mine" });

test("a routed row that is absent stays so for the command, though one before it in the batch makes it", async () => {
  const on = await furnished();
  const seen: string[] = [];
  const make = writing(() => [purses.at("vera")], LABEL);
  const [, early] = await Promise.all([on.executor.submit(make, {}, ME), on.executor.submit(annotate(seen), {}, ME)]);
  assert.deepEqual(early.outcome, refuse("ABSENT"));
  assert.equal((await on.executor.submit(annotate(seen), {}, ME)).outcome, "mine");
  assert.deepEqual(seen, ["absent", "mine"]);
});

test("a routing that fails with the store is OVERLOADED: nothing was done", async () => {
  const on = bench({
    on: (store) => ({ ...store, readFixed: () => Promise.reject(new StoreFailure("disconnected")) }),
  });
  assert.equal(await codeOf(on.executor.submit(annotate([]), {}, ME)), "OVERLOADED");
  await on.executor.drain();
});

// ── limits, deadlines, the end ───────────────────────────────────────────────────────────────────────────────────

/** A store whose transactions wait; `decided` tells whether they wait before or after they decided. */
const hanging = (decided: boolean) => {
  const held = gatePromise();
  const on = (store: Store): Store => ({
    ...store,
    transact: async (plan, decide) => {
      if (!decided) await held.passed;
      await store.transact(plan, decide);
      if (decided) await held.passed;
    },
  });
  return { on, release: held.open };
};

test("a full queue answers OVERLOADED at once, and takes again when there is room", async () => {
  const lane = hanging(false);
  const on = bench({ on: lane.on, limits: { queue: 3, batch: 1 } });
  const add = (id: string) => on.executor.submit(openPurse, { id }, { caller: id });
  const taken = ["a", "b", "c"].map(add);
  assert.equal(await codeOf(add("d")), "OVERLOADED");
  lane.release();
  await Promise.all(taken);
  assert.equal((await add("e")).replayed.length, 0);
  assert.deepEqual(
    on.store.rows(purses).map(({ id }) => id),
    ["a", "b", "c", "e"],
  );
});

test("one caller cannot fill the queue, and gets its places back", async () => {
  const lane = hanging(false);
  const on = bench({ on: lane.on, limits: { perCaller: 2 } });
  const add = (id: string, caller: string) => on.executor.submit(openPurse, { id }, { caller });
  const taken = [add("a", "greedy"), add("b", "greedy")];
  assert.equal(await codeOf(add("c", "greedy")), "OVERLOADED");
  taken.push(add("d", "modest"));
  lane.release();
  await Promise.all(taken);
  await Promise.all([add("e", "greedy"), add("f", "greedy")]);
  assert.deepEqual(
    on.store.rows(purses).map(({ id }) => id),
    ["a", "b", "d", "e", "f"],
  );
});

test("F129: many accounts that hold all they may leave places to whoever comes with nothing", async () => {
  for (const accounts of [8, 64, 200]) {
    const lane = hanging(false);
    const on = bench({ on: lane.on, limits: { queue: 512, perCaller: 64 } });
    const taken: Promise<unknown>[] = [];
    const add = (id: string, caller: string) => {
      const task = on.executor.submit(openPurse, { id }, { caller });
      taken.push(task.catch(() => {}));
      return task;
    };
    // Each as often as one may, in turn, until none of them gets in any more.
    for (let round = 0; round < 64; round++)
      for (let account = 0; account < accounts; account++)
        void add(`${account}-${round}`, `greedy ${account}`).catch(() => {});
    const newcomers = Array.from({ length: 3 }, (_, index) => add(`new-${index}`, `newcomer ${index}`));
    lane.release();
    await Promise.all(newcomers);
    await Promise.all(taken);
    const held = on.store.rows(purses).filter(({ id }) => !String(id).startsWith("new"));
    assert.ok(held.length >= 256, "half of the queue is theirs while nobody else comes");
    assert.ok(held.length < 512, String(held.length));
  }
});

test("places are given back after refusals, faults and failed routing", async () => {
  const on = bench({ limits: { perCaller: 1 } });
  await rich(on);
  const broken = command({
    route: () => {
      throw new Error("broken");
    },
  });
  for (const [bad, input] of [
    [failing, {}],
    [broken, {}],
    [spend, { id: "anna", amount: 99n }],
  ] as const) {
    await on.executor.submit(bad as Command<unknown, unknown>, input, ME).catch(() => {});
  }
  assert.deepEqual((await send(on, {})).outcome, { left: 9 });
});

test("a command whose deadline passed in the queue is OVERLOADED and never done", async () => {
  const lane = hanging(true);
  const on = bench({ on: lane.on, limits: { batch: 1 } });
  const first = on.executor.submit(openPurse, { id: "a" }, ME);
  const late = on.executor.submit(openPurse, { id: "late" }, { ...ME, deadlineMs: 50 });
  assert.equal(await codeOf(late), "OVERLOADED");
  lane.release();
  await first;
  await on.executor.drain();
  assert.deepEqual(
    on.store.rows(purses).map(({ id }) => id),
    ["a"],
  );
});

test("a deadline that passed before the sweep could look is kept all the same", async () => {
  const lane = hanging(false);
  const on = bench({ on: lane.on });
  const stopped = command({
    decide: () => {
      // As a process that is stopped for a while: no timer runs meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      return { result: null, writes: [], events: [] };
    },
  });
  const first = on.executor.submit(stopped, {}, ME);
  await new Promise(setImmediate);
  const late = on.executor.submit(openPurse, { id: "late" }, { ...ME, deadlineMs: 50 });
  lane.release();
  await first;
  assert.equal(await codeOf(late), "OVERLOADED");
  await on.executor.drain();
  assert.deepEqual(on.store.rows(purses), []);
});

test("when the lane hangs after deciding, the caller hears OUTCOME_UNKNOWN at its deadline and may repeat", async () => {
  const lane = hanging(true);
  const on = bench({ on: lane.on });
  const terms = { ...ME, claims: [claimOf("k")] };
  const started = performance.now();
  const code = await codeOf(on.executor.submit(openPurse, { id: "a" }, { ...terms, deadlineMs: 300 }));
  const took = performance.now() - started;
  assert.equal(code, "OUTCOME_UNKNOWN");
  // A timer may fire up to a millisecond early by this clock.
  assert.ok(took >= 299, `${took} ms`);
  const repeat = on.executor.submit(openPurse, { id: "a" }, terms);
  lane.release();
  assert.deepEqual(await repeat, { outcome: { made: true }, replayed: ["test"] });
});

test("when the lane hangs before deciding, the caller hears OVERLOADED, and that stays true", async () => {
  const lane = hanging(false);
  const on = bench({ on: lane.on });
  const patient = on.executor.submit(openPurse, { id: "patient" }, ME);
  const hasty = on.executor.submit(openPurse, { id: "hasty" }, { ...ME, deadlineMs: 100 });
  assert.equal(await codeOf(hasty), "OVERLOADED");
  lane.release();
  await patient;
  await on.executor.drain();
  assert.deepEqual(
    on.store.rows(purses).map(({ id }) => id),
    ["patient"],
  );
});

for (const [kind, code] of [
  ["contention", "BUSY"],
  ["disconnected", "OVERLOADED"],
  ["unknown", "OUTCOME_UNKNOWN"],
] as const) {
  test(`a store failure of kind ${kind} is ${code} for each of the batch, and the lane goes on`, async () => {
    let broken = true;
    const on = bench({
      on: (store) => ({
        ...store,
        transact: (plan, decide) => (broken ? Promise.reject(new StoreFailure(kind)) : store.transact(plan, decide)),
      }),
    });
    const codes = ["a", "b", "c"].map((id) => codeOf(on.executor.submit(openPurse, { id }, ME)));
    assert.deepEqual(await Promise.all(codes), [code, code, code]);
    broken = false;
    await on.executor.submit(openPurse, { id: "d" }, ME);
    assert.deepEqual(
      on.store.rows(purses).map(({ id }) => id),
      ["d"],
    );
  });
}

test("a conflict is tried once more, and a second one is the command's own fault", async () => {
  const violation = new Error("duplicate key");
  let conflicts = 1;
  const on = bench({
    on: (store) => ({
      ...store,
      transact: (plan, decide) =>
        conflicts-- > 0 ? Promise.reject(new StoreFailure("conflict", violation)) : store.transact(plan, decide),
    }),
  });
  assert.deepEqual((await on.executor.submit(openPurse, { id: "a" }, ME)).outcome, { made: true });
  conflicts = 2;
  await assert.rejects(on.executor.submit(openPurse, { id: "b" }, ME), (error) => error === violation);
});

test("drain answers what was taken, refuses the rest, and resolves for everyone who asked", {
  timeout: 180_000,
}, async () => {
  const lane = hanging(false);
  const on = bench({ on: lane.on, limits: { batch: 1 } });
  const taken = ["a", "b", "c"].map((id) => on.executor.submit(openPurse, { id }, ME));
  const drains = [on.executor.drain(), on.executor.drain()];
  let drained = false;
  void Promise.all(drains).then(() => {
    drained = true;
  });
  assert.equal(await codeOf(on.executor.submit(openPurse, { id: "d" }, ME)), "OVERLOADED");
  await sleep(0);
  assert.equal(drained, false);
  lane.release();
  await Promise.all(taken);
  await Promise.all(drains);
  await on.executor.drain();
  assert.deepEqual(
    on.store.rows(purses).map(({ id }) => id),
    ["a", "b", "c"],
  );
});
