/**
 * `parley rail …` against a running server: what is printed, what it does, and how it ends. As processes where pipes and
 * exit codes matter, and in this one where there are many cases.
 */
import assert from "node:assert/strict";
import { createHash, createPrivateKey, randomUUID, sign } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Command } from "../../src/cli/command.ts";
import { railCommand } from "../../src/cli/rail.ts";
import { type Algorithm, generateKey, type Jwk } from "../../src/jws/index.ts";
import { type Ended, runParley, runParleyInside, runProgram } from "../support/command-line.ts";
import { type Environment, environmentOf } from "../support/environment.ts";
import { type Bank, freshCode, type Json, phone, signText, startRail, type TestRail } from "../support/rail.ts";

let rail: TestRail;
let directory: string;
before(async () => {
  rail = await startRail();
  directory = await mkdtemp(join(tmpdir(), "parley-test-cli-"));
});
after(async () => {
  await rm(directory, { recursive: true, force: true });
  await rail.end();
});

type Ran = { readonly code: number; readonly out: string; readonly err: string };

const nodeOf = () => rail.nodes[0] ?? assert.fail("no node");

const surroundings = () => ({ DATA_DIR: rail.dataDir, PUBLIC_URL: nodeOf().address, DEMO: "0" });
const ranOf = ({ code, stdout, stderr }: Ended): Ran => ({ code, out: stdout, err: stderr });

const parley = async (args: readonly string[], input?: string, env: Environment = {}): Promise<Ran> =>
  ranOf(await runParley(["rail", ...args], { ...surroundings(), ...env }, input));

const inside = async (args: readonly string[]): Promise<Ran> =>
  ranOf(await runParleyInside(["rail", ...args], surroundings()));

/** What is given on standard input needs a process of its own. */
const done = async (args: readonly string[], input?: string): Promise<string> => {
  const { code, out, err } = await (input === undefined ? inside(args) : parley(args, input));
  assert.deepEqual([code, err], [0, ""], out);
  return out;
};

const fileOf = async (content: object | string): Promise<string> => {
  const file = join(directory, randomUUID());
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};

const orderOf = (bank: Pick<Bank, "iban">) => ({
  type: "phone",
  creditor: { phone: phone() },
  debtor: { account: bank.iban() },
  amount: 15.5,
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Lunch",
});

test("a bank is let in, changed, given keys and suspended from the command line", async () => {
  const out = join(directory, "bank.json");
  const publicJwk = JSON.parse(await done(["keygen", "--out", out]));
  const code = freshCode();
  const made: Json = JSON.parse(
    await done([
      "participant",
      "add",
      "--name",
      "Cli bank",
      "--code",
      code,
      "--key",
      out,
      "--callback-url",
      "http://[::1]:9/",
    ]),
  );
  assert.deepEqual([made.name, made.mode, made.bank_codes, made.state], ["Cli bank", "sandbox", [code], "active"]);
  assert.deepEqual([made.keys.length, made.keys[0].kid, made.keys[0].alg], [1, publicJwk.kid, "ES256"]);

  const line = (await done(["participant", "list"])).split("\n").find((each) => each.startsWith(made.guid));
  assert.equal(line, [made.guid, "sandbox", "active", "strong", code, "1 key", "Cli bank"].join("\t"));

  const second = await fileOf((await generateKey("EdDSA", "second")).publicJwk);
  const added: Json = JSON.parse(
    await done(["participant", "key", made.guid, second, "--exp", "2031-01-31T00:00:00Z"]),
  );
  assert.deepEqual([added.kid, added.exp], ["second", Date.UTC(2031, 0, 31) / 1_000]);
  assert.match(await done(["participant", "revoke", made.guid, "second"]), /^second is revoked/);
  const challenged = await done(["participant", "challenge", made.guid]);
  assert.match(challenged, /goes to http:\/\/\[::1\]:9\//);
  assert.ok(challenged.includes(`parley rail participant show ${made.guid}`), challenged);

  await done([
    "participant",
    "edit",
    made.guid,
    "--state",
    "suspended",
    "--callback-url",
    "none",
    "--receiver-search",
    "off",
  ]);
  const shown: Json = JSON.parse(await done(["participant", "show", made.guid]));
  assert.deepEqual([shown.state, shown.callback_url, shown.receiver_search], ["suspended", null, false]);
  const acts = await rail.sql(
    `select distinct operator_id from rail.participant_acts where participant_guid = '${made.guid}'`,
  );
  assert.deepEqual(acts, [{ operator_id: "cli" }]);
});

test("participants in production are made from the command line as well", async () => {
  const args = ["participant", "add", "--name", "P", "--code", freshCode(), "--mode", "production", "--user", "olena"];
  assert.equal(JSON.parse(await done(args)).mode, "production");
});

test("what the server refuses is said in a line, with exit code 1", async () => {
  const code = freshCode();
  await done(["participant", "add", "--name", "First", "--code", code]);
  const clash = await inside(["participant", "add", "--name", "Second", "--code", code]);
  assert.equal(clash.code, 1);
  assert.match(clash.err, /^409 BANK_CODE_IN_USE: .*\n {2}\d{6}\n$/);
  const wrong = await inside(["participant", "add", "--name", "Third", "--code", "12"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /^400 VALIDATION_ERROR: .*\n {2}\/bank_codes\/0 must match/);
  const nobody = await inside(["participant", "show", randomUUID()]);
  assert.match(nobody.err, /^404 PARTICIPANT_NOT_FOUND/);
});

test("a server that does not answer, or does not know our key, is said so", async () => {
  const nowhere = await inside(["participant", "list", "--url", "http://127.0.0.1:1"]);
  assert.deepEqual([nowhere.code, nowhere.out], [1, ""]);
  assert.match(nowhere.err, /^No answer from http:\/\/127\.0\.0\.1:1: does the server run there/);
  const stranger = await parley(["participant", "list"], "", { DATA_DIR: join(directory, "another") });
  assert.equal(stranger.code, 1);
  assert.match(stranger.err, /^There were no keys in .*another, so new ones were made: a server with another DATA_DIR/);
  assert.match(stranger.err, /does not know this installation's key/);
  const again = await parley(["participant", "list"], "", { DATA_DIR: join(directory, "another") });
  assert.doesNotMatch(again.err, /There were no keys/);
});

const SOME_GUID = randomUUID();

const MISUSES: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /^Say what of: participant, keygen, sign, verify, bank\./],
  [["dance"], /^There is no "parley rail dance"/],
  [["participant"], /^Say what of: list, add/],
  [["participant", "dance"], /^There is no "parley rail participant dance"/],
  [["participant", "show"], /^GUID is missing/],
  [["participant", "revoke", "guid"], /^KID is missing/],
  [["participant", "list", "extra"], /^There is a word too much: "extra"/],
  [["participant", "edit", "guid"], /^Say what shall change/],
  [["participant", "add", "--code", "123456"], /^--name is missing/],
  [["participant", "add", "--name", "x", "--code", "123456", "--key", "/nowhere"], /^\/nowhere cannot be read/],
  [["participant", "key", "guid", "package.json"], /^package\.json holds no key to verify with\. Give the key a kid/],
  [["participant", "list", "--url", "http://bank.example"], /^--url is "http:\/\/bank\.example"; allowed is https/],
  [["participant", "list", "--no-such"], /Unknown option '--no-such'/],
  [["keygen"], /^--out is missing/],
  [["keygen", "--out", "/tmp/x", "--alg", "HS256"], /^--alg is "HS256"; allowed is RS256, PS256, ES256, EdDSA/],
  [["keygen", "--out", "/tmp/x", "--kid", "with blank"], /^Give the key a kid/],
  [["sign"], /^--key is missing/],
  [["sign", "--key", "package.json"], /^--guid is missing/],
  [["sign", "--key", "x", "--profile", "weak"], /^--profile is "weak"/],
  [["sign", "--key", "x", "--guid", SOME_GUID, "--url", "ftp://x"], /^--url is "ftp:\/\/x"/],
  [
    ["sign", "--key", "x", "--guid", "g", "--url", "https://x/"],
    /^--guid is "g"; allowed is a participant's guid, a UUID/,
  ],
  [
    ["bank", "--name", "x", "--rail", "https://x", "--key", "x", "--code", "123456", "--guid", "g"],
    /^--guid is "g"; allowed is a participant's guid, a UUID/,
  ],
  [["verify"], /^Say which token/],
  [["verify", "--as", "footer", "a"], /^--as is "footer"/],
  [["verify", "a", "b"], /^There is more than one token/],
  [["verify", "-", "--body", "-"], /^Token and --body cannot both/],
];

for (const [args, says] of MISUSES)
  test(`not understood: parley rail ${args.join(" ")}`, async () => {
    const { code, out, err } = await inside(args);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, says);
  });

test("what was not understood ends with exit code 2, and says how it is meant", async () => {
  const { code, err } = await parley(["participant", "show"]);
  assert.equal(code, 2);
  assert.match(err, /^GUID is missing\.\nUsage: parley rail participant show GUID/);
});

test("--help says how, of the innermost command that was named", async () => {
  assert.match((await parley(["--help"])).out, /^Usage: parley rail participant list\|add/);
  assert.match(
    (await parley(["participant", "key", "--help"])).out,
    /^Usage: parley rail participant key GUID FILE\|-/,
  );
  assert.match((await parley(["verify", "-h"])).out, /^Usage: parley rail verify /);
  assert.match((await parley(["sign", "--help"])).out, /^ {2}--profile strong\|compat +how .*; default strong$/m);
  assert.doesNotMatch((await parley(["--help"])).out, /^ {2}--/m, "an overview has a line for each");
});

const commandsOf = (command: Command): readonly Command[] =>
  command.commands === undefined ? [command] : command.commands.flatMap(commandsOf);

test("--help has a line for every option of a command, and for no other", () => {
  for (const { name, usage } of commandsOf(railCommand)) {
    const [synopsis = "", ...lines] = usage.split("\n");
    const listed = lines.flatMap((line) => /^ {2}(--[a-z-]+)/.exec(line)?.[1] ?? []);
    const meant = [...synopsis.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    assert.deepEqual(listed.toSorted(), meant.toSorted(), name);
  }
});

test("keygen keeps the private half to its owner, and never writes over a key", async () => {
  for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
    const out = join(directory, `${alg}.json`);
    const printed = JSON.parse(await done(["keygen", "--alg", alg, "--out", out, "--kid", `my-${alg}`]));
    const written = JSON.parse(await readFile(out, "utf8"));
    assert.deepEqual([printed.alg, printed.kid, printed.d], [alg, `my-${alg}`, undefined]);
    assert.equal(typeof written.d, "string");
    assert.equal((await stat(out)).mode & 0o777, 0o600);
    const again = await inside(["keygen", "--alg", alg, "--out", out]);
    assert.deepEqual([again.code, again.out], [1, ""]);
    assert.match(again.err, /is there already/);
    assert.deepEqual(JSON.parse(await readFile(out, "utf8")), written);
  }
});

/** What a shell makes of the lines that `sign` printed. */
const inShell = async (lines: string): Promise<Json> => {
  const { code, out, err } = ranOf(await runProgram("sh", ["-c", lines], environmentOf(surroundings())));
  assert.equal(code, 0, err);
  return JSON.parse(out);
};

for (const [profile, alg] of [
  ["strong", "ES256"],
  ["strong", "PS256"],
  ["compat", "RS256"],
  ["compat", "EdDSA"],
] as const)
  test(`an order signed on the command line is made by a shell: ${profile}, ${alg}`, async () => {
    const bank = await rail.bank({ profile, alg });
    const key = await fileOf(bank.keys.privateJwk);
    const origin = nodeOf().railAddress;
    const who = ["--key", key, "--profile", profile, "--guid", bank.guid];
    // As text, because what is written is what is signed.
    const body = JSON.stringify(orderOf(bank)).replace("15.5", "15.50");
    const made = await inShell(
      await done(["sign", ...who, "--url", `${origin}/api/v1/p2p/orders`, "--body", "-"], body),
    );
    assert.match(made.guid, /^[0-9a-f-]{36}$/, JSON.stringify(made));
    const read = await bank.get(`/p2p/orders/${made.guid}`);
    assert.match(read.text, /"amount":15\.50,/);
    const url = `${origin}/api/v1/p2p/orders?external_id=${made.external_id}`;
    const found = await inShell(await done(["sign", ...who, "--url", url]));
    assert.equal(found.guid, made.guid);
  });

test("behind a proxy a token is signed for the public URL", async () => {
  const bank = await rail.bank();
  const key = await fileOf(bank.keys.privateJwk);
  const args = ["sign", "--key", key, "--guid", bank.guid, "--audience", "https://rail.example/"];
  const lines = await done([...args, "--url", "http://127.0.0.1:9/api/v1/p2p/limits?x='y'"]);
  const [, payload = ""] = (/CX_AUTHORIZATION='([^']+)'/.exec(lines)?.[1] ?? "").split(".");
  assert.equal(JSON.parse(Buffer.from(payload, "base64url").toString()).aud, "https://rail.example/api/v1/p2p/limits");
  assert.match(lines, /curl -sS -X GET 'http:\/\/127\.0\.0\.1:9\/api\/v1\/p2p\/limits\?x=%27y%27' \\\n/);
});

test("a strong bank does not sign with RS256, and a body has to be strict JSON", async () => {
  const rs256 = await fileOf((await generateKey("RS256")).privateJwk);
  const refused = await inside(["sign", "--key", rs256, "--guid", SOME_GUID, "--url", "https://x/"]);
  assert.match(refused.err, /^Use a key with another alg: the profile strong has PS256, ES256, EdDSA/);
  const es256 = await fileOf((await generateKey("ES256")).privateJwk);
  const twice = await parley(
    ["sign", "--key", es256, "--guid", SOME_GUID, "--url", "https://x/", "--body", "-"],
    '{"a":1,"a":2}',
  );
  assert.equal(twice.code, 2);
  assert.match(twice.err, /^Standard input is not JSON as the rail reads it/);
});

const URL_OF_CALL = "https://rail.example/api/v1/p2p/orders";
const BODY = "the.signed.body";

type Wish = {
  readonly alg?: Algorithm;
  readonly claims?: object | (() => object);
  readonly profile?: string;
  readonly args?: readonly string[];
  readonly key?: Jwk;
  /** Makes the token of what would be right. */
  readonly make?: (token: string, jwk: Jwk, claims: object) => string | Promise<string>;
};

/** A right token, but for what is wished; and what `verify` says of it. */
const verified = async ({
  alg = "ES256",
  claims = {},
  profile = "strong",
  args = [],
  key,
  make,
}: Wish): Promise<Ran> => {
  const { privateJwk, publicJwk } = await generateKey(alg, "key-1");
  const iat = Math.floor(Date.now() / 1_000);
  const whole = {
    iat,
    exp: iat + 300,
    jti: "j-1",
    iss: "guid-1",
    aud: URL_OF_CALL,
    bh: createHash("sha256").update(BODY).digest("base64url"),
    ...(typeof claims === "function" ? claims() : claims),
  };
  const token = await signText(JSON.stringify(whole), privateJwk);
  const [jwk, body] = [await fileOf(key ?? publicJwk), await fileOf(BODY)];
  const call = ["--profile", profile, "--guid", "guid-1", "--url", `${URL_OF_CALL}?x=1`, "--body", body];
  return inside(["verify", "--jwk", jwk, ...call, ...args, (await make?.(token, privateJwk, whole)) ?? token]);
};

test("a token comes from standard input as well", async () => {
  const { privateJwk, publicJwk } = await generateKey("ES256");
  const token = await signText(JSON.stringify({ iat: seconds(), jti: "j" }), privateJwk);
  const right = await done(["verify", "--jwk", await fileOf(publicJwk), "--profile", "compat", "-"], `${token}\n`);
  assert.match(right, /The rail would take it now\.\n$/);
  const wrong = await parley(["verify", "--jwk", await fileOf(publicJwk), "--profile", "compat", "-"], `${token}A`);
  assert.deepEqual([wrong.code, wrong.err.split(":")[0]], [1, "The rail would answer 401 AUTHORIZATION_FAILED"]);
});

test("of a token that is right every step is said, and that the rail would take it", async () => {
  const { code, out } = await verified({ make: (token) => `Bearer ${token}\n` });
  assert.equal(code, 0, out);
  const steps = out
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/\s+/).slice(0, 2).join(" "));
  const names = "token header signature payload kid alg signed jti iat exp iss aud bh".split(" ");
  assert.deepEqual(steps, ["Judged as", ...names.map((name) => `ok ${name}`), "The rail"]);
});

test("what nothing was given to compare with is said to be open", async () => {
  const { privateJwk } = await generateKey("ES256");
  const iat = Math.floor(Date.now() / 1_000);
  const claims = { iat, exp: iat + 60, jti: "j", iss: "i", aud: "a", bh: "b" };
  const out = await done(["verify", await signText(JSON.stringify(claims), privateJwk)]);
  const open = out.split("\n").filter((line) => line.startsWith("?"));
  assert.deepEqual(
    open.map((line) => line.split(/\s+/)[1]),
    ["kid", "iss", "aud", "bh"],
  );
  assert.match(out, /Nothing is wrong in what could be looked at\.\n$/);
});

const segments = (token: string): [string, string, string] => token.split(".") as [string, string, string];
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const rawSign = (input: string, jwk: Jwk, options: object): string =>
  sign("sha256", Buffer.from(input), {
    key: createPrivateKey({ key: { ...jwk }, format: "jwk" }),
    ...options,
  }).toString("base64url");
const PAIR = { dsaEncoding: "ieee-p1363" };
const resigned =
  (inputOf: (header: string, payload: string) => string, options: object = PAIR) =>
  (token: string, jwk: Jwk): string => {
    const [header, payload] = segments(token);
    return `${header}.${payload}.${rawSign(inputOf(header, payload), jwk, options)}`;
  };
const plain = (header: string, payload: string): string => `${header}.${payload}`;
const headed = (header: object) => (token: string) => `${encode(header)}.${token.split(".").slice(1).join(".")}`;
const seconds = (): number => Math.floor(Date.now() / 1_000);

const FAULTS: readonly (readonly [what: string, wish: Wish, says: RegExp])[] = [
  ["two segments", { make: (token) => token.slice(0, token.lastIndexOf(".")) }, /token .*it has 2/],
  ["a blank in it", { make: (token) => token.replace(".", ". ") }, /payload .*blanks or line ends/],
  ["padding", { make: (token) => `${token}==` }, /signature .*take the padding/],
  ["base64", { make: (token) => `${token.slice(0, -2)}+/` }, /signature .*write - for \+/],
  [
    "a header that is no JSON",
    { make: (token) => `eA.${token.split(".").slice(1).join(".")}` },
    /header .*the header has/,
  ],
  ["HMAC", { make: headed({ alg: "HS256", kid: "key-1" }) }, /header .*"HS256" is not taken/],
  ["none", { make: headed({ alg: "none", kid: "key-1" }) }, /header .*"none" is not taken/],
  ["no kid", { make: headed({ alg: "ES256" }) }, /header .*kid is missing/],
  ["crit", { make: headed({ alg: "ES256", kid: "key-1", crit: ["b64"] }) }, /header .*the member crit/],
  ["a member twice", { make: (_t, jwk) => signText('{"jti":"a","jti":"b"}', jwk) }, /payload .*the payload has/],
  ["another kid", { make: headed({ alg: "ES256", kid: "key-2" }) }, /kid +the token says "key-2", the key is "key-1"/],
  [
    "another algorithm",
    { make: headed({ alg: "PS256", kid: "key-1" }) },
    /alg +the token says PS256, the key is registered for ES256/,
  ],
  ["RS256 of a strong bank", { alg: "RS256" }, /alg +Use a key with another alg/],
  [
    "another payload",
    { make: (t, _j, c) => `${segments(t)[0]}.${encode({ ...c, jti: "x" })}.${segments(t)[2]}` },
    /signed +it is not this key's/,
  ],
  ["DER", { make: resigned(plain, { dsaEncoding: "der" }) }, /signed +it is in DER/],
  ["a line feed signed", { make: resigned((h, p) => `${h}.${p}\n`) }, /signed +a line feed was signed behind it/],
  [
    "the payload alone signed",
    { make: resigned((_h, p) => Buffer.from(p, "base64url").toString()) },
    /signed +the payload alone/,
  ],
  ["PS256 with RS256's padding", { alg: "PS256", make: resigned(plain, {}) }, /signed +it is padded as RS256/],
  [
    "RS256 with PS256's padding",
    { alg: "RS256", profile: "compat", make: resigned(plain, { padding: 6 }) },
    /signed +it is padded as PS256/,
  ],
  [
    "PS256 with another salt",
    { alg: "PS256", make: resigned(plain, { padding: 6, saltLength: 20 }) },
    /signed +its salt/,
  ],
  ["no jti", { claims: { jti: undefined } }, /jti +is missing/],
  ["a jti that is a number", { claims: { jti: 5 } }, /jti +is not a text/],
  ["iat in milliseconds", { claims: () => ({ iat: Date.now() }) }, /iat +is in milliseconds/],
  ["iat as a text", { claims: () => ({ iat: String(seconds()) }) }, /iat +is not a number/],
  ["an old iat", { claims: () => ({ iat: seconds() - 200 }) }, /iat +is 20\d s old; allowed are 60 s/],
  [
    "an iat too old for compat",
    { profile: "compat", claims: () => ({ iat: seconds() - 400 }) },
    /iat +is 40\d s old; allowed are 300 s/,
  ],
  ["an iat of tomorrow", { claims: () => ({ iat: seconds() + 500 }) }, /iat +is \d+ s ahead/],
  ["no exp", { claims: { exp: undefined } }, /exp +is missing/],
  ["an exp that is over", { claims: () => ({ exp: seconds() - 5 }) }, /exp +was \d+ s ago/],
  ["an exp too far", { claims: () => ({ exp: seconds() + 900 }) }, /exp +is \d+ s after iat; allowed are 300 s/],
  ["another iss", { claims: { iss: "somebody" } }, /iss +is "somebody", and the participant is "guid-1"/],
  ["an aud with the query", { claims: { aud: `${URL_OF_CALL}?x=1` } }, /aud .*leave the query away/],
  ["an aud with a slash", { claims: { aud: `${URL_OF_CALL}/` } }, /aud .*leave the slash/],
  ["no bh", { claims: { bh: undefined } }, /bh +is missing/],
  ["bh in hex", { claims: { bh: createHash("sha256").update(BODY).digest("hex") } }, /bh +is in hex/],
  ["bh in base64", { claims: { bh: createHash("sha256").update(BODY).digest("base64") } }, /bh +is in base64/],
  [
    "bh with a line feed",
    { claims: { bh: createHash("sha256").update(`${BODY}\n`).digest("base64url") } },
    /bh .*line feed behind it/,
  ],
  ["bh of no body", { claims: { bh: createHash("sha256").digest("base64url") } }, /bh +is of no body/],
  [
    "bh of another body",
    { claims: { bh: createHash("sha256").update("x").digest("base64url") } },
    /bh +is of another body/,
  ],
];

for (const [what, wish, says] of FAULTS)
  test(`what is wrong with a token is said: ${what}`, async () => {
    const { code, out, err } = await verified(wish);
    assert.equal(code, 1, out);
    const wrong = out.split("\n").filter((line) => line.startsWith("WRONG"));
    assert.match(wrong.join("\n"), new RegExp(`^WRONG +${says.source}`, "m"));
    assert.match(err, /^The rail would answer 401/);
  });

test("--raw prints one token alone, which verify takes: the body's, or without one the header's", async () => {
  const bank = await rail.bank();
  const key = await fileOf(bank.keys.privateJwk);
  const url = `${nodeOf().railAddress}/api/v1/p2p/orders`;
  const who = ["sign", "--raw", "--key", key, "--guid", bank.guid, "--url", url];
  const body = await done([...who, "--body", await fileOf(orderOf(bank))]);
  assert.match(body, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const sent = { method: "POST", headers: { "content-type": "application/jwt" }, body };
  assert.equal((await fetch(url, sent)).status, 201);
  const checked = ["verify", "--jwk", key, "--guid", bank.guid, "--url", url];
  const out = await done([...checked, body]);
  assert.match(out, /^Judged as a signed body, since it has "[a-z_]+"; otherwise say --as header\.$/m);
  assert.match(out, /The rail would take it now\.\n$/);
  assert.doesNotMatch(out, / bh /);
  const header = await done(who);
  assert.match(header, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const read = await done([...checked, "--no-body", header]);
  assert.match(read, /^Judged as a header token, since it has bh; otherwise say --as body\.$/m);
});

type FeedEvent = { readonly status: number; readonly code: string };

/** What the rail answers to this body, beside a header token that is right, and what `verify` says it would. */
const bothSay = async (bank: Bank, text: string): Promise<{ readonly rail: FeedEvent; readonly cli: string }> => {
  const url = `${nodeOf().railAddress}/api/v1/p2p/orders`;
  const iat = seconds();
  const claims = { iat, jti: randomUUID(), bh: createHash("sha256").update(text).digest("base64url") };
  const whole = { ...claims, iss: bank.guid, aud: url, exp: iat + 60 };
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/jwt",
      "cx-authorization": await signText(JSON.stringify(whole), bank.keys.privateJwk),
    },
    body: text,
  });
  const { code } = (await answer.json()) as Json;
  const key = await fileOf(bank.keys.privateJwk);
  const said = await inside(["verify", "--jwk", key, "--guid", bank.guid, "--url", url, "--as", "body", text]);
  assert.equal(said.code, 1, said.out);
  return { rail: { status: answer.status, code }, cli: said.err };
};

test("the verdict over a body names the status that the rail answers with", async () => {
  const bank = await rail.bank();
  const jwk = bank.keys.privateJwk;
  const iat = seconds();
  const aud = `${nodeOf().railAddress}/api/v1/p2p/orders`;
  const order = { ...orderOf(bank), iss: bank.guid, aud, iat, exp: iat + 60 };
  const bodies = {
    unreadable: await signText('{"jti":"a","jti":"b"}', jwk),
    "without a jti": await signText(JSON.stringify(order), jwk),
    "no JWS": "not.aJWS",
    "of yesterday": await signText(JSON.stringify({ ...order, jti: randomUUID(), iat: iat - 86_400 }), jwk),
    "of another key": await signText(JSON.stringify(order), (await generateKey(jwk.alg, jwk.kid)).privateJwk),
  };
  const statuses = { unreadable: 400, "without a jti": 400, "no JWS": 400, "of yesterday": 401, "of another key": 401 };
  for (const [what, text] of Object.entries(bodies)) {
    const { rail: answered, cli } = await bothSay(bank, text);
    assert.equal(answered.status, Reflect.get(statuses, what), what);
    assert.ok(cli.startsWith(`The rail would answer ${answered.status} ${answered.code}`), `${what}: ${cli}`);
  }
  const open = await inside(["verify", bodies["no JWS"]]);
  assert.match(
    open.err,
    /^The rail would answer 401 AUTHORIZATION_FAILED to a header token; to a body 400 INVALID_REQUEST/,
  );
});

test("a body's token is judged as one: compat has no date, strong has no bh", async () => {
  const without = { iat: undefined, exp: undefined, iss: undefined, aud: undefined, bh: undefined };
  const compat = await verified({ profile: "compat", claims: without, args: ["--as", "body"] });
  assert.equal(compat.code, 0, compat.out);
  const strong = await verified({ claims: { bh: undefined }, args: ["--as", "body"] });
  assert.equal(strong.code, 0, strong.out);
});

test("what the rail has signed is verified with the keys that it publishes", async () => {
  const bank = await rail.bank();
  const answer = await bank.post("/p2p/orders", orderOf(bank), { accept: "application/jwt" });
  const jwks = `${nodeOf().railAddress}/api/v1/.well-known/jwks.json`;
  const { out } = await parley(["verify", "--jwks", jwks, "--as", "body", "--profile", "compat", "-"], answer.text);
  assert.match(out, /^ok +signed +the signature fits$/m);
  const nowhere = await inside(["verify", "--jwks", `${nodeOf().railAddress}/docs`, answer.text]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.err, /^There is no set of keys at /);
});
