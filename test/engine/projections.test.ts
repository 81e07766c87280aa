/** What follows from other rows: added to every command that changes them, whether it thought of it or not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Command,
  createExecutor,
  createMemoryStore,
  follow,
  type MemoryStore,
  type Projection,
  type Ref,
  type Store,
  UnnamedRow,
  type Write,
} from "../../src/engine/index.ts";
import { instant } from "../../src/kernel/index.ts";
import { EMPTY_SAMPLE, event, labels, moves, type Note, notes, type Purse, purses, samples } from "./lab.ts";

const ME = { caller: "me" };

/** Shows each purse's balance in a sample of its own, and the text of its latest note, told by the note's key. */
const shown: Projection = {
  follows: [
    follow(purses, ["balance"], ([id]) => [samples.at(id, "shown")]),
    follow(notes, ["text"], ([id], routes) => {
      const note = routes.get(notes.at(id));
      return note === undefined ? [] : [samples.at(note.purseId, "shown")];
    }),
  ],
  project(state, changed) {
    const owners = new Set([
      ...changed.of(purses).map(({ id }) => id),
      ...changed.of(notes).map((note) => note.purseId),
    ]);
    const writes = [...owners].map((purseId) => {
      const known = state.get(samples.at(purseId, "shown"));
      const text = changed.of(notes).find((note) => note.purseId === purseId)?.text ?? known?.aText ?? null;
      const anAmount = state.need(purses.at(purseId)).balance;
      const sample = { ...EMPTY_SAMPLE, ...known, purseId, label: "shown", aText: text, anAmount };
      return known === undefined ? samples.insert(sample) : samples.update(sample);
    });
    return { writes, events: [] };
  },
};

const createBench = (...projections: readonly Projection[]) => {
  const memory: MemoryStore = createMemoryStore(() => instant(0));
  const written: string[][] = [];
  const asked: string[][] = [];
  const store: Store = {
    ...memory,
    transact(plan, decide) {
      asked.push(plan.refs.map(({ id }) => id));
      return memory.transact(plan, (loaded) => {
        const save = decide(loaded);
        written.push([...save.inserts, ...save.updates].map(({ table, row }) => table.refOf(row).id));
        return save;
      });
    },
  };
  const executor = createExecutor({ store, keeps: () => true, projections });
  const submit = (...commands: readonly Command<unknown, unknown>[]) =>
    Promise.allSettled(commands.map((command) => executor.submit(command, {}, ME)));
  return {
    submit,
    written,
    asked,
    rows: () => [...memory.rows(purses), ...memory.rows(notes), ...memory.rows(samples), ...memory.rows(moves)],
    shown: () =>
      memory.rows(samples).map(({ purseId, aText, anAmount, ...sample }) => [purseId, sample.label, aText, anAmount]),
    events: () => memory.events.length,
    async set(balance: bigint, id = "anna") {
      const [answer] = await submit(setTo(balance, id));
      assert.equal(answer?.status, "fulfilled");
    },
  };
};

const commandOf = (parts: Partial<Command<unknown, unknown>>): Command<unknown, unknown> => ({
  name: "made-up",
  refuses: [],
  needs: () => [],
  decide: () => ({ result: null, writes: [], events: [] }),
  ...parts,
});

const purse = (id: string, balance: bigint): Purse => ({ id, holder: `holder of ${id}`, balance });
const put = (known: boolean, row: Purse): Write => (known ? purses.update(row) : purses.insert(row));

/** Knows nothing of samples. */
const setTo = (balance: bigint, id = "anna") =>
  commandOf({
    changes: [purses],
    needs: () => [purses.at(id)],
    decide: (state) => ({
      result: null,
      writes: [put(state.get(purses.at(id)) !== undefined, purse(id, balance))],
      events: [event("wrote", [id], {})],
    }),
  });

const add = (by: bigint, id = "anna") =>
  commandOf({
    changes: [purses],
    needs: () => [purses.at(id)],
    decide: (state) => {
      const { balance } = state.need(purses.at(id));
      return { result: null, writes: [purses.update(purse(id, balance + by))], events: [] };
    },
  });

const writing = (needs: readonly Ref[], parts: Partial<Command<unknown, unknown>>, ...writes: readonly Write[]) =>
  commandOf({
    needs: () => needs,
    decide: () => ({ result: null, writes, events: [event("wrote", ["x"], {})] }),
    ...parts,
  });

const NOTE: Note = { id: 1, purseId: "anna", text: "t", open: true };
const addNote = writing([purses.at("anna")], { changes: [purses, notes] }, notes.insert(NOTE));

test("what follows from a row is made and changed with it, by commands that know nothing of it", async () => {
  const on = createBench(shown);
  await on.set(3n);
  assert.deepEqual(on.shown(), [["anna", "shown", null, 3n]]);
  await on.set(5n);
  assert.deepEqual(on.shown(), [["anna", "shown", null, 5n]]);
  assert.deepEqual(on.asked.at(-1), [purses.at("anna").id, samples.at("anna", "shown").id]);
});

test("commands of one batch on the same owner each project on what the one before left", async () => {
  const on = createBench(shown);
  await on.set(3n);
  on.written.length = 0;
  await on.submit(add(1n), add(1n), setTo(7n, "vera"), add(1n));
  assert.deepEqual(on.shown(), [
    ["anna", "shown", null, 6n],
    ["vera", "shown", null, 7n],
  ]);
  assert.deepEqual(
    on.written.map((ids) => ids.length),
    [4],
    "one batch, each row once",
  );
});

test("a row that a projection leaves as it was is not written", async () => {
  const on = createBench(shown, {
    follows: [follow(purses, ["balance"], ([id]) => [samples.at(id, "rich")])],
    project: (state, changed) => ({
      writes: changed.of(purses).map(({ id, balance }) => {
        const sample = { ...EMPTY_SAMPLE, purseId: id, label: "rich", aBoolean: balance > 100n, texts: ["a", "b"] };
        return state.get(samples.at(id, "rich")) === undefined ? samples.insert(sample) : samples.update(sample);
      }),
      events: [],
    }),
  });
  await on.set(3n);
  assert.equal(on.shown().length, 2);
  await on.set(4n);
  assert.deepEqual(on.written.at(-1)?.toSorted(), [purses.at("anna").id, samples.at("anna", "shown").id]);
});

test("what a projection tells comes after what the command tells, which it is shown, and not without a change", async () => {
  const seen: string[][] = [];
  const on = createBench({
    follows: [follow(purses, ["balance"], () => [])],
    project(_state, changed, told) {
      seen.push(told.map(({ type }) => type));
      return { writes: [], events: changed.of(purses).map(({ id }) => event("passed", [id], {})) };
    },
  });
  await on.set(3n);
  const before = on.events();
  await on.set(3n);
  assert.deepEqual([on.events() - before, seen], [1, [["wrote"]]]);
});

test("a change of columns that nothing follows asks for nothing and writes nothing more", async () => {
  const on = createBench(shown);
  await on.set(3n);
  const gate = purses.at("anna");
  await on.submit(addNote);
  const closed = writing(
    [gate, notes.at(1)],
    {},
    notes.update({ ...NOTE, open: false }),
    purses.update(purse("anna", 3n)),
  );
  const [answer] = await on.submit(closed);
  assert.equal(answer?.status, "fulfilled");
  assert.deepEqual(on.asked.at(-1), [gate.id, notes.at(1).id]);
});

test("a new row with nothing in the columns that are followed changes nothing", async () => {
  const on = createBench(shown);
  const [none, some] = await on.submit(
    writing([purses.at("anna")], {}, purses.insert(purse("anna", 0n))),
    writing([purses.at("vera")], {}, purses.insert(purse("vera", 1n))),
  );
  assert.equal(none?.status, "fulfilled");
  assert.ok(some?.status === "rejected" && some.reason instanceof UnnamedRow);
  assert.deepEqual(on.shown(), []);
});

test("what routing tells of a row decides what follows from it", async () => {
  const on = createBench(shown);
  await on.set(3n);
  await on.submit(addNote);
  const rewrite = writing(
    [purses.at("anna"), notes.at(1)],
    { route: () => [notes.at(1)], changes: [notes] },
    notes.update({ ...NOTE, text: "new" }),
  );
  const [answer] = await on.submit(rewrite);
  assert.equal(answer?.status, "fulfilled");
  assert.deepEqual(on.shown(), [["anna", "shown", "new", 3n]]);
});

/** Each is a bug that leaves nothing behind, neither alone nor between commands that are right. */
const bugs: readonly (readonly [string, Command<unknown, unknown>, RegExp, Projection?])[] = [
  [
    "a command that changes a followed column undeclared throws",
    writing([purses.at("anna"), samples.at("anna", "shown")], {}, purses.update(purse("anna", 9n))),
    /balance of lab.purses anna is followed, and it did not declare/,
  ],
  [
    "a command that declares another table throws as well",
    writing([purses.at("anna")], { changes: [notes] }, purses.update(purse("anna", 9n))),
    /did not declare/,
  ],
  [
    "a command that declares what nothing follows throws",
    writing([purses.at("anna")], { changes: [labels] }, purses.update(purse("anna", 3n))),
    /nothing follows lab.labels/,
  ],
  [
    "what no routing told of is not named for a projection, which then throws",
    writing([purses.at("anna"), notes.at(1)], { changes: [notes] }, notes.update({ ...NOTE, text: "new" })),
    /lab.samples .* was not named/,
  ],
  [
    "a projection that makes a row that it did not name throws, and so does its command",
    writing([purses.at("anna")], { changes: [purses] }, purses.update(purse("anna", 9n))),
    /lab.samples .* was written but not named/,
    {
      follows: [follow(purses, ["balance"], () => [])],
      project: (_state, changed) => ({
        writes: changed
          .of(purses)
          .filter(({ balance }) => balance === 9n)
          .map(({ id }) => samples.insert({ ...EMPTY_SAMPLE, purseId: id, label: "unnamed" })),
        events: [],
      }),
    },
  ],
  [
    "a projection that changes what is followed itself throws",
    writing([purses.at("anna"), notes.at(1)], { changes: [purses] }, purses.update(purse("anna", 9n))),
    /text of lab.notes 1 is followed/,
    {
      follows: [follow(purses, ["balance"], () => [])],
      project: (_state, changed) => ({
        writes: changed.of(purses).some(({ balance }) => balance === 9n)
          ? [notes.update({ ...NOTE, text: "new" })]
          : [],
        events: [],
      }),
    },
  ],
];

for (const [title, bug, message, projection] of bugs) {
  test(title, async () => {
    const on = createBench(shown, ...(projection === undefined ? [] : [projection]));
    await on.set(3n);
    await on.submit(addNote);
    const before = structuredClone([on.rows(), on.events()]);
    const [alone] = await on.submit(bug);
    assert.ok(alone?.status === "rejected");
    assert.match(String(alone.reason), message);
    assert.deepEqual([on.rows(), on.events()], before);
    const [first, second, third] = await on.submit(add(1n), bug, add(1n));
    assert.deepEqual([first?.status, second?.status, third?.status], ["fulfilled", "rejected", "fulfilled"]);
    assert.deepEqual(on.shown(), [["anna", "shown", "t", 5n]]);
  });
}
