/** A stream of live updates: what concerns the caller, from where the caller was, nothing missed and nothing twice. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { LIVE_LIMITS } from "../../src/exchange/live/limits.ts";
import { eventually, useMarket } from "../support/market.ts";
import { assertRefused, someone, type Trade, trade } from "../support/trades.ts";
import { openReader, placeOf, pollAll, positionOf, seqsOf, settled, upTo } from "./reader.ts";

const market = useMarket();

const say = async ({ asSeller, order }: Trade, message = "Hello."): Promise<number> => {
  const reply = await asSeller("POST", `/p2p/orders/${order.id}/messages`, { message });
  assert.equal(reply.status, 201, reply.text);
  return reply.body.seq;
};

const now = async (user: string): Promise<string> => {
  await settled(market);
  return placeOf(market, user);
};

test("a stream is frames of id, event and data, and starts now", async () => {
  const deal = await trade(market);
  await say(deal, "before the stream");
  await settled(market);
  const reader = await openReader(market, deal.buyer);
  assert.equal(reader.status, 200);
  assert.match(String(reader.headers["content-type"]), /^text\/event-stream/);
  assert.equal(reader.headers["cache-control"], "no-store");
  const seq = await say(deal, "after\nit began");
  await eventually(async () => reader.frames.length > 0, "the message's frame");
  const [frame] = reader.frames;
  assert.match(frame?.id ?? "", /^[0-9a-f]{8}-\d+$/);
  assert.equal(frame?.event, "message.created");
  const { message, ...data } = frame?.data ?? {};
  assert.deepEqual(data, { order_id: deal.order.id, seq, kind: "user", unread: 2 });
  assert.deepEqual([message.message, message.sender, message.seq], ["after\nit began", deal.seller, seq]);
  assert.ok(!reader.text().includes("before the stream"), "it starts before now");
  await reader.close();
});

test("only what concerns the caller is told, and both parties are told of a change of status", async () => {
  const [deal, other] = [await trade(market), await trade(market)];
  await settled(market);
  const [mine, theirs] = [await openReader(market, deal.buyer), await openReader(market, other.seller)];
  await say(deal);
  await deal.asBuyer("POST", `/p2p/orders/${deal.order.id}/confirm-paid`);
  await other.asBuyer("POST", `/p2p/orders/${other.order.id}/confirm-paid`);
  const statuses = (frames: typeof mine.frames) =>
    frames.filter(({ event }) => event === "order.updated").map(({ data }) => [data.order_id, data.status]);
  await eventually(async () => statuses(mine.frames).length > 0 && statuses(theirs.frames).length > 0, "both changes");
  assert.deepEqual(statuses(mine.frames), [[deal.order.id, "paid_by_buyer"]]);
  assert.deepEqual(statuses(theirs.frames), [[other.order.id, "paid_by_buyer"]]);
  assert.ok(mine.frames.every(({ data }) => data.order_id === deal.order.id));
  assert.ok(theirs.frames.every(({ data }) => data.order_id === other.order.id));
  await Promise.all([mine.close(), theirs.close()]);
});

test("whoever hangs up at random and resumes misses nothing and sees nothing twice", async () => {
  const deal = await trade(market);
  const start = await now(deal.buyer);
  const total = 250;
  const frames: { id: string; seq: number }[] = [];
  let last = start;
  let connections = 0;
  const reading = (async () => {
    while (frames.length < total) {
      const reader = await openReader(market, deal.buyer, { lastEventId: last });
      connections++;
      const enough = 1 + Math.floor(Math.random() * 12);
      await eventually(
        async () => seqsOf(reader.frames).length >= Math.min(enough, total - frames.length),
        `frames ${frames.length} to ${frames.length + enough}`,
      );
      await reader.close();
      frames.push(...reader.frames.map(({ id, data }) => ({ id, seq: data.seq as number })));
      last = reader.lastId() ?? last;
    }
  })();
  const first = await say(deal);
  await Promise.all([
    reading,
    (async () => {
      for (let sent = 1; sent < total; sent++) await say(deal);
    })(),
  ]);
  assert.ok(connections > 10, `${connections} connections`);
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    upTo(total, first),
  );
  const positions = frames.map(({ id }) => positionOf(id));
  assert.deepEqual(
    positions,
    positions.toSorted((a, b) => a - b),
  );
  const polled = await pollAll(market, deal.buyer, start);
  assert.deepEqual(
    polled.items.map(({ id, data }) => ({ id, seq: data.seq })),
    frames,
    "the poll disagrees with the streams",
  );
});

test("a long history is caught up page by page while more is written", async () => {
  const deal = await trade(market);
  const start = await now(deal.buyer);
  const old = LIVE_LIMITS.history * 2 + 7;
  // Events by themselves, as the engine writes them: position and rows in one statement.
  await market.sql(`with taken as (update exchange.feed set position = position + ${old} returning position - ${old} as base)
    insert into exchange.events (position, first_recipient, items)
    select base + n, '${deal.buyer}', json_build_array(json_build_array(1, 'ad.updated', json_build_object('n', n)))
    from taken, generate_series(1, ${old}) n`);
  const [reader, seq] = await Promise.all([openReader(market, deal.buyer, { lastEventId: start }), say(deal)]);
  await eventually(async () => seqsOf(reader.frames).includes(seq), "the message behind the history");
  assert.deepEqual(
    reader.frames.filter(({ event }) => event === "ad.updated").map(({ data }) => data.n),
    upTo(old),
  );
  assert.equal(reader.frames.length, old + 1);
  await reader.close();
});

test("a page and a place may end inside of what one command told", async () => {
  const [user, other] = [someone("often"), someone("other")];
  await market.as(user)("GET", "/wallet");
  const start = await now(user);
  // Three of the five copies of a row are for the user, as its first recipient or its second, and never the last.
  const rows = 40;
  await market.sql(`with taken as (
      update exchange.feed set position = position + 5 * ${rows} returning position - 5 * ${rows} as base)
    insert into exchange.events (position, first_recipient, second_recipient, items)
    select base + 5 * n, (array['${user}', '${other}'])[1 + n % 2], (array['${other}', '${user}'])[1 + n % 2],
      (select json_agg(json_build_array(case when mask = 3 or n % 2 = 0 then mask else 3 - mask end, 'ad.updated',
         json_build_object('ad_id', 4 * (n - 1) + place, 'status', 'active', 'version', 1, 'shown', true, 'by', 'maker')) order by place)
       from unnest(array[1, 3, 1, 2]) with ordinality as u(mask, place))
    from taken, generate_series(1, ${rows}) n`);
  await settled(market);
  const wanted = upTo(4 * rows).filter((id) => id % 4 !== 0);
  const { items } = await pollAll(market, user, start);
  assert.deepEqual(
    items.map(({ data }) => data.ad_id),
    wanted,
  );
  for (const [index, { id }] of items.slice(0, 7).entries()) {
    assert.deepEqual((await pollAll(market, user, id)).items, items.slice(index + 1));
  }
  const reader = await openReader(market, user, { lastEventId: items[1]?.id });
  await eventually(async () => reader.frames.length >= wanted.length - 2, "the rest");
  assert.deepEqual(
    reader.frames.map(({ id }) => id),
    items.slice(2).map(({ id }) => id),
  );
  await reader.close();
});

test("a place that no server gave out gets one reset, then goes on from now", async () => {
  const deal = await trade(market);
  const epoch = (await now(deal.buyer)).split("-")[0];
  for (const lastEventId of ["nonsense", "-", `${epoch}-999999999`, "00000000-1", `${epoch}-1x`, "deadbeef-3"]) {
    const reader = await openReader(market, deal.buyer, { lastEventId });
    await eventually(async () => reader.frames.length > 0, `the reset for ${lastEventId}`);
    const seq = await say(deal);
    await eventually(async () => seqsOf(reader.frames).includes(seq), `the message after ${lastEventId}`);
    assert.deepEqual(
      reader.frames.map(({ event }) => event),
      ["reset", "message.created"],
      lastEventId,
    );
    const ids = reader.frames.map(({ id }) => positionOf(id));
    assert.ok((ids[0] as number) < (ids[1] as number), `${lastEventId}: ${ids}`);
    await reader.close();
    const resumed = await openReader(market, deal.buyer, { lastEventId: reader.frames[0]?.id });
    await eventually(async () => seqsOf(resumed.frames).includes(seq), "what came after the reset, again");
    assert.equal(resumed.frames.length, 1);
    await resumed.close();
  }
  const polled = await market.as(deal.buyer)("GET", "/p2p/events?after=nonsense");
  assert.deepEqual(
    polled.body.items.map(({ type }: { type: string }) => type),
    ["reset"],
  );
  assert.deepEqual((await market.as(deal.buyer)("GET", `/p2p/events?after=${polled.body.next}`)).body.items, []);
});

test("a stream ends with its token, says so first, and cannot be opened with it again", async () => {
  const token = (await market.nodes[0]?.issuer.signToken({ sub: "brief", roles: [], ttlSeconds: 1 })) as string;
  const started = Date.now();
  const reader = await openReader(market, "brief", { token });
  assert.equal(reader.status, 200);
  await reader.ended;
  const took = Date.now() - started;
  assert.ok(took > 900, `it ended after ${took} ms`);
  assert.deepEqual(
    reader.frames.map(({ event, data }) => [event, data]),
    [["end", { reason: "token_expired" }]],
  );
  // The token's last seconds, which clocks may differ by, are the stream's as well: no end at once, again and again.
  const again = await openReader(market, "brief", { token });
  assert.equal(again.status, 401);
  await again.close();
});

test("a caller has so many streams on a node and no more, and those who hang up give theirs back", async () => {
  const readers = await Promise.all(upTo(LIVE_LIMITS.streams.each).map(() => openReader(market, "many")));
  assertRefused(await market.as("many")("GET", "/p2p/events"), "RATE_LIMITED");
  assert.equal((await market.as("many")("GET", "/p2p/events?after=")).status, 200, "a poll is no stream");
  const other = await openReader(market, "another");
  assert.equal(other.status, 200);
  await Promise.all([...readers, other].map((reader) => reader.close()));
  const again = await eventually(async () => {
    const reader = await openReader(market, "many");
    if (reader.status === 200) return reader;
    await reader.close();
    return false;
  }, "a free place");
  await again.close();
});

test("whoever hangs up before the answer holds no place", async () => {
  const token = await market.token("hasty");
  await market.as("hasty")("GET", "/wallet");
  const { port } = new URL(market.nodes[0]?.address as string);
  await Promise.all(
    upTo(LIVE_LIMITS.streams.each * 3).map(
      () =>
        new Promise<void>((resolve) => {
          const socket = connect({ host: "127.0.0.1", port: Number(port) }, () => {
            socket.write(`GET /api/v1/p2p/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`, () =>
              socket.resetAndDestroy(),
            );
          });
          socket.on("error", () => {});
          socket.on("close", () => resolve());
        }),
    ),
  );
  const readers = await eventually(async () => {
    const opened = await Promise.all(upTo(LIVE_LIMITS.streams.each).map(() => openReader(market, "hasty")));
    const all = opened.every(({ status }) => status === 200);
    if (!all) await Promise.all(opened.map((reader) => reader.close()));
    return all ? opened : false;
  }, "all places are free again");
  await Promise.all(readers.map((reader) => reader.close()));
});

test("a reader that does not read its socket is let go, and resumes without a loss", async () => {
  const user = "sleeper";
  await market.as(user)("GET", "/wallet");
  const reader = await openReader(market, user, { lastEventId: await now(user) });
  const start = await now(user);
  reader.pause();
  // Large events, so that the buffers of the two sockets are full soon.
  const bytes = 60_000;
  let written = 0;
  const tell = async (count: number) => {
    await market.sql(`with taken as (update exchange.feed set position = position + ${count} returning position - ${count} as base)
      insert into exchange.events (position, first_recipient, items)
      select base + n, '${user}', json_build_array(json_build_array(1, 'ad.updated',
        json_build_object('n', ${written} + n, 'pad', repeat('x', ${bytes}))))
      from taken, generate_series(1, ${count}) n`);
    written += count;
  };
  // The server's side of the connection is gone when it has let go; the client sees it once it reads again.
  const sockets = () =>
    new Promise<number>((resolve, reject) =>
      market.nodes[0]?.server.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  const before = await sockets();
  for (let round = 0; round < 40 && (await sockets()) >= before; round++) {
    await tell(20);
    await settled(market);
  }
  await eventually(async () => (await sockets()) < before, "the server lets go of the reader");
  reader.resume();
  await reader.ended;
  const seen = reader.frames.map(({ data }) => data.n as number);
  assert.deepEqual(seen, upTo(seen.length), "a gap before the end");
  assert.ok(seen.length < written, `all ${written} came`);
  const resumed = await openReader(market, user, { lastEventId: reader.lastId() ?? start });
  await eventually(async () => seen.length + resumed.frames.length >= written, "the rest");
  assert.deepEqual([...seen, ...resumed.frames.map(({ data }) => data.n)], upTo(written));
  await resumed.close();
});
