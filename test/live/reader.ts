/** Reads a stream of live updates frame by frame, as a browser does, and shows what it would not. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { eventually, type Json, type Market } from "../support/market.ts";

export type Frame = { readonly id: string; readonly event: string; readonly data: Json };

export type Reader = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** What came so far, oldest first, without frames that bear a place and nothing else. */
  readonly frames: readonly Frame[];
  /** The ids of those. */
  places(): readonly string[];
  /** The bytes as text, comments and all. */
  text(): string;
  /** Where a client would resume from. */
  lastId(): string | undefined;
  /** Resolves when the server ends the stream, or the connection breaks. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** Whether the server ended it, rather than the connection broke. */
  isWhole(): boolean;
  /** No longer reads its socket. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
};

export type ReaderOptions = {
  readonly node?: number;
  readonly address?: string;
  readonly token?: string;
  readonly lastEventId?: string | undefined;
};

/** Blocks as a browser reads them: without comments, and whole. */
const blocksIn = (text: string): readonly string[] =>
  text
    .split("\n\n")
    .slice(0, -1)
    .map((block) => block.replaceAll(/^:.*\n?/gm, ""));

const isPlace = (block: string): boolean => /^id: \S+$/.test(block);

const framesIn = (text: string): Frame[] =>
  blocksIn(text)
    .filter((block) => block !== "" && !isPlace(block))
    .map((block) => {
      const lines = block.split("\n");
      assert.deepEqual(
        lines.map((line) => line.slice(0, line.indexOf(":"))),
        ["id", "event", "data"],
        block,
      );
      const [id, event, data] = lines.map((line) => line.slice(line.indexOf(": ") + 2)) as [string, string, string];
      return { id, event, data: JSON.parse(data) };
    });

export const openReader = async (market: Market, user: string, options: ReaderOptions = {}): Promise<Reader> => {
  const { node = 0, lastEventId } = options;
  const address = options.address ?? (market.nodes[node] as { address: string }).address;
  const token = options.token ?? (await market.token(user));
  const asked: ClientRequest = request(`${address}/api/v1/p2p/events`, {
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "text/event-stream",
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
  });
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  asked.on("error", () => {});
  let received = "";
  let frames: readonly Frame[] = [];
  let ended = false;
  response.setEncoding("utf8");
  response.on("error", () => {});
  response.on("data", (chunk: string) => {
    received += chunk;
    frames = framesIn(received);
  });
  const closed = new Promise<void>((resolve) => response.once("close", resolve)).then(() => {
    ended = true;
  });
  const reader: Reader = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    get frames() {
      return frames;
    },
    text: () => received,
    places: () =>
      blocksIn(received)
        .filter(isPlace)
        .map((block) => block.slice("id: ".length)),
    lastId: () =>
      blocksIn(received)
        .flatMap((block) => /^id: (.+)$/m.exec(block)?.[1] ?? [])
        .at(-1) ?? lastEventId,
    ended: closed,
    hasEnded: () => ended,
    isWhole: () => response.complete,
    pause: () => response.pause(),
    resume: () => response.resume(),
    async close() {
      response.destroy();
      await closed;
    },
  };
  // The first bytes are written once the stream is subscribed.
  await eventually(async () => received.length > 0 || ended, "the stream's first bytes");
  return reader;
};

export const positionOf = (id: string): number => Number(id.slice(id.indexOf("-") + 1));

/** Their numbers in the chat, in the order of arrival. */
export const seqsOf = (frames: readonly Frame[]): readonly number[] =>
  frames.filter(({ event }) => event === "message.created").map(({ data }) => data.seq);

export const upTo = (count: number, first = 1): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + first);

/** A place is what a node has read to; this waits until every node has read all that was committed. */
export const settled = (market: Market): Promise<true> =>
  eventually(async () => {
    const [row] = await market.sql("select epoch || '-' || position as place from exchange.feed");
    const places = await Promise.all(market.nodes.map((_, node) => placeOf(market, "anybody", node)));
    return places.every((place) => place === row.place);
  }, "every node has read the feed to its end");

export const placeOf = async (market: Market, user: string, node = 0): Promise<string> => {
  const reply = await market.as(user)("GET", "/p2p/events?after=", undefined, { node });
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(reply.body.items, []);
  return reply.body.next;
};

/** Polls like a client until there is no more. */
export const pollAll = async (
  market: Market,
  user: string,
  after: string,
  node = 0,
): Promise<{ readonly items: Json[]; readonly next: string }> => {
  const items: Json[] = [];
  let place = after;
  for (;;) {
    const reply = await market.as(user)("GET", `/p2p/events?after=${place}`, undefined, { node });
    assert.equal(reply.status, 200, reply.text);
    items.push(...reply.body.items);
    const { next } = reply.body;
    if (reply.body.items.length === 0) return { items, next };
    place = next;
  }
};
