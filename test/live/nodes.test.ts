/** Several nodes on one database: each tells what any of them wrote, whatever happens to the others. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { environmentOf } from "../support/environment.ts";
import { eventually, type Json, useMarket } from "../support/market.ts";
import { type Trade, trade } from "../support/trades.ts";
import { openReader, placeOf, pollAll, type Reader, seqsOf, settled, upTo } from "./reader.ts";

const market = useMarket({ nodes: 2 });

const say = async ({ asSeller, order }: Trade, node = 0): Promise<number> => {
  const reply = await asSeller("POST", `/p2p/orders/${order.id}/messages`, { message: "Hello." }, { node });
  assert.equal(reply.status, 201, reply.text);
  return reply.body.seq;
};

const arrives = (reader: Reader, seq: number): Promise<unknown> =>
  eventually(async () => seqsOf(reader.frames).includes(seq), `message ${seq}`);

const session = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: market.database.superuserUrl });
  await client.connect();
  return client;
};

/** As the engine's last statement before a commit: the position is taken, and its row stays locked. */
const tell = (client: pg.Client, recipient: string, n: number) =>
  client.query(
    `with taken as (update exchange.feed set position = position + 1 returning position - 1 as base)
     insert into exchange.events (position, first_recipient, items)
     select base + 1, $1, json_build_array(json_build_array(1, 'ad.updated',
       json_build_object('ad_id', $2::int, 'status', 'active', 'version', 1, 'shown', true, 'by', 'maker'))) from taken`,
    [recipient, n],
  );

test("a message sent through one node arrives on the streams of both, under the same id", async () => {
  const deal = await trade(market);
  await settled(market);
  const [first, second] = await Promise.all([
    openReader(market, deal.buyer, { node: 0 }),
    openReader(market, deal.buyer, { node: 1 }),
  ]);
  for (const node of [0, 1, 0, 1]) {
    const seq = await say(deal, node);
    await Promise.all([arrives(first, seq), arrives(second, seq)]);
  }
  assert.deepEqual(first.frames, second.frames);
  assert.equal(first.frames.length, 4);
  await Promise.all([first.close(), second.close()]);
});

test("a client that changes between nodes at each frame misses nothing and sees nothing twice", async () => {
  const deal = await trade(market);
  await settled(market);
  let last = await placeOf(market, deal.buyer);
  const seen: number[] = [];
  const total = 60;
  const first = await say(deal);
  const writing = (async () => {
    for (let sent = 1; sent < total; sent++) await say(deal, sent % 2);
  })();
  for (let round = 0; seen.length < total; round++) {
    const reader = await openReader(market, deal.buyer, { node: round % 2, lastEventId: last });
    await eventually(async () => reader.frames.length > 0, `frame ${seen.length + 1}`);
    await reader.close();
    seen.push(...seqsOf(reader.frames));
    last = reader.lastId() ?? last;
  }
  await writing;
  assert.deepEqual(seen, upTo(total, first));
});

test("a poll on a node that is behind never goes back", async () => {
  const deal = await trade(market);
  await settled(market);
  const start = await placeOf(market, deal.buyer);
  const seen: number[] = [];
  let place = start;
  const total = 60;
  const first = await say(deal);
  const writing = (async () => {
    for (let sent = 1; sent < total; sent++) await say(deal, sent % 2);
  })();
  for (let round = 0; seen.length < total; round++) {
    const reply = await market.as(deal.buyer)("GET", `/p2p/events?after=${place}`, undefined, { node: round % 2 });
    seen.push(...reply.body.items.map(({ data }: Json) => data.seq));
    place = reply.body.next;
    assert.ok(round < 20_000, `${seen.length} of ${total} came`);
  }
  await writing;
  assert.deepEqual(seen, upTo(total, first));
});

test("a reader that knows more than its node is told nothing twice", async () => {
  const user = "ahead";
  await market.as(user)("GET", "/wallet");
  await settled(market);
  const start = await placeOf(market, user);
  // Committed without a wake-up: a node hears of it when it looks by itself, at the latest a second later.
  const client = await session();
  for (const n of upTo(3)) await tell(client, user, n);
  await client.end();
  const [row] = await market.sql("select epoch || '-' || position as place from exchange.feed");
  const reader = await openReader(market, user, { node: 1, lastEventId: row.place });
  const polled = await market.as(user)("GET", `/p2p/events?after=${row.place}`, undefined, { node: 1 });
  assert.deepEqual(polled.body, { items: [], next: row.place });
  await settled(market);
  const last = await session();
  await tell(last, user, 4);
  await last.end();
  await eventually(async () => reader.frames.some(({ data }) => data.ad_id === 4), "the next event");
  assert.deepEqual(
    reader.frames.map(({ data }) => data.ad_id),
    [4],
  );
  await reader.close();
  assert.deepEqual(
    (await pollAll(market, user, start, 1)).items.map(({ data }) => data.ad_id),
    upTo(4),
  );
});

test("a slow commit holds up the positions behind it, so that no reader passes it", async () => {
  const deal = await trade(market);
  await settled(market);
  const [mine, polledFrom] = [await openReader(market, deal.buyer, { node: 1 }), await placeOf(market, deal.buyer, 1)];
  const slow = await session();
  await slow.query("begin");
  await tell(slow, deal.buyer, 1);
  // Others write meanwhile; they wait for the position's row, and nobody sees past it.
  const writing = say(deal, 0);
  await eventually(
    async () =>
      (await market.sql("select from pg_stat_activity where wait_event_type = 'Lock' and query like '%exchange.feed%'"))
        .length > 0,
    "a writer waits for the feed's row",
  );
  assert.deepEqual((await pollAll(market, deal.buyer, polledFrom, 1)).items, []);
  assert.deepEqual(mine.frames, []);
  await slow.query("commit");
  await slow.end();
  const seq = await writing;
  await arrives(mine, seq);
  assert.deepEqual(
    mine.frames.map(({ event }) => event),
    ["ad.updated", "message.created"],
  );
  assert.deepEqual((await pollAll(market, deal.buyer, polledFrom, 1)).items.length, 2);
  await mine.close();
});

test("a rolled back transaction leaves no gap", async () => {
  const deal = await trade(market);
  await settled(market);
  const reader = await openReader(market, deal.buyer, { node: 1 });
  const start = await placeOf(market, deal.buyer, 1);
  const client = await session();
  await client.query("begin");
  await tell(client, deal.buyer, 1);
  await client.query("rollback");
  await client.end();
  const seq = await say(deal);
  await arrives(reader, seq);
  assert.equal(reader.frames.length, 1);
  assert.equal(Number(reader.frames[0]?.id.split("-")[1]), Number(start.split("-")[1]) + 1);
  await reader.close();
});

test("updates still arrive when every connection of the feed is terminated, and are heard at once again later", async () => {
  const deal = await trade(market);
  await settled(market);
  const reader = await openReader(market, deal.buyer, { node: 1 });
  const listening = () =>
    market.sql(
      "select pid from pg_stat_activity where datname = current_database() and application_name = 'parley feed' and query like 'listen %'",
    );
  const before = (await listening()).map(({ pid }) => pid);
  // Each of the two nodes follows the feeds of both systems.
  assert.equal(before.length, 4);
  const killed = await market.sql(
    `select pg_terminate_backend(pid) as done from pg_stat_activity
     where application_name = 'parley feed' and datname = '${market.database.name}'`,
  );
  assert.ok(killed.length >= 2 && killed.every(({ done }) => done === true));
  await arrives(reader, await say(deal));
  await arrives(reader, await say(deal, 1));
  await eventually(async () => {
    const pids = (await listening()).map(({ pid }) => pid);
    return pids.length === 4 && pids.every((pid) => !before.includes(pid));
  }, "both nodes listen again");
  const seq = await say(deal);
  await arrives(reader, seq);
  assert.deepEqual(seqsOf(reader.frames), upTo(3, seq - 2));
  await reader.close();
});

/** The seller of a new trade, and a node as a process of its own. */
const startNode = async (): Promise<{ readonly child: ChildProcess; readonly address: string }> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("node.ts", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
    env: environmentOf({
      DATABASE_URL: market.database.servingUrl,
      DATA_DIR: market.dataDir,
      PORT: "0",
      RAIL_PORT: "0",
      DEMO: "0",
      LOG_LEVEL: "fatal",
    }),
  });
  const [address] = (await once(createInterface(child.stdout as NodeJS.ReadableStream), "line")) as [string];
  return { child, address };
};

test("a node that is killed takes nothing with it: its readers resume elsewhere, and others go on", async () => {
  const deal = await trade(market);
  await settled(market);
  const { child, address } = await startNode();
  try {
    const [there, here] = [
      await openReader(market, deal.buyer, { address }),
      await openReader(market, deal.buyer, { node: 1 }),
    ];
    const first = await say(deal);
    await Promise.all([arrives(there, first), arrives(here, first)]);
    const sent = await fetch(`${address}/api/v1/p2p/orders/${deal.order.id}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${await market.token(deal.seller)}`, "content-type": "application/json" },
      body: JSON.stringify({ message: "From the one that is about to die." }),
    });
    assert.equal(sent.status, 201);
    const second = ((await sent.json()) as Json).seq as number;
    child.kill("SIGKILL");
    await once(child, "exit");
    await there.ended;
    await arrives(here, second);
    const third = await say(deal);
    await arrives(here, third);
    const resumed = await openReader(market, deal.buyer, { node: 0, lastEventId: there.lastId() });
    await arrives(resumed, third);
    assert.deepEqual([...seqsOf(there.frames), ...seqsOf(resumed.frames)], [first, second, third]);
    assert.deepEqual(seqsOf(here.frames), [first, second, third]);
    await Promise.all([resumed.close(), here.close()]);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a node that is stopped ends its streams at once, and the other serves on", async () => {
  const deal = await trade(market);
  await settled(market);
  const { child, address } = await startNode();
  try {
    const [there, here] = [
      await openReader(market, deal.buyer, { address }),
      await openReader(market, deal.buyer, { node: 0 }),
    ];
    const before = await say(deal, 1);
    await Promise.all([arrives(there, before), arrives(here, before)]);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
    await there.ended;
    assert.ok(there.isWhole(), "the stream was cut when the stop could wait no longer");
    assert.equal(here.hasEnded(), false);
    const seq = await say(deal);
    await arrives(here, seq);
    const resumed = await openReader(market, deal.buyer, { node: 1, lastEventId: there.lastId() });
    await arrives(resumed, seq);
    assert.deepEqual(seqsOf(resumed.frames), [seq]);
    await Promise.all([here.close(), resumed.close()]);
  } finally {
    child.kill("SIGKILL");
  }
});

test("streams end when the whole market restarts, and resume on what comes after", async () => {
  const deal = await trade(market);
  await settled(market);
  const reader = await openReader(market, deal.buyer);
  const seq = await say(deal);
  await arrives(reader, seq);
  await market.restart();
  await reader.ended;
  const next = await say(deal);
  const resumed = await openReader(market, deal.buyer, { node: 1, lastEventId: reader.lastId() });
  await arrives(resumed, next);
  assert.deepEqual(seqsOf(resumed.frames), [next]);
  await resumed.close();
});
