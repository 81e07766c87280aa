/** Learning for nothing whose numbers are known where, gathering numbers, and having others asked again and again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_RAIL_SETTINGS } from "../../src/rail/index.ts";
import {
  aliasOf,
  assertLinked,
  assertRefused,
  CONSENT,
  link,
  orderByPhone,
  orderThatIs,
  requestOf,
  sayNo,
  sayYes,
  toldTo,
  unlink,
} from "../support/aliases.ts";
import { type Bank, eventually, NOBODY_THERE, phone, type Reply, startRail, useRail } from "../support/rail.ts";

const ROOM = DEFAULT_RAIL_SETTINGS.phonesPerAccount;
const DAY = 24 * 3_600_000;

const rail = useRail({ nodes: 2 });

const leftOf = async (bank: Bank, account: string): Promise<number> => {
  const reply = await bank.get(`/p2p/limits?account=${account}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.body.payer.available;
};

const assertTooMuch = (reply: Reply) => assertRefused(reply, 429, "RATE_LIMITED");

/** Five questions about nobody's numbers, which use an account's budget up. */
const useUp = async (bank: Bank, account: string) => {
  for (let miss = 0; miss < 5; miss++) await orderByPhone(bank, phone(), { debtor: { account } });
};

for (const mode of ["sandbox", "production"] as const) {
  test(`F140: another bank's numbers were told by linking them, unpaid; in ${mode} a link costs as much as a question`, async () => {
    const [other, thief] = [await rail.bank({ mode }), await rail.bank({ mode })];
    const full = mode === "sandbox" ? 1_000 : 100;
    const numbers = Array.from({ length: 6 }, () => phone());
    for (const number of numbers) assertLinked(await link(other, number, other.iban()), true);
    const account = thief.iban();
    for (const [index, number] of numbers.slice(0, ROOM).entries()) {
      assertLinked(await link(thief, number, account), mode === "sandbox");
      // The sandbox gives a token back every three seconds.
      const missing = full - 20 * (index + 1);
      const left = await leftOf(thief, account);
      assert.ok(left >= missing && left < missing + 20, String(left));
    }
    // A number of nobody's, and a client's own, cost the account nothing.
    const own = thief.iban();
    const free = phone();
    for (let time = 0; time < 7; time++) assertLinked(await link(thief, free, own), true);
    assert.equal(await leftOf(thief, own), full);
  });
}

test("F140: a link that is not paid for says nothing of the number: the refusals are alike, byte by byte", async () => {
  const mode = "production";
  const [other, thief] = [await rail.bank({ mode }), await rail.bank({ mode })];
  const known = phone();
  assertLinked(await link(other, known, other.iban()), true);
  const account = thief.iban();
  await useUp(thief, account);
  const replies = [await link(thief, known, account), await link(thief, phone(), account)];
  for (const reply of replies) assertTooMuch(reply);
  assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
  const rows = await rail.sql(`select from rail.account_phones where account = '${mode} ${account}'`);
  assert.deepEqual(rows, [], "a refused link leaves nothing");
});

test("a bank whose own budget is used up links nothing, whichever of its accounts it names", async () => {
  const thief = await rail.bank();
  await rail.sql(`update rail.quotas set units = 20 * 5 + 4, refilled_at = now() + interval '1 hour', row_version = row_version + 1
    where participant_guid = '${thief.guid}'`);
  for (let time = 0; time < 3; time++) assertTooMuch(await link(thief, phone(), thief.iban()));
});

test("F141: 120 numbers were linked to one account within seconds; now five are, whoever comes first on whichever node", async () => {
  const thief = await rail.bank();
  const account = thief.iban();
  const numbers = Array.from({ length: 120 }, () => phone());
  const replies = await Promise.all(
    numbers.map(async (number, index) => {
      const node = index % 2;
      for (;;) {
        const reply = await link(thief, number, account, { node });
        if (reply.status !== 503) return reply;
      }
    }),
  );
  const linked = replies.filter(({ status }) => status === 200);
  assert.equal(linked.length, ROOM);
  for (const reply of replies)
    if (!linked.includes(reply)) assertRefused(reply, 400, "INVALID_CREDITOR_ACCOUNT", "account");
  const [{ count }] = await rail.sql(`select count(*)::int from rail.phones where account = '${account}'`);
  assert.equal(count, ROOM);
});

test("an account that a phone has left has room again, whether it was unlinked or went to another account or bank", async () => {
  const [bank, next] = [await rail.bank(), await rail.bank()];
  const account = bank.iban();
  const numbers = Array.from({ length: ROOM }, () => phone());
  for (const number of numbers) assertLinked(await link(bank, number, account), true);
  const [first = "", second = "", third = ""] = numbers;
  assertRefused(await link(bank, phone(), account), 400, "INVALID_CREDITOR_ACCOUNT", "account");
  assertLinked(await link(bank, first, account), true);
  assertLinked(await unlink(bank, first, account), false);
  assertLinked(await link(bank, phone(), account), true);
  assertLinked(await link(bank, second, bank.iban()), true);
  await eventually(async () => (await link(bank, phone(), account)).status === 200, "room after another account");
  assertLinked(await link(next, third, next.iban()), true);
  await eventually(async () => (await link(bank, phone(), account)).status === 200, "room after another bank");
  assertRefused(await link(bank, phone(), account), 400, "INVALID_CREDITOR_ACCOUNT", "account");
});

test("a move that waits has its place on the account already: not a hundred of them come to one account later", async () => {
  const mode = "production";
  const [other, thief] = [await rail.bank({ mode }), await rail.bank({ mode })];
  const [account, full] = [thief.iban(), thief.iban()];
  const numbers = Array.from({ length: ROOM }, () => phone());
  for (const number of numbers) assertLinked(await link(other, number, other.iban()), true);
  for (const number of numbers.slice(1)) assertLinked(await link(thief, number, account), false);
  assertLinked(await link(thief, phone(), account), true);
  assertRefused(await link(thief, numbers[0] ?? "", account), 400, "INVALID_CREDITOR_ACCOUNT", "account");
  // Withdrawn, it makes room.
  assertLinked(await unlink(thief, numbers[1] ?? "", account), false);
  assertLinked(await link(thief, numbers[0] ?? "", account), false);
  assert.equal(await leftOf(thief, full), 100);
});

test("a consent of yesterday, of tomorrow, or of no day at all links nothing", async () => {
  const bank = await rail.bank();
  const [number, account] = [phone(), bank.iban()];
  const linkWith = (at: string) =>
    bank.put("/p2p/alias", { phone: number, account, linked: true, consent: { ...CONSENT, at } });
  for (const age of [DAY + 60_000, -60_000, -DAY, 365 * DAY])
    assertRefused(await linkWith(new Date(Date.now() - age).toISOString()), 400, "INVALID_REQUEST", "consent.at");
  assertLinked(await aliasOf(bank, number, account), false);
  assertLinked(await linkWith(new Date(Date.now() - DAY + 60_000).toISOString()), true);
});

test("a bank reads its own accounts' aliases with what it asked, and nobody's by phone alone", async () => {
  const [bank, thief] = [await rail.bank(), await rail.bank()];
  const [number, account] = [phone(), bank.iban()];
  assertLinked(await link(bank, number, account), true);
  assert.deepEqual((await aliasOf(bank, number, account)).body, { phone: number, account, linked: true });
  const own = thief.iban();
  assert.deepEqual((await aliasOf(thief, number, own)).body, { phone: number, account: own, linked: false });
  assertRefused(await aliasOf(thief, number, account), 400, "INVALID_CREDITOR_ACCOUNT", "account");
  assertRefused(await thief.get(`/p2p/alias?phone=${number}`), 400, "INVALID_CREDITOR_ACCOUNT", "account");
});

const asked = async (bank: Bank): Promise<number> => (await toldTo(rail, bank, "link_creditor")).length;
const stopAsking = async ({ guid }: Bank) => {
  assert.equal((await rail.operator("PATCH", `/participants/${guid}`, { receiver_search: false })).status, 200);
  await Promise.all(rail.nodes.map((node) => node.rail.directory.refresh()));
};

test("F142: ten orders for one phone made ten asks at one bank; now they join one search, whoever asks, on whichever node", async (t) => {
  const bank = await rail.bank({ callbackUrl: NOBODY_THERE });
  t.after(() => stopAsking(bank));
  const payers = await Promise.all(Array.from({ length: 3 }, () => rail.bank({ receiverSearch: false })));
  await Promise.all(rail.nodes.map((node) => node.rail.directory.refresh()));
  const number = phone();
  const orders = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const payer = payers[index % payers.length] as Bank;
      const account = payer.iban();
      for (;;) {
        const terms = { debtor: { account }, external_id: `joined-${index}` };
        const order = await orderByPhone(payer, number, terms).catch(() => null);
        if (order !== null) return { payer, account, order };
      }
    }),
  );
  assert.equal(await asked(bank), 1);
  const request = await requestOf(rail, orders[0]?.order.guid);
  for (const { order } of orders) {
    assert.equal(order.status, "pending");
    assert.equal(await requestOf(rail, order.guid), request);
  }
  // One yes finds the receiver of all; each gets its price back, and its bank is told of its own orders.
  assert.equal((await sayYes(bank, request, bank.iban())).body.linked, true);
  for (const { payer, account, order } of orders) {
    await orderThatIs(payer, order.guid, "processing");
    // The sandbox gives a token back every three seconds.
    assert.ok((await leftOf(payer, account)) >= 999);
  }
  for (const payer of payers) {
    const own = orders.filter((one) => one.payer === payer).map(({ order }) => order.guid);
    const told = (await toldTo(rail, payer, "order.updated")).map(({ order_guid: guid }) => guid);
    assert.deepEqual(told.toSorted(), own.toSorted());
  }
  assert.deepEqual(await toldTo(rail, bank, "link_cancelled"), [], "who said yes is not told to stop");
});

test("the bank that began a search is asked by it as well, once another bank looks for the same phone", async (t) => {
  const first = await rail.bank({ callbackUrl: NOBODY_THERE });
  const second = await rail.bank({ callbackUrl: NOBODY_THERE });
  t.after(async () => {
    await stopAsking(first);
    await stopAsking(second);
  });
  const number = phone();
  const begun = await orderByPhone(first, number);
  assert.deepEqual([await asked(first), await asked(second)], [0, 1]);
  const joined = await orderByPhone(second, number);
  await orderByPhone(first, number);
  assert.deepEqual([await asked(first), await asked(second)], [1, 1]);
  const request = await requestOf(rail, joined.guid);
  assert.equal(request, await requestOf(rail, begun.guid));
  assert.equal((await sayYes(first, request, first.iban())).body.linked, true);
  await orderThatIs(second, joined.guid, "processing");
});

test("a phone's owner was asked as often as anybody paid for it; now ten times a day at most, over the whole network", async (t) => {
  const few = await startRail({ railSettings: { searchesPerDay: { sandbox: 2, production: 2 } } });
  t.after(() => few.end());
  // In the sandbox it is counted for each bank.
  const mode = "production";
  const bank = await few.bank({ mode, callbackUrl: "https://127.0.0.1:9/nobody" });
  await few.sql("update rail.participants set callback_proven_at = now() where callback_url is not null");
  await Promise.all(few.nodes.map((node) => node.rail.directory.refresh()));
  const [payer, other] = [
    await few.bank({ mode, receiverSearch: false }),
    await few.bank({ mode, receiverSearch: false }),
  ];
  const number = phone();
  const search = async (by: Bank) => {
    const order = await orderByPhone(by, number);
    if (order.status !== "pending") return order;
    assert.equal((await sayNo(bank, await requestOf(few, order.guid))).status, 200);
    return orderThatIs(by, order.guid, "rejected");
  };
  for (const by of [payer, other]) await search(by);
  const account = payer.iban();
  const order = await orderByPhone(payer, number, { debtor: { account } });
  assert.deepEqual([order.status, order.status_reason], ["rejected", "NOT_LINKED"]);
  // It costs and looks as any other miss does: that a phone is often looked for is nobody's business.
  const missed = await orderByPhone(payer, phone(), { debtor: { account } });
  assert.equal(missed.status, "pending");
  assert.equal((await toldTo(few, bank, "link_creditor")).length, 3);
  await few.sql("update rail.phones set searched_at = array(select at - interval '1 day' from unnest(searched_at) at)");
  assert.equal((await search(other)).status_reason, "NOT_LINKED");
  assert.equal((await toldTo(few, bank, "link_creditor")).length, 4);
  assert.deepEqual(DEFAULT_RAIL_SETTINGS.searchesPerDay, { sandbox: 100, production: 10 });
});

test("a bank that was asked once does not look the number up for ever: only its first yes does anything", async (t) => {
  const [first, second] = [
    await rail.bank({ callbackUrl: NOBODY_THERE }),
    await rail.bank({ callbackUrl: NOBODY_THERE }),
  ];
  t.after(async () => {
    await stopAsking(first);
    await stopAsking(second);
  });
  const payer = await rail.bank({ receiverSearch: false });
  const number = phone();
  const order = await orderByPhone(payer, number);
  const request = await requestOf(rail, order.guid);
  const [mine, theirs] = [first.iban(), second.iban()];
  assert.equal((await sayYes(second, request, theirs)).body.linked, true);
  assert.equal((await sayYes(first, request, mine)).body.linked, false);
  assertLinked(await unlink(second, number, theirs), false);
  for (let time = 0; time < 3; time++) assert.equal((await sayYes(first, request, mine)).body.linked, false);
  assertLinked(await aliasOf(first, number, mine), false);
});
