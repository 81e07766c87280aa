/** A database belongs to its keys: whoever comes with others, with fewer or with none is not let in, and told which are missing. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openIssuer, rotateIssuer } from "../../src/keys/index.ts";
import { holdToKeys } from "../../src/open-keys.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";

let root: string;
let database: TestDatabase;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-keys-"));
  database = await createTestDatabase();
});

after(async () => {
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

const hold = (name: string) => holdToKeys(database.ownerUrl, join(root, name));
const copy = (from: string, to: string) => cp(join(root, from), join(root, to), { recursive: true });
const known = async () => {
  const [result] = await query(
    database.ownerUrl,
    "select kind, count(*)::int as count from engine.key_fingerprints group by 1 order by 1",
  );
  return Object.fromEntries((result?.rows ?? []).map(({ kind, count }) => [kind, count]));
};

test("F231: of nodes that start at once with a DATA_DIR each, one has the keys, and the others are refused", async () => {
  const names = ["first", "second", "third"];
  const outcomes = await Promise.allSettled(names.map(hold));
  const winner = names.find((_, index) => outcomes[index]?.status === "fulfilled");
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  for (const outcome of outcomes)
    if (outcome.status === "rejected")
      assert.match(String(outcome.reason), /holds other keys than this database belongs to/);
  assert.deepEqual(await known(), { issuer: 1, "keyed hash": 1, sealing: 1 });
  await copy(winner ?? "", "node");
  await hold("node");
});

test("F231: an empty DATA_DIR beside a full database makes no keys in silence", async () => {
  await assert.rejects(hold("empty"), /DATA_DIR\/keys holds no keys, .* copy DATA_DIR\/keys whole from a node/);
  await assert.rejects(readdir(join(root, "empty", "keys")), { code: "ENOENT" });
});

test("F231: each missing key is named, and what it is called is no part of it", async () => {
  for (const [file, kind] of [
    ["issuer.json", "issuer"],
    ["sealing.json", "sealing"],
    ["keyed-hash.json", "keyed hash"],
  ] as const) {
    await copy("node", `without-${file}`);
    await rm(join(root, `without-${file}`, "keys", file));
    await assert.rejects(hold(`without-${file}`), new RegExp(`missing: ${kind} [\\w-]{16,}\\. Please copy`));
  }
  assert.deepEqual(await known(), { issuer: 1, "keyed hash": 1, sealing: 1 });
});

test("a key that was added is noted by the next start, and an older copy is not let in from then on", async () => {
  await copy("node", "older");
  await rotateIssuer(join(root, "node"), { atOnce: false });
  await hold("node");
  assert.equal((await known()).issuer, 2);
  await assert.rejects(hold("older"), /missing: issuer /);
});

test("keys that were withdrawn at once are not asked for, and nobody comes back with them", async () => {
  await copy("node", "stolen");
  await rotateIssuer(join(root, "node"), { atOnce: true });
  await hold("node");
  const { kid } = await openIssuer(join(root, "node"));
  await assert.rejects(hold("stolen"), new RegExp(`missing: issuer ${kid}`));
  // Twice in a row: what the database knows last is then withdrawn itself.
  await rotateIssuer(join(root, "node"), { atOnce: true });
  await hold("node");
});
