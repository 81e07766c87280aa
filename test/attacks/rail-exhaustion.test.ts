/** Using up what belongs to others, or to all: a bank's calls, the rail's time for signatures, and the room of a crowd. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRefused } from "../support/aliases.ts";
import { type Reply, startRail, type TestRail, useRail } from "../support/rail.ts";
import { byLink, NO_ORDER, ORDERS } from "../support/rail-orders.ts";

/** Of a bank, and of an address without a bank, within ten seconds: so few that a test is over by then. */
const CALLS = 2;
const GUESSES = 3;

const isIn = (reply: Reply) => assertRefused(reply, 404, "ORDER NOT FOUND");
const isTurnedAway = (reply: Reply) => assertRefused(reply, 401, "AUTHORIZATION_FAILED");
const isTooMuch = (reply: Reply) => assertRefused(reply, 429, "RATE_LIMITED");

/** Each with counters of its own. */
const withTightRail = async (run: (rail: TestRail) => Promise<void>): Promise<void> => {
  const rail = await startRail({
    env: { RAIL_CALLS_PER_10_SECONDS: String(CALLS) },
    railSettings: { guessesPer10Seconds: GUESSES },
  });
  try {
    await run(rail);
  } finally {
    await rail.end();
  }
};

describe("F221: calls and guesses", () => {
  test("a bank had signatures checked without an end beyond its limit; now its address is stopped before the next", () =>
    withTightRail(async (rail) => {
      const bank = await rail.bank();
      for (let call = 0; call < CALLS; call++) isIn(await bank.get(NO_ORDER));
      for (let call = 0; call < GUESSES - 1; call++) isTooMuch(await bank.get(NO_ORDER));
      // The last that is looked at; the one after it is not, whatever it is.
      isTurnedAway(await bank.get(NO_ORDER, { header: "a.b.c" }));
      isTooMuch(await bank.get(NO_ORDER, { header: "a.b.c" }));
    }));

  for (const method of ["GET", "POST"])
    test(`whoever had seen a ${method} sent it again and again, and its bank had no calls left; now it is a guess of the sender's`, () =>
      withTightRail(async (rail) => {
        const bank = await rail.bank();
        const seen = await bank.sign(
          method,
          method === "GET" ? NO_ORDER : ORDERS,
          method === "GET" ? undefined : byLink(bank),
        );
        const first = await bank.send(seen);
        assert.equal(first.status, method === "GET" ? 404 : 201, first.text);
        for (let copy = 1; copy < GUESSES; copy++) isTurnedAway(await bank.send(seen));
        isIn(await bank.get(NO_ORDER));
        isTurnedAway(await bank.get(NO_ORDER, { header: "a.b.c" }));
        isTooMuch(await bank.get(NO_ORDER, { header: "a.b.c" }));
      }));
});

describe("F222: a crowd of banks", () => {
  const rail = useRail({ nodes: 1 });
  const directory = () => (rail.nodes[0] ?? assert.fail("there is no node")).rail.directory;

  test("each change had every key of every bank imported anew, which held everybody up; now a key is read once", async () => {
    const banks = [await rail.bank(), await rail.bank()];
    const keysBefore = banks.map(({ kid }) => directory().byKid(kid)?.key);
    await rail.bank();
    await directory().refresh();
    for (const [index, { kid }] of banks.entries()) {
      assert.ok(keysBefore[index] !== undefined);
      assert.equal(directory().byKid(kid)?.key, keysBefore[index]);
    }
  });

  test("each order had all banks gone through to know who may be asked; now that is worked out when they change", async () => {
    const asked = await rail.bank({ callbackUrl: "http://127.0.0.1:9/" });
    const before = directory().searchable("sandbox");
    assert.ok(before.includes(asked.guid));
    assert.equal(directory().searchable("sandbox"), before);
    assert.equal(directory().suspended(), directory().suspended());
    for (const change of [{ receiver_search: false }, { receiver_search: true, state: "suspended" }]) {
      assert.equal((await rail.operator("PATCH", `/participants/${asked.guid}`, change)).status, 200);
      assert.ok(!directory().searchable("sandbox").includes(asked.guid), JSON.stringify(change));
    }
    assert.ok(directory().suspended().includes(asked.guid));
    assert.ok(!directory().searchable("production").includes(asked.guid));
  });
});
