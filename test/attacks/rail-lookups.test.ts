/** Learning for nothing whose numbers are known where, gathering numbers, and having others asked again and again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_RAIL_SETTINGS } from "../../src/rail/index.ts";
import { aliasOf, assertLinked, assertRefused, CONSENT, link, orderByPhone, unlink } from "../support/aliases.ts";
import { type Bank, eventually, phone, type Reply, useRail } from "../support/rail.ts";

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
    const numbers = Array.from({ length: 6 }, () => phone());
    for (const number of numbers) assertLinked(await link(other, number, other.iban()), true);
    const account = thief.iban();
    for (const [index, number] of numbers.slice(0, ROOM).entries()) {
      assertLinked(await link(thief, number, account), mode === "sandbox");
      assert.equal(await leftOf(thief, account), 100 - 20 * (index + 1));
    }
    // A number of nobody's, and a client's own, cost the account nothing.
    const own = thief.iban();
    const free = phone();
    for (let time = 0; time < 7; time++) assertLinked(await link(thief, free, own), true);
    assert.equal(await leftOf(thief, own), 100);
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
