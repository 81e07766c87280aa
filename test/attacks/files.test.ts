/** Files that tell more than their sender meant, or are not what they seem, or are too many. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { type ClientRequest, request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";
import { parse } from "content-disposition";
import pg from "pg";
import sharp, { type SharpOptions } from "sharp";
import { createOrphanSweep } from "../../src/exchange/chat/index.ts";
import { openFileStore } from "../../src/files/index.ts";
import {
  attachmentsOf,
  disputed,
  form,
  linesOf,
  MULTIPART,
  messagesOf,
  operatorCall,
  pdf,
  png,
  say,
  sha256,
  upload,
} from "../support/chats.ts";
import { claimed, resolve } from "../support/claims.ts";
import { type Call, eventually, type Json, useMarket } from "../support/market.ts";
import { act, assertDone, assertRefused, type Status, someone, type Trade, tally, trade } from "../support/trades.ts";

let found: Trade;
const market = useMarket({}, async () => {
  found = await trade(market);
});

const MIB = 1_048_576;
const DEVICE = "PhoneMaker Model 9";
const SECRET = "<script>what nobody should get</script>";

/** Wide and lying on its side, with everything that a camera and its programs write beside the pixels. */
const photo = (width = 60, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: "teal" } })
    .withExif({
      IFD0: { Make: DEVICE, Software: DEVICE, DateTime: "2026:01:02 03:04:05" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "51/1 30/1 3230/100",
        GPSLongitudeRef: "E",
        GPSLongitude: "0/1 7/1 1/1",
      },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>${DEVICE}</place></x:xmpmeta>`)
    .withMetadata({ orientation: 6 });

const fileOf = async (call = found.asSeller, { id }: Json = {}, query = "", order = found.order) =>
  call("GET", `${attachmentsOf(order)}/${id}${query}`);

/** What a picture says of itself. Read as files are: no decoder of ours takes a picture from memory. */
const look = async (bytes: Buffer, options: SharpOptions = {}) => {
  const path = join(market.dataDir, randomUUID());
  await writeFile(path, bytes);
  return sharp(path, options).metadata();
};

const assertBare = async (bytes: Buffer) => {
  const { exif, xmp, iptc, icc, orientation, comments } = await look(bytes);
  assert.deepEqual([exif, xmp, iptc, icc, comments], Array(5).fill(undefined));
  assert.equal(orientation ?? 1, 1);
  assert.ok(!bytes.includes(DEVICE) && !bytes.includes(SECRET));
};

describe("F65: a photo that says where and with what it was taken", () => {
  const FORMATS = {
    "image/jpeg": () => photo().jpeg().toBuffer(),
    "image/png": () => photo().png().toBuffer(),
    "image/webp": () => photo().webp().toBuffer(),
  };
  for (const [type, content] of Object.entries(FORMATS)) {
    test(`reaches the other side as ${type} without any of it, and upright`, async () => {
      const bytes = await content();
      assert.ok(bytes.includes(DEVICE), "the test's own photo says nothing");
      const file = assertDone(await upload(found.asBuyer, found.order, [{ bytes, type }]), 201);
      for (const call of [found.asSeller, found.asBuyer]) {
        const { bytes: shown } = await fileOf(call, file);
        await assertBare(shown);
        const { width, height, format } = await look(shown);
        assert.deepEqual([width, height, `image/${format}`], [40, 60, type]);
        assert.deepEqual([sha256(shown), shown.length], [file.sha256, file.size]);
      }
      assert.equal(file.original_sha256, sha256(bytes));
    });
  }

  test("is there for the operator of the case as it was sent, for nobody else, and each look is in the trail", async () => {
    const { order, asBuyer, asSeller, asOperator } = await disputed(market);
    const bytes = await photo().jpeg().toBuffer();
    const file = assertDone(await upload(asBuyer, order, [{ bytes, type: "image/jpeg", filename: "photo.jpg" }]), 201);
    const original = await fileOf(asOperator, file, "?original=true", order);
    assert.deepEqual([original.bytes, original.headers["content-type"]], [bytes, "image/jpeg"]);
    assert.equal(original.headers["content-length"], String(bytes.length));
    assert.equal(sha256((await fileOf(asOperator, file, "", order)).bytes), file.sha256);
    for (const call of [asBuyer, asSeller])
      assertRefused(await fileOf(call, file, "?original=true", order), "FORBIDDEN");
    const other = market.as(someone("operator"), "operator");
    assertRefused(await fileOf(other, file, "?original=true", order), "ORDER_NOT_FOUND");
    const looks = await market.sql(`select details from exchange.operator_acts
      where order_id = ${order.id} and act = 'read_attachment' order by id`);
    assert.deepEqual(
      looks.map(({ details }) => details),
      [true, false].map((as) => ({ id: file.id, original: as })),
    );
  });

  test("leaves both hashes in the dossier", async () => {
    const { order, asBuyer, asOperator } = await disputed(market);
    const bytes = await photo().jpeg().toBuffer();
    const file = assertDone(await upload(asBuyer, order, bytes), 201);
    assertDone(await say(asBuyer, order, "Here it is.", { attachment_ids: [file.id] }), 201);
    for (const reply of [
      await asBuyer("GET", `/p2p/orders/${order.id}/dossier`),
      await asOperator("GET", `/operator/orders/${order.id}`),
    ]) {
      const entry = assertDone(reply).entries.find(({ kind }: Json) => kind === "attachment");
      assert.deepEqual([entry.data.sha256, entry.data.original_sha256], [file.sha256, sha256(bytes)]);
    }
  });
});

describe("F200: a file that no line shows", () => {
  test("is in no party's dossier, be it one that was never sent or one whose line was hidden; operators know of all", async () => {
    const { order, asBuyer, asSeller, asOperator } = await disputed(market);
    const add = async (call: Call, filename: string) =>
      assertDone(await upload(call, order, [{ bytes: png(filename), filename }]), 201);
    const [unsent, insult, receipt] = [
      await add(asBuyer, "passport.png"),
      await add(asBuyer, "insult.png"),
      await add(asBuyer, "receipt.png"),
    ];
    const internal = await add(asOperator, "internal.png");
    const line = assertDone(await say(asBuyer, order, "", { message: undefined, attachment_ids: [insult.id] }), 201);
    assertDone(await say(asBuyer, order, "Paid.", { attachment_ids: [receipt.id] }), 201);
    assert.equal((await operatorCall(asOperator, order, `messages/${line.seq}/hide`, { reason: "abuse" })).status, 204);
    for (const call of [asBuyer, asSeller]) {
      const { text } = await call("GET", `/p2p/orders/${order.id}/dossier`);
      for (const { id, name, sha256: hash } of [unsent, insult, internal])
        for (const told of [id, name, hash]) assert.ok(!text.includes(told), `${name}: ${told}`);
      assert.ok(text.includes(receipt.id) && text.includes(receipt.sha256));
    }
    const { text } = await asOperator("GET", `/operator/orders/${order.id}`);
    for (const { id } of [unsent, insult, receipt, internal]) assert.ok(text.includes(id));
  });
});

describe("F66: an honest file", () => {
  test("is taken whatever its sender calls it", async () => {
    for (const [said, filename] of [
      ["image/jpg", "photo.jpg"],
      ["image/jpeg", "really-a-png.jpeg"],
      ["application/pdf", "picture.pdf"],
      ["", "x"],
    ] as const) {
      const file = assertDone(await upload(found.asBuyer, found.order, [{ bytes: png(), type: said, filename }]), 201);
      assert.equal(file.type, "image/png", said);
    }
  });

  test("needs no words beside it", async () => {
    const file = assertDone(await upload(found.asBuyer, found.order, png("a receipt")), 201);
    const send = () => found.asBuyer("POST", messagesOf(found.order), { attachment_ids: [file.id] }, { key: "photo" });
    const sent = assertDone(await send(), 201);
    assert.deepEqual([sent.message, sent.attachments], ["", [file]]);
    assert.deepEqual((await linesOf(found.asSeller, found.order)).at(-1)?.attachments, [file]);
    assert.equal(assertDone(await send(), 201).seq, sent.seq);
  });
});

describe("F67: a file's name", () => {
  /** What is sent, and what becomes of it, for a PDF. */
  const NAMES: readonly (readonly [sent: string, shown: string])[] = [
    ["receipt.pdf", "receipt.pdf"],
    ["Чек №1 от 3 мая.PDF", "Чек №1 от 3 мая.PDF"],
    ["../../../etc/passwd", "passwd.pdf"],
    ["C:\\Windows\\evil.pdf", "evil.pdf"],
    ["invoice.exe", "invoice.exe.pdf"],
    ["page.pdf.html", "page.pdf.html.pdf"],
    ["cod\u202efdp.exe", "codfdp.exe.pdf"],
    ["zero\u200bwidth\u0007.pdf", "zerowidth.pdf"],
    [".htaccess", "htaccess.pdf"],
    ["...", "file.pdf"],
    ["   ", "file.pdf"],
    ["con.pdf", "_con.pdf"],
    ["a<b>c|d?e*f.pdf", "a_b_c_d_e_f.pdf"],
    ["x".repeat(500), `${"x".repeat(100)}.pdf`],
    ["💳".repeat(150), `${"💳".repeat(100)}.pdf`],
  ];
  for (const [sent, shown] of NAMES) {
    test(`${JSON.stringify(sent.slice(0, 24))} is given out as one that is safe to save`, async () => {
      const part = { bytes: pdf(), type: "application/pdf", filename: sent };
      const file = assertDone(await upload(found.asBuyer, found.order, [part]), 201);
      assert.equal(file.name, shown);
      const { headers } = await fileOf(found.asSeller, file);
      const header = String(headers["content-disposition"]);
      assert.match(header, /^[ -~]+$/);
      const { type, parameters } = parse(header);
      assert.deepEqual([type, parameters.filename], ["attachment", shown]);
    });
  }

  test("can't bring a header of its own", async () => {
    const sneaky = "a.pdf\"\\r\\nSet-Cookie: x=1\\r\\n; filename*=UTF-8''evil.exe";
    for (const filename of [sneaky, "a%0d%0aSet-Cookie: x=1.pdf", "a.pdf; x=y"]) {
      const part = { bytes: pdf(), type: "application/pdf", filename };
      const file = assertDone(await upload(found.asBuyer, found.order, [part]), 201);
      const { headers } = await fileOf(found.asSeller, file);
      assert.equal(headers["set-cookie"], undefined);
      assert.match(parse(String(headers["content-disposition"])).parameters.filename ?? "", /\.pdf$/);
    }
  });
});

test("F68: an order that has ended takes no file, and the repeat of one that was taken is its first answer", async () => {
  for (const status of ["completed", "cancelled"] as const satisfies readonly Status[]) {
    const there = await trade(market, { status: status === "completed" ? "paid_by_buyer" : "pending" });
    const { order, asBuyer, asSeller } = there;
    const first = await upload(asBuyer, order, png("in time"), { key: "in-time" });
    assertDone(first, 201);
    assertDone(await act(asSeller, order, status === "completed" ? "confirm-received" : "cancel"));
    for (const call of [asBuyer, asSeller]) {
      for (const options of [{}, { key: randomUUID() }])
        assertRefused(await upload(call, order, png(), options), "INVALID_ORDER_STATUS", { status });
    }
    const again = await upload(asBuyer, order, png("in time"), { key: "in-time" });
    assert.deepEqual([again.status, again.body, again.headers["idempotent-replay"]], [201, first.body, "true"]);
    assertDone(await fileOf(asSeller, first.body, "", order));
  }
  const { order, asBuyer } = await trade(market, { status: "disputed" });
  assertDone(await upload(asBuyer, order, png("evidence")), 201);
});

test("F68: a cancelled order takes files again while its buyer's claim is open, and not once it is decided", async () => {
  const { order, asBuyer, asSeller, asOperator } = await claimed(market);
  for (const call of [asBuyer, asSeller, asOperator]) assertDone(await upload(call, order, png("a receipt")), 201);
  assertDone(await resolve(asOperator, order, { outcome: "dismiss" }));
  for (const call of [asBuyer, asSeller, asOperator])
    assertRefused(await upload(call, order, png()), "INVALID_ORDER_STATUS", { status: "cancelled" });
});

/** A PNG that says its size, with next to nothing inside. */
const pngOfSize = (width: number, height: number): Buffer => {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", Buffer.alloc(9)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
};

describe("F69: a picture that is none", () => {
  const refused = async (bytes: Buffer, reason: string) => {
    const reply = await upload(found.asBuyer, found.order, bytes);
    assertRefused(reply, "UNSUPPORTED_MEDIA_TYPE");
    assert.equal(reply.body.details.reason, reason);
  };

  test("but a bomb: its size is read before it is unpacked", async () => {
    for (const [width, height] of [
      [30_000, 30_000],
      [8_193, 6_144],
      [1_000_000, 1_000],
    ] as const)
      await refused(pngOfSize(width, height), "too_many_pixels");
    for (const [width, height] of [
      [2_147_483_647, 2_147_483_647],
      [0, 0],
    ] as const)
      assertRefused(await upload(found.asBuyer, found.order, pngOfSize(width, height)), "UNSUPPORTED_MEDIA_TYPE");
  });

  test("to its end, or after its beginning, is refused", async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const rough = () => sharp({ create: { width: 300, height: 300, channels: 3, background: "teal", noise } });
    for (const whole of [
      await rough().jpeg().toBuffer(),
      await rough().png().toBuffer(),
      await rough().webp().toBuffer(),
    ]) {
      await refused(whole.subarray(0, whole.length / 2), "broken");
      await refused(Buffer.concat([whole.subarray(0, 24), Buffer.alloc(2_000)]), "broken");
    }
    await refused(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from(SECRET)]), "broken");
  });

  test("alone, but a page, an archive or a document behind it, loses them", async () => {
    const whole = await photo().jpeg().toBuffer();
    for (const tail of [SECRET, `PK\x03\x04${SECRET}`, `%PDF-1.7\n${SECRET}`]) {
      const bytes = Buffer.concat([whole, Buffer.from(tail)]);
      const file = assertDone(await upload(found.asBuyer, found.order, bytes), 201);
      await assertBare((await fileOf(found.asSeller, file)).bytes);
    }
  });

  test("but many is its first frame", async () => {
    const frames = ["teal", "red", "blue"].map((background) => ({
      create: { width: 8, height: 8, channels: 3, background },
    }));
    const bytes = await sharp(frames as never, { join: { animated: true } } as never)
      .webp()
      .toBuffer();
    assert.equal((await look(bytes, { animated: true })).pages, 3);
    const file = assertDone(await upload(found.asBuyer, found.order, bytes), 201);
    const { pages = 1, height } = await look((await fileOf(found.asSeller, file)).bytes);
    assert.deepEqual([pages, height], [1, 8]);
  });

  test("is answered about while a large one is read: nobody else waits", async () => {
    const large = await sharp({ create: { width: 6_000, height: 4_000, channels: 3, background: "teal" } })
      .png()
      .toBuffer();
    let done = false;
    const reading = upload(found.asBuyer, found.order, large).finally(() => {
      done = true;
    });
    assertDone(await found.asSeller("GET", "/wallet"));
    assert.ok(!done, "it was read before anything else was answered");
    assertDone(await reading, 201);
  });
});

describe("F70: too many files", () => {
  test("of one order are refused beyond 50 MiB, and what was refused is on no disk", async () => {
    const { order, asBuyer, asSeller } = await trade(market);
    for (let count = 0; count < 4; count++) assertDone(await upload(asBuyer, order, pdf(10 * MIB)), 201);
    // Two at once for the last place: each is below the limit by itself.
    const last = await Promise.all([asBuyer, asSeller].map((call) => upload(call, order, pdf(6 * MIB))));
    assert.deepEqual(tally(last), { 201: 1, PAYLOAD_TOO_LARGE: 1 });
    assertDone(await upload(asBuyer, order, pdf(4 * MIB)), 201);
    const refused = await upload(asSeller, order, pdf(10));
    assertRefused(refused, "PAYLOAD_TOO_LARGE", { limit: 50 * MIB, of: "order" });
    assert.match(refused.body.message, /order/);
    assert.deepEqual(await filesOnDisk(), await filesInRows());
  });

  test("of one person are refused beyond 500 MiB, whatever the orders", async () => {
    const { order, asBuyer, asSeller, buyer } = await trade(market);
    const bytes = 500 * MIB - 300;
    const count = (more: number) =>
      market.sql(`update exchange.traders set file_bytes = file_bytes + ${more} where id = '${buyer}'`);
    await count(bytes);
    assertDone(await upload(asBuyer, order, pdf(200)), 201);
    assertRefused(await upload(asBuyer, order, pdf(200)), "PAYLOAD_TOO_LARGE", { limit: 500 * MIB, of: "user" });
    assertDone(await upload(asSeller, order, pdf(200)), 201);
    await count(-bytes);
  });

  test("of one person at once are refused beyond ten, others are not, and who leaves makes room", async () => {
    const { order, asBuyer, asSeller, buyer } = await trade(market);
    const token = await market.token(buyer);
    const before = (await arriving()).length;
    const body = form([{ bytes: pdf(MIB) }]);
    const slow = Array.from({ length: 10 }, (): ClientRequest => {
      const sending = request(`${market.nodes[0]?.address}/api/v1${attachmentsOf(order)}`, {
        method: "POST",
        agent: false,
        headers: { authorization: `Bearer ${token}`, "content-type": MULTIPART, "content-length": String(body.length) },
      });
      sending.on("error", () => {});
      sending.write(body.subarray(0, 200_000));
      return sending;
    });
    await eventually(async () => (await arriving()).length === before + 10, "ten files on their way");
    assertRefused(await upload(asBuyer, order, png()), "RATE_LIMITED");
    assertDone(await upload(asSeller, order, png()), 201);
    for (const sending of slow) sending.destroy();
    await eventually(async () => (await upload(asBuyer, order, png())).status === 201, "room again");
    await eventually(async () => (await arriving()).length === before, "nothing left half way");
  });
});

describe("F71: a crash between the two copies of a file", () => {
  test("leaves nothing for good: half a file and one that never arrived are swept up, what is known stays", async () => {
    const store = await openFileStore(directory());
    const { id } = assertDone(await upload(found.asBuyer, found.order, await photo().jpeg().toBuffer()), 201);
    const receive = () => store.receive(Readable.from([png()]), MIB);
    // Only the original was in its place; only the copy was; and a draft was left.
    const [half, other] = [randomUUID(), randomUUID()];
    await store.keep(half, await receive(), await receive());
    await store.keep(other, await receive(), null);
    const place = (name: string) => join(directory(), name.slice(0, 2), name);
    await writeFile(place(`${half}.gone`), "no name of ours");
    const left = (await receive()).path;
    const young = (await receive()).path;
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const path of [`${half}.original`, half, other, id, `${id}.original`].map(place).concat(left))
      await utimes(path, longAgo, longAgo);
    const chores = new pg.Pool({ connectionString: market.database.servingUrl, max: 1 });
    try {
      await createOrphanSweep(store, chores)();
    } finally {
      await chores.end();
    }
    const names = await filesOnDisk();
    assert.deepEqual(
      [half, `${half}.original`, other, id, `${id}.original`].map((name) => names.includes(name)),
      [false, false, false, true, true],
    );
    assert.deepEqual(
      [left, young].map((path) => names.includes(path.slice(-36))),
      [false, true],
    );
    assert.equal((await readFile(place(id))).length > 0, true);
    await store.remove(half);
  });
});

const directory = () => join(market.dataDir, "attachments");
const arriving = () => readdir(join(directory(), "arriving"));
const filesOnDisk = async (): Promise<string[]> =>
  (await readdir(directory(), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
const filesInRows = async (): Promise<string[]> =>
  (await market.sql("select id, sha256 <> original_sha256 as two from exchange.attachments"))
    .flatMap(({ id, two }) => (two ? [id, `${id}.original`] : [id]))
    .toSorted();
