/** What both stores promise. PostgreSQL and memory run the same tests. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Claim, defineEvents, type Ref, type SetRef, type Store } from "../../src/engine/index.ts";
import type { Loaded, Plan, Row, Save } from "../../src/engine/store.ts";
import type { AnyTable } from "../../src/engine/table.ts";
import { type Instant, instant } from "../../src/kernel/index.ts";
import {
  claimOf,
  EMPTY_SAMPLE,
  labels,
  type Move,
  moves,
  NOTE_IDS,
  type Note,
  notes,
  OTHER_IDS,
  openNotes,
  purses,
  type Sample,
  samples,
} from "./lab.ts";

export type FeedEvent = { readonly recipient: string; readonly type: string; readonly data: unknown };

/** A store, and what it holds as seen from outside. */
export type Subject = {
  readonly store: Store;
  moves(): Promise<readonly Move[]>;
  told(): Promise<readonly FeedEvent[]>;
  end(): Promise<void>;
};

type Wish = Partial<Omit<Plan, "draws">> & { readonly draws?: Readonly<Record<string, number>> };
/** Of any type: what stores keep of an event does not depend on it. */
const event = defineEvents<Readonly<Record<string, Readonly<Record<string, unknown>>>>>();
const NOTHING: Save = { inserts: [], updates: [], appends: [], events: [], answers: [] };

const planOf = ({ draws = {}, ...wish }: Wish): Plan => ({
  claims: [],
  refs: [],
  sets: [],
  patience: "usual",
  ...wish,
  draws: new Map(Object.entries(draws)),
});

/** Every name is used once, so that the tests may share one store. */
let names = 0;
const fresh = (): string => `p${++names}`;

export const storeSuite = (open: () => Promise<Subject>) => {
  let subject: Subject;
  before(async () => {
    subject = await open();
  });
  after(() => subject.end());

  const transact = async (wish: Wish, save: Partial<Save> | ((loaded: Loaded) => Partial<Save>) = {}) => {
    let seen: Loaded | undefined;
    await subject.store.transact(planOf(wish), (loaded) => {
      seen = loaded;
      return { ...NOTHING, ...(typeof save === "function" ? save(loaded) : save) };
    });
    assert.ok(seen !== undefined, "decide was not called");
    return seen;
  };
  const put = (table: AnyTable, ...rows: readonly Row[]) =>
    transact({}, { inserts: rows.map((row) => ({ table, row })) });
  const read = async (...refs: readonly Ref[]) => (await transact({ refs })).rows;
  const readOne = async (ref: Ref) => (await read(ref)).get(ref.id);
  const readSet = async (...sets: readonly SetRef[]) => (await transact({ sets })).sets;
  const answered = async (...claims: readonly Claim[]) => {
    const loaded = await transact({ claims });
    return claims.map((claim) => loaded.answered(claim));
  };

  /** Written, read back, changed to each of the others and read back again. */
  const roundTrips = (title: string, variants: readonly Partial<Sample>[]) =>
    test(`${title} comes back as it was written, inserted or updated`, async () => {
      const purseId = fresh();
      const rows = variants.map((variant, index) => ({ ...EMPTY_SAMPLE, purseId, label: `${index}`, ...variant }));
      await put(samples, ...rows);
      const refs = rows.map(({ label }) => samples.at(purseId, label));
      const inserted = await read(...refs);
      for (const [index, row] of rows.entries()) assert.deepEqual(inserted.get(refs[index]?.id ?? "")?.row, row);
      const turned = rows.map((_, index) => ({
        ...EMPTY_SAMPLE,
        purseId,
        label: `${index}`,
        ...variants[(index + 1) % variants.length],
      }));
      await transact({}, { updates: turned.map((row) => ({ table: samples, row, version: 1 })) });
      const updated = await read(...refs);
      for (const [index, row] of turned.entries()) {
        assert.deepEqual(updated.get(refs[index]?.id ?? ""), {
          ref: updated.get(refs[index]?.id ?? "")?.ref,
          row,
          version: 2,
        });
      }
    });

  const at = (text: string): Instant => instant(Date.parse(text));

  roundTrips("a row with a value in every column", [
    {
      aText: "text",
      anId: 7,
      anInteger: -3,
      anAmount: 12n,
      aBoolean: true,
      anInstant: at("2026-11-21T02:43:00.123Z"),
      aJson: { a: [1, null, { b: "c" }], d: true },
      texts: ["a", "b"],
      integers: [1, 2],
      instants: [at("2026-01-01T00:00:00.001Z")],
    },
    { aBoolean: false },
  ]);
  roundTrips("a row of nothing but nulls", [{}, { aText: "" }]);
  roundTrips("an empty array, unlike null,", [
    { texts: [], integers: [], instants: [] },
    { texts: null, integers: null, instants: null },
    { texts: [""], integers: [0], instants: [instant(0)] },
  ]);

  const ODD = [
    "",
    " ",
    "NULL",
    "null",
    "a,b",
    "{a,b}",
    '"',
    '\\"',
    "\\",
    "\\\\",
    "'; drop table lab.purses; --",
    "line\nfeed\ttab\r",
    "\u0001\u007f\u0085\u2028\u2029\ufeff\ufffd\uffff",
    "é e\u0301 ñ ß İ ı",
    "👩‍👩‍👧‍👦 🏳️‍🌈 𝔘 \u{10ffff}",
    "مرحبا \u202e שלום",
    "%s $1 :x ?",
    "0x00 \\x00 \\u0000",
  ];
  roundTrips(
    "an odd text",
    ODD.map((aText) => ({ aText })),
  );
  roundTrips("an array of odd texts", [
    { texts: ODD },
    ...ODD.map((text) => ({ texts: [text] })),
    ...ODD.map((text) => ({ texts: [text, "x", text] })),
  ]);
  roundTrips("JSON of odd texts", [
    { aJson: ODD },
    ...ODD.map((text) => ({ aJson: { text } })),
    { aJson: Object.fromEntries(ODD.map((text) => [text, 1])) },
  ]);
  roundTrips("any JSON", [
    { aJson: "text" },
    { aJson: 0.1 },
    { aJson: 9_007_199_254_740_991 },
    { aJson: false },
    { aJson: [] },
    { aJson: {} },
    { aJson: [null, [[]], { "": {} }] },
  ]);
  roundTrips("the largest and the smallest number", [
    { anAmount: 9_223_372_036_854_775_807n },
    { anAmount: -9_223_372_036_854_775_808n },
    { anAmount: 9_007_199_254_740_993n },
    { anAmount: 0n },
    { anId: Number.MAX_SAFE_INTEGER },
    { anId: 0 },
    { anInteger: 2_147_483_647, integers: [2_147_483_647, -2_147_483_648, 0] },
    { anInteger: -2_147_483_648 },
  ]);
  const INSTANTS = [
    instant(0),
    instant(1),
    instant(-1),
    at("1999-12-31T23:59:59.999Z"),
    at("2000-01-01T00:00:00.000Z"),
    at("2000-02-29T12:00:00.100Z"),
    at("2026-03-29T01:30:00.010Z"),
    at("1815-06-18T11:35:00.999Z"),
    at("9999-12-31T23:59:59.999Z"),
  ];
  roundTrips("an instant to the millisecond", [
    ...INSTANTS.map((anInstant) => ({ anInstant })),
    { instants: INSTANTS },
  ]);

  test("a journal's rows are added in order, odd ones too", async () => {
    const purseId = fresh();
    const rows: readonly Move[] = [
      { at: instant(1), purseId, amount: -5n, details: null },
      { at: at("2026-11-21T02:43:00.120Z"), purseId, amount: 9_223_372_036_854_775_807n, details: { odd: ODD } },
    ];
    await transact({}, { appends: rows.map((row) => ({ journal: moves, row })) });
    assert.deepEqual(
      (await subject.moves()).filter((row) => row.purseId === purseId),
      rows,
    );
  });

  test("an absent row is not among the rows, and does not hide one that is there", async () => {
    const [id, absent] = [fresh(), fresh()];
    await put(purses, { id, holder: "h", balance: 1n });
    const rows = await read(purses.at(absent), purses.at(id));
    assert.deepEqual([...rows.keys()], [purses.at(id).id]);
  });

  test("a composite key means this pair and no other", async () => {
    const [a, b] = [fresh(), fresh()];
    const row = (purseId: string, label: string) => ({ ...EMPTY_SAMPLE, purseId, label, aText: `${purseId}/${label}` });
    await put(samples, row(a, "1"), row(a, "2"), row(b, "1"));
    const rows = await read(samples.at(a, "1"), samples.at(b, "2"), samples.at(b, "1"));
    assert.deepEqual([...rows.values()].map(({ row }) => row.aText).sort(), [`${a}/1`, `${b}/1`].sort());
  });

  test("parts of a composite key may hold spaces and are not mixed up", async () => {
    const a = fresh();
    const [left, right] = [samples.at(`${a} x`, "y"), samples.at(a, "x y")];
    assert.notEqual(left.id, right.id);
    await put(samples, { ...EMPTY_SAMPLE, purseId: `${a} x`, label: "y", aText: "left" });
    await put(samples, { ...EMPTY_SAMPLE, purseId: a, label: "x y", aText: "right" });
    const rows = await read(left, right);
    assert.equal(rows.get(left.id)?.row.aText, "left");
    assert.equal(rows.get(right.id)?.row.aText, "right");
  });

  test("a set holds the owner's rows that meet its condition, for several owners at once", async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    const { ids } = await transact({ draws: { [NOTE_IDS]: 4 } });
    const [one = 0, two = 0, three = 0, four = 0] = ids.get(NOTE_IDS) ?? [];
    const note = (id: number, purseId: string, isOpen: boolean): Note => ({ id, purseId, text: `${id}`, open: isOpen });
    await put(notes, note(one, a, true), note(two, a, false), note(three, b, true), note(four, a, true));
    const sets = [openNotes.of(purses.at(a)), openNotes.of(purses.at(b)), openNotes.of(purses.at(c))] as const;
    const idsOf = async () => {
      const found = await readSet(...sets);
      return sets.map((set) =>
        found
          .get(set.id)
          ?.map(({ row }) => row.id as number)
          .sort((x, y) => x - y),
      );
    };
    assert.deepEqual(await idsOf(), [[one, four], [three], []]);
    await transact({}, { updates: [{ table: notes, row: note(one, a, false), version: 1 }] });
    await transact({}, { updates: [{ table: notes, row: note(two, a, true), version: 1 }] });
    assert.deepEqual(await idsOf(), [[two, four], [three], []]);
  });

  test("three hundred rows go in one save and come back in one load", async () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({ id: fresh(), holder: "h", balance: BigInt(index) }));
    await put(purses, ...rows);
    const found = await read(...rows.map(({ id }) => purses.at(id)));
    assert.deepEqual(
      rows.map(({ id }) => found.get(purses.at(id).id)?.row),
      rows,
    );
  });

  test("one row of another version makes everything fail, and nothing is saved", async () => {
    const [held, changed, added] = [fresh(), fresh(), fresh()];
    await put(purses, { id: held, holder: "h", balance: 1n }, { id: changed, holder: "h", balance: 1n });
    const toldBefore = await subject.told();
    const claim = claimOf(fresh());
    const row = (id: string, balance: bigint) => ({ id, holder: "h", balance });
    await assert.rejects(
      transact(
        { claims: [claim] },
        {
          inserts: [{ table: purses, row: row(added, 5n) }],
          updates: [
            { table: purses, row: row(held, 2n), version: 1 },
            { table: purses, row: row(changed, 2n), version: 2 },
          ],
          appends: [{ journal: moves, row: { at: instant(1), purseId: added, amount: 1n, details: null } }],
          events: [[event("t", [added], {})]],
          answers: [{ claim, answer: "answer" }],
        },
      ),
    );
    const rows = await read(purses.at(held), purses.at(changed), purses.at(added));
    assert.deepEqual(
      [...rows.values()].map(({ row, version }) => [row.balance, version]),
      [
        [1n, 1],
        [1n, 1],
      ],
    );
    assert.equal(
      (await subject.moves()).some(({ purseId }) => purseId === added),
      false,
    );
    assert.deepEqual(await subject.told(), toldBefore);
    assert.deepEqual(await answered(claim), [undefined]);
  });

  test("an insert of a row that is there fails, and nothing is saved", async () => {
    const [there, added] = [fresh(), fresh()];
    await put(purses, { id: there, holder: "first", balance: 1n });
    await assert.rejects(
      put(purses, { id: added, holder: "h", balance: 1n }, { id: there, holder: "second", balance: 2n }),
    );
    const rows = await read(purses.at(there), purses.at(added));
    assert.deepEqual(
      [...rows.values()].map(({ row }) => row.holder),
      ["first"],
    );
  });

  test("an update of a row that is not there fails", async () => {
    const id = fresh();
    await assert.rejects(
      transact({}, { updates: [{ table: purses, row: { id, holder: "h", balance: 1n }, version: 1 }] }),
    );
    assert.equal(await readOne(purses.at(id)), undefined);
  });

  test("what decide throws comes out as it is, nothing is saved, and the next transaction works", async () => {
    const id = fresh();
    const bug = new Error("a bug");
    await assert.rejects(
      transact({}, () => {
        throw bug;
      }),
      (error) => error === bug,
    );
    await put(purses, { id, holder: "h", balance: 1n });
    assert.equal((await readOne(purses.at(id)))?.version, 1);
  });

  test("ids are drawn in the numbers asked for, and rise from one transaction to the next", async () => {
    let last = 0;
    for (const count of [1, 3, 2]) {
      const { ids } = await transact({ draws: { [NOTE_IDS]: count, [OTHER_IDS]: 2 } });
      const drawn = ids.get(NOTE_IDS) ?? [];
      assert.equal(drawn.length, count);
      assert.equal(ids.get(OTHER_IDS)?.length, 2);
      for (const id of drawn) {
        assert.ok(id > last, `${id} after ${last}`);
        last = id;
      }
    }
  });

  test("time is a whole number of milliseconds that does not run backwards", async () => {
    const first = (await transact({})).now;
    const second = (await transact({})).now;
    assert.ok(Number.isInteger(first) && Math.abs(first - Date.now()) < 60_000, `${first}`);
    assert.ok(second >= first);
  });

  for (const kind of ["guarded", "unguarded"] as const) {
    test(`an answer is remembered under its ${kind} claim, with its fingerprint and nothing else's`, async () => {
      const guard = kind === "guarded" ? purses.at(fresh()) : null;
      const claim = claimOf(`${fresh()} ${ODD.join("")}`, { guard, fingerprint: "f1" });
      const other = claimOf(claim.key, { scope: "other", guard });
      assert.deepEqual(await answered(claim, other), [undefined, undefined]);
      await transact({ claims: [claim] }, { answers: [{ claim, answer: '{"a":"é"}' }] });
      const remembered = { fingerprint: "f1", answer: '{"a":"é"}' };
      assert.deepEqual(await answered(claim, other), [remembered, undefined]);
      assert.deepEqual(await answered({ ...claim, fingerprint: "f2" }), [remembered]);
    });

    test(`a ${kind} claim that was not answered is free, for another fingerprint as well`, async () => {
      const guard = kind === "guarded" ? purses.at(fresh()) : null;
      const claim = claimOf(fresh(), { guard, keeps: "results", fingerprint: "f1", lifetimeMs: null });
      await transact({ claims: [claim] });
      const again = { ...claim, fingerprint: "f2" };
      assert.deepEqual(await answered(again), [undefined]);
      await transact({ claims: [again] }, { answers: [{ claim: again, answer: "1" }] });
      assert.deepEqual(await answered(claim), [{ fingerprint: "f2", answer: "1" }]);
    });
  }

  test("many claims of one transaction are kept apart, answered or not", async () => {
    const claims = Array.from({ length: 20 }, (_, index) => claimOf(`${fresh()}/${(index * 7) % 20}`));
    const kept = claims.filter((_, index) => index % 2 === 0);
    await transact({ claims }, { answers: kept.map((claim) => ({ claim, answer: claim.key })) });
    const found = await answered(...claims);
    assert.deepEqual(
      found.map((answer) => answer?.answer),
      claims.map((claim) => (kept.includes(claim) ? claim.key : undefined)),
    );
  });

  test("the fingerprint that is remembered is that of the use that was answered", async () => {
    const answeredUse = claimOf(fresh(), { fingerprint: "answered" });
    const plannedUse = { ...answeredUse, fingerprint: "planned" };
    await transact({ claims: [plannedUse] }, { answers: [{ claim: answeredUse, answer: "1" }] });
    assert.deepEqual(await answered(answeredUse), [{ fingerprint: "answered", answer: "1" }]);
  });

  test("a readFixed gives the fixed columns alone, and undefined for what is absent", async () => {
    const [id, absent] = [fresh(), fresh()];
    await put(purses, { id, holder: "anna", balance: 1n });
    const wanted = { id, holder: "anna" };
    const readFixed = async (...refs: readonly Ref[]) => {
      const peeked = await subject.store.readFixed(refs);
      return refs.map((ref) => peeked.get(ref.id));
    };
    assert.deepEqual(await readFixed(purses.at(id), purses.at(absent)), [wanted, undefined]);
    await transact({}, { updates: [{ table: purses, row: { id, holder: "anna", balance: 9n }, version: 1 }] });
    assert.deepEqual(await readFixed(purses.at(id)), [wanted]);
    await put(purses, { id: absent, holder: "vera", balance: 1n });
    assert.deepEqual(await readFixed(purses.at(absent)), [{ id: absent, holder: "vera" }]);
    assert.deepEqual(await readFixed(), []);
  });

  test("a readFixed at an immutable row gives the whole row", async () => {
    const { ids } = await transact({ draws: { [NOTE_IDS]: 1 } });
    const label = { id: ids.get(NOTE_IDS)?.[0] ?? 0, purseId: fresh(), text: "odd, \\ text" };
    await put(labels, label);
    const ref = labels.at(label.id);
    assert.deepEqual((await subject.store.readFixed([ref])).get(ref.id), label);
  });

  test("events are told in order, once for each recipient, and not at all for none", async () => {
    const [a, b] = [fresh(), fresh()];
    const before = (await subject.told()).length;
    await transact(
      {},
      {
        events: [[event("one", [a, b], { n: 1, odd: "é,\\\"'" }), event("none", [], {})], [event("two", [a], {})]],
      },
    );
    await transact({}, { events: [[event("none", [], {})]] });
    await transact({}, { events: [[event("three", [b], {})]] });
    assert.deepEqual((await subject.told()).slice(before), [
      { recipient: a, type: "one", data: { n: 1, odd: "é,\\\"'" } },
      { recipient: b, type: "one", data: { n: 1, odd: "é,\\\"'" } },
      { recipient: a, type: "two", data: {} },
      { recipient: b, type: "three", data: {} },
    ]);
  });
};
