/** Ids that rise with time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createUuidV7, uuidv7 } from "../../src/engine/index.ts";

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const many = (draw: () => string, count = 20_000) => Array.from({ length: count }, draw);
const assertRising = (ids: readonly string[]) => {
  assert.deepEqual(ids, [...new Set(ids)].sort());
  for (const id of ids) assert.match(id, FORM);
};

test("an id is a UUID of version 7 that holds the time", () => {
  const before = Date.now();
  const id = uuidv7();
  const time = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
  assert.match(id, FORM);
  assert.ok(time >= before && time <= Date.now());
});

test("ids rise, within a millisecond as well, and none comes twice", () => {
  assertRising(many(uuidv7));
  assertRising(many(createUuidV7(() => 1_700_000_000_000)));
});

test("ids rise when the clock is set back", () => {
  const times = [2_000, 1_000, 500, 3_000];
  let look = 0;
  assertRising(
    many(
      createUuidV7(() => times[look++ % times.length] ?? 0),
      1_000,
    ),
  );
});

test("what is random in them differs from one to the next", () => {
  const tails = many(createUuidV7(() => 1_000)).map((id) => id.slice(19));
  assert.equal(new Set(tails).size, tails.length);
});
