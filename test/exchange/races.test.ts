/** Requests at the same time, on one node and on two that share a database: exactly as many win as may, in each round. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { commandsOf } from "../../src/exchange/index.ts";
import { isRefusal } from "../../src/kernel/index.ts";
import { eventually, type Json, type Market, type Reply, SELL_AD, startMarket } from "../support/market.ts";
import {
  type Action,
  AMOUNT,
  act,
  assertDone,
  ENOUGH,
  order,
  platform,
  someone,
  tally,
  together,
  trade,
  tryOrder,
  wallet,
} from "../support/trades.ts";

const ROUNDS = 20;
const AT_ONCE = 10;
const DETAILS = { payment_details: { card_number: "4276" } };

for (const nodes of [1, 2]) {
  describe(nodes === 1 ? "on one node" : "on two nodes", () => {
    let market: Market;
    before(async () => {
      // Due at once, so that the clock is in each race; ads of other races have a window of their own.
      market = await startMarket({ nodes, settings: { payWindowMs: 1 } });
    });
    after(() => market.end());

    /** Requests take turns on the nodes. */
    const on = (index: number) => ({ node: index % nodes });
    const PATIENT = { payment_window_minutes: 60 };

    /** Starts all at once. Between nodes a row may be held for too long: BUSY says that nothing was done, so it is repeated. */
    const rivals = (count: number, send: (index: number) => Promise<Reply>): Promise<Reply[]> =>
      together(count, async (index) => {
        for (let attempt = 1; ; attempt++) {
          const reply = await send(index);
          const busy = nodes > 1 && reply.body?.code === "BUSY";
          if (!busy || attempt === 100) return reply;
        }
      });

    const rounds = async (round: () => Promise<void>) => {
      for (let count = 0; count < ROUNDS; count++) await round();
    };

    const makers = async (count: number, terms: object = {}): Promise<Json[]> => {
      const ads = [];
      for (let index = 0; index < count; index++) {
        const maker = someone("maker");
        await market.fund(maker, ENOUGH);
        ads.push(await market.sellAd(maker, { ...PATIENT, ...terms }));
      }
      return ads;
    };

    test("one balance pays one of many debits", () =>
      rounds(async () => {
        const user_id = someone("user");
        await market.fund(user_id, AMOUNT);
        const entry = { user_id, amount: AMOUNT, kind: "withdrawal" };
        const replies = await rivals(AT_ONCE, (index) => platform(market, "debits", entry, on(index)));
        assert.deepEqual(tally(replies), { 201: 1, INSUFFICIENT_BALANCE: AT_ONCE - 1 });
      }));

    test("F27 29 to 32 of 32 full-balance spends were accepted: one balance pays once, whatever the route", () =>
      rounds(async () => {
        const seller = someone("seller");
        await market.fund(seller, ENOUGH);
        const own = await market.sellAd(seller, { ...PATIENT, min_amount: ENOUGH });
        const buy = await market.buyAd(someone("buyer"), PATIENT);
        const debit = { user_id: seller, amount: ENOUGH, kind: "withdrawal" };
        const whole = { amount: ENOUGH };
        const replies = await rivals(12, (index) => {
          const options = on(index >> 2);
          if (index % 3 === 0) return platform(market, "debits", debit, options);
          if (index % 3 === 1) return tryOrder(market, someone("taker"), own, { ...whole, options });
          return tryOrder(market, seller, buy, { ...whole, options, extra: DETAILS });
        });
        const counts = tally(replies);
        assert.equal(counts[201], 1, JSON.stringify(counts));
        const left = await wallet(market, seller);
        assert.equal(left.available, 0);
        const debited = replies.some(({ status, body }) => status === 201 && body.kind === "withdrawal");
        assert.equal(left.in_escrow, debited ? 0 : ENOUGH);
      }));

    test("one remainder is taken once, or as many times as it holds", () =>
      rounds(async () => {
        const [once, thrice] = (await makers(2)) as [Json, Json];
        const put = (ad: Json, total_amount: number) =>
          market.as(ad.maker.id)("PUT", `/p2p/ads/${ad.id}`, { total_amount });
        assertDone(await put(once, AMOUNT));
        assertDone(await put(thrice, 3 * AMOUNT + 50_000));
        const take = (ad: Json) =>
          rivals(AT_ONCE, (index) => tryOrder(market, someone("taker"), ad, { options: on(index) }));
        const [first, second] = await Promise.all([take(once), take(thrice)]);
        assert.deepEqual(tally(first), { 201: 1, AD_NOT_ACTIVE: AT_ONCE - 1 });
        assert.deepEqual(tally(second), { 201: 3, AD_NOT_ACTIVE: AT_ONCE - 3 });
      }));

    test("one taker gets one of many orders", () =>
      rounds(async () => {
        const ads = await makers(5);
        const taker = someone("taker");
        const replies = await rivals(AT_ONCE, (index) =>
          tryOrder(market, taker, ads[index % ads.length], { options: on(index) }),
        );
        assert.deepEqual(tally(replies), { 201: 1, ACTIVE_DEPOSIT_ORDER_EXISTS: AT_ONCE - 1 });
      }));

    test("one seller gets one of many withdrawals", () =>
      rounds(async () => {
        const seller = someone("seller");
        await market.fund(seller, ENOUGH);
        const ads = await together(3, () => market.buyAd(someone("buyer"), PATIENT));
        const replies = await rivals(AT_ONCE, (index) =>
          tryOrder(market, seller, ads[index % ads.length], { options: on(index), extra: DETAILS }),
        );
        assert.deepEqual(tally(replies), { 201: 1, ACTIVE_WITHDRAW_ORDER_EXISTS: AT_ONCE - 1 });
      }));

    test("one maker gets one of many ads, and of a resumption and new ones", () =>
      rounds(async () => {
        const maker = someone("maker");
        const call = market.as(maker);
        const post = (index: number): Promise<Reply> => call("POST", "/p2p/ads", SELL_AD, on(index));
        const posted = await rivals(AT_ONCE, post);
        assert.deepEqual(tally(posted), { 201: 1, DUPLICATE_AD_TYPE: AT_ONCE - 1 });
        const [{ id }] = posted.filter(({ status }) => status === 201).map(({ body }) => body) as [Json];
        const put = (status: string, index = 0) => call("PUT", `/p2p/ads/${id}`, { status }, on(index));
        assertDone(await put("paused"));
        const replies = await rivals(6, (index) => (index % 2 === 0 ? put("active", index >> 1) : post(index >> 1)));
        const resumed = replies.filter(({ status }) => status === 200).length;
        const created = replies.filter(({ status }) => status === 201).length;
        assert.ok((resumed === 3 && created === 0) || (resumed === 0 && created === 1), `${resumed}, ${created}`);
      }));

    test("one key has one effect", () =>
      rounds(async () => {
        const [ad] = await makers(1);
        const taker = someone("taker");
        const replies = await rivals(AT_ONCE, (index) =>
          tryOrder(market, taker, ad, { options: { ...on(index), key: "once" } }),
        );
        assert.deepEqual(tally(replies), { 201: AT_ONCE });
        assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
        assert.equal(replies.filter(({ headers }) => headers["idempotent-replay"] === undefined).length, 1);
        assert.equal((await wallet(market, ad.maker.id)).in_escrow, AMOUNT);
      }));

    test("one key for different requests has the effect of one of them", () =>
      rounds(async () => {
        const [ad] = await makers(1, { min_amount: 1 });
        const taker = someone("taker");
        const replies = await rivals(AT_ONCE, (index) =>
          tryOrder(market, taker, ad, { amount: index + 1, options: { ...on(index), key: "once" } }),
        );
        assert.deepEqual(tally(replies), { 201: 1, IDEMPOTENCY_KEY_REUSED: AT_ONCE - 1 });
      }));

    test("one external id has one effect, with the same content and with other", () =>
      rounds(async () => {
        const user_id = someone("user");
        const entry = { user_id, amount: 7, kind: "bonus", external_id: someone("id") };
        const same = await rivals(AT_ONCE, (index) => platform(market, "credits", entry, on(index)));
        assert.deepEqual(tally(same), { 200: AT_ONCE - 1, 201: 1 });
        const external_id = someone("id");
        const others = await rivals(AT_ONCE, (index) =>
          platform(market, "credits", { ...entry, amount: index + 1, external_id }, on(index)),
        );
        assert.deepEqual(tally(others), { 201: 1, EXTERNAL_ID_REUSED: AT_ONCE - 1 });
        const won = others.find(({ status }) => status === 201)?.body.amount;
        assert.equal((await wallet(market, user_id)).available, 7 + won);
      }));

    test("the first calls of newcomers make one trader each", () =>
      rounds(async () => {
        const newcomers = Array.from({ length: 20 }, () => someone("newcomer"));
        const replies = await rivals(2 * newcomers.length, (index) =>
          market.as(newcomers[index >> 1] as string)("GET", "/wallet", undefined, on(index)),
        );
        assert.deepEqual(tally(replies), { 200: 2 * newcomers.length });
      }));

    test("a newcomer whom another node makes between two looks of this one is welcome", async () => {
      const newcomer = someone("newcomer");
      const other = new pg.Client({ connectionString: market.database.superuserUrl });
      await other.connect();
      await other.query("begin");
      await other.query("lock table exchange.accounts in access exclusive mode");
      const call = market.as(newcomer)("GET", "/wallet");
      await eventually(async () => {
        const [{ count }] = await market.sql(`select count(*)::int from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`);
        return count > 0;
      }, "the node has seen that there is no such trader");
      await other.query(`insert into exchange.traders (id, joined_at, last_seen_at, deposited_total, wagering_required,
        wagered, ratings_count, orders_count, strikes) values ('${newcomer}', now(), now(), 0, 0, 0, 0, 0, '{}')`);
      await other.query(`insert into exchange.accounts (id, owner, balance)
        values ('available/${newcomer}', '${newcomer}', 0)`);
      await other.query("commit");
      await other.end();
      assert.equal(assertDone(await call).available, 0);
    });

    /** Both sides at once, each several times. */
    const duel = (there: Awaited<ReturnType<typeof trade>>, buyer: Action, seller: Action) =>
      rivals(8, (index) =>
        index % 2 === 0
          ? act(there.asBuyer, there.order, buyer, {}, on(index >> 1))
          : act(there.asSeller, there.order, seller, {}, on(index >> 1)),
      );

    const winners = (replies: readonly Reply[]): string[] =>
      replies.filter(({ status }) => status === 200).map(({ body }) => body.outcome ?? body.status);

    test("F3 release raced with cancel: a cancellation and a payment told of end in one of them", () =>
      rounds(async () => {
        const there = await trade(market, { terms: PATIENT });
        const replies = await duel(there, "confirm-paid", "cancel");
        assert.deepEqual(tally(replies), { 200: 1, INVALID_ORDER_STATUS: 7 });
        const cancelled = winners(replies)[0] === "cancelled_by_seller";
        assert.equal((await wallet(market, there.seller)).in_escrow, cancelled ? 0 : AMOUNT);
      }));

    test("both sides cancel once", () =>
      rounds(async () => {
        const there = await trade(market, { terms: PATIENT });
        const replies = await duel(there, "cancel", "cancel");
        assert.deepEqual(tally(replies), { 200: 1, INVALID_ORDER_STATUS: 7 });
        assert.equal((await wallet(market, there.seller)).available, ENOUGH);
      }));

    test("F3 release raced with cancel: in a dispute the escrow goes to one side, once", () =>
      rounds(async () => {
        const there = await trade(market, { terms: PATIENT, status: "disputed" });
        const replies = await duel(there, "cancel", "confirm-received");
        assert.deepEqual(tally(replies), { 200: 1, INVALID_ORDER_STATUS: 7 });
        const released = winners(replies)[0] === "dispute_released";
        assert.equal((await wallet(market, there.buyer)).available, released ? AMOUNT : 0);
        assert.equal((await wallet(market, there.seller)).available, released ? ENOUGH - AMOUNT : ENOUGH);
      }));

    test("a release is done once, also when the buyer calls an operator at that moment", () =>
      rounds(async () => {
        const there = await trade(market, { terms: PATIENT, status: "paid_by_buyer" });
        const won = winners(await duel(there, "call-operator", "confirm-received"));
        assert.ok(["released", "dispute_released,disputed"].includes(won.toSorted().join()), won.join());
        assert.equal((await wallet(market, there.buyer)).available, AMOUNT);
      }));

    test("F3 release raced with expiry: the clock and the buyer's payment end in one of them", () =>
      rounds(async () => {
        const seller = someone("seller");
        await market.fund(seller, ENOUGH);
        const ad = await market.sellAd(seller);
        const buyer = someone("buyer");
        const opened = await order(market, buyer, ad);
        const clock = async (index: number) => {
          const { exchange } = market.nodes[index % nodes] as Market["nodes"][number];
          const command = commandsOf(exchange).meetDeadline;
          const { outcome } = await exchange.executor.submit(command, { orderId: opened.id }, { caller: "clock" });
          return outcome;
        };
        const [paid, met] = await Promise.all([
          rivals(4, (index) => act(market.as(buyer), opened, "confirm-paid", {}, on(index))),
          together(4, clock),
        ]);
        const counts = tally(paid);
        const seen = assertDone(await market.as(seller)("GET", `/p2p/orders/${opened.id}`));
        assert.equal(seen.status, counts[200] === 1 ? "paid_by_buyer" : "cancelled");
        assert.ok((counts[200] ?? 0) <= 1, JSON.stringify(counts));
        if (counts[200] === 1) assert.equal(met.filter((outcome) => !isRefusal(outcome) && outcome.met).length, 0);
        else assert.equal(seen.outcome, "payment_expired");
        assert.equal((await wallet(market, seller)).available, seen.status === "cancelled" ? ENOUGH : ENOUGH - AMOUNT);
      }));

    test("changes of an ad and its fills do not lose each other", () =>
      rounds(async () => {
        const [ad] = await makers(1);
        const owner = market.as(ad.maker.id);
        const replies = await rivals(8, (index) =>
          index % 2 === 0
            ? owner("PUT", `/p2p/ads/${ad.id}`, { instructions: `Change ${index}.` }, on(index >> 1))
            : tryOrder(market, someone("taker"), ad, { options: on(index >> 1) }),
        );
        assert.deepEqual(tally(replies), { 200: 4, 201: 4 });
        const now = assertDone(await market.stranger("GET", `/p2p/ads/${ad.id}`));
        assert.equal(now.remaining_amount, 5_000_000 - 4 * AMOUNT);
        assert.equal(now.version, 5);
        assert.match(now.instructions, /^Change [0246]\.$/);
      }));
  });
}
