/** The client's event stream: against an exchange that is restarted, a token that ends, and a server that misbehaves. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { createFrameReader, FrameTooLong, LONGEST_FRAME } from "../../packages/client/src/frames.ts";
import {
  createClient,
  followOrder,
  ParleyError,
  type ParleyEvent,
  STREAM,
  type StreamState,
} from "../../packages/client/src/index.ts";
import { useMarket } from "../support/market.ts";
import { assertDone, someone } from "../support/trades.ts";

const CLIENT = new URL("../../packages/client/src/index.ts", import.meta.url).href;

const market = useMarket();
const addressOf = () => market.nodes[0]?.address ?? "";
const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

const scripted = async (serve: (count: number, response: ServerResponse, place: unknown, token: unknown) => void) => {
  let count = 0;
  const server = createServer((request, response) => {
    serve(++count, response, request.headers["last-event-id"], request.headers.authorization);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const open = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });
const frame = (id: string, type: string, data: object = {}) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The next events, and then it leaves. */
const take = async (events: AsyncGenerator<ParleyEvent>, count: number): Promise<readonly ParleyEvent[]> => {
  const taken: ParleyEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
};

/** The first one that is wanted. */
const find = async (
  events: AsyncGenerator<ParleyEvent>,
  isWanted: (event: ParleyEvent) => boolean,
): Promise<ParleyEvent> => {
  for await (const event of events) if (isWanted(event)) return event;
  throw new Error("the stream ended");
};

describe("the exchange's stream", () => {
  test("tells of what happens from when it is live, and goes on where it was after the server was started anew", async () => {
    const user = someone("user");
    const states: StreamState[] = [];
    const live = Promise.withResolvers<void>();
    const token = await market.token(user);
    // The address changes with the restart; a host behind a name does not notice.
    const client = createClient({
      baseUrl: "http://exchange.example",
      token,
      fetch: (url, init) => fetch(String(url).replace("http://exchange.example", addressOf()), init),
    });
    const leaving = new AbortController();
    const events = client.events({
      signal: leaving.signal,
      onState(state) {
        states.push(state);
        if (state === "live") live.resolve();
      },
    });
    const first = find(events, ({ type }) => type === "wallet.updated");
    await live.promise;
    await market.fund(user, 700);
    const told = await first;
    assert.ok(told.type === "wallet.updated");

    const resumed = client.events({ after: told.id, signal: leaving.signal });
    await market.restart();
    await market.fund(user, 800);
    const next = await find(resumed, ({ type }) => type === "wallet.updated");
    assert.notEqual(next.id, told.id);
    assert.equal(states[0], "connecting");
    leaving.abort();
  });

  test("that nobody may read is an exception with its code", async () => {
    const events = createClient({ baseUrl: addressOf(), token: "nonsense" }).events();
    await assert.rejects(events.next(), (error) => error instanceof ParleyError && error.code === "UNAUTHORIZED");
  });
});

test("a stream that breaks goes on behind the last event, and behind a place that bore none", async () => {
  const places: unknown[] = [];
  const baseUrl = await scripted((count, response, place) => {
    places.push(place);
    open(response);
    if (count === 1) response.end(frame("e-1", "reset"));
    else if (count === 2) response.end(`id: e-5\n\n: still here\nid: e-6\n\n`);
    else response.write(frame("e-7", "reset"));
  });
  const events = await take(createClient({ baseUrl }).events(), 2);
  assert.deepEqual(
    events.map(({ id }) => id),
    ["e-1", "e-7"],
  );
  assert.deepEqual(places, [undefined, "e-1", "e-6"]);
});

test("a token that has ended is renewed, and the stream comes back at once", async () => {
  const tokens: unknown[] = [];
  const baseUrl = await scripted((count, response, _place, token) => {
    tokens.push(token);
    open(response);
    if (count === 1) response.end(frame("e-1", "end", { reason: "token_expired" }));
    else response.write(frame("e-2", "reset"));
  });
  const client = createClient({ baseUrl, token: ({ renew }) => (renew ? "new" : "old") });
  assert.equal((await take(client.events(), 1))[0]?.id, "e-2");
  assert.deepEqual(tokens, ["Bearer old", "Bearer new"]);
});

test("a stream that is given up ends in silence, while it waits as well", async () => {
  const leaving = new AbortController();
  const waiting = Promise.withResolvers<void>();
  const baseUrl = await scripted((_count, response) => response.writeHead(503, { "retry-after": "30" }).end());
  const events = createClient({ baseUrl }).events({
    signal: leaving.signal,
    onState: (state) => state === "waiting" && waiting.resolve(),
  });
  const next = events.next();
  await waiting.promise;
  leaving.abort();
  assert.deepEqual(await next, { done: true, value: undefined });
});

describe("frames", () => {
  test("are the same wherever the text is cut", () => {
    const text = `id: 1\r\nevent: a\r\ndata: {"x":"й"}\r\n\r\n: comment\n\ndata: two\ndata: lines\n\nid: 3\n\nevent: lost\n\n`;
    const whole = createFrameReader()(text);
    assert.deepEqual(whole, [
      { id: "1", type: "a", data: '{"x":"й"}' },
      { id: null, type: "message", data: "two\nlines" },
      { id: "3", type: "message", data: null },
    ]);
    for (let cut = 1; cut < text.length; cut++) {
      const read = createFrameReader();
      assert.deepEqual([...read(text.slice(0, cut)), ...read(text.slice(cut))], whole, String(cut));
    }
  });

  test("that never end are refused before they fill the memory", () => {
    const endless = createFrameReader();
    assert.throws(() => endless("x".repeat(LONGEST_FRAME + 1)), FrameTooLong);
    const lines = createFrameReader();
    assert.throws(() => {
      for (let count = 0; count < LONGEST_FRAME; count++) lines("data: x\n");
    }, FrameTooLong);
  });
});

describe("one order", () => {
  test("is followed from what it is, and tells of nobody else's changes, to where its reader stops", async () => {
    const [maker, taker, other] = [someone("maker"), someone("taker"), someone("other")];
    await market.fund(maker, 10_000_000);
    const ad = await market.sellAd(maker);
    const take = async (who: string): Promise<number> => {
      const body = { ad_id: ad.id, usdt_amount: 100_000, payment_method: "card" };
      return assertDone(await market.as(who)("POST", "/p2p/orders", body), 201).id;
    };
    const act = async (who: string, id: number, action: string) =>
      assertDone(await market.as(who)("POST", `/p2p/orders/${id}/${action}`));
    const [id, elsewhere] = [await take(taker), await take(other)];
    await act(taker, id, "confirm-paid");

    const client = createClient({ baseUrl: addressOf(), token: await market.token(maker) });
    const seen: string[] = [];
    for await (const order of followOrder(client, id)) {
      assert.equal(order.id, id);
      const isFirst = seen.length === 0;
      // What was told while the order was read may come again.
      if (seen.at(-1) !== order.status) seen.push(order.status);
      if (order.status === "completed") break;
      if (!isFirst) continue;
      // Both orders are the reader's, who hears of both.
      await act(other, elsewhere, "confirm-paid");
      await act(maker, elsewhere, "confirm-received");
      await act(maker, id, "confirm-received");
    }
    assert.deepEqual(seen, ["paid_by_buyer", "completed"]);
  });

  test("leaves nothing behind that keeps a program alive, also when more had come than was read", async () => {
    const order = { id: 7, status: "pending" };
    const changed = (id: string) => frame(id, "order.updated", { order_id: 7, order });
    const baseUrl = await scripted((count, response) => {
      if (count > 1) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(order));
      else open(response).write(`id: 1\n\n${changed("2")}${changed("3")}${changed("4")}`);
    });
    const program = `
      import { createClient, followOrder } from ${JSON.stringify(CLIENT)};
      for await (const { status } of followOrder(createClient({ baseUrl: ${JSON.stringify(baseUrl)}, token: "t" }), 7)) {
        console.log(status);
        break;
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
      // A stream that is left open is given up after its silence, and only then would it end.
      timeout: STREAM.silenceMs - 5_000,
    });
    const [[code], [said]] = await Promise.all([once(child, "close"), once(child.stdout, "data")]);
    assert.deepEqual([code, String(said)], [0, "pending\n"]);
  });

  test("that is somebody else's is refused, and a signal that is given ends it without a word", async () => {
    const stranger = createClient({ baseUrl: addressOf(), token: await market.token(someone("stranger")) });
    await assert.rejects(
      followOrder(stranger, 999_999).next(),
      (error) => error instanceof ParleyError && error.code === "ORDER_NOT_FOUND",
    );
    const ended = await followOrder(stranger, 1, { signal: AbortSignal.abort() }).next();
    assert.equal(ended.done, true);
  });
});
