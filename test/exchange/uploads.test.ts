/** Files of a chat: what they are is told by their content, and whatever is refused leaves nothing behind. */
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { readdir, utimes } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, describe, test } from "node:test";
import pg from "pg";
import sharp from "sharp";
import type { App } from "../../src/app.ts";
import { createOrphanSweep } from "../../src/exchange/chat/index.ts";
import {
  attachmentsOf,
  disputed,
  form,
  linesOf,
  MULTIPART,
  type Part,
  pdf,
  png,
  say,
  sha256,
  upload,
} from "../support/chats.ts";
import { eventually, type Json, useMarket } from "../support/market.ts";
import {
  assertDone,
  assertInvalid,
  assertRefused,
  STATUSES,
  someone,
  type Trade,
  tally,
  together,
  trade,
} from "../support/trades.ts";

let found: Trade;
const market = useMarket({ nodes: 2 }, async () => {
  found = await trade(market);
});

const LIMIT = 10_485_760;

const filesOf = async (): Promise<string[]> => {
  const entries = await readdir(join(market.dataDir, "attachments"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};
const known = async (): Promise<string[]> =>
  (await market.sql("select id from exchange.attachments order by id")).map(({ id }) => id);
/** Of a picture, what was sent lies beside the copy that is shown. */
const kept = async (): Promise<string[]> => {
  const rows = await market.sql("select id, sha256 <> original_sha256 as two from exchange.attachments");
  return rows.flatMap(({ id, two }) => (two ? [id, `${id}.original`] : [id]));
};

// Whatever happened: the files are the ones that the database knows, and nothing is half way.
afterEach(() =>
  eventually(async () => {
    const [files, names] = [await filesOf(), await kept()];
    return JSON.stringify(files.toSorted()) === JSON.stringify(names.toSorted());
  }, "a file store that holds what the database knows"),
);

const ascii = (text: string) => Buffer.from(text, "latin1");
const picture = () => sharp({ create: { width: 9, height: 6, channels: 3, background: "teal" } });
const TYPES: readonly (readonly [type: string, content: () => Promise<Buffer>])[] = [
  ["image/png", async () => png()],
  ["image/jpeg", () => picture().jpeg().toBuffer()],
  ["image/webp", () => picture().webp().toBuffer()],
  ["application/pdf", async () => pdf()],
];

describe("the type is told by the content", () => {
  for (const [type, content] of TYPES) {
    test(`${type} is taken, whatever its sender says that it is, and comes back as the answer says`, async () => {
      const bytes = await content();
      for (const said of [type, "application/octet-stream", "image/jpg", "image/png", "text/html", "nonsense", ""]) {
        const file = assertDone(await upload(found.asBuyer, found.order, [{ bytes, type: said }]), 201);
        assert.match(file.id, /^[0-9a-f-]{36}$/);
        assert.deepEqual([file.type, file.original_sha256], [type, sha256(bytes)]);
        const back = await found.asSeller("GET", `${attachmentsOf(found.order)}/${file.id}`, undefined, { node: 1 });
        assert.equal(back.status, 200);
        assert.deepEqual([sha256(back.bytes), back.bytes.length], [file.sha256, file.size]);
        assert.equal(back.headers["content-type"], type);
        if (type === "application/pdf") assert.deepEqual(back.bytes, bytes);
      }
    });
  }

  const FOREIGN: Readonly<Record<string, Buffer>> = {
    "an executable": ascii("MZ\x90\x00\x03"),
    "a page": ascii("<!doctype html><script>alert(1)</script>"),
    "an SVG": ascii('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    "a ZIP": ascii("PK\x03\x04"),
    "text before a PDF's beginning": ascii("x%PDF-1.7"),
    "a PDF's beginning without its version": ascii("%PDF-<script>"),
    "half of a PNG's beginning": Buffer.from([0x89, 0x50, 0x4e]),
    "a RIFF that is sound": ascii("RIFF\x24\x00\x00\x00WAVEfmt "),
    "a video": ascii("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"),
    "a GIF": ascii("GIF89a\x01\x00\x01\x00"),
    "a HEIC": ascii("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"),
    "a byte": ascii("x"),
  };
  for (const [what, bytes] of Object.entries(FOREIGN)) {
    test(`${what} is refused with a sentence that lists what is taken, whatever it says it is`, async () => {
      for (const type of ["image/png", "application/pdf", "application/octet-stream", "text/html"]) {
        const reply = await upload(found.asBuyer, found.order, [{ bytes, type }]);
        assertRefused(reply, "UNSUPPORTED_MEDIA_TYPE");
        for (const taken of ["image/jpeg", "image/png", "image/webp", "application/pdf"])
          assert.ok(reply.body.message.includes(taken), reply.body.message);
        assert.ok(!reply.body.message.includes("JSON"));
      }
    });
  }
});

describe("a request that is not one file", () => {
  const file: Part = { bytes: png() };
  const field: Part = { name: "note", filename: null, bytes: Buffer.from("a note") };

  test("an empty file is VALIDATION_ERROR", async () => {
    assertInvalid(await upload(found.asBuyer, found.order, Buffer.alloc(0)), "/file");
  });

  test("another name of the part is VALIDATION_ERROR", async () => {
    for (const name of ["picture", "File", "file[]", ""]) {
      assertInvalid(await upload(found.asBuyer, found.order, [{ ...file, name }]), "/file");
    }
    assertInvalid(await upload(found.asBuyer, found.order, [{ name: "big", bytes: randomBytes(1_000_000) }]), "/file");
  });

  test("a form without a file, and an empty one, are VALIDATION_ERROR", async () => {
    assertInvalid(await upload(found.asBuyer, found.order, []), "/file");
    const replies = [await upload(found.asBuyer, found.order, [field])];
    for (const reply of replies) assert.equal(reply.status, 400, reply.text);
  });

  test("two files, and a field beside the file, are VALIDATION_ERROR", async () => {
    for (const parts of [
      [file, file],
      [file, { ...file, name: "second" }],
      [file, field],
      [field, file],
    ]) {
      const reply = await upload(found.asBuyer, found.order, parts);
      assertRefused(reply, "VALIDATION_ERROR");
    }
  });

  test("what is no form is UNSUPPORTED_MEDIA_TYPE", async () => {
    for (const type of ["application/json", "image/png", "application/x-www-form-urlencoded", "text/plain"]) {
      const reply = await found.asBuyer("POST", attachmentsOf(found.order), undefined, {
        raw: type === "application/json" ? "{}" : png(),
        headers: { "content-type": type },
      });
      assertRefused(reply, "UNSUPPORTED_MEDIA_TYPE");
      assert.match(reply.body.message, /multipart\/form-data/);
      assert.doesNotMatch(reply.body.message, /JSON/);
    }
  });

  test("a form that is broken is VALIDATION_ERROR", async () => {
    const whole = form([file]);
    for (const [raw, type] of [
      [whole, "multipart/form-data"],
      [whole, "multipart/form-data; boundary=another"],
      [whole.subarray(0, whole.length - 20), MULTIPART],
      [whole.subarray(0, 30), MULTIPART],
      [Buffer.from("nothing of the kind"), MULTIPART],
      [Buffer.alloc(0), MULTIPART],
    ] as const) {
      const reply = await found.asBuyer("POST", attachmentsOf(found.order), undefined, {
        raw,
        headers: { "content-type": type },
      });
      assertRefused(reply, "VALIDATION_ERROR");
    }
  });
});

describe("length", () => {
  test("10 MiB are taken, and read by both", async () => {
    const bytes = pdf(LIMIT);
    const file = assertDone(await upload(found.asBuyer, found.order, bytes), 201);
    assert.deepEqual([file.size, file.sha256], [LIMIT, sha256(bytes)]);
    const back = await found.asSeller("GET", `${attachmentsOf(found.order)}/${file.id}`);
    assert.equal(back.headers["content-length"], String(LIMIT));
    assert.equal(sha256(back.bytes), file.sha256);
  });

  test("one byte more, or much more, is PAYLOAD_TOO_LARGE", async () => {
    for (const size of [LIMIT + 1, LIMIT + 2, LIMIT + 70_000, 2 * LIMIT]) {
      assertRefused(await upload(found.asBuyer, found.order, pdf(size)), "PAYLOAD_TOO_LARGE");
    }
  });
});

test("what is refused half way is read to its end: the connection takes the next request", async () => {
  const { hostname, port } = new URL(market.nodes[0]?.address ?? "");
  const body = form([{ bytes: Buffer.concat([png("long"), Buffer.alloc(2 * LIMIT)]) }]);
  const head = (method: string, path: string, length: number) =>
    [
      `${method} /api/v1${path} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Authorization: Bearer ${token}`,
      ...(length === 0 ? [] : [`Content-Type: ${MULTIPART}`, `Content-Length: ${length}`]),
      "\r\n",
    ].join("\r\n");
  const token = await market.token(found.buyer);
  const socket = connect(Number(port), hostname);
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk.toString("latin1");
  });
  // Half of it comes before the answer, half after it.
  socket.write(head("POST", attachmentsOf(found.order), body.length));
  socket.write(body.subarray(0, LIMIT + 200_000));
  await eventually(async () => heard.startsWith("HTTP/1.1 413"), "the refusal");
  socket.write(body.subarray(LIMIT + 200_000));
  socket.write(head("GET", "/wallet", 0));
  await eventually(async () => heard.includes("HTTP/1.1 200"), "the answer to the next request");
  socket.destroy();
});

/** Sends a part of a body and cuts the connection when the server has begun to read. */
const cut = async (caller: string, { id }: Json, body: Buffer, sent: number, chunked: boolean) => {
  const token = await market.token(caller);
  await new Promise<void>((resolve) => {
    const sending = request(`${market.nodes[0]?.address}/api/v1${attachmentsOf({ id })}`, {
      method: "POST",
      agent: false,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": MULTIPART,
        ...(chunked ? {} : { "content-length": String(body.length) }),
      },
    });
    sending.on("error", () => resolve());
    sending.on("close", () => resolve());
    sending.write(body.subarray(0, sent), () => {
      void eventually(async () => (await filesOf()).length > (await kept()).length, "a file on its way").then(
        () => sending.destroy(),
        () => sending.destroy(),
      );
    });
  });
};

test("a connection that is cut half way leaves nothing, in the store and in the database, and is no fault of ours", async () => {
  const before = await known();
  const faults: unknown[] = [];
  const { log } = (market.nodes[0] as App).server;
  log.error = (...said: unknown[]) => void faults.push(said);
  const body = form([{ bytes: Buffer.concat([png(), randomBytes(1_000_000)]) }]);
  for (const chunked of [false, true]) await cut(found.buyer, found.order, body, 400_000, chunked);
  assert.deepEqual(await known(), before);
  await eventually(async () => (await filesOf()).length === (await kept()).length, "what had come is removed");
  assert.deepEqual(faults, []);
});

test("a node that starts leaves alone what is on its way to another node", async () => {
  const picture = Buffer.concat([png(), randomBytes(600_000)]);
  const body = form([{ bytes: picture }]);
  const token = await market.token(found.buyer);
  const { openFileStore } = await import("../../src/files/index.ts");
  const status = await new Promise<number>((resolve, reject) => {
    const sending = request(
      `${market.nodes[0]?.address}/api/v1${attachmentsOf(found.order)}`,
      {
        method: "POST",
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": MULTIPART,
          "content-length": String(body.length),
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sending.on("error", reject);
    sending.write(body.subarray(0, 300_000));
    eventually(async () => (await filesOf()).length > (await kept()).length, "a file on its way")
      .then(() => openFileStore(join(market.dataDir, "attachments")))
      .then(() => sending.end(body.subarray(300_000)), reject);
  });
  assert.equal(status, 201);
});

describe("sent twice", () => {
  test("the same Idempotency-Key and content is the first answer, and one file", async () => {
    const bytes = png("twice");
    const key = randomUUID();
    const first = await upload(found.asBuyer, found.order, bytes, { key });
    const again = await upload(found.asBuyer, found.order, bytes, { key, node: 1 });
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.deepEqual(again.body, first.body);
    assert.deepEqual([first.headers["idempotent-replay"], again.headers["idempotent-replay"]], [undefined, "true"]);
    assertDone(await found.asBuyer("GET", `${attachmentsOf(found.order)}/${first.body.id}`));
  });

  test("the same key and another content is IDEMPOTENCY_KEY_REUSED", async () => {
    const key = randomUUID();
    assertDone(await upload(found.asBuyer, found.order, png("one"), { key }), 201);
    assertRefused(await upload(found.asBuyer, found.order, png("two"), { key }), "IDEMPOTENCY_KEY_REUSED");
  });

  test("ten times at once on two nodes with one key is one file", async () => {
    const before = (await known()).length;
    const key = randomUUID();
    const replies = await together(10, (index) =>
      upload(found.asBuyer, found.order, png("at once"), { key, node: index % 2 }),
    );
    assert.deepEqual(tally(replies), { 201: 10 });
    assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
    assert.equal((await known()).length, before + 1);
  });

  test("without a key, the same content is two files", async () => {
    const ids = await together(2, async () => assertDone(await upload(found.asBuyer, found.order, png()), 201).id);
    assert.equal(new Set(ids).size, 2);
  });

  test("a bad key is VALIDATION_ERROR before anything is kept", async () => {
    assertInvalid(await upload(found.asBuyer, found.order, png(), { key: "x".repeat(129) }), "/Idempotency-Key");
  });
});

test("who is not a party, or has no token, uploads nothing, and hears so however much is sent", async () => {
  const stranger = market.as(someone("stranger"));
  const body = Buffer.concat([png(), Buffer.alloc(3_000_000)]);
  for (const status of STATUSES) {
    const { order } = await trade(market, { status });
    assertRefused(await upload(stranger, order, body), "ORDER_NOT_FOUND");
    assertRefused(await upload(market.as(someone("operator"), "operator"), order, png()), "ORDER_NOT_FOUND");
    assertRefused(await upload(market.stranger, order, png()), "UNAUTHORIZED");
  }
  assertRefused(await upload(found.asBuyer, { id: 999_999_999 }, png()), "ORDER_NOT_FOUND");
  assertInvalid(await upload(found.asBuyer, { id: "x" }, png()), "/id");
});

test("a file is sent as something to save, that nothing may run or frame", async () => {
  const file = assertDone(await upload(found.asBuyer, found.order, png()), 201);
  const { headers } = await found.asBuyer("GET", `${attachmentsOf(found.order)}/${file.id}`);
  assert.equal(headers["content-type"], "image/png");
  assert.equal(headers["content-length"], String(file.size));
  assert.equal(headers["content-disposition"], "attachment; filename=receipt.png");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.match(String(headers["content-security-policy"]), /sandbox/);
  assert.match(String(headers["cache-control"]), /private, no-store/);
});

test("an id that names no file of this order is NOT_FOUND", async () => {
  const other = await trade(market);
  const foreign = assertDone(await upload(other.asBuyer, other.order, png()), 201);
  for (const id of [randomUUID(), foreign.id]) {
    assertRefused(await found.asBuyer("GET", `${attachmentsOf(found.order)}/${id}`), "NOT_FOUND");
  }
  assertInvalid(await found.asBuyer("GET", `${attachmentsOf(found.order)}/receipt.png`), "/attachment_id");
  assertRefused(await found.asBuyer("GET", `${attachmentsOf(other.order)}/${foreign.id}`), "ORDER_NOT_FOUND");
});

test("a message shows the files that its sender uploaded to this order, in the order it names them", async () => {
  const mine = await together(3, async (index) =>
    assertDone(await upload(found.asBuyer, found.order, png(`file ${index}`)), 201),
  );
  const named = [mine[2], mine[0]];
  const attachment_ids = named.map(({ id }: Json) => id);
  const sent = assertDone(await say(found.asBuyer, found.order, "look", { attachment_ids }), 201);
  assert.deepEqual(sent.attachments, named);
  assert.deepEqual((await linesOf(found.asSeller, found.order)).at(-1)?.attachments, named);
});

test("another order's file, the other side's, an unknown one, one twice and too many are VALIDATION_ERROR", async () => {
  const other = await trade(market);
  const foreign = assertDone(await upload(other.asBuyer, other.order, png()), 201).id;
  const theirs = assertDone(await upload(found.asSeller, found.order, png()), 201).id;
  const mine = assertDone(await upload(found.asBuyer, found.order, png()), 201).id;
  const before = (await linesOf(found.asBuyer, found.order)).length;
  for (const attachment_ids of [[foreign], [theirs], [randomUUID()], [mine, foreign], [mine, mine]]) {
    assertInvalid(await say(found.asBuyer, found.order, "look", { attachment_ids }), "/attachment_ids");
  }
  const many = Array.from({ length: 11 }, () => randomUUID());
  assertInvalid(await say(found.asBuyer, found.order, "look", { attachment_ids: many }), "/attachment_ids");
  assertInvalid(await say(found.asBuyer, found.order, "look", { attachment_ids: ["x"] }), "/attachment_ids/0");
  assert.equal((await linesOf(found.asBuyer, found.order)).length, before);
});

test("the operator of the case uploads and shows files, and the trail says so", async () => {
  const { order, asOperator, asBuyer, operator } = await disputed(market);
  const file = assertDone(await upload(asOperator, order, png("evidence")), 201);
  const sent = assertDone(
    await asOperator("POST", `/operator/orders/${order.id}/messages`, { message: "see", attachment_ids: [file.id] }),
    201,
  );
  assert.deepEqual(sent.attachments, [file]);
  assertDone(await asBuyer("GET", `${attachmentsOf(order)}/${file.id}`));
  const acts = await market.sql(`select operator_id, details from exchange.operator_acts
    where order_id = ${order.id} and act = 'attach'`);
  assert.deepEqual(acts, [{ operator_id: operator, details: { id: file.id } }]);
});

test("every look of the operator of the case at a file is in the trail, and a party's is not", async () => {
  const { order, asOperator, asBuyer, asSeller, operator } = await disputed(market);
  const file = assertDone(await upload(asBuyer, order, png("receipt")), 201);
  const looks = () =>
    market.sql(`select operator_id, details from exchange.operator_acts
      where order_id = ${order.id} and act = 'read_attachment'`);
  for (const call of [asBuyer, asSeller]) assertDone(await call("GET", `${attachmentsOf(order)}/${file.id}`));
  assertRefused(await asOperator("GET", `${attachmentsOf(order)}/${randomUUID()}`), "NOT_FOUND");
  const other = market.as(someone("operator"), "operator");
  assertRefused(await other("GET", `${attachmentsOf(order)}/${file.id}`), "ORDER_NOT_FOUND");
  assert.deepEqual(await looks(), []);
  for (const node of [0, 1])
    assertDone(await asOperator("GET", `${attachmentsOf(order)}/${file.id}`, undefined, { node }));
  const look = { operator_id: operator, details: { id: file.id, original: false } };
  assert.deepEqual(await looks(), [look, look]);
});

test("a file that no row names is removed after an hour, a young one and a known one are not", async () => {
  const { openFileStore } = await import("../../src/files/index.ts");
  const directory = join(market.dataDir, "attachments");
  const store = await openFileStore(directory);
  const old = assertDone(await upload(found.asBuyer, found.order, png("known")), 201).id;
  const [orphan, young] = [randomUUID(), randomUUID()];
  const receive = () => store.receive(Readable.from([png()]), LIMIT);
  for (const id of [orphan, young]) await store.keep(id, await receive(), null);
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const name of [orphan, old, `${old}.original`])
    await utimes(join(directory, name.slice(0, 2), name), longAgo, longAgo);
  const chores = new pg.Pool({ connectionString: market.database.servingUrl, max: 1 });
  try {
    await createOrphanSweep(store, chores)();
    const files = await filesOf();
    assert.deepEqual(
      [orphan, young, old].map((id) => files.includes(id)),
      [false, true, true],
    );
    // Where none is known, as in front of another database, nothing is removed.
    await utimes(join(directory, young.slice(0, 2), young), longAgo, longAgo);
    const foreign = { query: async () => ({ rows: [] }) } as unknown as pg.Pool;
    await createOrphanSweep(store, foreign)();
    assert.ok((await filesOf()).includes(young));
  } finally {
    await chores.end();
    await store.remove(young);
  }
});

test("kept files are listed by their ids, so many at once", async () => {
  const { openFileStore } = await import("../../src/files/index.ts");
  const store = await openFileStore(join(market.dataDir, "attachments"));
  const all = (await known()).toSorted();
  const listed: string[] = [];
  for (let after = ""; ; after = listed.at(-1) ?? "") {
    const some = await store.list(after, 3);
    listed.push(...some.map(({ id }) => id));
    if (some.length < 3) break;
  }
  assert.deepEqual(listed, all);
});

test("an order holds a hundred files and no more", async () => {
  const { order, asBuyer, asSeller, buyer } = await trade(market);
  const count = (more: number) =>
    market.sql(`update exchange.order_states set files = files + ${more} where order_id = ${order.id}`);
  assertDone(await upload(asBuyer, order, png()), 201);
  // Ninety-eight more, known to the database alone until the end of the test.
  await market.sql(`insert into exchange.attachments (id, order_id, uploader_id, name, sha256, type, size,
      original_sha256, original_type, original_size, created_at)
    select gen_random_uuid(), ${order.id}, '${buyer}', '', repeat('0', 64), 'image/png', 1,
      repeat('0', 64), 'image/png', 1, now() from generate_series(1, 98)`);
  await count(98);
  // Both send at once; the lock says whose the last place is.
  const last = (index: number) =>
    upload(index === 0 ? asBuyer : asSeller, order, png("last"), { node: index, key: "last-place" });
  const both = await together(2, last);
  assert.deepEqual(tally(both), { 201: 1, VALIDATION_ERROR: 1 });
  const winner = both.findIndex(({ status }) => status === 201);
  const again = await last(winner);
  assert.deepEqual(
    [again.status, again.body],
    [201, both[winner]?.body],
    "a repeat is the first answer, also when full",
  );
  for (const call of [asBuyer, asSeller]) assertInvalid(await upload(call, order, png()), "/file");
  await market.sql(`delete from exchange.attachments where order_id = ${order.id} and sha256 = repeat('0', 64)`);
  await count(-98);
});
