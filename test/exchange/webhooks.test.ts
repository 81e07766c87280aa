/** Webhooks: signed by the specification, in order, tried again, parked when dead, never in another endpoint's way. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { verifyWebhook } from "../../packages/client/src/index.ts";
import { eventually, type Json, type Market, type Reply, startMarket } from "../support/market.ts";
import { assertDone, someone, trade } from "../support/trades.ts";

type Received = { readonly headers: IncomingMessage["headers"]; readonly body: string };

let market: Market;
const servers: Server[] = [];
before(async () => {
  market = await startMarket();
});
after(async () => {
  await market.end();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** An endpoint of the host platform that answers as it is told. */
const endpoint = async (answer: (count: number) => number | "hang"): Promise<{ url: string; received: Received[] }> => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    const status = answer(received.length);
    if (status !== "hang") response.writeHead(status).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
};

const add = async (url: string): Promise<Json> => {
  const reply = await market.as("host", "platform")("POST", "/platform/webhooks", { url });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

test("an order's events arrive signed and in order, though another endpoint hangs and one fails first", async () => {
  const good = await endpoint((count) => (count === 1 ? 500 : 204));
  const hanging = await endpoint(() => "hang");
  const { secret } = await add(good.url);
  await add(hanging.url);
  await market.fund("anna", 1_000_000);
  const ad = await market.sellAd("anna");
  const vera = market.as("vera");
  const created = await vera("POST", "/p2p/orders", { ad_id: ad.id, usdt_amount: 100_000, payment_method: "card" });
  await vera("POST", `/p2p/orders/${created.body.id}/confirm-paid`);
  await market.as("anna")("POST", `/p2p/orders/${created.body.id}/confirm-received`);

  const statuses = () =>
    good.received
      .slice(1)
      .map(({ body }) => JSON.parse(body))
      .filter(({ type, data }: Json) => type === "order.updated" && data.user_id === "vera")
      .map(({ data }: Json) => data.status);
  await eventually(async () => statuses().includes("completed"), "the order's end at the webhook");
  const distinct = statuses().filter((status, index, all) => all.indexOf(status) === index);
  assert.deepEqual(distinct, ["pending", "paid_by_buyer", "completed"]);

  for (const { headers, body } of good.received) {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    assert.equal(headers["webhook-signature"], `v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  }
});

test("F30 a dead end is parked: it is listed, in nobody's way, and can be sent again", async () => {
  const hook = (await market.as("host", "platform")("GET", "/platform/webhooks")).body.items.at(-1);
  await market.sql(
    `update deliveries.queue set state = 'dead', settled_at = now(), last_error = 'answered 500' where id =
      (select min(id) from deliveries.queue where endpoint = '${hook.id}')`,
  );
  const host = market.as("host", "platform");
  const dead = await host("GET", "/platform/webhooks/dead");
  assert.equal(dead.body.items.length, 1, dead.text);
  assert.equal((await host("POST", `/platform/webhooks/dead/${dead.body.items[0].id}/resend`)).status, 200);
  await eventually(
    async () =>
      (await market.sql(`select from deliveries.queue where id = ${dead.body.items[0].id} and state = 'delivered'`))
        .length === 1,
    "the delivery that was sent again",
  );
});

test("F110 sending a dead letter again is a command: a repeat with its key is the first answer and sends nothing twice, whoever asks at once", async () => {
  const host = market.as("host", "platform");
  const hook = (await host("GET", "/platform/webhooks")).body.items.at(-1);
  const [letter] = await market.sql(
    `update deliveries.queue set state = 'dead', settled_at = now(), attempts = 10 where id =
      (select min(id) from deliveries.queue where endpoint = '${hook.id}') returning id`,
  );
  const resend = (key?: string) =>
    host("POST", `/platform/webhooks/dead/${letter.id}/resend`, undefined, key === undefined ? {} : { key });
  const all = await Promise.all([resend("again"), resend("again"), resend("again"), resend(), resend()]);
  assert.deepEqual(
    all.map(({ status }) => status).filter((status) => status !== 200 && status !== 404),
    [],
  );
  const first = await resend("again");
  const replies = [...all.slice(0, 3), first];
  assert.equal(new Set(replies.map(({ text }) => text)).size, 1, "one key, one answer");
  assert.equal(
    all.filter(({ status }) => status === 200).length,
    first.status === 200 ? 3 : 1,
    "it is sent again once",
  );
  await eventually(
    async () =>
      (await market.sql(`select from deliveries.queue where id = ${letter.id} and state = 'delivered'`)).length === 1,
    "the delivery that was sent again",
  );

  await market.sql(`update deliveries.queue set state = 'dead', attempts = 10 where id = ${letter.id}`);
  const late = await resend("again");
  assert.deepEqual([late.status, late.text, late.headers["idempotent-replay"]], [first.status, first.text, "true"]);
  const [after] = await market.sql(`select state from deliveries.queue where id = ${letter.id}`);
  assert.equal(after.state, "dead", "a repeat of a request has no second effect");
  assert.equal((await resend("another")).body.state, "waiting");
});

test("an endpoint is https, or http to a private address where those are allowed", async () => {
  const host = market.as("host", "platform");
  for (const url of ["http://example.com/x", "ftp://example.com", "nonsense", "https://user:pass@example.com"]) {
    assert.equal((await host("POST", "/platform/webhooks", { url })).status, 400, url);
  }
  assert.equal((await market.as("vera")("POST", "/platform/webhooks", { url: "https://example.com" })).status, 403);
});

test("a caller has twenty endpoints and no more, however many are added at once, and a repeat of the last is the last", async () => {
  const host = market.as("busy-host", "platform");
  const post = (n: number) =>
    host("POST", "/platform/webhooks", { url: `https://example.com/${n}` }, { key: `endpoint-${n}` });
  const all = await Promise.all(Array.from({ length: 25 }, (_, n) => post(n)));
  const made = all.flatMap(({ status, body }, n) => (status === 201 ? [{ n, id: body.id }] : []));
  assert.equal(made.length, 20);
  assert.ok(all.every(({ status }) => status === 201 || status === 400));
  for (const { n, id } of made) {
    const again = await post(n);
    assert.deepEqual([again.status, again.body.id], [201, id]);
  }
  for (const { id } of made) assert.equal((await host("DELETE", `/platform/webhooks/${id}`)).status, 204);
  const [missed] = all.flatMap(({ status }, n) => (status === 400 ? [n] : []));
  const { status, body } = await post(missed as number);
  assert.equal(status, 201, "a limit is not remembered");
  assert.equal((await host("DELETE", `/platform/webhooks/${body.id}`)).status, 204);
});

const bodiesOf = (received: readonly Received[]): readonly Json[] => received.map(({ body }) => JSON.parse(body));

test("F244 a URL that is said again, however often at once and however spelled, is one endpoint, and nothing is sent twice", async () => {
  const host = market.as("once-host", "platform");
  const hook = await endpoint(() => 204);
  const post = (url: string, events?: readonly string[]) => host("POST", "/platform/webhooks", { url, events });
  const all = await Promise.all(Array.from({ length: 6 }, () => post(hook.url)));
  assert.deepEqual(all.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 201]);
  assert.equal(new Set(all.map(({ body }) => body.id)).size, 1);
  const secrets = all.flatMap(({ body }) => ("secret" in body ? [body.secret] : []));
  assert.equal(secrets.length, 1, "the secret is shown once");
  const again = await post(hook.url.replace("127.0.0.1", "127.1").replace("http:", "HTTP:"), ["wallet.updated"]);
  assert.deepEqual([again.status, again.body.id, again.body.events], [200, all[0]?.body.id, ["wallet.updated"]]);
  const user = someone("told-once");
  await market.fund(user, 1_000);
  await eventually(async () => bodiesOf(hook.received).some(({ data }) => data.user_id === user), "the event");
  const deal = await trade(market, { status: "completed" });
  await market.fund(user, 2_000);
  const last = () => bodiesOf(hook.received).filter(({ data }) => data.user_id === user).length === 2;
  await eventually(async () => last(), "the last event");
  assert.ok(!bodiesOf(hook.received).some(({ type }) => type === "order.updated"), `of order ${deal.order.id}`);
  const ids = hook.received.map(({ headers }) => headers["webhook-id"]);
  assert.equal(new Set(ids).size, ids.length);
  // Another's is another's.
  const other = await market.as("other-host", "platform")("POST", "/platform/webhooks", { url: hook.url });
  assert.equal(other.status, 201);
  for (const id of [other.body.id, again.body.id]) {
    assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
  }
  assert.equal((await post(hook.url)).status, 201, "one that was removed is not there");
});

test("webhooks say how much, what is left, and the host's own id, and the order's terms", async () => {
  const hook = await endpoint(() => 204);
  const { id } = assertDone(
    await market.as("payer-host", "platform")("POST", "/platform/webhooks", { url: hook.url }),
    201,
  );
  const host = market.as("payer-host", "platform");
  const user = someone("counted");
  const entry = (amount: number, kind: string, external_id: string) => ({ user_id: user, amount, kind, external_id });
  assertDone(await host("POST", "/platform/credits", entry(5_000, "deposit", `in-${user}`)), 201);
  assertDone(await host("POST", "/platform/debits", entry(1_500, "withdrawal", `out-${user}`)), 201);
  assertDone(await host("POST", "/platform/wagers", { user_id: user, amount: 700, external_id: `turn-${user}` }), 201);
  const of = (who: string, type: string) =>
    bodiesOf(hook.received).flatMap((body) => (body.type === type && body.data.user_id === who ? [body.data] : []));
  await eventually(async () => of(user, "wallet.updated").length === 3, "what the host did");
  assert.deepEqual(of(user, "wallet.updated"), [
    { user_id: user, kind: "deposit", amount: 5_000, balance: 5_000, external_id: `in-${user}` },
    { user_id: user, kind: "withdrawal", amount: 1_500, balance: 3_500, external_id: `out-${user}` },
    { user_id: user, kind: "wager", amount: 700, external_id: `turn-${user}` },
  ]);
  const { order, buyer, seller } = await trade(market, { status: "completed" });
  const ended = () => of(buyer, "order.updated").some(({ status }: Json) => status === "completed");
  await eventually(async () => ended() && of(buyer, "wallet.updated").length > 0, "the order's end");
  const steps = of(buyer, "order.updated");
  for (const step of steps)
    assert.deepEqual(step.order, {
      ad_id: order.ad_id,
      buyer_id: buyer,
      seller_id: seller,
      usdt_amount: order.usdt_amount,
      fiat_amount: order.fiat_amount,
      fiat_currency: order.fiat_currency,
      exchange_rate: order.exchange_rate,
      payment_method: order.payment_method,
    });
  for (const who of [buyer, seller]) {
    const { available } = assertDone(await market.as(who)("GET", "/wallet"));
    const ofOrder = of(who, "wallet.updated").filter((data: Json) => "order_id" in data);
    assert.equal(ofOrder.at(-1).balance, available, "the last news is the wallet's");
  }
  assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
});

const checked = async ({ headers, body }: Received, ...secrets: readonly string[]): Promise<boolean> =>
  (await verifyWebhook({ headers, body, secrets })).ok;

/** What an endpoint gets next, by sending it a test. */
const tested = async (
  call: (method: string, path: string, body?: object) => Promise<Reply>,
  id: string,
  received: readonly Received[],
) => {
  const { event_id, state } = assertDone(await call("POST", `/platform/webhooks/${id}/test`), 202);
  assert.equal(state, "waiting");
  return eventually(async () => received.find(({ headers }) => headers["webhook-id"] === event_id), "the test event");
};

test("while a secret is replaced both sign, and afterwards the new one alone", async () => {
  const host = market.as("careful-host", "platform");
  const hook = await endpoint(() => 204);
  const { id, secret: first } = assertDone(await host("POST", "/platform/webhooks", { url: hook.url }), 201);
  const rotate = (body: object, key?: string) =>
    host("POST", `/platform/webhooks/${id}/rotate-secret`, body, key === undefined ? {} : { key });
  const [once, twice] = await Promise.all([rotate({}, "r-1"), rotate({}, "r-1")]);
  const second = assertDone(once);
  assert.deepEqual(assertDone(twice), second, "one key, one secret");
  assert.notEqual(second.secret, first);
  const hours = (Date.parse(second.previous_secret_until) - Date.now()) / 3_600_000;
  assert.ok(hours > 23 && hours <= 24.1, `${hours} hours`);
  const during = await tested(host, id, hook.received);
  assert.ok((await checked(during, first)) && (await checked(during, second.secret)));
  await market.sql(`update exchange.webhooks set previous_until = now() where id = '${id}'`);
  const after = await tested(host, id, hook.received);
  assert.ok(!(await checked(after, first)) && (await checked(after, second.secret)));
  const third = assertDone(await rotate({ keep_hours: 168 }));
  const fourth = assertDone(await rotate({ keep_hours: 0 }));
  assert.equal(fourth.previous_secret_until, null);
  const atOnce = await tested(host, id, hook.received);
  assert.ok(!(await checked(atOnce, second.secret, third.secret)), "withdrawn at once");
  assert.ok(await checked(atOnce, fourth.secret));
  assert.equal((await rotate({ keep_hours: 169 })).status, 400);
  assert.equal((await market.as("vera")("POST", `/platform/webhooks/${id}/rotate-secret`, {})).status, 403);
  assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
  for (const act of ["rotate-secret", "test"])
    assert.equal((await host("POST", `/platform/webhooks/${id}/${act}`, act === "test" ? undefined : {})).status, 404);
});

test("a test event is a delivery like any other, and what became of it can be asked", async () => {
  const host = market.as("trying-host", "platform");
  const hook = await endpoint((count) => (count === 1 ? 500 : 204));
  const { id } = assertDone(
    await host("POST", "/platform/webhooks", { url: hook.url, events: ["order.updated"] }),
    201,
  );
  const received = await tested(host, id, hook.received);
  assert.deepEqual(JSON.parse(received.body), {
    type: "webhook.test",
    timestamp: JSON.parse(received.body).timestamp,
    data: { webhook_id: id },
  });
  const eventId = received.headers["webhook-id"];
  const look = async () => assertDone(await host("GET", `/platform/webhooks/${id}/deliveries/${eventId}`));
  const failed = await eventually(async () => {
    const found = await look();
    return found.last_error !== null && found;
  }, "the failed attempt");
  assert.deepEqual([failed.state, failed.attempts, failed.last_error], ["waiting", 1, "answered 500"]);
  const done = await eventually(async () => {
    const found = await look();
    return found.state === "delivered" && found;
  }, "the next attempt");
  assert.deepEqual([done.attempts, done.last_error], [2, null]);
  assert.equal((await host("GET", `/platform/webhooks/${id}/deliveries/msg_none`)).status, 404);
  const elsewhere = "00000000-0000-4000-8000-000000000000";
  assert.equal((await host("GET", `/platform/webhooks/${elsewhere}/deliveries/${eventId}`)).status, 404);
  assert.equal((await host("POST", `/platform/webhooks/${elsewhere}/test`)).status, 404);
  assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
});
