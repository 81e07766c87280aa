/** Pages from memory: what is read once, what is forgotten, and how much is kept. Time is handed in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Feed, Store } from "../../src/engine/index.ts";
import { createPageCache, watchFeed, watchStore } from "../../src/exchange/market/index.ts";
import { listings } from "../../src/exchange/tables/index.ts";

const FRESH_MS = 250;

/** A cache whose reads end when the test says so. */
const lab = (options: { maxPages?: number; maxBytes?: number; freshMs?: number } = {}) => {
  let time = 0;
  const cache = createPageCache({ freshMs: FRESH_MS, now: () => time, ...options });
  const reads: { resolve(page: object): void; reject(error: Error): void }[] = [];
  const read = () => {
    const { promise, resolve, reject } = Promise.withResolvers<object>();
    reads.push({ resolve, reject });
    return promise;
  };
  return {
    cache,
    reads,
    ask: (query: object = { type: "sell" }) => cache.page(query, read),
    pass(milliseconds: number) {
      time += milliseconds;
    },
    end: (index: number, page: object) => reads[index]?.resolve(page),
  };
};

test("requests for the same page at the same time are one read, and the next is answered at once", async () => {
  const { ask, reads, end } = lab();
  const waiting = Array.from({ length: 100 }, () => ask());
  assert.equal(reads.length, 1);
  end(0, { items: [1] });
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['{"items":[1]}']));
  assert.equal(ask(), '{"items":[1]}');
  assert.equal(reads.length, 1);
});

test("another query is another page", async () => {
  const { ask, reads, end } = lab();
  const pages = [ask({ limit: 1 }), ask({ limit: 2 }), ask({ limit: 1, amount: 5 })];
  for (const index of pages.keys()) end(index, { index });
  assert.deepEqual(await Promise.all(pages), ['{"index":0}', '{"index":1}', '{"index":2}']);
  assert.equal(reads.length, 3);
});

test("a page is as old as the moment before its read, and none is given out beyond its time", async () => {
  const { ask, reads, end, pass } = lab();
  const first = ask();
  pass(200);
  end(0, {});
  await first;
  pass(49);
  assert.equal(typeof ask(), "string");
  pass(1);
  assert.notEqual(typeof ask(), "string");
  assert.equal(reads.length, 2);
});

test("nobody joins a read that has taken longer than a page may be old", async () => {
  const { ask, reads, pass } = lab();
  void ask();
  pass(FRESH_MS - 1);
  void ask();
  assert.equal(reads.length, 1);
  pass(1);
  void ask();
  assert.equal(reads.length, 2);
});

test("who asks after a change is never given what was read before it, whichever read ends first", async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const { ask, cache, end } = lab();
    const before = ask();
    cache.drop();
    const after = ask();
    for (const index of order) end(index, { index });
    assert.deepEqual(await Promise.all([before, after]), ['{"index":0}', '{"index":1}']);
    assert.equal(ask(), '{"index":1}', "what is remembered is the later one");
  }
});

test("a read that fails fails for those who waited for it, and is not remembered", async () => {
  const { ask, reads, end } = lab();
  const waiting = [ask(), ask()];
  reads[0]?.reject(new Error("no database"));
  for (const page of waiting) await assert.rejects(async () => page, /no database/);
  const next = ask();
  end(1, { well: true });
  assert.equal(await next, '{"well":true}');
  assert.equal(reads.length, 2);
});

test("no more pages and no more bytes are kept than allowed", async () => {
  const fill = async (options: object, count: number, size: number) => {
    const { cache } = lab(options);
    for (let n = 0; n < count; n++) await cache.page({ n }, async () => ({ pad: "x".repeat(size) }));
    let kept = 0;
    for (let n = 0; n < count; n++) if (typeof cache.page({ n }, () => new Promise(() => {})) === "string") kept++;
    return kept;
  };
  assert.equal(await fill({ maxPages: 10 }, 100, 10), 10);
  const kept = await fill({ maxBytes: 100_000 }, 100, 4_900);
  assert.ok(kept === 10, `${kept} pages of some 10 kB in 100 kB`);
  assert.equal(await fill({ maxBytes: 1_000 }, 3, 5_000), 0, "a page larger than all is given and not kept");
});

test("a cache that is switched off reads every page", async () => {
  const { ask, reads, end } = lab({ freshMs: 0 });
  for (let n = 0; n < 3; n++) {
    const page = ask();
    end(n, { n });
    assert.equal(await page, `{"n":${n}}`);
  }
  assert.equal(reads.length, 3);
});

test("a commit is told of when it may have come about and changes what the market shows, and by then only", async () => {
  const told: string[] = [];
  const store = (end: () => Promise<void>): Store => ({
    readFixed: () => new Map(),
    async transact(_plan, decide) {
      decide({} as never);
      await end();
      told.push("committed");
    },
    close: async () => {},
  });
  const nothing = { inserts: [], updates: [], appends: [], events: [], answers: [] };
  const shown = { ...nothing, updates: [{ table: listings, row: {}, version: 1 }] };
  const run = (save: typeof shown | typeof nothing, end = async () => {}) =>
    watchStore(store(end), () => told.push("changed")).transact({} as never, () => save as never);
  await run(shown);
  assert.deepEqual(told.splice(0), ["committed", "changed"]);
  await run(nothing);
  assert.deepEqual(told.splice(0), ["committed"]);
  await assert.rejects(run(shown, () => Promise.reject(new Error("unknown"))));
  assert.deepEqual(told.splice(0), ["changed"]);
});

test("events of others are changes, a message is not, and a feed that starts over is", () => {
  let follower: (type: string | null) => void = () => {};
  let stopped = false;
  const feed = {
    follow(listener: typeof follower) {
      follower = listener;
      return () => {
        stopped = true;
      };
    },
  } as Feed;
  let changes = 0;
  const stop = watchFeed(feed, () => changes++);
  const counts = ["message.created", "order.updated", "ad.updated", "wallet.updated", "something.new", null].map(
    (type) => {
      follower(type);
      return changes;
    },
  );
  assert.deepEqual(counts, [0, 1, 2, 3, 4, 5]);
  stop();
  assert.ok(stopped);
});
