/** The client against a real exchange, and against a line that loses answers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, describe, test } from "node:test";
import {
  type Client,
  createClient,
  ParleyError,
  RETRIES,
  type TokenSource,
  unwrap,
} from "../../packages/client/src/index.ts";
import { SELL_AD, useMarket } from "../support/market.ts";
import { someone, trade, wallet } from "../support/trades.ts";

const market = useMarket();
const addressOf = () => market.nodes[0]?.address ?? "";
const clientOf = async (
  user: string,
  more: { readonly baseUrl?: string; readonly role?: "operator" | "platform" } = {},
) => createClient({ baseUrl: more.baseUrl ?? addressOf(), token: await market.token(user, more.role) });

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

/** A line to the exchange that is cut as soon as an answer begins to come, so many times. */
const losingLine = async (losses: number) => {
  const { hostname, port } = new URL(addressOf());
  let left = losses;
  const sockets = new Set<Socket>();
  const line = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far);
    far.on("data", (bytes) => {
      if (left > 0) {
        left--;
        near.destroy();
        far.destroy();
      } else near.write(bytes);
    });
    far.on("end", () => near.end());
    near.on("close", () => far.destroy());
  });
  line.listen(0, "127.0.0.1");
  await once(line, "listening");
  closers.push(() => {
    line.close();
    for (const socket of sockets) socket.destroy();
  });
  return { address: `http://127.0.0.1:${(line.address() as AddressInfo).port}`, left: () => left };
};

/** Answers what it is told, one after the other. */
const scripted = async (
  answers: readonly { readonly status: number; readonly body?: string; readonly headers?: object }[],
) => {
  const asked: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const server = createHttpServer((request, response) => {
    asked.push({ url: request.url ?? "", headers: request.headers });
    const { status, body = "{}", headers = {} } = answers[asked.length - 1] ?? { status: 500 };
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    client: (token?: TokenSource) => createClient({ baseUrl: address, ...(token === undefined ? {} : { token }) }),
  };
};

const PDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

const BUSY = { status: 503, body: '{"code":"BUSY","message":"Try again."}', headers: { "retry-after": "0" } };

const buy = async (buyer: Client, amount: number) => {
  const { items } = unwrap(await buyer.get("/p2p/ads", { query: { type: "sell", fiat_currency: "RUB" } }));
  const [ad] = items;
  assert.ok(ad !== undefined);
  return buyer.post("/p2p/orders", { body: { ad_id: ad.id, usdt_amount: amount, payment_method: "card" } });
};

test("a trade from the market to the released escrow", async () => {
  const maker = someone("maker");
  await market.fund(maker, 1_000_000);
  const [seller, buyer] = [await clientOf(maker), await clientOf(someone("taker"))];
  unwrap(await seller.post("/p2p/ads", { body: SELL_AD as never }));
  const order = unwrap(await buy(buyer, SELL_AD.min_amount));
  const path = { id: order.id };
  unwrap(await buyer.post("/p2p/orders/{id}/confirm-paid", { path }));
  const done = unwrap(await seller.post("/p2p/orders/{id}/confirm-received", { path }));
  assert.deepEqual([done.status, done.outcome], ["completed", "released"]);
  assert.equal((await wallet(market, order.buyer.id)).available, SELL_AD.min_amount);
});

describe("a refusal", () => {
  test("is a value with its code", async () => {
    const reply = await (await clientOf(someone("user"))).get("/p2p/orders/{id}", { path: { id: 999_999_999 } });
    assert.ok(!reply.ok);
    assert.deepEqual([reply.status, reply.error.code], [404, "ORDER_NOT_FOUND"]);
    assert.throws(
      () => unwrap(reply),
      (error) => error instanceof ParleyError && error.code === "ORDER_NOT_FOUND",
    );
  });

  test("of a body names what is wrong with it", async () => {
    const reply = await (await clientOf(someone("user"))).post("/p2p/ads", { body: {} as never });
    assert.ok(!reply.ok && reply.error.code === "VALIDATION_ERROR");
    assert.ok(reply.error.details.issues.length > 0);
  });
});

describe("an answer that is lost", () => {
  test("is asked for again under the same key, and the write is done once", async () => {
    const maker = someone("maker");
    await market.fund(maker, 1_000_000);
    await market.sellAd(maker);
    const line = await losingLine(2);
    let uncertain = 0;
    const buyer = await clientOf(someone("taker"), { baseUrl: line.address });
    const { items } = unwrap(
      await (await clientOf(someone("reader"))).get("/p2p/ads", { query: { type: "sell", maker } }),
    );
    const body = { ad_id: items[0]?.id ?? 0, usdt_amount: SELL_AD.min_amount, payment_method: "card" };
    const made = await buyer.post("/p2p/orders", { body, onUncertain: () => uncertain++ });
    assert.ok(made.ok, JSON.stringify(made));
    assert.deepEqual([made.replayed, uncertain, line.left()], [true, 2, 0]);
    assert.equal((await wallet(market, maker)).in_escrow, SELL_AD.min_amount);
  });

  test("for good is NO_ANSWER with the key, and the same key finds out later", async () => {
    const user = someone("user");
    const [host, cut] = [await clientOf("host", { role: "platform" }), await losingLine(RETRIES.attempts)];
    const body = { user_id: user, amount: 500, kind: "bonus" as const, external_id: someone("id") };
    const lost = await (await clientOf("host", { role: "platform", baseUrl: cut.address })).post("/platform/credits", {
      body,
    });
    assert.ok(!lost.ok && lost.error.code === "NO_ANSWER");
    const { key } = lost.error.details;
    assert.ok(key !== null);
    const found = await host.post("/platform/credits", { body, key });
    assert.ok(found.ok && found.replayed);
    assert.equal((await wallet(market, user)).available, 500);
  });
});

describe("a server that is busy", () => {
  test("is asked again under the same key", async () => {
    const { asked, client } = await scripted([BUSY, BUSY, { status: 200, body: '{"id":1}' }]);
    const reply = await client().post("/p2p/orders/{id}/cancel", { path: { id: 1 } });
    assert.ok(reply.ok);
    assert.equal(asked.length, 3);
    assert.equal(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size, 1);
  });

  test("so many times and no more; what it said last is the answer", async () => {
    const { asked, client } = await scripted(Array.from({ length: 9 }, () => BUSY));
    const reply = await client().get("/p2p/me");
    assert.ok(!reply.ok);
    assert.equal<string>(reply.error.code, "BUSY");
    assert.equal(asked.length, RETRIES.attempts);
  });

  test("for longer than anybody waits: that is for the caller to decide", async () => {
    const { asked, client } = await scripted([{ ...BUSY, headers: { "retry-after": "60" } }]);
    assert.ok(!(await client().get("/p2p/me")).ok);
    assert.equal(asked.length, 1);
  });
});

describe("a token", () => {
  test("that has run out is renewed once, and the call is repeated", async () => {
    const refused = { status: 401, body: '{"code":"UNAUTHORIZED","message":"No."}' };
    const { asked, client } = await scripted([refused, { status: 200 }, refused, refused]);
    const wanted: boolean[] = [];
    const own = client(({ renew }) => {
      wanted.push(renew);
      return renew ? "new" : "old";
    });
    assert.ok((await own.get("/p2p/me")).ok);
    assert.deepEqual(
      asked.map(({ headers }) => headers.authorization),
      ["Bearer old", "Bearer new"],
    );
    const twice = await own.get("/p2p/me");
    assert.ok(!twice.ok && twice.error.code === "UNAUTHORIZED");
    assert.deepEqual(wanted, [false, true, true]);
  });

  test("is renewed once for all calls that were refused at once, and asked for again when it could not be had", async () => {
    const user = someone("user");
    const good = await market.token(user);
    let renewals = 0;
    const many = createClient({
      baseUrl: addressOf(),
      token: ({ renew }) => {
        if (renew) renewals++;
        return renew ? good : "run out";
      },
    });
    const replies = await Promise.all(Array.from({ length: 20 }, () => many.get("/wallet")));
    assert.ok(replies.every(({ ok }) => ok));
    assert.equal(renewals, 1);

    let asked = 0;
    const late = createClient({
      baseUrl: addressOf(),
      token: async () => {
        asked++;
        if (asked < 3) throw new Error("the host does not answer");
        return good;
      },
    });
    assert.ok((await late.get("/wallet")).ok);
    assert.equal(asked, 3);
  });

  test("of nobody is none at all, and a caller who gives up waits for none", async () => {
    const nobody = createClient({ baseUrl: addressOf(), token: () => null });
    assert.ok((await nobody.get("/p2p/ads", { query: { type: "sell" } })).ok);
    const refused = await nobody.get("/wallet");
    assert.ok(!refused.ok && refused.error.code === "UNAUTHORIZED");
    const giving = new AbortController();
    const never = createClient({ baseUrl: addressOf(), token: () => new Promise<string>(() => {}) });
    const reply = never.get("/wallet", { signal: giving.signal });
    giving.abort();
    const given = await reply;
    assert.ok(!given.ok && given.error.code === "ABORTED");
  });
});

test("a proxy's page is no answer, whatever status it has, and nothing is made of it", async () => {
  const page = { body: "<html>", headers: { "content-type": "text/html; charset=utf-8" } };
  for (const status of [200, 404]) {
    const { client } = await scripted([{ ...page, status }]);
    const reply = await client().get("/p2p/me");
    assert.ok(!reply.ok && reply.error.code === "NO_ANSWER", `${status}`);
  }
});

test("a call that is given up ends at once, and says which key it had", async () => {
  const { client } = await scripted(Array.from({ length: 9 }, () => ({ ...BUSY, headers: { "retry-after": "4" } })));
  const giving = new AbortController();
  const reply = client().post("/p2p/orders/{id}/cancel", { path: { id: 1 }, key: "kept", signal: giving.signal });
  setImmediate(() => giving.abort());
  const given = await reply;
  assert.ok(!given.ok && given.error.code === "ABORTED");
  assert.equal(given.error.details.key, "kept");
});

test("a file goes out as a form and comes back as a blob, a statement as text", async () => {
  const { order } = await trade(market);
  const [buyer, seller] = [await clientOf(order.buyer.id), await clientOf(order.seller.id)];
  const form = new FormData();
  form.append("file", new Blob([PDF], { type: "application/pdf" }), "receipt.pdf");
  const file = unwrap(await buyer.post("/p2p/orders/{id}/attachments", { path: { id: order.id }, body: form }));
  unwrap(
    await buyer.post("/p2p/orders/{id}/messages", { path: { id: order.id }, body: { attachment_ids: [file.id] } }),
  );
  const path = { id: order.id, attachment_id: file.id };
  const blob = unwrap(await seller.get("/p2p/orders/{id}/attachments/{attachment_id}", { path }));
  assert.equal(blob.type, "application/pdf");
  assert.equal(await blob.text(), PDF);
  const period = { from: "2020-01-01T00:00:00Z" };
  const statement = unwrap(await seller.get("/wallet/statement.csv", { query: period }));
  assert.ok(statement.split("\n").length > 1, statement);
  const missing = await seller.get("/p2p/orders/{id}/attachments/{attachment_id}", {
    path: { ...path, attachment_id: crypto.randomUUID() },
  });
  assert.ok(!missing.ok && missing.error.code === "NOT_FOUND");
});

test("ids and texts in a path are what they are", async () => {
  const { asked, client } = await scripted([{ status: 200 }]);
  await client().get("/p2p/users/{id}", { path: { id: "../wallet?x=1#" } });
  assert.equal(asked[0]?.url, "/api/v1/p2p/users/..%2Fwallet%3Fx%3D1%23");
});

test("pages follow each other to the end, though rows come meanwhile", async () => {
  const { asBuyer, order } = await trade(market);
  for (let count = 0; count < 5; count++)
    await asBuyer("POST", `/p2p/orders/${order.id}/messages`, { text: `line ${count}` });
  const buyer = await clientOf(order.buyer.id);
  const seen: string[] = [];
  for await (const { kind } of buyer.items("/wallet/transfers", { query: { limit: 1 } })) seen.push(kind);
  const all = unwrap(await buyer.get("/wallet/transfers", { query: { limit: 100 } })).items.map(({ kind }) => kind);
  assert.deepEqual(seen, all);
});
