import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { createTokens } from "../../src/http/index.ts";
import { openIssuer, openSealing } from "../../src/keys/index.ts";
import { runParley, runParleyInside } from "../support/command-line.ts";

const directories: string[] = [];
const dataDir = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-keys-"));
  directories.push(directory);
  return directory;
};
const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

after(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

describe("key files", () => {
  it("are readable for us alone, and closed again when somebody opened them", async () => {
    const directory = join(await dataDir(), "not-there-yet");
    await openIssuer(directory);
    const [keys, file] = [join(directory, "keys"), join(directory, "keys", "issuer.json")];
    assert.deepEqual([await mode(keys), await mode(file)], ["700", "600"]);
    await chmod(keys, 0o755);
    await chmod(file, 0o644);
    await openIssuer(directory);
    assert.deepEqual([await mode(keys), await mode(file)], ["700", "600"]);
  });

  it("the same key comes back, also to many who start at once", async () => {
    const directory = await dataDir();
    const kids = await Promise.all(Array.from({ length: 20 }, async () => (await openIssuer(directory)).kid));
    assert.equal(new Set(kids).size, 1);
    const sealings = await Promise.all(Array.from({ length: 20 }, () => openSealing(directory)));
    for (const { open } of sealings) assert.equal(open(sealings[0]?.seal("x", "c") ?? "", "c"), "x");
    assert.deepEqual((await readdir(join(directory, "keys"))).sort(), ["issuer.json", "sealing.json"]);
  });

  it("a damaged file stops the start instead of being replaced", async () => {
    const directory = await dataDir();
    await openIssuer(directory);
    await writeFile(join(directory, "keys", "issuer.json"), "{}");
    await assert.rejects(openIssuer(directory), /no private P-256 key/);
    assert.equal(await readFile(join(directory, "keys", "issuer.json"), "utf8"), "{}");
  });
});

describe("our issuer", () => {
  it("signs tokens that our verifier takes, and documents that it does not", async () => {
    const issuer = await openIssuer(await dataDir());
    const tokens = createTokens({ own: issuer, host: null });
    const token = await issuer.signToken({ sub: "ann", name: "Ann", roles: ["platform"], ttlSeconds: 60 });
    const caller = await tokens.verify(`Bearer ${token}`);
    assert.deepEqual([caller.traderId, caller.name, [...caller.roles]], ["ann", "Ann", ["platform"]]);
    assert.equal(decodeProtectedHeader(token).kid, issuer.kid);
    const document = await issuer.sign({ ...decodeJwt(token) }, "dossier+jws");
    await assert.rejects(tokens.verify(`Bearer ${document}`), { message: "UNAUTHORIZED" });
    await assert.rejects(issuer.sign({}, "jwt"), /must not pass for a token/);
  });

  it("publishes no private part", async () => {
    const { publicJwks } = await openIssuer(await dataDir());
    assert.doesNotMatch(JSON.stringify(publicJwks), /"d":/);
  });
});

describe("sealing", () => {
  it("opens what it sealed, in its own place only", async () => {
    const { seal, open } = await openSealing(await dataDir());
    for (const text of ["", "4276 1234 🦜", "x".repeat(10_000)]) assert.equal(open(seal(text, "ad:1"), "ad:1"), text);
    assert.throws(() => open(seal("x", "ad:1"), "ad:2"));
    assert.notEqual(seal("x", "ad:1"), seal("x", "ad:1"));
    assert.match(seal("x", "ad:1"), /^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
  });

  it("what was altered, cut or sealed elsewhere throws", async () => {
    const [mine, other] = [await openSealing(await dataDir()), await openSealing(await dataDir())];
    const sealed = mine.seal("secret", "c");
    const [version, id, data = ""] = sealed.split(".");
    const bytes = Buffer.from(data, "base64url");
    for (let i = 0; i < bytes.length; i += 1) {
      const altered = Buffer.from(bytes);
      altered[i] = (altered[i] ?? 0) ^ 1;
      assert.throws(() => mine.open(`${version}.${id}.${altered.toString("base64url")}`, "c"));
    }
    for (const wrong of [
      "",
      "x",
      `v2.${id}.${data}`,
      `${version}.${id}.${data.slice(0, 20)}`,
      `${sealed}.x`,
      `${version}.00000000.${data}`,
    ])
      assert.throws(() => mine.open(wrong, "c"), wrong);
    assert.throws(() => other.open(sealed, "c"), /sealed with another one/);
  });

  it("an old key opens, the current one seals", async () => {
    const directory = await dataDir();
    const before = (await openSealing(directory)).seal("x", "c");
    const path = join(directory, "keys", "sealing.json");
    const file = JSON.parse(await readFile(path, "utf8"));
    const keys = { ...file.keys, abcd: Buffer.alloc(32, 7).toString("base64url") };
    await writeFile(path, JSON.stringify({ current: "abcd", keys }));
    const { seal, open } = await openSealing(directory);
    assert.equal(open(before, "c"), "x");
    assert.match(seal("x", "c"), /^v1\.abcd\./);
  });
});

describe("parley token", () => {
  it("prints a token that this installation takes", async () => {
    const directory = await dataDir();
    const args = [
      "token",
      "--user",
      "ann",
      "--role",
      "operator",
      "--role",
      "platform",
      "--name",
      "Ann A",
      "--ttl",
      "5",
    ];
    const { code, stdout, stderr } = await runParley(args, { DATA_DIR: directory });
    assert.equal(code, 0);
    // Nobody has keys of that directory yet: it may be the wrong one.
    assert.match(stderr, /^There were no keys in \S+, so new ones were made/);
    const caller = await createTokens({ own: await openIssuer(directory), host: null }).verify(
      `Bearer ${stdout.trim()}`,
    );
    assert.deepEqual([caller.traderId, caller.name, [...caller.roles]], ["ann", "Ann A", ["operator", "platform"]]);
    // Five seconds more, by which clocks may differ.
    assert.ok(caller.expiresAt - Date.now() > 290_000 && caller.expiresAt - Date.now() <= 305_000);
  });

  it("says in a sentence what it did not understand, and exits with 2", async () => {
    const cases: [string[], RegExp][] = [
      [["tokn"], /no command "tokn"/],
      [["token"], /--user is missing/],
      [["token", "--user", "a b"], /--user is "a b"/],
      [
        ["token", "--user", "a", "--role", "king"],
        /--role is "king"; allowed is operator or rail_operator or platform/,
      ],
      [["token", "--user", "a", "--ttl", "0"], /--ttl is "0"/],
      [["token", "--usr", "a"], /Unknown option '--usr'/],
      [["token", "--user", "a", "extra"], /Unexpected argument 'extra'/],
    ];
    const answers = await Promise.all(cases.map(([args]) => runParleyInside(args, { DATA_DIR: "/nowhere" })));
    answers.forEach(({ code, stdout, stderr }, i) => {
      assert.deepEqual([code, stdout], [2, ""], String(cases[i]));
      assert.match(stderr, cases[i]?.[1] ?? /never/);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  });

  it("helps", async () => {
    assert.match((await runParley(["--help"])).stdout, /parley token --user NAME/);
    assert.match((await runParleyInside(["token", "--help"])).stdout, /^Usage: parley token/);
    assert.match((await runParleyInside(["token", "--user", "a"], { PORT: "x" })).stderr, /PORT is "x"/);
  });
});
