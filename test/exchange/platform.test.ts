/** What the host platform does: credits, debits, wagers, each once for its external id. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Json, useMarket } from "../support/market.ts";
import { assertDone, assertInvalid, assertRefused, bonus, platform, someone, wallet } from "../support/trades.ts";

const market = useMarket();

type Path = "credits" | "debits" | "wagers";
const MOST = 10_000_000_000_000;

/** One sound entry for each path, of somebody who has enough for it. */
const entries = async (): Promise<Readonly<Record<Path, Json>>> => {
  const user_id = someone("user");
  await bonus(market, user_id, 1_000);
  return {
    credits: { user_id, amount: 100, kind: "deposit", external_id: someone("id"), wagering_required: 40 },
    debits: { user_id, amount: 100, kind: "withdrawal", external_id: someone("id") },
    wagers: { user_id, amount: 100, external_id: someone("id") },
  };
};
const PATHS: readonly Path[] = ["credits", "debits", "wagers"];

const state = async (user: string) => JSON.stringify(await wallet(market, user));

describe("an external id", () => {
  for (const path of PATHS) {
    test(`at ${path} is answered 201, then 200 with the first result, and takes effect once`, async () => {
      const { [path]: entry } = await entries();
      const first = await platform(market, path, entry);
      assertDone(first, 201);
      const after = await state(entry.user_id);
      for (let count = 0; count < 3; count++) {
        const again = await platform(market, path, entry);
        assert.deepEqual([again.status, again.text], [200, first.text]);
      }
      assert.equal(await state(entry.user_id), after);
    });

    test(`at ${path} is refused for any other content`, async () => {
      const { [path]: entry } = await entries();
      assertDone(await platform(market, path, entry), 201);
      const after = await state(entry.user_id);
      const others = [{ amount: 101 }, { user_id: someone("other") }];
      const kinds = { credits: [{ kind: "bonus" }], debits: [{ kind: "adjustment" }], wagers: [] }[path];
      const wagering = path === "credits" ? [{ wagering_required: 41 }, { wagering_required: undefined }] : [];
      for (const change of [...others, ...kinds, ...wagering])
        assertRefused(await platform(market, path, { ...entry, ...change }), "EXTERNAL_ID_REUSED");
      assert.equal(await state(entry.user_id), after);
      assertDone(await platform(market, path, entry), 200);
    });
  }

  test("is a name within its path: the same at another path is another", async () => {
    const { credits, debits, wagers } = await entries();
    const external_id = someone("shared");
    assertDone(await platform(market, "credits", { ...credits, external_id }), 201);
    assertDone(await platform(market, "debits", { ...debits, external_id }), 201);
    assertDone(await platform(market, "wagers", { ...wagers, external_id }), 201);
  });

  test("is the host platform's, whichever of its accounts calls", async () => {
    const { credits } = await entries();
    assertDone(await platform(market, "credits", credits), 201);
    const other = market.as("host-2", "platform");
    assertDone(await other("POST", "/platform/credits", credits), 200);
  });

  test("whose use was refused is free again", async () => {
    const { debits } = await entries();
    const tooMuch = { ...debits, amount: 1_001 };
    assertRefused(await platform(market, "debits", tooMuch), "INSUFFICIENT_BALANCE");
    await bonus(market, debits.user_id, 1);
    assertDone(await platform(market, "debits", tooMuch), 201);
  });

  test("may hold every visible character, and no other", async () => {
    const { credits } = await entries();
    const visible = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 33 + index));
    assertDone(await platform(market, "credits", { ...credits, external_id: visible }), 201);
    assertDone(await platform(market, "credits", { ...credits, external_id: "x".repeat(128) }), 201);
    for (const external_id of ["", "a b", "ж", "a\n", "x".repeat(129)])
      assertInvalid(await platform(market, "credits", { ...credits, external_id }), "/external_id");
  });
});

describe("a user whom nobody knows yet", () => {
  test("is made by a credit, and by a wager", async () => {
    for (const [path, available] of [
      ["credits", 100],
      ["wagers", 0],
    ] as const) {
      const { [path]: entry } = await entries();
      const user_id = someone("new");
      assertRefused(await market.stranger("GET", `/p2p/users/${user_id}`), "USER_NOT_FOUND");
      assertDone(await platform(market, path, { ...entry, user_id }), 201);
      assert.equal(assertDone(await market.stranger("GET", `/p2p/users/${user_id}`)).id, user_id);
      assert.equal((await wallet(market, user_id)).available, available);
    }
  });

  test("is not made by a debit nor by a look at the wallet", async () => {
    const user_id = someone("nobody");
    const host = market.as("host", "platform");
    const debit = { user_id, amount: 1, kind: "withdrawal" };
    assertRefused(await platform(market, "debits", debit), "USER_NOT_FOUND");
    assertRefused(await host("GET", `/platform/users/${user_id}/wallet`), "USER_NOT_FOUND");
    assertRefused(await market.stranger("GET", `/p2p/users/${user_id}`), "USER_NOT_FOUND");
  });

  test("is made by the first call with a valid token", async () => {
    const user = someone("caller");
    assertRefused(await market.stranger("GET", `/p2p/users/${user}`), "USER_NOT_FOUND");
    assert.deepEqual(await wallet(market, user), {
      available: 0,
      in_escrow: 0,
      owed: 0,
      owed_by_others: 0,
      deposited_total: 0,
      wagering: { required: 0, wagered: 0 },
    });
    assertDone(await market.stranger("GET", `/p2p/users/${user}`));
  });
});

describe("the host platform", () => {
  test("credits and debits each kind, and sees the wallet", async () => {
    const user_id = someone("user");
    const host = market.as("host", "platform");
    let available = 0;
    for (const kind of ["deposit", "bonus", "adjustment"]) {
      const entry = assertDone(await platform(market, "credits", { user_id, amount: 1_000, kind }), 201);
      available += 1_000;
      assert.deepEqual([entry.user_id, entry.kind, entry.amount, entry.available], [user_id, kind, 1_000, available]);
    }
    for (const kind of ["withdrawal", "adjustment", "deposit_reversal"]) {
      const entry = assertDone(await platform(market, "debits", { user_id, amount: 300, kind }), 201);
      available -= 300;
      assert.deepEqual([entry.kind, entry.amount, entry.available], [kind, 300, available]);
    }
    const seen = assertDone(await host("GET", `/platform/users/${user_id}/wallet`));
    assert.deepEqual(seen, await wallet(market, user_id));
    assert.deepEqual([seen.available, seen.deposited_total], [available, 700]);
  });

  test("debits to the last kopeck, and what is in escrow not at all", async () => {
    const user_id = someone("user");
    await market.fund(user_id, 200_000);
    const ad = await market.buyAd(someone("buyer"));
    const extra = { payment_details: { card_number: "1" } };
    const body = { ad_id: ad.id, usdt_amount: 150_000, payment_method: "card", ...extra };
    assertDone(await market.as(user_id)("POST", "/p2p/orders", body), 201);
    const debit = (amount: number) => platform(market, "debits", { user_id, amount, kind: "withdrawal" });
    assertRefused(await debit(50_001), "INSUFFICIENT_BALANCE", { available: 50_000 });
    assertDone(await debit(50_000), 201);
    assertRefused(await debit(1), "INSUFFICIENT_BALANCE", { available: 0 });
  });

  test("is refused entries that are not sound, by name", async () => {
    const { credits, debits, wagers } = await entries();
    const REFUSED: readonly (readonly [Path, object, string])[] = [
      ["credits", { ...credits, kind: "withdrawal" }, "/kind"],
      ["debits", { ...debits, kind: "deposit" }, "/kind"],
      ["credits", { ...credits, amount: 0 }, "/amount"],
      ["credits", { ...credits, amount: MOST + 1 }, "/amount"],
      ["credits", { ...credits, amount: -1 }, "/amount"],
      ["debits", { ...debits, amount: 0.5 }, "/amount"],
      ["wagers", { ...wagers, amount: "5" }, "/amount"],
      ["credits", { ...credits, wagering_required: -1 }, "/wagering_required"],
      ["credits", { ...credits, wagering_required: 0.5 }, "/wagering_required"],
      ["debits", { ...debits, wagering_required: 1 }, "/wagering_required"],
      ["wagers", { ...wagers, kind: "bet" }, "/kind"],
      ["credits", { ...credits, user_id: "" }, "/user_id"],
      ["credits", { ...credits, user_id: "a b" }, "/user_id"],
      ["credits", { ...credits, user_id: "x".repeat(65) }, "/user_id"],
      ["credits", { ...credits, currency: "RUB" }, "/currency"],
    ];
    for (const [path, entry, pointer] of REFUSED) assertInvalid(await platform(market, path, entry), pointer);
    const { external_id: _, ...nameless } = credits;
    assertInvalid(await market.as("host", "platform")("POST", "/platform/credits", nameless), "/external_id");
  });

  test("may have a wallet and trade like anybody", async () => {
    const host = market.as(someone("host"), "platform");
    assertDone(await host("GET", "/wallet"));
    assertDone(await host("GET", "/p2p/orders"));
  });

  test("can't take a balance beyond what a JSON number tells exactly", async () => {
    const user_id = someone("rich");
    for (let count = 0; count < 101; count++) {
      const reply = await platform(market, "credits", { user_id, amount: MOST, kind: "bonus" });
      if (reply.status === 400) return assertInvalid(reply, "/amount");
      assert.ok(assertDone(reply, 201).available < Number.MAX_SAFE_INTEGER);
    }
    assert.fail("there is no limit");
  });
});
