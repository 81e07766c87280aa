/** When the feed cannot go on from where a client was: one reset, then from now. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { COPIES } from "../../src/engine/index.ts";
import { eventually, type Json, type Market, startMarket } from "../support/market.ts";
import { type Trade, trade } from "../support/trades.ts";
import { openReader, placeOf, seqsOf, settled } from "./reader.ts";

let market: Market;
before(async () => {
  market = await startMarket();
  await market.sql("create table away (like exchange.events)");
});
after(async () => {
  await market.sql("insert into exchange.events select * from away");
  await market.end();
});

const say = async ({ asSeller, order }: Trade): Promise<number> => {
  const reply = await asSeller("POST", `/p2p/orders/${order.id}/messages`, { message: "Hello." });
  assert.equal(reply.status, 201, reply.text);
  return reply.body.seq;
};

/** Events that expired, kept aside for the audit, which looks for one per change of status. */
const expire = (upTo: string) =>
  market.sql(`with gone as (delete from exchange.events where position <= ${upTo} returning *)
    insert into away select * from gone`);

/** The last command never was. */
const goBack = () =>
  market.sql(`with lost as (
      delete from exchange.events where position = (select max(position) from exchange.events) returning *)
    update exchange.feed set position = position - (select ${COPIES} from lost)`);

/** Resumes from there, and again from the reset. */
const assertReset = async (deal: Trade, place: string) => {
  const polled = await market.as(deal.buyer)("GET", `/p2p/events?after=${place}`);
  assert.deepEqual(
    polled.body.items.map(({ type }: { type: string }) => type),
    ["reset"],
  );
  const reader = await openReader(market, deal.buyer, { lastEventId: place });
  await eventually(async () => reader.frames.length > 0, "the reset");
  const seq = await say(deal);
  await eventually(async () => seqsOf(reader.frames).includes(seq), "what comes after the reset");
  assert.deepEqual(
    reader.frames.map(({ event }) => event),
    ["reset", "message.created"],
  );
  await reader.close();
  for (const from of [reader.frames[0]?.id, polled.body.next]) {
    const resumed = await openReader(market, deal.buyer, { lastEventId: from });
    await eventually(async () => seqsOf(resumed.frames).includes(seq), "the same, resumed from the reset");
    assert.equal(resumed.frames.length, 1);
    await resumed.close();
  }
};

test("a place older than what is kept gets a reset, and the oldest that is kept does not", async () => {
  const deal = await trade(market);
  await settled(market);
  const expired = await placeOf(market, deal.buyer);
  await say(deal);
  await settled(market);
  const oldest = await placeOf(market, deal.buyer);
  const kept = await say(deal);
  await settled(market);
  await expire(String(oldest.split("-")[1]));
  const reader = await openReader(market, deal.buyer, { lastEventId: oldest });
  await eventually(async () => seqsOf(reader.frames).includes(kept), "what is kept");
  assert.equal(reader.frames.length, 1);
  await reader.close();
  await assertReset(deal, expired);
});

/** As if all that was ever told had been told so long ago; what is told afterwards is told now. */
const age = async (interval: string) => {
  await market.sql(`do $$ declare low timestamptz; begin
      select min((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz) into low
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'exchange.events'::regclass;
      if low > '2001-01-01' then
        execute format('create table exchange.events_aged partition of exchange.events for values from (''2000-01-01'') to (%L)', low);
      end if; end $$`);
  await market.sql(`update exchange.events set at = now() - interval '${interval}'`);
};

test("streams go back for seven days, notifications for thirty, and neither any further", async () => {
  const deal = await trade(market);
  await settled(market);
  const place = await placeOf(market, deal.seller);
  const seq = await say({ ...deal, asSeller: deal.asBuyer });
  await settled(market);
  const polled = async (): Promise<readonly Json[]> =>
    (await market.as(deal.seller)("GET", `/p2p/events?after=${place}`)).body.items;
  const noticed = async (): Promise<number> => {
    const { items } = (await market.as(deal.seller)("GET", "/p2p/notifications")).body;
    assert.equal((await market.as(deal.seller)("GET", "/p2p/me")).body.notifications_unread, items.length);
    return items.length;
  };
  await age("7 days -1 minute");
  assert.deepEqual(
    (await polled()).map(({ data }) => data.seq),
    [seq],
  );
  // Whole days, as partitions are.
  await age("8 days 1 minute");
  assert.deepEqual(
    (await polled()).map(({ type }) => type),
    ["reset"],
  );
  // The order that was made, and the line.
  await age("30 days -1 minute");
  assert.equal(await noticed(), 2);
  await age("30 days 1 minute");
  assert.equal(await noticed(), 0);
});

test("when everything has expired an old place gets a reset, and the last place does not", async () => {
  const deal = await trade(market);
  await settled(market);
  const old = await placeOf(market, deal.buyer);
  await say(deal);
  await settled(market);
  const last = await placeOf(market, deal.buyer);
  await expire("999999999");
  assert.deepEqual((await market.as(deal.buyer)("GET", `/p2p/events?after=${last}`)).body, { items: [], next: last });
  const polled = await market.as(deal.buyer)("GET", `/p2p/events?after=${old}`);
  assert.equal(polled.body.items[0]?.type, "reset");
  const reader = await openReader(market, deal.buyer, { lastEventId: last });
  const seq = await say(deal);
  await eventually(async () => seqsOf(reader.frames).includes(seq), "the next message");
  assert.equal(reader.frames.length, 1);
  await reader.close();
});

test("a place of another epoch gets a reset, while the node runs and after its restart", async () => {
  const deal = await trade(market);
  await say(deal);
  await settled(market);
  const [running, before] = [await openReader(market, deal.buyer), await placeOf(market, deal.buyer)];
  // As after a restore: another epoch, and a position that was there before.
  await market.sql(`update exchange.feed set epoch = '0badcafe'`);
  await goBack();
  await running.ended;
  await settled(market);
  await assertReset(deal, before);
  await market.restart();
  await assertReset(deal, before);
});

test("a feed that went back is noticed though its epoch is the same", async () => {
  const deal = await trade(market);
  await say(deal);
  await settled(market);
  const [running, before] = [await openReader(market, deal.buyer), await placeOf(market, deal.buyer)];
  await goBack();
  await running.ended;
  await assertReset(deal, before);
});
