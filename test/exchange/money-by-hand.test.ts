/** `parley credit` and `parley debit`: what a host platform's server does, by hand, against a running server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ended, runParley, runParleyInside } from "../support/command-line.ts";
import { useMarket } from "../support/market.ts";
import { someone } from "../support/trades.ts";

const market = useMarket();

const surroundings = () => ({ DATA_DIR: market.dataDir, PUBLIC_URL: market.nodes[0]?.address ?? "" });

const done = ({ code, stdout, stderr }: Ended) => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
};

test("money comes in and goes out, once per external id, and the trail says who did it", async () => {
  const user = someone("mary");
  const id = someone("bank-slip");
  const credit = ["credit", "--user", user, "--amount", "150000", "--external-id", id, "--by", "petra"];
  assert.equal(done(await runParley(credit, surroundings())).available, 150_000);
  assert.equal(done(await runParleyInside(credit, surroundings())).available, 150_000, "sent twice, it counts once");
  const out = ["--user", user, "--amount", "50000", "--external-id", id];
  assert.equal(
    done(await runParleyInside(["debit", ...out, "--kind", "adjustment"], surroundings())).available,
    100_000,
  );
  const wallet = await market.as(user)("GET", "/wallet");
  assert.deepEqual([wallet.body.available, wallet.body.deposited_total], [100_000, 150_000]);
  const trail = await market.sql(
    `select actor, act, details from exchange.platform_acts where trader_id = '${user}' order by id`,
  );
  assert.deepEqual(trail, [
    { actor: "petra", act: "credit", details: { amount: 150_000, kind: "deposit", external_id: id } },
    { actor: "cli", act: "debit", details: { amount: 50_000, kind: "adjustment", external_id: id } },
  ]);
});

test("what cannot be done is said in a sentence, and moves nothing", async () => {
  const user = someone("poor");
  const id = someone("slip");
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["credit", "--amount", "1", "--external-id", id], 2, /--user is missing/],
    [["credit", "--user", user, "--external-id", id], 2, /--amount is missing/],
    [["credit", "--user", user, "--amount", "1"], 2, /--external-id is missing/],
    [["credit", "--user", user, "--amount", "1.5", "--external-id", id], 2, /whole number of kopecks/],
    [["credit", "--user", user, "--amount", "-5", "--external-id", id], 2, /--amount/],
    [["credit", "--user", user, "--amount", "1", "--external-id", id, "--kind", "withdrawal"], 2, /--kind is/],
    [["credit", "--user", "a b", "--amount", "1", "--external-id", id], 1, /VALIDATION_ERROR/],
    [["debit", "--user", user, "--amount", "1", "--external-id", id], 1, /USER_NOT_FOUND/],
  ];
  for (const [args, code, said] of cases) {
    const ended = await runParleyInside(args, surroundings());
    assert.deepEqual([ended.code, ended.stdout], [code, ""], String(args));
    assert.match(ended.stderr, said);
    assert.doesNotMatch(ended.stderr, /\n {4}at /);
  }
  assert.deepEqual(await market.sql(`select from exchange.transfers where external_id = '${id}'`), []);
});
