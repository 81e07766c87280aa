/** Webhooks: signed by the specification, in order, tried again, parked when dead, never in another endpoint's way. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { eventually, type Json, type Market, startMarket } from "../support/market.ts";

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
