/** The books of a day: each bank's own, signed, final once the day is over; those of all banks come to nothing together. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { decodeJwt } from "jose";
import { assertLinked, assertRefused, link, orderByPhone } from "../support/aliases.ts";
import { type Bank, type Json, phone, useRail } from "../support/rail.ts";
import { done } from "../support/rail-orders.ts";

const rail = useRail({ railSettings: { bookReadsPer10Seconds: 1_000 } });

const pay = async (payer: Bank, creditor: Bank, amount: number, result?: "success" | "failure"): Promise<Json> => {
  const number = phone();
  assertLinked(await link(creditor, number, creditor.iban()), true);
  const order = await orderByPhone(payer, number, { amount });
  const form = { order_guid: order.guid, payment_message_external_id: randomUUID(), amount, currency: "UAH" };
  const payment = done(await payer.post("/p2p/payment-messages", form), 201);
  if (result !== undefined) done(await creditor.post("/p2p/callbacks", { type: "pay_in", guid: payment.guid, result }));
  return payment;
};

const giveBack = async (bank: Bank, payment: string, amount: number): Promise<Json> => {
  const form = { payment_guid: payment, return_external_id: randomUUID(), amount, reason: "WRONG_AMOUNT" };
  return done(await bank.post("/p2p/returns", form), 201);
};

const banks = (count: number): Promise<readonly Bank[]> =>
  Promise.all(Array.from({ length: count }, () => rail.bank({ receiverSearch: false })));

const DAY_MS = 86_400_000;
const day = (back: number): string => new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10);

const registerOf = async (bank: Bank, date = day(0), query = ""): Promise<Json> =>
  done(await bank.get(`/p2p/register?date=${date}${query}`));

/** What happened, as if it had been some days ago. */
const backdate = async (guids: readonly string[], days: number) => {
  const which = guids.map((guid) => `'${guid}'`).join(", ");
  await rail.sql(`update rail.payments set completed_at = completed_at - interval '${days} days' where guid in (${which});
    update rail.returns set created_at = created_at - interval '${days} days' where guid in (${which})`);
};

test("a bank's register has its payments and returns of the day, by counterparty, with what they come to", async () => {
  const [ada, bob, eve] = (await banks(3)) as [Bank, Bank, Bank];
  const first = await pay(ada, bob, 100.1, "success");
  const second = await pay(bob, ada, 30, "success");
  const third = await pay(ada, eve, 7.05, "success");
  await pay(ada, bob, 55, "failure");
  await pay(ada, bob, 66);
  const back = await giveBack(bob, first.guid, 20.1);

  const register = await registerOf(ada);
  assert.deepEqual([register.date, register.final, register.participant_guid], [day(0), false, ada.guid]);
  assert.deepEqual(register.positions, [{ currency: "UAH", net: -57.05 }]);
  const withBob = register.counterparties.find((one: Json) => one.participant_guid === bob.guid);
  assert.deepEqual(withBob, {
    participant_guid: bob.guid,
    name: bob.name,
    currency: "UAH",
    payments: { sent: { count: 1, amount: 100.1 }, received: { count: 1, amount: 30 } },
    returns: { sent: { count: 0, amount: 0 }, received: { count: 1, amount: 20.1 } },
    net: -50,
  });
  assert.deepEqual(
    register.items.map((one: Json) => [
      one.kind,
      one.guid,
      one.payment_guid,
      one.direction,
      one.participant_guid,
      one.amount,
    ]),
    [
      ["payment", first.guid, first.guid, "sent", bob.guid, 100.1],
      ["payment", second.guid, second.guid, "received", bob.guid, 30],
      ["payment", third.guid, third.guid, "sent", eve.guid, 7.05],
      ["return", back.guid, first.guid, "received", bob.guid, 20.1],
    ],
  );
  assert.deepEqual((await registerOf(bob)).positions, [{ currency: "UAH", net: 50 }]);
  assert.deepEqual((await registerOf(eve)).positions, [{ currency: "UAH", net: 7.05 }]);
  const signed = await ada.get(`/p2p/register?date=${day(0)}`, { accept: "application/jwt" });
  const claims = decodeJwt(signed.text);
  assert.deepEqual([claims.aud, claims.date, claims.positions], [ada.guid, day(0), register.positions]);
});

test("a day is final a minute after it; what comes later is of another day, and what was final stays as it was", async () => {
  const [ada, bob] = (await banks(2)) as [Bank, Bank];
  const [early, late] = [await pay(ada, bob, 10, "success"), await pay(ada, bob, 20, "success")];
  await backdate([early.guid, late.guid], 3);
  const closed = await registerOf(ada, day(3));
  assert.deepEqual([closed.final, closed.positions], [true, [{ currency: "UAH", net: -30 }]]);
  // The day's money comes back today.
  await giveBack(bob, early.guid, 10);
  assert.deepEqual(await registerOf(ada, day(3)), closed);
  assert.deepEqual((await registerOf(ada)).positions, [{ currency: "UAH", net: 10 }]);
  for (const wrong of ["", "2026-02-30", "20260301", "2026-3-1", day(-1), `${day(0)}&date=${day(0)}`])
    assertRefused(await ada.get(`/p2p/register?date=${wrong}`), 400, "INVALID_REQUEST", "date");
  assertRefused(await ada.get("/p2p/register"), 400, "INVALID_REQUEST", "date");
});

test("a walk by pages has every entry once, a bank's own clients' too, and the sums on its first page", async () => {
  const [ada, bob] = (await banks(2)) as [Bank, Bank];
  const own = await pay(ada, ada, 5, "success");
  const rest: Json[] = [];
  for (const amount of [1, 2, 3])
    rest.push(await pay(ada, bob, amount, "success"), await pay(bob, ada, amount, "success"));
  rest.push(await giveBack(ada, rest[1]?.guid, 1));
  const walked: Json[] = [];
  let query = "&limit=3";
  for (;;) {
    const { items, next, positions } = await registerOf(ada, day(0), query);
    assert.equal(positions !== undefined, walked.length === 0);
    walked.push(...items);
    if (next === null) break;
    query = `&limit=3&cursor=${next}`;
  }
  assert.deepEqual(walked.map(({ guid }) => guid).sort(), [own, ...rest].map(({ guid }) => guid).sort());
  assert.equal(walked.find(({ guid }) => guid === own.guid)?.direction, "internal");
  assert.deepEqual((await registerOf(ada)).positions, [{ currency: "UAH", net: -1 }]);
});

test("the operator of the rail sees every bank's position of a world, which come to zero together, and one bank's sums", async () => {
  const parties = (await banks(4)) as [Bank, Bank, Bank, Bank];
  let sent: Json = {};
  for (const [index, payer] of parties.entries())
    for (const creditor of parties.slice(index + 1)) sent = await pay(payer, creditor, 10.01 + index, "success");
  await giveBack(parties[3], sent.guid, 5.55);
  const all = done(await rail.operator("GET", `/registers?date=${day(0)}&mode=sandbox`));
  assert.deepEqual([all.mode, all.final, all.totals], ["sandbox", false, [{ currency: "UAH", net: "0.00" }]]);
  for (const bank of parties) {
    const [own] = (await registerOf(bank)).positions;
    const shown = all.positions.find((one: Json) => one.bank.guid === bank.guid);
    assert.deepEqual([shown.bank.name, shown.currency, Number(shown.net)], [bank.name, "UAH", own.net]);
    const one = done(await rail.operator("GET", `/registers/${bank.guid}?date=${day(0)}`));
    assert.deepEqual(one.positions, [{ currency: "UAH", net: shown.net }]);
    assert.equal(one.counterparties.length, 3);
  }
  const elsewhere = done(await rail.operator("GET", `/registers?date=${day(0)}&mode=production`));
  assert.deepEqual([elsewhere.positions, elsewhere.totals], [[], []]);
  assert.equal((await rail.operator("GET", `/registers?date=${day(-1)}&mode=sandbox`)).status, 400);
  assert.equal((await rail.operator("GET", `/registers/${randomUUID()}?date=${day(0)}`)).status, 404);
  assert.equal(
    (await rail.operator("GET", `/registers?date=${day(0)}&mode=sandbox`, undefined, { role: null })).status,
    403,
  );
});
