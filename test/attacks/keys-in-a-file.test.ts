/** All keys in one file: who has it without the passphrase has nothing, and nobody loses a key by bringing it back. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openIssuer, openKeyedHash, openSealing, rotateIssuer } from "../../src/keys/index.ts";
import { holdToKeys } from "../../src/open-keys.ts";
import { createTestDatabase, type TestDatabase } from "../support/cluster.ts";
import { type Ended, runParleyInside } from "../support/command-line.ts";

let root: string;
let database: TestDatabase;
const path = (...names: readonly string[]): string => join(root, ...names);

before(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-bundle-"));
  database = await createTestDatabase();
  await holdToKeys(database.ownerUrl, path("node"));
  await writeFile(path("passphrase"), "correct horse battery\n");
  await writeFile(path("other-passphrase"), "correct horse batteries\n");
  await writeFile(path("short"), "horse\n");
});

after(async () => {
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

const keys = (dataDir: string, ...args: readonly string[]): Promise<Ended> =>
  runParleyInside(["keys", ...args], { DATA_DIR: path(dataDir) });
const withPassphrase = (name = "passphrase"): readonly string[] => ["--passphrase-file", path(name)];
const exported = async (name: string): Promise<string> => {
  const { code, stderr } = await keys("node", "export", path(name), ...withPassphrase());
  assert.equal(code, 0, stderr);
  return readFile(path(name), "utf8");
};
const filesOf = async (dataDir: string): Promise<Readonly<Record<string, string>>> => {
  const names = await readdir(path(dataDir, "keys"));
  const contents = await Promise.all(names.map((name) => readFile(path(dataDir, "keys", name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? ""]));
};

const assertRefused = ({ code, stdout, stderr }: Ended, said: RegExp, wanted = 1): void => {
  assert.deepEqual([code, stdout], [wanted, ""], stderr);
  assert.match(stderr, said);
  assert.doesNotMatch(stderr, /\n\s+at |horse/);
};

/** Every value of the key files that is a secret. */
const secretsOf = async (): Promise<readonly string[]> => {
  const files = await filesOf("node");
  const { keys: ring } = JSON.parse(files["issuer.json"] ?? "");
  const { keys: sealing } = JSON.parse(files["sealing.json"] ?? "");
  const { key } = JSON.parse(files["keyed-hash.json"] ?? "");
  return [...ring.flatMap(({ d }: { d?: string }) => d ?? []), ...Object.values<string>(sealing), key];
};

describe("all keys in a file", () => {
  test("make a node of an empty machine that the database takes, and that reads what was sealed", async () => {
    const sealed = (await openSealing(path("node"))).seal("2200 0000 0000 1234", "order 1");
    const bundle = await exported("bundle");
    assert.equal((await stat(path("bundle"))).mode & 0o777, 0o600);
    const secrets = await secretsOf();
    assert.equal(secrets.length, 3);
    for (const secret of secrets)
      assert.ok(!bundle.includes(secret) && !atob(JSON.parse(bundle).sealed).includes(secret));
    const { code, stdout } = await keys("restored", "import", path("bundle"), ...withPassphrase());
    assert.equal(code, 0);
    assert.match(stdout, /^issuer \S+ \(of 1\)\nsealing \w{16} \(of 1\)\nkeyed hash \w{16} \(of 1\)\nThey are in /);
    assert.deepEqual(await filesOf("restored"), await filesOf("node"));
    for (const name of await readdir(path("restored", "keys")))
      assert.equal((await stat(path("restored", "keys", name))).mode & 0o777, 0o600);
    await holdToKeys(database.ownerUrl, path("restored"));
    assert.equal((await openSealing(path("restored"))).open(sealed, "order 1"), "2200 0000 0000 1234");
    assert.equal((await openIssuer(path("restored"))).kid, (await openIssuer(path("node"))).kid);
    const [here, there] = await Promise.all(["node", "restored"].map((name) => openKeyedHash(path(name))));
    assert.equal(here?.("+380501234567"), there?.("+380501234567"));
    assert.equal((await keys("restored", "import", path("bundle"), ...withPassphrase())).code, 0, "twice is once");
  });

  test("open with their passphrase alone, whole and unchanged, and write nothing otherwise", async () => {
    const bundle = await exported("guarded");
    assertRefused(
      await keys("empty", "import", path("guarded"), ...withPassphrase("other-passphrase")),
      /^The passphrase is another one, or the file was changed\.$/m,
    );
    const { format, sealed } = JSON.parse(bundle);
    const bytes = Buffer.from(sealed, "base64");
    const flipped = (at: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return JSON.stringify({ format, sealed: copy.toString("base64") });
    };
    const cases: readonly (readonly [content: string, said: RegExp])[] = [
      ...[0, 20, bytes.length - 1].map((at) => [flipped(at), /or the file was changed/] as const),
      [JSON.stringify({ format, sealed: bytes.subarray(0, -1).toString("base64") }), /or the file was changed/],
      [JSON.stringify({ format, sealed: bytes.subarray(0, 44).toString("base64") }), /or not a whole one/],
      [JSON.stringify({ format: "parley keys 2", sealed }), /or not a whole one/],
      [bundle.slice(0, -20), /or not a whole one/],
      ["null", /or not a whole one/],
      ["x".repeat(1_100_000), /is far too long/],
    ];
    for (const [content, said] of cases) {
      await writeFile(path("changed"), content);
      assertRefused(await keys("empty", "import", path("changed"), ...withPassphrase()), said);
    }
    await assert.rejects(readdir(path("empty")), { code: "ENOENT" });
  });

  test("never take another key's place, nor another file's", async () => {
    await exported("first");
    await Promise.all([openIssuer, openSealing, openKeyedHash].map((open) => open(path("other"))));
    const before = await filesOf("other");
    assertRefused(
      await keys("other", "import", path("first"), ...withPassphrase()),
      /issuer\.json holds another key: what that has sealed is lost without it\. Move the folder away/,
    );
    assert.deepEqual(await filesOf("other"), before);
    // Half of another's: what is missing is not filled up from elsewhere.
    await cp(path("other"), path("half"), { recursive: true });
    await rm(path("half", "keys", "issuer.json"));
    assertRefused(await keys("half", "import", path("first"), ...withPassphrase()), /holds another key/);
    assert.deepEqual((await readdir(path("half", "keys"))).sort(), ["keyed-hash.json", "sealing.json"]);
    assertRefused(
      await keys("node", "export", path("first"), ...withPassphrase()),
      /is there already: name another file/,
    );
  });

  test("are asked for in a way that can be understood", async () => {
    for (const args of [["export"], ["import"], ["export", path("x")], ["export", path("x"), "y"], ["mend"], []])
      assert.equal((await keys("node", ...args)).code, 2, String(args));
    assertRefused(await keys("node", "export", path("x"), ...withPassphrase("short")), /fewer than 12 characters/);
    assertRefused(await keys("node", "export", path("x"), ...withPassphrase("nowhere")), /cannot be read \(ENOENT\)/);
    assertRefused(await keys("node", "import", path("nowhere"), ...withPassphrase()), /cannot be read \(ENOENT\)/);
    assertRefused(
      await keys("nobody", "export", path("x"), ...withPassphrase()),
      /holds no issuer key: start the server/,
    );
    await assert.rejects(stat(path("x")), { code: "ENOENT" });
    await assert.rejects(readdir(path("nobody")), { code: "ENOENT" });
  });
});

test("parley keys list says of each key what it is good for, and tells none", async () => {
  await cp(path("node"), path("listed"), { recursive: true });
  const list = async () => (await keys("listed", "list")).stdout;
  assert.match(await list(), /^issuer {6}\S{43} {2}signs$/m);
  await rotateIssuer(path("listed"), { atOnce: false });
  assert.match(await list(), /^issuer {6}\S{43} {2}is published, and signs from \d{4}-/m);
  await rotateIssuer(path("listed"), { atOnce: true });
  const said = await list();
  assert.equal(said.match(/ {2}withdrawn: worth nothing$/gm)?.length, 2);
  assert.match(said, /^issuer {6}\S{43} {2}signs since \d{4}-/m);
  assert.match(said, /^sealing {5}\w{16} {2}opens payment details and phones$/m);
  assert.match(said, /^keyed hash {2}\w{16} {2}finds phones; cannot be changed$/m);
  for (const secret of await secretsOf()) assert.ok(!said.includes(secret));
  assertRefused(await keys("nobody", "list"), /holds no keys: the first start makes them/);
});
