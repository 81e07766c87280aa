/** Credits and debits by hand: why, and the list of who moved what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";
import { assertDone, assertInvalid, assertRefused, someone } from "../support/trades.ts";

const market = useMarket();
const petra = someone("petra");
const asPetra = () => market.as(petra, "platform");
const credit = (entry: Json) => asPetra()("POST", "/platform/credits", { kind: "deposit", amount: 5_000, ...entry });
const debit = (entry: Json) => asPetra()("POST", "/platform/debits", { kind: "withdrawal", amount: 2_000, ...entry });
const acts = async (query = ""): Promise<Json> => assertDone(await asPetra()("GET", `/platform/acts${query}`));

test("each act is listed with who did it, to whom and why, newest first", async () => {
  const user = someone("user");
  assertDone(await credit({ user_id: user, external_id: someone("in"), reason: "Cash at the desk,\nreceipt 12" }), 201);
  assertDone(await debit({ user_id: user, external_id: someone("out") }), 201);
  const { items } = await acts(`?user_id=${user}`);
  assert.deepEqual(
    items.map(({ act, by, user_id, amount, kind, reason }: Json) => [act, by, user_id, amount, kind, reason]),
    [
      ["debit", petra, user, 2_000, "withdrawal", null],
      ["credit", petra, user, 5_000, "deposit", "Cash at the desk,\nreceipt 12"],
    ],
  );
  assert.deepEqual((await acts("?limit=1")).items[0].id, items[0].id);
});

test("the reason is content: the same again is the first answer, with another reason nothing moves", async () => {
  const entry = { user_id: someone("user"), external_id: someone("slip"), reason: "a slip" };
  const first = assertDone(await credit(entry), 201);
  assert.deepEqual(assertDone(await credit(entry), 200), first);
  assertRefused(await credit({ ...entry, reason: "another slip" }), "EXTERNAL_ID_REUSED");
  assertRefused(await credit({ ...entry, reason: undefined }), "EXTERNAL_ID_REUSED");
  assert.equal((await acts(`?user_id=${entry.user_id}`)).items.length, 1);
  assertInvalid(await credit({ ...entry, reason: " \u200b " }), "/reason");
  assertInvalid(await debit({ ...entry, reason: "x".repeat(1_001) }), "/reason");
});

test("pages follow each other by cursor, and what is done meanwhile shifts none", async () => {
  const user = someone("user");
  for (let n = 0; n < 3; n++) assertDone(await credit({ user_id: user, external_id: someone("page") }), 201);
  const first = await acts(`?user_id=${user}&limit=2`);
  assertDone(await credit({ user_id: user, external_id: someone("page") }), 201);
  const second = await acts(`?user_id=${user}&limit=2&cursor=${first.next}`);
  const ids = [...first.items, ...second.items].map(({ id }: Json) => id);
  assert.equal(new Set(ids).size, 3);
  assert.deepEqual(
    ids,
    ids.toSorted((a: number, b: number) => b - a),
  );
  assert.equal(second.next, null);
});

test("nobody sees the list without the role platform", async () => {
  for (const call of [market.as(someone("user")), market.as(someone("operator"), "operator")])
    assertRefused(await call("GET", "/platform/acts"), "FORBIDDEN");
  assert.equal((await market.stranger("GET", "/platform/acts")).status, 401);
});
