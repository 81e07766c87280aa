/** Each code of the contract with its status and what a client needs to act on it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { LIMITS, TIMEOUTS } from "../../src/engine/index.ts";
import { eventually, type Json, type Market, SELL_AD, startMarket, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  order,
  platform,
  someone,
  tally,
  together,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

// What the product waits for is what some of these are about.
const market = useMarket({ patience: { lockMs: TIMEOUTS.lockMs, deadlineMs: LIMITS.deadlineMs } });

const DETAILS = { payment_details: { card_number: "4276" } };
const MISSING = 999_999_999;

const funded = async (name: string, amount = 1_000_000): Promise<string> => {
  const user = someone(name);
  await market.fund(user, amount);
  return user;
};

describe("answering an ad is refused", () => {
  test("AD_NOT_ACTIVE says why: paused, or deleted", async () => {
    const maker = await funded("maker");
    const ad = await market.sellAd(maker);
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }));
    assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE", { reason: "paused" });
    assertDone(await market.as(maker)("DELETE", `/p2p/ads/${ad.id}`), 204);
    assertRefused(await tryOrder(market, someone("taker"), ad), "AD_NOT_ACTIVE", { reason: "deleted" });
  });

  test("AD_NOT_ACTIVE tells nothing of the maker's deposits", async () => {
    const maker = someone("maker");
    await bonus(market, maker, 1_000_000);
    const reply = await tryOrder(market, someone("taker"), await market.sellAd(maker));
    assertRefused(reply, "AD_NOT_ACTIVE", { reason: "unavailable" });
  });

  test("VERSION_MISMATCH gives the present version", async () => {
    const maker = await funded("maker");
    const ad = await market.sellAd(maker);
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { exchange_rate: 101 }));
    const stale = await tryOrder(market, someone("taker"), ad, { extra: { ad_version: 1 } });
    assertRefused(stale, "VERSION_MISMATCH", { version: 2 });
    assertDone(await tryOrder(market, someone("taker"), ad, { extra: { ad_version: 2 } }), 201);
  });

  test("OWN_AD for one's own ad of either type", async () => {
    const maker = await funded("maker");
    assertRefused(await tryOrder(market, maker, await market.sellAd(maker)), "OWN_AD");
    assertRefused(await tryOrder(market, maker, await market.buyAd(maker), { extra: DETAILS }), "OWN_AD");
  });

  test("the ad's methods, limits and remainder come with the refusal", async () => {
    const ad = await market.sellAd(await funded("maker"), { min_amount: 200_000, max_amount: 500_000 });
    const methods = { payment_methods: ["card", "bank_transfer"] };
    const paidBy = (payment_method: string) => tryOrder(market, someone("taker"), ad, { extra: { payment_method } });
    assertRefused(await paidBy("cash"), "INVALID_PAYMENT_METHOD", methods);
    const of = (amount: number) => tryOrder(market, someone("taker"), ad, { amount });
    assertRefused(await of(199_999), "AMOUNT_TOO_LOW", { min_amount: 200_000 });
    assertRefused(await of(500_001), "AMOUNT_TOO_HIGH", { max_amount: 500_000 });
    assertDone(await of(200_000), 201);
    assertRefused(await of(300_001), "AMOUNT_EXCEEDS_AVAILABLE", { remaining_amount: 300_000 });
    assertDone(await of(300_000), 201);
  });

  test("ACTIVE_DEPOSIT_ORDER_EXISTS and ACTIVE_WITHDRAW_ORDER_EXISTS name the order, each for its own side", async () => {
    const taker = await funded("taker");
    const sell = await market.sellAd(await funded("maker"));
    const buy = await market.buyAd(someone("maker"));
    const deposit = await order(market, taker, sell);
    const withdrawal = await order(market, taker, buy, { extra: DETAILS });
    const another = await market.sellAd(await funded("maker"));
    assertRefused(await tryOrder(market, taker, another), "ACTIVE_DEPOSIT_ORDER_EXISTS", { order_id: deposit.id });
    const other = await market.buyAd(someone("maker"));
    const second = await tryOrder(market, taker, other, { extra: DETAILS });
    assertRefused(second, "ACTIVE_WITHDRAW_ORDER_EXISTS", { order_id: withdrawal.id });
    assertDone(await act(market.as(taker), deposit, "confirm-paid"));
    assertRefused(await tryOrder(market, taker, another), "ACTIVE_DEPOSIT_ORDER_EXISTS", { order_id: deposit.id });
    assertDone(await act(market.as(taker), deposit, "call-operator"));
    assertRefused(await tryOrder(market, taker, another), "ACTIVE_DEPOSIT_ORDER_EXISTS", { order_id: deposit.id });
    assertDone(await act(market.as(taker), deposit, "cancel"));
    assertDone(await tryOrder(market, taker, another), 201);
  });

  test("a maker may have any number of orders on one ad", async () => {
    const ad = await market.sellAd(await funded("maker"));
    for (let count = 0; count < 3; count++) await order(market, someone("taker"), ad);
  });

  test("MIN_DEPOSIT_REQUIRED and WAGERING_REQUIREMENT_NOT_MET say how far the taker is", async () => {
    const ad = await market.buyAd(someone("maker"));
    const taker = await funded("taker", 99_999);
    await bonus(market, taker, 100_000, { wagering_required: 700 });
    const sell = () => tryOrder(market, taker, ad, { extra: DETAILS });
    assertRefused(await sell(), "MIN_DEPOSIT_REQUIRED", { required: 100_000, deposited: 99_999 });
    await market.fund(taker, 1);
    assertRefused(await sell(), "WAGERING_REQUIREMENT_NOT_MET", { required: 700, wagered: 0 });
    assertDone(await platform(market, "wagers", { user_id: taker, amount: 699 }), 201);
    assertRefused(await sell(), "WAGERING_REQUIREMENT_NOT_MET", { required: 700, wagered: 699 });
    assertDone(await platform(market, "wagers", { user_id: taker, amount: 1 }), 201);
    assertDone(await sell(), 201);
  });

  test("SELLER_INSUFFICIENT_BALANCE on either type of ad", async () => {
    const ad = await market.sellAd(await funded("maker", 150_000));
    assertRefused(await tryOrder(market, someone("taker"), ad, { amount: 150_001 }), "SELLER_INSUFFICIENT_BALANCE");
    const poor = await funded("taker", 150_000);
    const buy = await market.buyAd(someone("maker"));
    const reply = await tryOrder(market, poor, buy, { amount: 150_001, extra: DETAILS });
    assertRefused(reply, "SELLER_INSUFFICIENT_BALANCE");
    assertDone(await tryOrder(market, poor, buy, { amount: 150_000, extra: DETAILS }), 201);
  });

  test("PAYMENT_DETAILS_REQUIRED unless the request or the taker's own sell ad for that method has them", async () => {
    const ad = await market.buyAd(someone("maker"), { payment_methods: ["card", "cash"] });
    const taker = await funded("taker");
    const empty = { payment_details: {} };
    assertRefused(await tryOrder(market, taker, ad), "PAYMENT_DETAILS_REQUIRED");
    assertRefused(await tryOrder(market, taker, ad, { extra: empty }), "PAYMENT_DETAILS_REQUIRED");
    await market.sellAd(taker, { payment_methods: ["card"], payment_details: { card_number: "5500 1111 2222 3333" } });
    const cash = { payment_method: "cash" };
    assertRefused(await tryOrder(market, taker, ad, { extra: cash }), "PAYMENT_DETAILS_REQUIRED");
    const opened = await order(market, taker, ad);
    assert.deepEqual(opened.payment_details, { card_number: "5500 1111 2222 3333" });
    assert.deepEqual(assertDone(await market.as(ad.maker.id)("GET", `/p2p/orders/${opened.id}`)).payment_details, {
      card_number: "5500 1111 2222 3333",
    });
  });

  test("details in the request go before those of the taker's own sell ad", async () => {
    const taker = await funded("taker");
    await market.sellAd(taker);
    const opened = await order(market, taker, await market.buyAd(someone("maker")), { extra: DETAILS });
    assert.deepEqual(opened.payment_details, DETAILS.payment_details);
  });
});

describe("other refusals of the rules", () => {
  test("DUPLICATE_AD_TYPE names the ad that is active", async () => {
    const maker = someone("maker");
    const ad = await market.sellAd(maker);
    assertRefused(await market.as(maker)("POST", "/p2p/ads", SELL_AD), "DUPLICATE_AD_TYPE", { ad_id: ad.id });
  });

  test("AD_NOT_FOUND, ORDER_NOT_FOUND and USER_NOT_FOUND for what there is not", async () => {
    const user = market.as(someone("user"));
    assertRefused(await market.stranger("GET", `/p2p/ads/${MISSING}`), "AD_NOT_FOUND");
    assertRefused(await user("PUT", `/p2p/ads/${MISSING}`, {}), "AD_NOT_FOUND");
    assertRefused(await user("DELETE", `/p2p/ads/${MISSING}`), "AD_NOT_FOUND");
    assertRefused(await user("GET", `/p2p/orders/${MISSING}`), "ORDER_NOT_FOUND");
    assertRefused(await market.stranger("GET", "/p2p/users/nobody"), "USER_NOT_FOUND");
    const host = market.as("host", "platform");
    assertRefused(await host("GET", "/platform/users/nobody/wallet"), "USER_NOT_FOUND");
    const debit = { user_id: "nobody", amount: 1, kind: "withdrawal" };
    assertRefused(await platform(market, "debits", debit), "USER_NOT_FOUND");
  });

  test("FORBIDDEN for another's ad, and for the host platform's calls without its role", async () => {
    const ad = await market.sellAd(someone("maker"));
    for (const call of [market.as(someone("user")), market.as(someone("user"), "operator")]) {
      assertRefused(await call("PUT", `/p2p/ads/${ad.id}`, { status: "paused" }), "FORBIDDEN");
      assertRefused(await call("DELETE", `/p2p/ads/${ad.id}`), "FORBIDDEN");
      for (const path of ["credits", "debits", "wagers"])
        assertRefused(await call("POST", `/platform/${path}`, { nonsense: 1 }), "FORBIDDEN");
      assertRefused(await call("GET", `/platform/users/${ad.maker.id}/wallet`), "FORBIDDEN");
    }
    assert.equal(assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`)).status, "active");
  });

  test("UNAUTHORIZED everywhere but on the market, and there for a token that is not valid", async () => {
    const { ad, order: opened } = await trade(market);
    const closed: readonly (readonly [string, string])[] = [
      ["POST", "/p2p/ads"],
      ["GET", "/p2p/ads/my"],
      ["PUT", `/p2p/ads/${ad.id}`],
      ["DELETE", `/p2p/ads/${ad.id}`],
      ["POST", "/p2p/orders"],
      ["GET", "/p2p/orders"],
      ["GET", `/p2p/orders/${opened.id}`],
      ["POST", `/p2p/orders/${opened.id}/cancel`],
      ["GET", "/wallet"],
      ["GET", "/wallet/transfers"],
      ["POST", "/platform/credits"],
      ["POST", "/platform/debits"],
      ["POST", "/platform/wagers"],
      ["GET", `/platform/users/${ad.maker.id}/wallet`],
    ];
    const open: readonly (readonly [string, string])[] = [
      ["GET", "/p2p/ads?type=sell"],
      ["GET", `/p2p/ads/${ad.id}`],
      ["GET", `/p2p/users/${ad.maker.id}`],
    ];
    for (const [method, path] of closed) assertRefused(await market.stranger(method, path), "UNAUTHORIZED");
    for (const [method, path] of open) assertDone(await market.stranger(method, path));
    const token = await market.token("somebody");
    for (const authorization of ["Bearer x", `Bearer ${token}x`, token, `Basic ${token}`, "Bearer"]) {
      for (const [method, path] of [...closed, ...open])
        assertRefused(await market.stranger(method, path, undefined, { headers: { authorization } }), "UNAUTHORIZED");
    }
  });

  test("NOT_FOUND, METHOD_NOT_ALLOWED, PAYLOAD_TOO_LARGE and UNSUPPORTED_MEDIA_TYPE", async () => {
    const user = market.as(someone("user"));
    for (const [method, path] of [
      ["GET", "/api/v1/p2p/nothing"],
      ["GET", "/api/v2/p2p/ads?type=sell"],
    ] as const)
      assertRefused(await user(method, path), "NOT_FOUND");
    for (const [method, path, allow] of [
      ["PATCH", "/p2p/ads/1", "DELETE, GET, HEAD, PUT"],
      ["GET", "/p2p/orders/1/cancel", "POST"],
    ] as const) {
      const reply = await user(method, path);
      assertRefused(reply, "METHOD_NOT_ALLOWED");
      assert.equal(reply.headers.allow, allow);
    }
    const big = { ...SELL_AD, instructions: "x".repeat(2 * 1024 * 1024) };
    assertRefused(await user("POST", "/p2p/ads", big), "PAYLOAD_TOO_LARGE");
    for (const type of ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const reply = await user("POST", "/p2p/ads", SELL_AD, { headers: { "content-type": type } });
      assertRefused(reply, "UNSUPPORTED_MEDIA_TYPE");
    }
  });
});

describe("when something is wrong on our side", () => {
  const as = async (url: string, use: (client: pg.Client) => Promise<void>) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await use(client);
    } finally {
      await client.end();
    }
  };

  test("BUSY while another session holds the row: nothing was done, and the repeat is done once", async () => {
    const user = await funded("user", 500);
    const body = { user_id: user, amount: 500, kind: "withdrawal", external_id: someone("busy") };
    await as(market.database.superuserUrl, async (client) => {
      await client.query("begin");
      await client.query("select from exchange.traders where id = $1 for update", [user]);
      const reply = await platform(market, "debits", body, { key: "busy" });
      assertRefused(reply, "BUSY");
      assert.match(String(reply.headers["retry-after"]), /^[1-9]\d*$/);
      await client.query("rollback");
    });
    assert.equal((await wallet(market, user)).available, 500);
    assertDone(await platform(market, "debits", body, { key: "busy" }), 201);
    assert.equal((await wallet(market, user)).available, 0);
  });

  test("OVERLOADED for a caller who fills the queue, while others are served", async () => {
    const user = await funded("user");
    const ad = await market.sellAd(user);
    await as(market.database.superuserUrl, async (client) => {
      await client.query("begin");
      await client.query("select from exchange.traders where id = $1 for update", [user]);
      let overloaded = 0;
      // Whoever is told BUSY gives its place back and comes again, until all places were taken at once.
      const replies = await together(200, async (index) => {
        for (;;) {
          const reply = await market.as(user)("PUT", `/p2p/ads/${ad.id}`, { instructions: `attempt ${index}` });
          if (reply.body.code === "OVERLOADED") overloaded++;
          if (reply.body.code !== "BUSY" || overloaded >= 200 - LIMITS.perCaller) return reply;
        }
      });
      await client.query("rollback");
      const counts = tally(replies);
      assert.equal((counts.OVERLOADED ?? 0) + (counts.BUSY ?? 0), 200, JSON.stringify(counts));
      assert.ok((counts.OVERLOADED ?? 0) >= 72, JSON.stringify(counts));
      for (const { headers } of replies) assert.match(String(headers["retry-after"]), /^[1-9]\d*$/);
    });
    await order(market, someone("taker"), ad);
    const now = assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`));
    assert.deepEqual([now.version, now.instructions], [1, ad.instructions]);
  });

  test("OUTCOME_UNKNOWN when the commit does not answer in time; the repeat with the same key is done once", async () => {
    const user = someone("user");
    await bonus(market, user, 1);
    const body = { user_id: user, amount: 500, kind: "deposit", external_id: "slow" };
    // No statement alone takes as long as the database lets it; together they take longer than a caller waits.
    await market.sql(`create function exchange.doze() returns trigger language plpgsql as
      $$ begin perform pg_sleep(2.8); return new; end $$`);
    await market.sql(`create trigger doze before insert on exchange.transfers for each row
      when (new.external_id = 'slow') execute function exchange.doze()`);
    await market.sql(`create trigger doze before update on exchange.traders for each row
      when (new.id = '${user}' and new.deposited_total > 0) execute function exchange.doze()`);
    const reply = await platform(market, "credits", body, { key: "slow" });
    assertRefused(reply, "OUTCOME_UNKNOWN");
    assert.match(String(reply.headers["retry-after"]), /^[1-9]\d*$/);
    const repeated = await eventually(async () => {
      const again = await platform(market, "credits", body, { key: "slow" });
      return again.status !== 503 && again;
    }, "the slow commit is over");
    assertDone(repeated, 201);
    assert.equal(repeated.headers["idempotent-replay"], "true");
    assert.equal((await wallet(market, user)).available, 501);
    await market.sql("drop function exchange.doze() cascade");
  });

  test("INTERNAL_ERROR without a stack, SQL or secrets, but with an id to ask for", async () => {
    const { order: opened, asBuyer } = await trade(market);
    const where = `where id = ${opened.id}`;
    const [kept] = await market.sql(`select payment_details from exchange.orders ${where}`);
    await market.sql(`update exchange.orders set payment_details = 'nonsense' ${where}`);
    const reply = await asBuyer("GET", `/p2p/orders/${opened.id}`);
    await market.sql(`update exchange.orders set payment_details = '${kept.payment_details}' ${where}`);
    assertRefused(reply, "INTERNAL_ERROR");
    assert.deepEqual(Object.keys(reply.body.details), ["request_id"]);
    assertDone(await asBuyer("GET", `/p2p/orders/${opened.id}`));
  });
});

describe("RATE_LIMITED", () => {
  let limited: Market;
  before(async () => {
    limited = await startMarket({ env: { WRITES_PER_10_SECONDS: "10" } });
  });
  after(() => limited.end());

  test("for more writes in ten seconds than one may send, with Retry-After; others and reads go on", async () => {
    const [eager, calm] = [limited.as("eager"), limited.as("calm")];
    const write = (call: typeof eager) => call("POST", `/p2p/orders/${MISSING}/cancel`);
    for (let count = 0; count < 10; count++) assertRefused(await write(eager), "ORDER_NOT_FOUND");
    const reply = await write(eager);
    assertRefused(reply, "RATE_LIMITED");
    const wait = Number(reply.headers["retry-after"]);
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 10, String(wait));
    assertRefused(await write(calm), "ORDER_NOT_FOUND");
    assertDone(await eager("GET", "/wallet"));
  });
});

test("every refusal's code is in the contracts' table, the rail's for operators too, and so are its limits", async () => {
  const document: Json = assertDone(await market.stranger("GET", "/openapi.json"));
  const codes = new Set<string>();
  const look = (node: Json): void => {
    if (typeof node !== "object" || node === null) return;
    if (typeof node.$ref === "string") {
      const [, ...path] = node.$ref.split("/");
      look(path.reduce((at: Json, step: string) => at[step], document));
      return;
    }
    for (const code of node.properties?.code?.enum ?? []) codes.add(code);
    for (const child of Object.values(node)) look(child);
  };
  look(document.paths);
  const { STATUS_OF_CODE } = await import("../support/trades.ts");
  assert.deepEqual(
    [...codes].filter((code) => !(code in STATUS_OF_CODE)),
    [],
  );
  assert.deepEqual(
    // Said of a path, not of any operation.
    Object.keys(STATUS_OF_CODE).filter((code) => !codes.has(code) && code !== "METHOD_NOT_ALLOWED"),
    [],
    "codes that no route declares",
  );
  assertInvalid(
    await market.as(someone("user"))("POST", "/p2p/orders", { ad_id: 1, usdt_amount: AMOUNT }),
    "/payment_method",
  );
});
