/** What a bank can tell from its callbacks, and what becomes of those that it never took. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { backOffMs, DELIVERY_LIMITS } from "../../src/deliveries/index.ts";
import { CONSENT, orderByPhone } from "../support/aliases.ts";
import {
  type Bank,
  type BankOptions,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  phone,
  startRail,
  type TestRail,
} from "../support/rail.ts";
import { done } from "../support/rail-orders.ts";

let rail: TestRail;
const servers: ListeningBank[] = [];
before(async () => {
  rail = await startRail({ railSettings: { callbackBackOffSeconds: [0.05] } });
});
after(async () => {
  try {
    await rail.end();
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
});

type Party = { readonly bank: Bank; readonly server: ListeningBank };

const party = async (options: BankOptions = {}): Promise<Party> => {
  const server = await listenAsBank();
  servers.push(server);
  return { bank: await rail.bank({ receiverSearch: false, callbackUrl: server.url, ...options }), server };
};

const link = async ({ bank }: Party, number: string) =>
  done(await bank.put("/p2p/alias", { phone: number, account: bank.iban(), linked: true, consent: CONSENT }));
const order = ({ bank }: Party, number = phone()) => orderByPhone(bank, number, { amount: undefined });
const pay = async ({ bank }: Party, order_guid: string) => {
  const payment = { order_guid, payment_message_external_id: randomUUID(), amount: 1, currency: "UAH" };
  return done(await bank.post("/p2p/payment-messages", payment), 201);
};
const callbacks = ({ server }: Party, count: number): Promise<Json[]> =>
  eventually(async () => {
    const taken = server.of("/callbacks").map(({ payload }) => payload);
    return taken.length >= count && taken;
  }, `${count} callbacks`);

describe("F168: a bank counts what others are told", () => {
  it("seq counts for each bank and order, from 1 without a gap, whoever else is told in between", async () => {
    const [payer, payee] = [await party(), await party({ receiverSearch: true })];
    const found = await order(payer);
    const { payload: asked } = await payee.server.next(({ path }) => path.endsWith("/link_creditor"));
    const account = payee.bank.iban();
    const yes = { type: "creditor_linked", result: "success", account, consent: CONSENT };
    done(await payee.bank.post("/p2p/callbacks", { ...yes, request_guid: asked.request_guid }));
    await callbacks(payer, 2);
    await pay(payer, found.guid);
    const toPayer = await callbacks(payer, 3);
    assert.deepEqual(
      toPayer.map(({ seq, type }) => [seq, type]),
      [
        [1, "order.updated"],
        [2, "pay_request"],
        [3, "pay_out"],
      ],
    );
    const toPayee = await callbacks(payee, 1);
    assert.deepEqual(
      toPayee.map(({ seq, type }) => [seq, type]),
      [[1, "pay_in"]],
    );
    await rail.operator("PATCH", `/participants/${payee.bank.guid}`, { receiver_search: false });
  });

  it("and for each bank and phone", async () => {
    const [first, second] = [await party(), await party()];
    const number = phone();
    for (const holder of [first, second, first, second]) await link(holder, number);
    const [toFirst, toSecond] = [await callbacks(first, 2), await callbacks(second, 1)];
    for (const told of [toFirst, toSecond])
      assert.deepEqual(
        told.map(({ seq }) => seq),
        told.map((_, index) => index + 1),
      );
  });

  it("many orders at once, each for itself", async () => {
    const [payer, payee] = [await party(), await party()];
    const number = phone();
    await link(payee, number);
    const orders = await Promise.all(Array.from({ length: 10 }, () => order(payer, number)));
    await Promise.all(orders.map(({ guid }) => pay(payer, guid)));
    for (const { payloads } of [{ payloads: await callbacks(payer, 10) }, { payloads: await callbacks(payee, 10) }])
      for (const { seq, sub, type } of payloads) {
        assert.equal(seq, 1, type);
        assert.equal(sub, type === "pay_in" ? payee.bank.guid : payer.bank.guid);
      }
  });
});

describe("F169: a callback is shown to another bank", () => {
  it("it says whom it is for, on every path, at every attempt", async () => {
    const asked = await party({ receiverSearch: true });
    let refusals = 3;
    asked.server.answer(() => (refusals-- > 0 ? { status: 500 } : { status: 202 }));
    await order(await party());
    const attempts = await eventually(async () => {
      const seen = asked.server.of("/link_creditor");
      return seen.length > 3 && seen;
    }, "it is asked again");
    for (const { payload } of attempts) assert.equal(payload.sub, asked.bank.guid);
    await rail.operator("PATCH", `/participants/${asked.bank.guid}`, { receiver_search: false });
  });

  it("two banks behind one address are told apart", async () => {
    const server = await listenAsBank();
    servers.push(server);
    const [one, other] = [await rail.bank({ callbackUrl: server.url }), await rail.bank({ callbackUrl: server.url })];
    for (const { guid } of [one, other])
      await rail.operator("PATCH", `/participants/${guid}`, { receiver_search: false });
    const number = phone();
    for (const bank of [one, other, one]) await link({ bank, server }, number);
    await eventually(async () => server.of("/callbacks").length >= 2, "both are told");
    const subs = server.of("/callbacks").map(({ payload }) => [payload.sub, payload.aud, payload.seq]);
    const aud = `${server.url}/callbacks`;
    assert.deepEqual(
      new Set(subs.map((sub) => JSON.stringify(sub))),
      new Set([one, other].map(({ guid }) => JSON.stringify([guid, aud, 1]))),
    );
  });
});

describe("F170: dead letters", () => {
  it("are listed with their order's and their payment's guid, and go out when they are sent again", async () => {
    const [payer, payee] = [await party(), await party()];
    const number = phone();
    await link(payee, number);
    const { guid } = await order(payer, number);
    payee.server.answer({ status: 500 });
    const payment = await pay(payer, guid);
    const [dead] = await eventually(async () => {
      const { items } = done(await payee.bank.get("/p2p/deliveries?state=dead"));
      return items.length > 0 && items;
    }, "the dead letter");
    assert.deepEqual(
      [dead.type, dead.order_guid, dead.payment_guid, dead.request_guid, dead.attempts],
      ["pay_in", guid, payment.guid, null, DELIVERY_LIMITS.attempts],
    );
    payee.server.answer({ status: 200 });
    done(await payee.bank.post(`/p2p/deliveries/${dead.id}/resend`, {}), 202);
    const settled = await eventually(
      async () =>
        (await callbacks(payer, 1)).find(({ type, data }) => type === "pay_out" && data.status === "completed"),
      "the payment is settled",
    );
    assert.equal(settled.data.guid, payment.guid);
    assert.deepEqual(done(await payee.bank.get("/p2p/deliveries?state=dead")).items, []);
  });

  it("of a question name the search and not the order: whoever is asked does not know it", async () => {
    const asked = await party({ receiverSearch: true });
    asked.server.answer({ status: 500 });
    const { guid } = await order(await party());
    const [dead] = await eventually(async () => {
      const { items } = done(await asked.bank.get("/p2p/deliveries?state=dead"));
      return items.length > 0 && items;
    }, "the dead letter");
    const [{ request_guid }] = await rail.sql(`select request_guid from rail.orders where guid = '${guid}'`);
    assert.deepEqual(
      [dead.type, dead.order_guid, dead.payment_guid, dead.request_guid],
      ["link_creditor", null, null, request_guid],
    );
    assert.ok(!JSON.stringify(dead).includes(guid));
    await rail.operator("PATCH", `/participants/${asked.bank.guid}`, { receiver_search: false });
  });

  it("come after ten attempts: 1, 2, 4, 8, 16, 32 s apart and then 60, with jitter", () => {
    assert.equal(DELIVERY_LIMITS.attempts, 10);
    const waits = (random: number) => Array.from({ length: 9 }, (_, index) => backOffMs(index + 1, random));
    assert.deepEqual(
      waits(0.5),
      [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000),
    );
    for (const [index, wait] of waits(0).entries()) assert.ok(wait < (waits(1)[index] ?? 0));
  });
});
