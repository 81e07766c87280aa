/** Banks that say nothing, that are gone, or that are not to be heard of any more: what payers see of them. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { LIMITS } from "../../src/rail/settings.ts";
import {
  assertLinked,
  assertRefused,
  link,
  orderByPhone,
  orderThatIs,
  readOrder,
  requestOf,
  sayNo,
  sayYes,
  toldTo,
} from "../support/aliases.ts";
import {
  type Bank,
  type BankOptions,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  phone,
  type Reply,
  useRail,
} from "../support/rail.ts";

/** For so long a bank may be silent here: nothing waits for it but what is about it. */
const ACK_MS = 2_000;
const MINUTE = 60_000;

const rail = useRail({ nodes: 2, railSettings: { searchAckMs: ACK_MS, callbackBackOffSeconds: [0.25] } });

type Party = { readonly bank: Bank; readonly server: ListeningBank };

const edit = async ({ guid }: Bank, changes: object): Promise<Json> => {
  const reply = await rail.operator("PATCH", `/participants/${guid}`, changes);
  assert.equal(reply.status, 200, reply.text);
  await rail.everywhere();
  return reply.body;
};

/** A bank with a server, which is asked for receivers until its test is over. */
const askedBank = async (t: TestContext, options: BankOptions = {}): Promise<Party> => {
  const server = await listenAsBank();
  const bank = await rail.bank({ callbackUrl: server.url, ...options });
  t.after(async () => {
    await edit(bank, { receiver_search: false, state: "active" });
    await server.close();
  });
  return { bank, server };
};

const payerBank = () => rail.bank({ receiverSearch: false });
const reachable = async ({ guid }: Bank): Promise<boolean> =>
  (await rail.operator("GET", `/participants/${guid}`)).body.reachable;
const asks = ({ server }: Party) => server.of("/link_creditor");

test("F143: a silent bank held every not found for minutes; now it counts as a no after its seconds", async (t) => {
  const payer = await payerBank();
  const [silent, refusing] = [await askedBank(t), await askedBank(t)];
  silent.server.answer("hang");
  refusing.server.answer({ status: 400, body: { code: "USER_NOT_FOUND" } });
  const began = Date.now();
  const order = await orderByPhone(payer, phone());
  assert.equal(order.status, "pending");
  const rejected = await orderThatIs(payer, order.guid, "rejected");
  assert.equal(rejected.status_reason, "NOT_LINKED");
  assert.ok(Date.now() - began >= ACK_MS - 100, "it has its seconds");
});

test("a bank that asks its client is not silent, however long its client takes", async (t) => {
  const payer = await payerBank();
  const [asking, silent] = [await askedBank(t), await askedBank(t)];
  asking.server.answer({ status: 202 });
  silent.server.answer({ status: 500 });
  const order = await orderByPhone(payer, phone());
  const request = await requestOf(rail, order.guid);
  const asked = await eventually(async () => {
    const [row] = await rail.sql(`select asking, unheard from rail.searches where request_guid = '${request}'`);
    return row.asking.length === 1 && row;
  }, "the silent one counts as a no");
  assert.deepEqual(asked, { asking: [asking.bank.guid], unheard: [] });
  assert.equal((await readOrder(payer, order.guid)).status, "pending");
  assert.equal((await sayNo(asking.bank, request)).status, 200);
  await orderThatIs(payer, order.guid, "rejected");
});

test("F144: a bank that is down cost every order its seconds; after five silences in a row it is left alone for a minute", async (t) => {
  const payer = await payerBank();
  const down = await askedBank(t);
  down.server.answer("hang");
  assert.equal(await reachable(down.bank), true);
  const orders = await Promise.all(Array.from({ length: LIMITS.failuresInARow }, () => orderByPhone(payer, phone())));
  for (const { guid } of orders) await orderThatIs(payer, guid, "rejected");
  assert.equal(await reachable(down.bank), false);
  await rail.everywhere();
  const soon = await orderByPhone(payer, phone());
  assert.deepEqual([soon.status, soon.status_reason], ["rejected", "NOT_LINKED"], "nobody is left to ask");

  // A minute later it is tried once, however many ask at once, and for as long not again.
  await rail.sql(`update rail.reach set closed_until = now() - interval '1 millisecond', row_version = row_version + 1
    where participant_guid = '${down.bank.guid}'`);
  const before = asks(down).length;
  down.server.answer({ status: 202 });
  const again = await Promise.all(
    Array.from({ length: 6 }, (_, index) => orderByPhone(payer, phone(), {}).then((order) => ({ order, index }))),
  );
  const pending = again.filter(({ order }) => order.status === "pending");
  assert.equal(pending.length, 1);
  await eventually(async () => asks(down).length === before + 1, "one ask");
  await eventually(() => reachable(down.bank), "whoever answers is asked again");
  await rail.everywhere();
  assert.equal((await orderByPhone(payer, phone())).status, "pending");
  const [row] = await rail.sql(`select failures from rail.reach where participant_guid = '${down.bank.guid}'`);
  assert.equal(row.failures, 0);
  assert.equal(LIMITS.unreachableMs, MINUTE);
});

test("suspending a bank, or switching its search off, ends what it is asked: no order waits for it", async (t) => {
  const payer = await payerBank();
  for (const changes of [{ state: "suspended" }, { receiver_search: false }]) {
    const asked = await askedBank(t);
    asked.server.answer({ status: 202 });
    const orders = [await orderByPhone(payer, phone()), await orderByPhone(payer, phone())];
    await eventually(async () => asks(asked).length === 2, "both are asked");
    await edit(asked.bank, changes);
    for (const { guid } of orders)
      assert.equal((await orderThatIs(payer, guid, "rejected")).status_reason, "NOT_LINKED");
    assert.equal((await toldTo(rail, asked.bank, "link_cancelled")).length, 2, "its clients need not be asked");
    assert.equal((await orderByPhone(payer, phone())).status, "rejected");
    await edit(asked.bank, { state: "active", receiver_search: false });
  }
});

test("F145: the customers of a suspended bank still resolved; now an order to one is rejected and says why, until it is back", async () => {
  const [payer, creditor] = [await payerBank(), await rail.bank({ receiverSearch: false })];
  const number = phone();
  assertLinked(await link(creditor, number, creditor.iban()), true);
  await edit(creditor, { state: "suspended" });
  const account = payer.iban();
  const order = await orderByPhone(payer, number, { debtor: { account } });
  assert.deepEqual([order.status, order.status_reason], ["rejected", "CREDITOR_BANK_UNAVAILABLE"]);
  const { body } = await payer.get(`/p2p/limits?account=${account}`);
  assert.ok(body.payer.available < 999, "that it is known there is worth as much as not finding it");
  await edit(creditor, { state: "active" });
  assert.equal((await orderByPhone(payer, number)).status, "processing");
});

test("a search that nobody waits for is over: its banks are told to stop when the last order expires", async (t) => {
  const payer = await payerBank();
  const asked = await askedBank(t);
  asked.server.answer({ status: 202 });
  const number = phone();
  const soon = () => new Date(Date.now() + 6_000).toISOString();
  const orders = [
    await orderByPhone(payer, number, { expires_at: soon() }),
    await orderByPhone(payer, number, { expires_at: soon() }),
  ];
  const request = await requestOf(rail, orders[0]?.guid);
  for (const { guid } of orders) assert.equal((await orderThatIs(payer, guid, "rejected")).status_reason, "EXPIRED");
  await asked.server.next(({ payload }) => payload.type === "link_cancelled");
  // Late, it links the phone, and revives neither.
  assert.equal((await sayYes(asked.bank, request, asked.bank.iban())).body.linked, true);
  for (const { guid } of orders) assert.equal((await readOrder(payer, guid)).status, "rejected");
  assert.equal((await orderByPhone(payer, number)).status, "processing");
});

const AMOUNT = 12.5;
const pay = async (payer: Bank, { guid }: Json, id: string = crypto.randomUUID()): Promise<Reply> =>
  payer.post("/p2p/payment-messages", {
    order_guid: guid,
    payment_message_external_id: id,
    amount: AMOUNT,
    currency: "UAH",
  });

/** An order that a payer's bank knows where to pay. */
const foundOrder = async (payer: Bank, creditor: Bank, terms: object = {}) => {
  const number = phone();
  const account = creditor.iban();
  assertLinked(await link(creditor, number, account), true);
  const order = await orderByPhone(payer, number, { amount: AMOUNT, ...terms });
  assert.equal(order.status, "processing");
  return { order, number, account };
};

const outcomes = async (payer: Bank): Promise<readonly string[]> =>
  (await toldTo(rail, payer, "pay_out")).map(({ status, reason }) => `${status} ${reason ?? ""}`.trim());

const silentPayments = async (): Promise<readonly string[]> => {
  const reply = await rail.operator("GET", "/silent-payments?limit=100");
  assert.equal(reply.status, 200, reply.text);
  return reply.body.items.map(({ guid }: Json) => guid);
};

test("F147: a suspended bank's money died unheard; now it waits, costs no attempt, and goes out when the bank is back", async (t) => {
  const payer = await payerBank();
  const creditor = await askedBank(t, { receiverSearch: false });
  const { order } = await foundOrder(payer, creditor.bank);
  await edit(creditor.bank, { state: "suspended" });
  const paid = await pay(payer, order);
  assert.equal(paid.status, 201, paid.text);
  const waiting = await eventually(async () => {
    const [row] = await rail.sql(
      `select state, attempts, last_error from deliveries.queue where endpoint = '${creditor.bank.guid}' order by id desc`,
    );
    return row.last_error !== null && row;
  }, "it was looked at");
  assert.deepEqual(waiting, { state: "waiting", attempts: 0, last_error: "the bank is suspended" });
  assert.deepEqual(await outcomes(payer), [], "nobody is told that it failed");
  assert.equal(creditor.server.received.length, 0);
  await edit(creditor.bank, { state: "active" });
  await creditor.server.next(({ payload }) => payload.type === "pay_in" && payload.data.guid === paid.body.guid);
  await eventually(async () => (await outcomes(payer)).includes("completed"), "it is settled");
});

test("F148: the payer's bank never heard that nobody could tell of its money; now it does, once, and a later word still counts", async (t) => {
  const payer = await payerBank();
  const gone = await rail.bank({ receiverSearch: false });
  const refusing = await askedBank(t, { receiverSearch: false });
  refusing.server.answer({ status: 500 });
  for (const creditor of [gone, refusing.bank]) {
    const other = await payerBank();
    const { order } = await foundOrder(other, creditor);
    const { guid } = (await pay(other, order)).body;
    await eventually(async () => (await outcomes(other)).length > 0, "the payer's bank is told");
    assert.deepEqual(await outcomes(other), ["created CREDITOR_BANK_SILENT"]);
    assert.ok((await silentPayments()).includes(guid));
    // Sent again to no avail, it is not told again.
    await rail.sql(`update deliveries.queue set state = 'waiting', attempts = 9, next_at = now(), settled_at = null
      where endpoint = '${creditor.guid}' and state = 'dead'`);
    await eventually(
      async () =>
        (await rail.sql(`select from deliveries.queue where endpoint = '${creditor.guid}' and state = 'waiting'`))
          .length === 0,
      "it is dead again",
    );
    const said = await creditor.post("/p2p/callbacks", { type: "pay_in", guid, result: "success" });
    assert.deepEqual(said.body, { guid, status: "completed" });
    assert.deepEqual(await outcomes(other), ["created CREDITOR_BANK_SILENT", "completed"]);
    assert.ok(!(await silentPayments()).includes(guid));
  }
  assert.equal((await rail.operator("GET", "/silent-payments", undefined, { role: null })).status, 403);
  assert.deepEqual(await outcomes(payer), []);
});

/** Over by the clock; its deadline's own command may have come already, or not. */
const letPass = ({ guid }: Json) =>
  rail.sql(`with passed as (update rail.orders set expires_at = now() - interval '1 second' where guid = '${guid}')
    update rail.order_deadlines set due_at = now() - interval '1 second' where order_guid = '${guid}'`);

test("F149: money that was sent in time and told of late was refused; now it is taken, marked, and the creditor's bank decides", async (t) => {
  const payer = await payerBank();
  const creditor = await askedBank(t, { receiverSearch: false });
  const [over, moved, lost] = [
    await foundOrder(payer, creditor.bank, { expires_at: new Date(Date.now() + 4_000).toISOString() }),
    await foundOrder(payer, creditor.bank),
    await foundOrder(payer, creditor.bank),
  ];
  const elsewhere = await rail.bank({ receiverSearch: false });
  assertLinked(await link(elsewhere, moved.number, elsewhere.iban()), true);
  assertLinked(await link(creditor.bank, lost.number, creditor.bank.iban()), true);
  const failed = async ({ order }: { order: Json }, reason: string) =>
    eventually(async () => {
      const { body } = await payer.get(`/p2p/pay-requests/${order.pay_request_guid}`);
      return body.status === "failed" && body.reason === reason;
    }, reason);
  await failed(over, "EXPIRED");
  await failed(moved, "ALIAS_CHANGED");
  await failed(lost, "ALIAS_CHANGED");
  creditor.server.answer(({ payload }) =>
    payload?.type === "pay_in" && payload.data.order_guid === lost.order.guid ? { status: 202 } : undefined,
  );
  for (const found of [over, moved, lost]) {
    const id = crypto.randomUUID();
    const paid = await pay(payer, found.order, id);
    assert.equal(paid.status, 201, paid.text);
    assert.deepEqual(paid.body, { guid: paid.body.guid, status: "created", late: true });
    const again = await pay(payer, found.order, id);
    assert.deepEqual([again.status, again.body.guid, again.body.late], [200, paid.body.guid, true]);
    assertRefused(
      await pay(payer, found.order),
      400,
      found === over ? "ORDER_IS_EXPIRED" : "INVALID_REQUEST",
      found === over ? undefined : "order_guid",
    );
    const told = await creditor.server.next(({ payload }) => payload?.data?.guid === paid.body.guid, "pay_in");
    assert.deepEqual([told.payload.data.late, told.payload.data.account], [true, found.account]);
    if (found === lost) {
      const said = { type: "pay_in", guid: paid.body.guid, result: "failure", reason: "the account is closed" };
      assert.equal((await creditor.bank.post("/p2p/callbacks", said)).body.status, "failed");
    }
  }
  await eventually(async () => (await outcomes(payer)).length === 3, "each is settled");
  assert.deepEqual([...(await outcomes(payer))].sort(), ["completed", "completed", "failed the account is closed"]);
  assert.deepEqual(await toldTo(rail, elsewhere, "pay_in"), [], "nobody else is told of it");
});

test("late money is taken only for an order whose bank knew where to pay, and from nobody else", async () => {
  const [payer, thief, creditor] = [await payerBank(), await payerBank(), await payerBank()];
  const rejected = await orderByPhone(payer, phone(), { amount: AMOUNT });
  assertRefused(await pay(payer, rejected), 400, "INVALID_REQUEST", "order_guid");
  const { order } = await foundOrder(payer, creditor);
  await letPass(order);
  assertRefused(await pay(thief, order), 404, "ORDER NOT FOUND");
  const link = await creditor.post("/p2p/orders", {
    type: "link",
    creditor: { account: creditor.iban() },
    amount: AMOUNT,
    currency: "UAH",
    external_id: crypto.randomUUID(),
    purpose: "For the tickets",
    expires_at: new Date(Date.now() + 6_000).toISOString(),
  });
  assert.equal(
    (await payer.post("/p2p/pay-requests", { order_guid: link.body.guid, debtor: { account: payer.iban() } })).status,
    202,
  );
  await eventually(async () => (await readOrder(creditor, link.body.guid)).status_reason === "EXPIRED", "it expires");
  assertRefused(await pay(thief, link.body), 400, "ORDER_IS_EXPIRED");
  const paid = await pay(payer, link.body);
  assert.deepEqual([paid.status, paid.body.late], [201, true], paid.text);
});
