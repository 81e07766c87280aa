/** A bank compares its own book of aliases with ours: by one number that it works out itself, and by a list of its own. */
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { test } from "node:test";
import { assertLinked, assertRefused, link, unlink } from "../support/aliases.ts";
import { type Bank, type Json, phone, useRail } from "../support/rail.ts";

const READS = 20;
const rail = useRail({ nodes: 2, railSettings: { bookReadsPer10Seconds: READS } });

/** A bank's own book. */
type Book = Map<string, string>;

/** As the contract has it, without our code. */
const checksumOf = (book: Book, key: string): string => {
  const sum = Buffer.alloc(32);
  for (const [number, account] of book) {
    const one = createHmac("sha256", Buffer.from(key, "base64url")).update(`${number} ${account}`).digest();
    for (const [index, byte] of one.entries()) sum[index] = (sum[index] ?? 0) ^ byte;
  }
  return sum.toString("hex");
};

const read = async (bank: Bank, path: string, node = 0): Promise<Json> => {
  const reply = await bank.get(`/p2p/alias/${path}`, { node });
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
};

const assertSame = async (bank: Bank, book: Book, node = 0): Promise<Json> => {
  const ours = await read(bank, "checksum", node);
  assert.equal(ours.count, book.size);
  assert.equal(ours.checksum, checksumOf(book, ours.key));
  return ours;
};

const linkIn = async (bank: Bank, book: Book, number = phone(), account = bank.iban()) => {
  assertLinked(await link(bank, number, account), true);
  book.set(number, account);
  return { number, account };
};

test("the checksum is what the bank works out from its own book, after links, other accounts, moves and unlinks", async () => {
  const [bank, other] = [await rail.bank(), await rail.bank()];
  const [own, others]: [Book, Book] = [new Map(), new Map()];
  const empty = await assertSame(bank, own);
  assert.equal(empty.checksum, "0".repeat(64));
  const first = await linkIn(bank, own);
  await linkIn(bank, own);
  await assertSame(bank, own);
  await linkIn(bank, own, first.number);
  await assertSame(bank, own, 1);
  // The last link wins: it is the other bank's from here on, and comes back under its old account.
  await linkIn(other, others, first.number);
  own.delete(first.number);
  await assertSame(bank, own);
  await assertSame(other, others, 1);
  await linkIn(bank, own, first.number, first.account);
  others.delete(first.number);
  await assertSame(bank, own, 1);
  await assertSame(other, others);
  assertLinked(await unlink(bank, first.number, first.account), false);
  own.delete(first.number);
  const last = await assertSame(bank, own);
  assert.equal(last.key, empty.key);
  assert.notEqual(last.key, (await read(other, "checksum")).key);
});

test("one number more, and one less, are other checksums; hundreds are one call", async () => {
  const bank = await rail.bank();
  const book: Book = new Map();
  for (let index = 0; index < 12; index++) await Promise.all(Array.from({ length: 25 }, () => linkIn(bank, book)));
  const { checksum, key } = await assertSame(bank, book);
  const [some = ""] = book.keys();
  assert.notEqual(checksumOf(new Map([...book].filter(([number]) => number !== some)), key), checksum);
  assert.notEqual(checksumOf(new Map([...book, [phone(), bank.iban()]]), key), checksum);
});

test("the list has each of a bank's aliases once, and nobody else's; what is linked meanwhile moves none", async () => {
  const [bank, other] = [await rail.bank(), await rail.bank()];
  const book: Book = new Map();
  for (let index = 0; index < 7; index++) await linkIn(bank, book);
  await linkIn(other, new Map());
  const before = new Map(book);
  const walked: Book = new Map();
  for (let query = "list?limit=2"; ; ) {
    const { items, next } = await read(bank, query);
    for (const { phone: number, account, linked_at: at } of items) {
      assert.ok(!walked.has(number) && Date.parse(at) > 0);
      walked.set(number, account);
    }
    if (next === null) break;
    await linkIn(bank, book);
    query = `list?limit=2&cursor=${next}`;
  }
  for (const [number, account] of before) assert.equal(walked.get(number), account);
  for (const [number, account] of walked) assert.equal(book.get(number), account);
  assertRefused(await bank.get("/p2p/alias/list?limit=1000"), 400, "INVALID_REQUEST", "limit");
});

test("a bank reads its whole book a few times in a while, and no other waits for it", async () => {
  const [bank, other] = [await rail.bank(), await rail.bank()];
  const statuses = await Promise.all(
    Array.from({ length: 3 * READS }, async () => (await bank.get("/p2p/alias/checksum")).status),
  );
  assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
  assert.equal(statuses.filter((status) => status === 200).length, READS);
  await read(other, "checksum");
  const today = new Date().toISOString().slice(0, 10);
  assert.equal((await bank.get(`/p2p/register?date=${today}`)).status, 429);
});

test("a read that is answered 429 uses up no token: its jti is taken where there is room", async () => {
  const bank = await rail.bank();
  const statuses: number[] = [];
  while (statuses.length <= READS && statuses.at(-1) !== 429)
    statuses.push((await bank.get("/p2p/alias/checksum", { node: 0 })).status);
  const headerClaims = { jti: randomUUID() };
  const ask = async (node: number) => (await bank.get("/p2p/alias/checksum", { node, headerClaims })).status;
  assert.equal(await ask(0), 429);
  assert.equal(await ask(1), 200, "the other node counts for itself");
  assert.equal(await ask(1), 401, "used by now");
});
