/** What the operator of an installation does for people by the command line. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runParleyInside } from "../support/command-line.ts";
import { useMarket } from "../support/market.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, signIn, signUp } from "../support/people.ts";

const open = useMarket({ env: { SIGN_UP: "open" } });
const closed = useMarket({ env: { SIGN_UP: "invite" } });
const URL_OF_APP = "https://parley.example";

const envOf = ({ database, dataDir }: typeof open) => ({ DATABASE_URL: database.servingUrl, DATA_DIR: dataDir });
const parley = (market: typeof open, ...args: readonly string[]) => runParleyInside(args, envOf(market));
const codeIn = (printed: string, name: string): string => new URL(printed.trim()).searchParams.get(name) ?? "";

describe("parley invite", () => {
  const come = (invite?: string) =>
    openBrowser(closed).call("POST", "/identity/sign-up", {
      name: "Ann",
      login: freshLogin(),
      password: PASSWORD,
      ...(invite !== undefined && { invite }),
    });

  test("makes a link that one person comes in with, once", async () => {
    const made = await parley(closed, "invite", "--url", URL_OF_APP);
    assert.equal(made.code, 0, made.stderr);
    assert.ok(made.stdout.startsWith(`${URL_OF_APP}/sign-up?invite=`));
    const invite = codeIn(made.stdout, "invite");
    assertCode(await come(), 403, "INVITE_REQUIRED");
    assert.equal((await come(invite)).status, 201);
    assertCode(await come(invite), 403, "INVITE_REQUIRED");
  });
});

describe("parley identity role", () => {
  test("gives a role and takes it, by id or login, and the trail says so", async () => {
    const ann = await signUp(open);
    const roles = async () => (await ann.call("GET", "/identity/session")).body.person.roles;
    const given = await parley(open, "identity", "role", "--user", ann.login, "--add", "operator");
    assert.deepEqual([given.code, JSON.parse(given.stdout)], [0, { user_id: ann.id, roles: ["operator"] }]);
    const taken = await parley(open, "identity", "role", "--user", ann.id, "--remove", "operator");
    assert.deepEqual(JSON.parse(taken.stdout).roles, []);
    const acts = await open.sql(`select act, actor from identity.acts where person_id = '${ann.id}' order by at`);
    assert.deepEqual(acts, [
      { act: "add-role", actor: "cli" },
      { act: "remove-role", actor: "cli" },
    ]);
    assert.deepEqual(await roles(), []);
  });

  for (const [args, code, sentence] of [
    [["--add", "operator"], 2, /--user is missing/],
    [["--user", "x", "--add", "king"], 2, /The role is "king"; allowed is operator, rail_operator, platform/],
    [["--user", "x", "--add", "operator", "--remove", "operator"], 2, /either --add or --remove/],
    [["--user", "nobody", "--add", "operator"], 1, /Nobody with an account here/],
  ] as const)
    test(`${args.join(" ")}: a sentence, and nothing is changed`, async () => {
      const ended = await parley(open, "identity", "role", ...args);
      assert.equal(ended.code, code);
      assert.match(ended.stderr, sentence);
    });
});

describe("parley identity reset", () => {
  test("makes a link that gives a new password once, and ends all that was open", async () => {
    const ann = await signUp(open);
    const made = await parley(open, "identity", "reset", "--user", ann.login, "--url", URL_OF_APP);
    assert.equal(made.code, 0, made.stderr);
    const code = codeIn(made.stdout, "code");
    const set = (password: string) => openBrowser(open).call("POST", "/identity/reset", { code, password });
    assert.equal((await set("another good battery")).status, 204);
    assertCode(await set("a third good battery"), 403, "LINK_OVER");
    assertCode(await signIn(openBrowser(open), ann.login), 401, "SIGN_IN_FAILED");
    assert.equal((await signIn(openBrowser(open), ann.login, "another good battery")).status, 200);
  });
});
