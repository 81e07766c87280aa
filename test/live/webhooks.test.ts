/** Webhooks under trouble: back-off, dead ends, hostile endpoints, a node that restarts, endpoints that are removed. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import pg from "pg";
import {
  type Addressed,
  backOffMs,
  createDeliveries,
  DELIVERY_LIMITS,
  type Delivery,
  isPrivate,
} from "../../src/deliveries/index.ts";
import { eventually, type Json, type Market, startMarket } from "../support/market.ts";
import { assertDone, someone, trade } from "../support/trades.ts";
import { upTo } from "./reader.ts";

type Endpoint = { readonly url: string; readonly received: Json[]; readonly ids: string[] };

let market: Market;
const closers: (() => void)[] = [];
before(async () => {
  market = await startMarket();
});
/** So that no test sends to the endpoints of another. */
beforeEach(async () => {
  const host = market.as("host", "platform");
  for (const { id } of (await host("GET", "/platform/webhooks")).body.items) {
    assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
  }
  await market.sql("update deliveries.queue set state = 'dead', settled_at = now() where state = 'waiting'");
});
after(async () => {
  for (const close of closers) close();
  await market.end();
});

const OK = (response: ServerResponse) => response.writeHead(204).end();

const endpoint = async (
  answer: (response: ServerResponse, count: number, request: IncomingMessage) => unknown = OK,
): Promise<Endpoint> => {
  const received: Json[] = [];
  const ids: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push(body === "" ? null : JSON.parse(body));
    ids.push(String(request.headers["webhook-id"]));
    answer(response, received.length, request);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, ids };
};

const add = async (url: string, events = ["wallet.updated"]): Promise<Json> =>
  assertDone(await market.as("host", "platform")("POST", "/platform/webhooks", { url, events }), 201);

const queued = (endpointId: string, where = "true"): Promise<Json[]> =>
  market.sql(`select *, extract(epoch from next_at - now()) * 1000 as due_in from deliveries.queue
    where endpoint = '${endpointId}' and ${where} order by id`);

const comes = (what: string, look: () => Promise<boolean>) => eventually(look, what);

test("the back-off grows from a second to a minute, each time a fifth more or less", () => {
  const seconds = [1, 2, 4, 8, 16, 32, 60, 60, 60];
  seconds.forEach((wanted, index) => {
    assert.equal(backOffMs(index + 1, 0.5), wanted * 1_000);
    assert.ok(Math.abs(backOffMs(index + 1, 0) - wanted * 800) < 1e-6);
    assert.ok(Math.abs(backOffMs(index + 1, 1) - wanted * 1_200) < 1e-6);
  });
});

test("private addresses are known in every notation, and public ones are not among them", () => {
  const hidden = [
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1"],
    ...["172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::FFFF:a9fe:a9fe"],
    ...["64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:1::1", "fc00::1", "fdff::1", "fe80::1"],
    ...["fe80::1%eth0", "fec0::1", "ff02::1"],
  ];
  for (const address of hidden) assert.equal(isPrivate(address), true, address);
  const open = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1"];
  for (const address of [...open, "198.20.0.1", "223.255.255.255", "2606:4700::1111", "::ffff:8.8.8.8"]) {
    assert.equal(isPrivate(address), false, address);
  }
});

test("ten attempts with one event id, each later than the last, and then it is dead and the next one's turn", async () => {
  let failing = true;
  const hook = await endpoint((response) => response.writeHead(failing ? 503 : 204).end());
  const { id } = await add(hook.url);
  const user = someone("poor");
  await market.fund(user, 1_000);
  await comes("the first attempt", async () => hook.received.length === 1);
  await market.fund(user, 2_000);
  for (const attempt of upTo(DELIVERY_LIMITS.attempts)) {
    await comes(`attempt ${attempt}`, async () => hook.received.length >= attempt);
    const [first] = await eventually(async () => {
      const rows = await queued(id);
      return rows[0].last_error !== null && rows;
    }, `attempt ${attempt} is settled`);
    assert.equal(first.attempts, attempt);
    assert.equal(first.last_error, "answered 503");
    if (attempt === DELIVERY_LIMITS.attempts) break;
    assert.equal(first.state, "waiting");
    // A little later than it was settled, so that the lower bound leaves room for a busy machine.
    const wanted = backOffMs(attempt, 0.5);
    assert.ok(first.due_in <= wanted * 1.2 && first.due_in > wanted * 0.8 - 5_000, `due in ${first.due_in} ms`);
    await market.sql(`update deliveries.queue set last_error = null, next_at = now() where id = ${first.id}`);
  }
  await comes("it is dead", async () => (await queued(id, "state = 'dead'")).length === 1);
  assert.equal(new Set(hook.ids.slice(0, DELIVERY_LIMITS.attempts)).size, 1);
  failing = false;
  await comes("the next one is sent", async () => (await queued(id, "state = 'delivered'")).length >= 1);
  const host = market.as("host", "platform");
  const { items } = assertDone(await host("GET", "/platform/webhooks/dead"));
  const dead = items.find(({ webhook_id }: Json) => webhook_id === id);
  assert.deepEqual([dead.attempts, dead.last_error, dead.event_id], [10, "answered 503", hook.ids[0]]);
  assertDone(await host("POST", `/platform/webhooks/dead/${dead.id}/resend`));
  await comes("the dead one is delivered", async () => (await queued(id, "state = 'delivered'")).length === 2);
  assert.equal(hook.ids.at(-1), hook.ids[0]);
  assert.equal((await host("POST", `/platform/webhooks/dead/${dead.id}/resend`)).status, 404);
});

test("a redirect is not followed", async () => {
  const elsewhere = await endpoint();
  const hook = await endpoint((response) => response.writeHead(307, { location: elsewhere.url }).end());
  const { id } = await add(hook.url);
  await market.fund(someone("mover"), 1_000);
  const [row] = await eventually(async () => {
    const rows = await queued(id, "last_error is not null");
    return rows.length > 0 && rows;
  }, "the failed attempt");
  assert.equal(row.last_error, "answered 307");
  assert.equal(elsewhere.received.length, 0);
});

test("endpoints that hang, answer for ever or only begin to hold up nobody else, whatever waits for them", async () => {
  const open: ServerResponse[] = [];
  let [waiting, most] = [0, 0];
  const silent = await endpoint((response) => {
    most = Math.max(most, ++waiting);
    response.on("close", () => waiting--);
  });
  const endless = await endpoint((response) => {
    open.push(response);
    response.writeHead(200);
    const more = () => {
      if (!response.destroyed) response.write("x".repeat(65_536), () => setImmediate(more));
    };
    more();
  });
  const halfHead = await endpoint((response) => response.socket?.write("HTTP/1.1 200 OK\r\nx-a: "));
  const good = await endpoint();
  const ids: string[] = [];
  for (const { url } of [silent, halfHead, endless, good]) ids.push((await add(url)).id);
  // More people than all places together, each a subject of its own.
  const people = upTo(DELIVERY_LIMITS.inAll + 12).map((n) => someone(`crowd${n}`));
  // A caller may have 128 commands in the queue, and all of these are the host's.
  for (let done = 0; done < people.length; done += 50) {
    await Promise.all(people.slice(done, done + 50).map((user) => market.fund(user, 1_000)));
  }
  await comes("the good endpoint has everything", async () => good.received.length >= people.length);
  assert.deepEqual(new Set(good.received.map(({ data }) => data.user_id)), new Set(people));
  assert.ok(silent.received.length > 0 && halfHead.received.length > 0, "the hanging endpoints were tried");
  assert.ok(most <= DELIVERY_LIMITS.perEndpoint, `${most} at once to the endpoint that hangs`);
  const settledOf = async (index: number) => (await queued(ids[index] as string, "state = 'delivered'")).length;
  assert.equal(await settledOf(0), 0);
  assert.equal(await settledOf(1), 0);
  await comes("an answer without an end counts by its head", async () => (await settledOf(2)) >= people.length);
  await comes("and is cut off", async () => open.every((response) => response.destroyed));
});

test("what is queued is sent after a restart of the node, under the same event id", async () => {
  let down = true;
  const hook = await endpoint((response) => (down ? response.socket?.destroy() : OK(response)));
  const { id } = await add(hook.url);
  const user = someone("patient");
  await market.fund(user, 1_000);
  await comes("an attempt that failed", async () => (await queued(id, "last_error is not null")).length === 1);
  await market.restart();
  down = false;
  await comes("the delivery after the restart", async () => (await queued(id, "state = 'delivered'")).length === 1);
  assert.equal(new Set(hook.ids).size, 1);
  const [row] = await queued(id);
  assert.equal(row.event_id, hook.ids[0]);
});

test("a node that dies between taking and settling leaves its delivery to the next after the lease", async () => {
  const hook = await endpoint();
  const { id } = await add(hook.url);
  // As a node left it that took it and died: one attempt made, nobody knows of it.
  await market.sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body, attempts, next_at)
    values ('webhooks', '${id}', 'user x', 'msg_left', '{"left": true}', 1, now() + interval '1 hour')`);
  await market.fund(someone("x"), 1_000);
  await comes("others are sent meanwhile", async () => hook.received.length === 1);
  assert.ok(!hook.ids.includes("msg_left"));
  await market.sql("update deliveries.queue set next_at = now() where event_id = 'msg_left'");
  await comes("it is sent again", async () => hook.ids.includes("msg_left"));
  await comes(
    "it is settled",
    async () => (await queued(id, "state = 'delivered' and event_id = 'msg_left'")).length === 1,
  );
});

test("nothing is sent to an endpoint after it was removed", async () => {
  const hook = await endpoint((response) => response.writeHead(500).end());
  const { id } = await add(hook.url);
  const witness = await endpoint();
  await add(witness.url);
  const user = someone("leaver");
  await market.fund(user, 1_000);
  await comes("an attempt that failed", async () => (await queued(id, "last_error is not null")).length === 1);
  assertDone(await market.as("host", "platform")("DELETE", `/platform/webhooks/${id}`), 204);
  const before = hook.received.length;
  await market.sql(`update deliveries.queue set next_at = now() where endpoint = '${id}'`);
  await market.fund(user, 2_000);
  await comes("the witness has both", async () => witness.received.length === 2);
  await comes("what waited is given up", async () => (await queued(id, "state = 'waiting'")).length === 0);
  assert.deepEqual(
    (await queued(id)).map(({ state, last_error }) => [state, last_error]),
    [["dead", "the endpoint is gone"]],
  );
  assert.equal(hook.received.length, before);
});

test("an endpoint that is added is told what happens from then on, once, and only the kinds it wants", async () => {
  const early = await trade(market);
  const all = await endpoint();
  const { id } = await add(all.url, ["order.updated"]);
  const deal = await trade(market, { status: "completed" });
  const told = () => all.received.filter(({ data }) => data.user_id === deal.buyer).map(({ data }) => data.status);
  await comes("the order's end", async () => told().includes("completed"));
  assert.deepEqual(told(), ["pending", "paid_by_buyer", "completed"]);
  assert.ok(all.received.every(({ type }) => type === "order.updated"));
  assert.ok(!all.received.some(({ data }) => data.order_id === early.order.id));
  assert.equal(new Set(all.ids).size, all.ids.length);
  await comes("everything is settled", async () => (await queued(id, "state = 'waiting'")).length === 0);
});

test("an endpoint whose events cannot be queued is in no other's way", async () => {
  const broken = await add((await endpoint()).url, ["order.updated"]);
  const good = await endpoint();
  await add(good.url, ["order.updated"]);
  await market.sql(`create function refuse_it() returns trigger language plpgsql as $$ begin
    if new.endpoint = '${broken.id}' then raise exception 'refused'; end if; return new; end $$`);
  await market.sql(
    `create trigger refuse_it before insert on deliveries.queue for each row execute function refuse_it()`,
  );
  const deal = await trade(market);
  await comes("the event", async () => good.received.some(({ data }) => data.order_id === deal.order.id));
  assert.deepEqual(await queued(broken.id), []);
  await market.sql("drop trigger refuse_it on deliveries.queue");
  await comes("the other's", async () => (await queued(broken.id)).length > 0);
});

test("an event id names the feed's epoch: what happens after a restore comes under no id from before it", async () => {
  const hook = await endpoint();
  const { id } = await add(hook.url);
  await market.fund(someone("before"), 1_000);
  await comes("the event before", async () => hook.ids.length === 1);
  const [before] = await market.sql("select epoch, position from exchange.feed");
  assert.equal(hook.ids[0], `msg_${id.slice(0, 8)}_${before.epoch}_${before.position}`);
  // As after a restore: the last event never was, and the feed counts on from before it under another epoch.
  const position = before.position - 1;
  await market.sql(`update exchange.feed set epoch = '0badcafe', position = ${position}`);
  await market.sql(`delete from exchange.events where position > ${position}`);
  await market.sql(`update deliveries.cursors set position = ${position}`);
  await market.fund(someone("after"), 1_000);
  await comes("the event after", async () => hook.ids.length === 2);
  assert.equal(hook.ids[1], `msg_${id.slice(0, 8)}_0badcafe_${before.position}`);
});

/** Deliveries of a channel that the node does not send: by hand, to wherever the test says. */
const lab = (address: (delivery: Delivery) => Promise<Addressed>) => {
  const pool = new pg.Pool({ connectionString: market.database.servingUrl, max: 1 });
  const deliveries = createDeliveries({
    pool,
    channel: "lab",
    address,
    allowPrivate: true,
    userAgent: () => "Parley",
    onFailure: (error) => assert.fail(String(error)),
  });
  return {
    deliveries,
    queue: (endpointName: string, rows: number, subjects: number) =>
      market.sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body)
        select 'lab', '${endpointName}', 'order ' || n % ${subjects}, '${endpointName} ' || lpad(n::text, 6, '0'), '{}'
        from generate_series(1, ${rows}) n order by n`),
    async end() {
      await deliveries.stop();
      await pool.end();
      await market.sql("delete from deliveries.queue where channel = 'lab'");
    },
  };
};

test("what is delivered makes room at once: one look sends all that waits, in order", async () => {
  const sent: string[] = [];
  const { deliveries, queue, end } = lab(async ({ eventId }) => {
    sent.push(eventId);
    return { skip: "that is all" };
  });
  try {
    await queue("live", 100, 1);
    await deliveries.run();
    await comes("everything is sent", async () => sent.length === 100);
    assert.deepEqual(sent, sent.toSorted());
  } finally {
    await end();
  }
});

test("when endpoints need more places than there are, each has its turn", async () => {
  const tried = new Set<string>();
  const { deliveries, queue, end } = lab(async ({ endpoint: name }) => {
    tried.add(name);
    return { unreachable: "the endpoint is gone" };
  });
  const places = DELIVERY_LIMITS.inAll / DELIVERY_LIMITS.perEndpoint;
  const names = upTo(places + 8).map((n) => `endpoint-${1_000 + n}`);
  try {
    for (const name of names) await queue(name, 3 * DELIVERY_LIMITS.perEndpoint, 3 * DELIVERY_LIMITS.perEndpoint);
    for (const reached of [places, names.length]) {
      await deliveries.run();
      await deliveries.stop();
      assert.equal(tried.size, reached);
    }
  } finally {
    await end();
  }
});

test("every subject of a large backlog has its turn, and each is sent in its order", async () => {
  const sent: string[] = [];
  const { deliveries, queue, end } = lab(async ({ subject, eventId }) => {
    sent.push(`${subject} ${eventId}`);
    return { unreachable: "the endpoint is gone" };
  });
  try {
    await queue("dead", 20_000, 1_000);
    await queue("late", 3, 1);
    // All that come first are in their back-off: more than one walk looks at.
    await market.sql(`update deliveries.queue set next_at = now() + interval '1 hour' where id in (
      select min(id) from deliveries.queue where channel = 'lab' and endpoint = 'dead' group by subject
      order by subject limit 900)`);
    await market.sql("analyze deliveries.queue");
    for (let round = 0; round < 8; round++) {
      await deliveries.run();
      await deliveries.stop();
    }
    const ofLate = sent.filter((name) => name.includes("late"));
    assert.deepEqual(
      ofLate,
      upTo(3).map((n) => `order 0 late 00000${n}`),
    );
    const ofDead = sent.filter((name) => name.includes("dead"));
    assert.ok(ofDead.length >= DELIVERY_LIMITS.perEndpoint, `${ofDead.length} of those that are due were found`);
    const blocked = await market.sql(`select from deliveries.queue where channel = 'lab' and attempts > 0 and id in (
      select id from deliveries.queue q where exists (select from deliveries.queue o where o.endpoint = q.endpoint
        and o.subject = q.subject and o.state = 'waiting' and o.id < q.id))`);
    assert.deepEqual(blocked, [], "sent before the one in front of it");
  } finally {
    await end();
  }
});
