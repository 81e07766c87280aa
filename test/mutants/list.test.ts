/** A fault that no longer fits the sources would be tried on nothing. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MUTANTS } from "./list.ts";

const ROOT = join(import.meta.dirname, "..", "..");

test("each fault that is put in on purpose stands once in its file, and changes it", () => {
  for (const { guard, file, from, to } of MUTANTS) {
    const pieces = readFileSync(join(ROOT, file), "utf8").split(from);
    assert.equal(pieces.length - 1, 1, `${guard}: ${file}`);
    assert.notEqual(from, to, guard);
  }
});
