/** What commands told comes out of the feed's rows as it went in, whoever it was for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defineEvents, type Event } from "../../src/engine/events.ts";
import { expandRow, packEvents } from "../../src/engine/feed/event-rows.ts";

const event = defineEvents<Readonly<Record<string, Readonly<Record<string, unknown>>>>>();

/** As they lie in the feed, and come back from there. */
const stored = (groups: readonly (readonly Event[])[]) =>
  packEvents(groups).map((row) => ({ ...row, items: JSON.parse(JSON.stringify(row.items)) }));

const flat = (groups: readonly (readonly Event[])[]) =>
  groups
    .flat()
    .flatMap(({ type, to, data }) => to.map((recipient) => ({ recipient, type, data })))
    .map((copy, index) => ({ position: index + 1, ...copy }));

const anyEvent = fc
  .tuple(
    fc.constantFrom("one", "two"),
    fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 5 }),
    fc.dictionary(fc.string(), fc.integer(), { maxKeys: 2, noNullPrototype: true }),
  )
  .map(([type, to, data]) => event(type, to, data));
const anyGroups = fc.array(fc.array(anyEvent, { maxLength: 5 }), { maxLength: 5 });

test("rows hold every copy once, in order, under positions without a gap", () => {
  fc.assert(
    fc.property(anyGroups, (groups) => {
      assert.deepEqual(stored(groups).flatMap(expandRow), flat(groups));
    }),
  );
});

test("a row tells its first recipient something, and its second if it has one", () => {
  fc.assert(
    fc.property(anyGroups, (groups) => {
      for (const row of stored(groups)) {
        const told = new Set(expandRow(row).map(({ recipient }) => recipient));
        assert.deepEqual(told, new Set(row.second === null ? [row.first] : [row.first, row.second]));
      }
    }),
  );
});

test("what a command tells two is one row, each event once; a third begins another, and so does another command", () => {
  const moved = event("moved", ["a", "b"], { n: 1 });
  const paid = event("paid", ["b"], { n: 2 });
  assert.deepEqual(packEvents([[moved, paid], [paid], [event("moved", ["a", "b", "c"], {})]]), [
    {
      position: 3,
      first: "a",
      second: "b",
      items: [
        [3, "moved", { n: 1 }],
        [2, "paid", { n: 2 }],
      ],
    },
    { position: 4, first: "b", second: null, items: [[1, "paid", { n: 2 }]] },
    { position: 6, first: "a", second: "b", items: [[3, "moved", {}]] },
    { position: 7, first: "c", second: null, items: [[1, "moved", {}]] },
  ]);
});

test("nothing told is no row", () => {
  assert.deepEqual(packEvents([[], [event("none", [], {})]]), []);
});
