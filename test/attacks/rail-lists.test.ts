/** Lists of the rail by cursor: what comes while somebody reads shifts no page, shows nothing twice and hides nothing. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { assertLinked, assertRefused, HOLD, link, orderByPhone } from "../support/aliases.ts";
import { type Bank, eventually, type Json, listenAsBank, phone, type Reply, useRail } from "../support/rail.ts";

const rail = useRail({
  railSettings: { aliasMoveHoldMs: { sandbox: HOLD, production: HOLD }, callbackBackOffSeconds: [0.02] },
});

type Read = (query: string) => Promise<Reply>;

const pageOf = async (read: Read, query: string): Promise<Json> => {
  const reply = await read(query);
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.body.has_more, reply.body.next !== null, "there is a next page as long as there is more");
  return reply.body;
};

/** The ids of a list, two at a time. @param meanwhile happens between the first page and the second */
const walked = async (read: Read, idOf: (item: Json) => unknown, meanwhile: () => Promise<unknown>) => {
  const ids: unknown[] = [];
  for (let query = "limit=2"; ; ) {
    const page = await pageOf(read, query);
    assert.ok(page.items.length <= 2);
    ids.push(...page.items.map(idOf));
    if (page.next === null) return ids;
    if (ids.length === 2) await meanwhile();
    query = `limit=2&cursor=${page.next}`;
  }
};

const guidOf = ({ guid }: Json): string => guid;
const whole = async (read: Read, idOf: (item: Json) => unknown): Promise<readonly unknown[]> =>
  (await pageOf(read, "limit=100")).items.map(idOf);

/** Five phones on one account are as many as it takes. */
const FIVE = [1, 2, 3, 4, 5];

const moveTo = async (old: Bank, next: Bank): Promise<void> => {
  const number = phone();
  assertLinked(await link(old, number, old.iban()), true);
  assertLinked(await link(next, number, next.iban()), false);
};

const pay = async (payer: Bank, creditor: Bank): Promise<void> => {
  const number = phone();
  assertLinked(await link(creditor, number, creditor.iban()), true);
  const { guid } = await orderByPhone(payer, number, { amount: 12.5 });
  const form = { order_guid: guid, payment_message_external_id: randomUUID(), amount: 12.5, currency: "UAH" };
  assert.equal((await payer.post("/p2p/payment-messages", form)).status, 201);
};

test("participants are walked oldest first, and one that is made meanwhile comes last", async () => {
  for (const _ of FIVE) await rail.bank({ receiverSearch: false });
  const read: Read = (query) => rail.operator("GET", `/participants?${query}`);
  const before = await whole(read, guidOf);
  const made: string[] = [];
  const seen = await walked(read, guidOf, async () => made.push((await rail.bank({ receiverSearch: false })).guid));
  assert.deepEqual(seen, [...before, ...made]);
});

test("a bank's own moves, in and out, are walked newest first, and one that begins meanwhile is on none of its pages", async () => {
  const [one, other] = [await rail.bank({ receiverSearch: false }), await rail.bank({ receiverSearch: false })];
  for (const number of FIVE) await (number % 2 === 0 ? moveTo(one, other) : moveTo(other, one));
  const read: Read = (query) => one.get(`/p2p/alias/moves?${query}`);
  const before = await whole(read, guidOf);
  assert.equal(before.length, FIVE.length);
  assert.deepEqual(await walked(read, guidOf, () => moveTo(one, other)), before);
});

test("moves are walked oldest first by whoever decides them", async () => {
  const [one, other] = [await rail.bank({ receiverSearch: false }), await rail.bank({ receiverSearch: false })];
  for (const _ of FIVE) await moveTo(one, other);
  const read: Read = (query) => rail.operator("GET", `/alias-moves?state=waiting&${query}`);
  const before = await whole(read, guidOf);
  assert.ok(before.length >= FIVE.length);
  const seen = await walked(read, guidOf, () => moveTo(one, other));
  assert.deepEqual(seen.slice(0, -1), before);
  assert.ok(!before.includes(seen.at(-1)), "the move that began meanwhile comes last");
});

test("payments that nobody could be told of, and a bank's dead letters, are walked to their end", async (t) => {
  const server = await listenAsBank();
  t.after(() => server.close());
  server.answer({ status: 500 });
  const [payer, creditor] = [await rail.bank({ receiverSearch: false }), await rail.bank({ callbackUrl: server.url })];
  for (const _ of FIVE) await pay(payer, creditor);
  const silent: Read = (query) => rail.operator("GET", `/silent-payments?${query}`);
  const dead: Read = (query) => creditor.get(`/p2p/deliveries?state=dead&${query}`);
  const idOf = ({ id }: Json) => id;
  for (const [read, of] of [
    [silent, guidOf],
    [dead, idOf],
  ] as const) {
    const before = await eventually(async () => {
      const ids = await whole(read, of);
      return ids.length === FIVE.length && ids;
    }, "all of them are dead");
    assert.deepEqual(await walked(read, of, async () => {}), before);
  }
});

test("a cursor that is none is refused where no page gave it out, or is the first page", async () => {
  const bank = await rail.bank({ receiverSearch: false });
  for (const cursor of ["", "%00", "a.b", "a".repeat(97), `a&cursor=b`])
    for (const path of ["/p2p/alias/moves?", "/p2p/deliveries?state=dead&"])
      assertRefused(await bank.get(`${path}cursor=${cursor}`), 400, "INVALID_REQUEST", "cursor");
  assert.equal((await rail.operator("GET", `/participants?cursor=${"a".repeat(97)}`)).status, 400);
  const read: Read = (query) => rail.operator("GET", `/participants?limit=100${query}`);
  const beyond = Buffer.from(`999999999999999.${"f".repeat(8)}-ffff-ffff-ffff-${"f".repeat(12)}`).toString("base64url");
  assert.deepEqual(await whole(() => read(""), guidOf), await whole(() => read("&cursor=abc"), guidOf));
  assert.deepEqual(await whole(() => read(`&cursor=${beyond}`), guidOf), []);
});
