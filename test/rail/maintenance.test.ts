/** A bank announces when it will not answer: it is not asked meanwhile, and nothing that it is told is lost. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { DAY, HOUR, MINUTE } from "../../src/kernel/index.ts";
import { assertLinked, assertRefused, link, orderByPhone, orderThatIs, toldTo } from "../support/aliases.ts";
import { type Bank, eventually, type Json, type ListeningBank, listenAsBank, phone, useRail } from "../support/rail.ts";
import { done } from "../support/rail-orders.ts";

const rail = useRail({ nodes: 2, railSettings: { callbackBackOffSeconds: [0.05] } });

const PATH = "/p2p/participant/maintenance";

type Party = { readonly bank: Bank; readonly server: ListeningBank };

const party = async (t: TestContext, receiverSearch = true): Promise<Party> => {
  const server = await listenAsBank();
  const bank = await rail.bank({ callbackUrl: server.url, receiverSearch });
  t.after(async () => {
    await rail.operator("PATCH", `/participants/${bank.guid}`, { receiver_search: false });
    await server.close();
  });
  return { bank, server };
};

const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
const now = () => ({ from: at(-MINUTE), until: at(HOUR) });

const announce = async (bank: Bank, windows: readonly object[]) => {
  const reply = await bank.put(PATH, { windows });
  assert.equal(reply.status, 200, reply.text);
  await rail.everywhere();
  return reply.body.windows as Json[];
};

/** As if its time had passed. */
const passed = async ({ guid }: Bank) => {
  await rail.sql(`update rail.participants set maintenance = '[]', maintenance_set_at = null where guid = '${guid}'`);
  await rail.everywhere();
};

test("what a bank announces is read by it and by operators, in its order, on every node", async (t) => {
  const { bank } = await party(t);
  const [first, second] = [
    { from: at(DAY), until: at(DAY + HOUR) },
    { from: at(2 * DAY), until: at(2 * DAY + HOUR) },
  ];
  assert.deepEqual(await announce(bank, [second, first]), [first, second]);
  assert.deepEqual(done(await bank.get(PATH, { node: 1 })).windows, [first, second]);
  assert.deepEqual(done(await rail.operator("GET", `/participants/${bank.guid}`)).maintenance, [first, second]);
  // The same again changes nothing; something else is for later.
  assert.deepEqual(await announce(bank, [first, second]), [first, second]);
  const soon = await bank.put(PATH, { windows: [] });
  assertRefused(soon, 429, "RATE_LIMITED");
  assert.ok(Number(soon.headers["retry-after"]) > 0);
  await rail.sql(
    `update rail.participants set maintenance_set_at = now() - interval '10 seconds' where guid = '${bank.guid}'`,
  );
  assert.deepEqual(await announce(bank, []), []);
});

test("meanwhile it is not asked for receivers, and afterwards it is", async (t) => {
  const { bank, server } = await party(t);
  const other = await party(t);
  for (const one of [server, other.server]) one.answer({ status: 202 });
  const payer = await rail.bank({ receiverSearch: false });
  await announce(bank, [now()]);
  const number = phone();
  await orderByPhone(payer, number);
  await other.server.next(({ payload }) => payload.phone === number, "the other one is asked");
  await passed(bank);
  const later = phone();
  await orderByPhone(payer, later);
  await server.next(({ payload }) => payload.phone === later, "it is asked again");
  assert.equal(server.of("/link_creditor").filter(({ payload }) => payload.phone === number).length, 0);
  assert.equal(done(await rail.operator("GET", `/participants/${bank.guid}`)).reachable, true);
});

test("meanwhile money for it waits, costs no attempt and is nobody's silence; afterwards it is told", async (t) => {
  const { bank: creditor, server } = await party(t, false);
  const payer = await rail.bank({ receiverSearch: false });
  const number = phone();
  assertLinked(await link(creditor, number, creditor.iban()), true);
  await announce(creditor, [now()]);
  const order = await orderThatIs(payer, (await orderByPhone(payer, number)).guid, "processing");
  const form = { order_guid: order.guid, payment_message_external_id: "while-away", amount: 12.5, currency: "UAH" };
  const { guid } = done(await payer.post("/p2p/payment-messages", form), 201);
  const waiting = await eventually(async () => {
    const [row] = await rail.sql(
      `select state, attempts, last_error from deliveries.queue where endpoint = '${creditor.guid}' order by id desc`,
    );
    return row.last_error !== null && row;
  }, "it was looked at");
  assert.deepEqual(waiting, { state: "waiting", attempts: 0, last_error: "the bank has announced maintenance" });
  assert.deepEqual(await toldTo(rail, payer, "pay_out"), []);
  await passed(creditor);
  await server.next(({ payload }) => payload.type === "pay_in" && payload.data.guid === guid);
  await eventually(
    async () => done(await payer.get(`/p2p/payment-messages/${guid}`)).status === "completed",
    "the money is confirmed",
  );
});

test("what is no window, too long, too far ahead or over by now is refused, and changes nothing", async (t) => {
  const { bank } = await party(t);
  const hours = (count: number, from = DAY) => ({ from: at(from), until: at(from + count * HOUR) });
  for (const windows of [
    undefined,
    "tonight",
    [17],
    [{}],
    [{ from: at(DAY) }],
    [{ from: "tomorrow", until: at(DAY) }],
    [{ from: at(DAY), until: at(DAY - 1) }],
    [{ from: at(-HOUR), until: at(-1) }],
    [hours(25)],
    [hours(13), hours(12, 3 * DAY)],
    [hours(2), hours(2, DAY + HOUR)],
    [hours(1, 91 * DAY)],
    Array.from({ length: 11 }, (_, index) => hours(1, (index + 1) * DAY)),
  ])
    assertRefused(await bank.put(PATH, { windows }), 400, "INVALID_REQUEST", "windows");
  assert.deepEqual(done(await bank.get(PATH)).windows, []);
  const twenty = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => (await bank.put(PATH, { windows: [hours(1, (index + 2) * DAY)] })).status,
    ),
  );
  assert.deepEqual(
    twenty.filter((status) => status === 200),
    [200],
    "of many at once one is taken",
  );
});
