/** What banks are told, and what comes of their answers: over HTTP, to servers that behave and to servers that do not. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { ValidateFunction } from "ajv";
import { DELIVERY_LIMITS } from "../../src/deliveries/index.ts";
import { createCompiler } from "../../src/http/validation.ts";
import { generateKey } from "../../src/jws/index.ts";
import { DAY, SECOND } from "../../src/kernel/index.ts";
import {
  type Bank,
  type BankAnswer,
  type BankOptions,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  phone,
  type Received,
  signText,
  useRail,
} from "../support/rail.ts";
import { done } from "../support/rail-orders.ts";

const rail = useRail({
  railSettings: {
    // What failed is tried again soon; who hangs does so for longer than a busy machine needs to fill all its places.
    callbackBackOffSeconds: [0.25],
    callbackAnswerMs: 25 * SECOND,
    // A move of a phone is announced.
    aliasMoveHoldMs: { sandbox: DAY, production: DAY },
  },
});

type Party = { readonly bank: Bank; readonly server: ListeningBank };

/** A bank with a server. Asked for receivers only if it says so, and only while its test lasts. */
const party = async (t: TestContext, options: BankOptions = {}): Promise<Party> => {
  const server = await listenAsBank({ rail: () => addressOf() });
  const bank = await rail.bank({ receiverSearch: false, callbackUrl: server.url, ...options });
  t.after(async () => {
    await retire(bank);
    await server.close();
  });
  return { bank, server };
};

const retire = async ({ guid }: Bank): Promise<void> => {
  done(await rail.operator("PATCH", `/participants/${guid}`, { state: "suspended" }));
  await refresh();
};

const firstNode = () => rail.nodes[0] ?? assert.fail("there is no node");
const addressOf = (): string => firstNode().railAddress;
/** After a participant was changed by SQL, or on its way through the feed. */
const refresh = () => firstNode().rail.directory.refresh();

let given = 0;
const orderByPhone = async ({ bank }: Party, terms: object = {}): Promise<Json> =>
  done(
    await bank.post("/p2p/orders", {
      type: "phone",
      creditor: { phone: phone() },
      debtor: { account: bank.iban() },
      currency: "UAH",
      external_id: `order-${++given}`,
      purpose: "For the tickets",
      ...terms,
    }),
    201,
  );

const consent = () => ({ method: "otp", at: new Date().toISOString(), reference: "consent-1" });

const link = async ({ bank }: Party, number: string): Promise<string> => {
  const account = bank.iban();
  done(await bank.put("/p2p/alias", { phone: number, account, linked: true, consent: consent() }));
  return account;
};

const sayYes = async ({ bank }: Party, requestGuid: string): Promise<string> => {
  const account = bank.iban();
  const yes = { type: "creditor_linked", request_guid: requestGuid, result: "success", account, consent: consent() };
  done(await bank.post("/p2p/callbacks", yes));
  return account;
};

/** What is queued for a bank, or was. */
const queued = ({ bank }: Pick<Party, "bank">): Promise<Json[]> =>
  rail.sql(`select *, body::json->>'type' as type from deliveries.queue where endpoint = '${bank.guid}' order by id`);

const settled = (who: Party, count: number, state = "delivered"): Promise<Json[]> =>
  eventually(async () => {
    const rows = (await queued(who)).filter((row) => row.state === state);
    return rows.length >= count && rows;
  }, `${count} callbacks ${state}`);

/** The claims are ours and fresh; what else there is, is for the caller to compare. */
const contentOf = (request: Received, { bank, server }: Party, path: string): Json => {
  assert.equal(request.method, "POST");
  assert.equal(request.path, path);
  assert.equal(request.headers["content-type"], "application/jwt");
  assert.equal(request.verified, true, "it is signed by a key that we publish");
  assert.equal(request.protectedHeader.alg, "ES256");
  assert.equal(request.protectedHeader.typ, "callback+jwt");
  const { jti, iat, iss, aud, sub, ...content } = request.payload;
  assert.equal(iss, addressOf());
  assert.equal(sub, bank.guid);
  assert.equal(aud, `${server.url}${path}`);
  assert.ok(Math.abs(iat - request.at / SECOND) < 10, `iat ${iat}`);
  assert.match(jti, /^[0-9a-f-]{36}$/);
  return content;
};

/** Of the document that the rail serves: what a bank's developers read. */
let promised: ValidateFunction | undefined;
const demandDocumented = async (payload: Json): Promise<void> => {
  if (promised === undefined) {
    const { components, webhooks } = (await (await fetch(`${addressOf()}/openapi.json`)).json()) as Json;
    const { contentSchema } = webhooks.callbacks.post.requestBody.content["application/jwt"].schema;
    const whole = JSON.stringify(contentSchema).replace(/\{"\$ref":"#\/components\/schemas\/(\w+)"\}/g, (_, name) =>
      JSON.stringify(components.schemas[name]),
    );
    promised = createCompiler({})(JSON.parse(whole));
  }
  assert.ok(promised(payload), `${JSON.stringify(payload)}: ${JSON.stringify(promised.errors)}`);
};

const nextAt = async (who: Party, path: string, type?: string, count = 1): Promise<Json> => {
  const request = await eventually(async () => who.server.of(path, type)[count - 1], `${type ?? path} number ${count}`);
  if (path === "/callbacks") await demandDocumented(request.payload);
  return contentOf(request, who, path);
};

test("the asked, the payer's bank and the losers are told, each in its own words", async (t) => {
  const payer = await party(t, { profile: "compat" });
  const winner = await party(t, { receiverSearch: true });
  const loser = await party(t, { receiverSearch: true });
  const number = phone();
  // The amount as it is written: JSON.stringify would lose its last digit.
  const text = `{"jti": "${crypto.randomUUID()}", "type": "phone", "creditor": {"phone": "${number}"},
    "debtor": {"account": "${payer.bank.iban()}"}, "amount": 100.50, "currency": "UAH",
    "external_id": "told-${++given}", "purpose": "Кава"}`;
  const order = done(await payer.bank.post("/p2p/orders", {}, { payloadText: text }), 201);
  assert.equal(order.status, "pending");
  const [{ until, request_guid: requestGuid }] = await rail.sql(
    `select s.until, s.request_guid from rail.searches s join rail.orders o using (request_guid) where o.guid = '${order.guid}'`,
  );
  for (const asked of [winner, loser]) {
    assert.deepEqual(await nextAt(asked, "/link_creditor"), {
      request_guid: requestGuid,
      phone: number,
      expires_at: until.toISOString(),
    });
  }
  const account = await sayYes(winner, requestGuid);
  const now = await eventually(async () => {
    const read = done(await payer.bank.get(`/p2p/orders/${order.guid}`));
    return read.status === "processing" && read;
  }, "the receiver");
  const updated = await nextAt(payer, "/callbacks", "order.updated");
  assert.deepEqual(updated, { event_id: updated.event_id, seq: 1, type: "order.updated", data: now });
  assert.match(plain(payer.server.of("/callbacks", "order.updated")[0]), /"amount":100\.50,/);
  const paying = await nextAt(payer, "/callbacks", "pay_request");
  assert.deepEqual(paying, {
    event_id: paying.event_id,
    seq: 2,
    type: "pay_request",
    data: {
      guid: order.pay_request_guid,
      order_guid: order.guid,
      status: "completed",
      creditor: { account },
    },
  });
  const cancelled = await nextAt(loser, "/callbacks", "link_cancelled");
  assert.deepEqual(cancelled, {
    event_id: cancelled.event_id,
    seq: 1,
    type: "link_cancelled",
    data: { request_guid: requestGuid },
  });
  assert.equal(new Set([updated, paying, cancelled].map(({ event_id: id }) => id)).size, 3);
  assert.equal(winner.server.of("/callbacks").length, 0);
});

const plain = (request: Received | undefined): string =>
  Buffer.from(request?.text.split(".")[1] ?? "", "base64url").toString("utf8");

test("a bank is told when its alias is to move, and that it has moved", async (t) => {
  const [former, next] = [await party(t), await party(t)];
  const number = phone();
  await link(former, number);
  await link(next, number);
  const [{ held_until: until, guid: move }] = await rail.sql(
    `select until as held_until, guid from rail.alias_moves where to_participant_guid = '${next.bank.guid}'`,
  );
  const announced = await nextAt(former, "/callbacks", "alias_updated");
  assert.deepEqual(announced, {
    event_id: announced.event_id,
    seq: 1,
    type: "alias_updated",
    data: { phone: number, linked: true, moves_at: until.toISOString() },
  });
  await eventually(async () => {
    const [{ heard_at: heard }] = await rail.sql(`select heard_at from rail.alias_moves where guid = '${move}'`);
    return heard !== null;
  }, "the notice is taken");
  await rail.sql(`update rail.alias_moves set until = now() where guid = '${move}'`);
  assert.deepEqual((await nextAt(former, "/callbacks", "alias_updated", 2)).data, { phone: number, linked: false });
  assert.deepEqual((await nextAt(next, "/callbacks", "alias_updated")).data, { phone: number, linked: true });
});

test("what is queued holds no phone", async (t) => {
  const former = await party(t);
  const number = phone();
  await link(former, number);
  await link(await party(t), number);
  await settled(former, 1);
  for (const { body } of await queued(former)) assert.ok(!body.includes(number.slice(1)), body);
});

test("a bank that has no such client ends the search; any other answer is asked again", async (t) => {
  const payer = await party(t);
  const asked = await party(t, { receiverSearch: true });
  const answers: BankAnswer[] = [
    { status: 400, body: { code: "SOMETHING_ELSE" } },
    { status: 400, body: "USER_NOT_FOUND" },
    { status: 404, body: { code: "USER_NOT_FOUND" } },
    { status: 400, body: '{"code": "USER_NOT_FOUND", "code": "USER_NOT_FOUND"}' },
    "reset",
    { status: 400, body: { code: "USER_NOT_FOUND", message: "never heard of them" } },
  ];
  asked.server.answer(() => answers[asked.server.of("/link_creditor").length - 1]);
  const order = await orderByPhone(payer);
  const { data } = await nextAt(payer, "/callbacks", "order.updated");
  assert.deepEqual([data.guid, data.status, data.status_reason], [order.guid, "rejected", "NOT_LINKED"]);
  assert.equal(asked.server.of("/link_creditor").length, answers.length);
  const jtis = asked.server.of("/link_creditor").map(({ payload }) => payload.jti);
  assert.equal(new Set(jtis).size, answers.length, "each attempt has a jti of its own");
});

test("202 is no answer yet: it is not asked again, and the order stays pending", async (t) => {
  const payer = await party(t);
  const asked = await party(t, { receiverSearch: true });
  asked.server.answer({ status: 202 });
  const { guid } = await orderByPhone(payer);
  await settled(asked, 1);
  assert.equal(done(await payer.bank.get(`/p2p/orders/${guid}`)).status, "pending");
  assert.equal(asked.server.received.length, 1);
});

/** A phone order that is ready to be paid, and what its payer's bank says once it has. */
const orderToPay = async (payer: Party, payee: Party) => {
  const number = phone();
  const account = await link(payee, number);
  const order = await orderByPhone(payer, { creditor: { phone: number } });
  assert.equal(order.status, "processing");
  const external = `payment-${++given}`;
  const sent = `{"jti": "${crypto.randomUUID()}", "order_guid": "${order.guid}",
    "payment_message_external_id": "${external}", "amount": 7.10, "currency": "UAH"}`;
  const pay = async (): Promise<Json> =>
    done(await payer.bank.post("/p2p/payment-messages", {}, { payloadText: sent }), 201);
  return { order, account, external, pay };
};

test("the creditor's bank is asked until it says 200, and the payer's bank is told once", async (t) => {
  const payer = await party(t, { profile: "compat" });
  const payee = await party(t);
  const { order, account, external, pay } = await orderToPay(payer, payee);
  const answers: BankAnswer[] = [{ status: 500 }, { status: 201 }, "reset", { status: 200 }];
  payee.server.answer(() => answers[payee.server.of("/callbacks", "pay_in").length - 1]);
  const payment = await pay();
  const done = await nextAt(payer, "/callbacks", "pay_out");
  assert.deepEqual(done, {
    event_id: done.event_id,
    seq: 1,
    type: "pay_out",
    data: {
      guid: payment.guid,
      order_guid: order.guid,
      payment_message_external_id: external,
      status: "completed",
    },
  });
  assert.equal(payee.server.of("/callbacks", "pay_in").length, answers.length);
  const asked = await nextAt(payee, "/callbacks", "pay_in");
  assert.deepEqual(asked, {
    event_id: asked.event_id,
    seq: 1,
    type: "pay_in",
    data: {
      guid: payment.guid,
      order_guid: order.guid,
      payment_message_external_id: external,
      amount: 7.1,
      currency: "UAH",
      account,
      debtor: order.debtor,
      purpose: order.purpose,
      late: false,
      created_at: asked.data.created_at,
    },
  });
  assert.match(plain(payee.server.of("/callbacks", "pay_in")[0]), /"amount":7\.10,/);

  // As a node leaves it that dies after it has acted on the answer, and before it has noted so.
  await settled(payee, 1);
  await rail.sql(`update deliveries.queue set state = 'waiting', next_at = now() where event_id = '${asked.event_id}'`);
  await eventually(async () => payee.server.received.length > answers.length, "it is asked again");
  await settled(payee, 1);
  await settled(payer, 1);
  assert.equal(payer.server.of("/callbacks", "pay_out").length, 1);
  assert.equal((await queued(payer)).length, 1, "what was done is not done again");
});

test("202 to money is a word to come later, by a callback of ours", async (t) => {
  const [payer, payee] = [await party(t, { profile: "compat" }), await party(t)];
  const { order, external, pay } = await orderToPay(payer, payee);
  payee.server.answer({ status: 202 });
  const { guid } = await pay();
  await settled(payee, 1);
  assert.equal((await queued(payer)).length, 0);
  const said = { type: "pay_in", guid, result: "failure", reason: "the account is closed" };
  assert.equal(done(await payer.bank.post("/p2p/callbacks", said), 404).code, "NOT_FOUND");
  assert.deepEqual(done(await payee.bank.post("/p2p/callbacks", said)), { guid, status: "failed" });
  assert.deepEqual((await nextAt(payer, "/callbacks", "pay_out")).data, {
    guid,
    order_guid: order.guid,
    payment_message_external_id: external,
    status: "failed",
    reason: "the account is closed",
  });
  const { data } = await nextAt(payer, "/callbacks", "pay_request");
  assert.deepEqual(data, {
    guid: order.pay_request_guid,
    order_guid: order.guid,
    status: "failed",
    reason: "PAYMENT_FAILED",
  });
  assert.equal(payee.server.received.length, 1);
});

test("a link's bank is told of its end with the whole order, its page and its QR code too", async (t) => {
  const payee = await party(t);
  const body = { type: "link", creditor: { account: payee.bank.iban() }, external_id: `link-${++given}` };
  const terms = { currency: "UAH", purpose: "Rent", expires_at: new Date(Date.now() + 3 * SECOND).toISOString() };
  const { guid } = done(await payee.bank.post("/p2p/orders", { ...body, ...terms }), 201);
  const { data } = await nextAt(payee, "/callbacks", "order.updated");
  assert.deepEqual(data, done(await payee.bank.get(`/p2p/orders/${guid}`)));
  assert.deepEqual([data.status, data.status_reason], ["created", "EXPIRED"]);
  assert.ok(data.qr_code.length > 100 && data.deeplinks_page_url.includes(guid));
});

test("one order's callbacks come in their order, each with the status of its moment, however late", async (t) => {
  const payer = await party(t);
  const asked = await party(t, { receiverSearch: true });
  const over = Promise.withResolvers<void>();
  const failing = 3;
  payer.server.answer(async () => {
    await over.promise;
    return payer.server.received.length <= failing ? { status: 500 } : undefined;
  });
  const expires = new Date(Date.now() + 6 * SECOND).toISOString();
  const { guid } = await orderByPhone(payer, { expires_at: expires });
  await sayYes(asked, (await nextAt(asked, "/link_creditor")).request_guid);
  await eventually(async () => {
    const { status_reason: reason } = done(await payer.bank.get(`/p2p/orders/${guid}`));
    return reason === "EXPIRED";
  }, "the order's end");
  over.resolve();
  await settled(payer, 4);
  const told = payer.server.of("/callbacks").map(({ payload: { seq, type, data } }) => {
    return [seq, type, data.status, data.status_reason ?? data.reason];
  });
  assert.deepEqual(told.slice(failing), [
    [1, "order.updated", "processing", undefined],
    [2, "pay_request", "completed", undefined],
    [3, "order.updated", "processing", "EXPIRED"],
    [4, "pay_request", "failed", "EXPIRED"],
  ]);
  const first = payer.server.of("/callbacks").slice(0, failing + 1);
  assert.deepEqual(
    first.map(({ payload: { seq } }) => seq),
    [1, 1, 1, 1],
  );
  assert.equal(new Set(first.map(({ payload }) => payload.event_id)).size, 1, "one event id");
  assert.equal(new Set(first.map(({ payload }) => payload.jti)).size, failing + 1, "a jti for each attempt");
});

test("a bank that cannot be reached holds no search open: after its last attempt it counts as a no", async (t) => {
  const payer = await party(t);
  const [gone, refusing] = [await party(t, { receiverSearch: true }), await party(t, { receiverSearch: true })];
  await gone.server.close();
  refusing.server.answer({ status: 400, body: { code: "USER_NOT_FOUND" } });
  const order = await orderByPhone(payer);
  assert.equal(order.status, "pending");
  const rejected = await payer.server.next(({ payload }) => payload.data?.guid === order.guid);
  assert.deepEqual([rejected.payload.data.status, rejected.payload.data.status_reason], ["rejected", "NOT_LINKED"]);
  const [dead] = await settled(gone, 1, "dead");
  assert.deepEqual([dead.type, dead.attempts], ["link_creditor", DELIVERY_LIMITS.attempts]);
});

test("a redirect is not followed; a dead letter is in nobody's way, is listed, and is sent again", async (t) => {
  const [former, stranger] = [await party(t), await party(t)];
  const elsewhere = await party(t);
  former.server.answer({ status: 307, headers: { location: `${elsewhere.server.url}/callbacks` } });
  const number = phone();
  await link(former, number);
  await link(stranger, number);
  const [dead] = await settled(former, 1, "dead");
  assert.equal(former.server.received.length, DELIVERY_LIMITS.attempts);
  assert.equal(elsewhere.server.received.length, 0);
  assert.equal(new Set(former.server.received.map(({ payload }) => payload.event_id)).size, 1);

  const page = done(await former.bank.get("/p2p/deliveries?state=dead"));
  assert.deepEqual(page, {
    items: [
      {
        id: Number(dead.id),
        event_id: dead.event_id,
        type: "alias_updated",
        order_guid: null,
        payment_guid: null,
        request_guid: null,
        attempts: DELIVERY_LIMITS.attempts,
        last_error: "answered 307",
        created_at: dead.created_at.toISOString(),
      },
    ],
    limit: 20,
    offset: 0,
    has_more: false,
    next: null,
  });
  assert.deepEqual(done(await former.bank.get("/p2p/deliveries?state=dead&limit=1&offset=1")).items, []);
  assert.deepEqual(done(await stranger.bank.get("/p2p/deliveries?state=dead")).items, []);
  const path = `/p2p/deliveries/${dead.id}/resend`;
  assert.equal(done(await stranger.bank.post(path, {}), 404).code, "NOT_FOUND");

  former.server.answer({ status: 204, body: "" });
  const asking = await former.bank.sign("POST", path, {}, { key: "again" });
  assert.deepEqual(done(await former.bank.send(asking), 202), { id: Number(dead.id), state: "waiting" });
  const [sent] = await settled(former, 1);
  assert.equal(sent.id, dead.id);
  assert.equal(former.server.received.at(-1)?.payload.event_id, dead.event_id);
  // The same key has the same answer; without one it is a new request for what is dead no more.
  assert.equal(done(await former.bank.post(path, {}, { key: "again" }), 202).state, "waiting");
  assert.equal(done(await former.bank.post(path, {}), 404).code, "NOT_FOUND");
  const once = await former.bank.sign("POST", path, {});
  done(await former.bank.send(once), 404);
  done(await former.bank.send(once), 401);
  assert.equal(former.server.received.length, DELIVERY_LIMITS.attempts + 1);
});

test("an operator sees dead letters of every bank with their cause, and has one sent again once for each time asked", async (t) => {
  const [former, stranger] = [await party(t), await party(t)];
  former.server.answer({ status: 503 });
  const number = phone();
  await link(former, number);
  await link(stranger, number);
  const [dead] = await settled(former, 1, "dead");
  const id = Number(dead.id);
  const list = async (options = {}) => done(await rail.operator("GET", "/dead-callbacks", undefined, options));
  const shown = (await list({ role: "operator" })).items.find((item: Json) => item.id === id);
  assert.deepEqual(
    [shown.bank.guid, shown.mode, shown.type, shown.attempts, shown.last_error],
    [former.bank.guid, "sandbox", "alias_updated", DELIVERY_LIMITS.attempts, "answered 503"],
  );
  assert.ok(!JSON.stringify(shown).includes(number.slice(1)), "no phone");
  former.server.answer({ status: 204, body: "" });
  const resend = (key?: string) => rail.operator("POST", `/dead-callbacks/${id}/resend`, undefined, key ? { key } : {});
  assert.deepEqual(done(await resend("once")), { id, state: "waiting" });
  const [sent] = await settled(former, 1);
  assert.equal(sent.id, dead.id);
  assert.deepEqual(done(await resend("once")), { id, state: "waiting" }, "the same key has the same answer");
  assert.equal(done(await resend(), 404).code, "DEAD_CALLBACK_NOT_FOUND");
  assert.equal(former.server.received.length, DELIVERY_LIMITS.attempts + 1);
  assert.equal(
    done(await rail.operator("POST", "/dead-callbacks/9007199254740991/resend"), 404).code,
    "DEAD_CALLBACK_NOT_FOUND",
  );
  const acts = await rail.sql(`select act from rail.participant_acts where participant_guid = '${former.bank.guid}'
    and act = 'callback_resent'`);
  assert.equal(acts.length, 1);
  for (const path of ["/dead-callbacks", "/searches"])
    assert.equal((await rail.operator("GET", path, undefined, { role: "platform" })).status, 403);
});

test("an operator sees searches with the banks that are asked and the time that is left, and no phone", async (t) => {
  const payer = await party(t);
  const asked = await party(t, { receiverSearch: true });
  asked.server.answer({ status: 202 });
  const number = phone();
  const made = await orderByPhone(payer, { creditor: { phone: number } });
  assert.equal(made.status, "pending");
  const found = await eventually(async () => {
    const { items } = done(await rail.operator("GET", "/searches"));
    return items.find(
      ({ asking, silent }: Json) => silent === 0 && asking.some((bank: Json) => bank.guid === asked.bank.guid),
    );
  }, "the search");
  assert.deepEqual([found.mode, found.orders], ["sandbox", 1]);
  assert.ok(Date.parse(found.ends_at) > Date.now());
  assert.ok(!JSON.stringify(found).includes(number.slice(1)));
});

test("what is asked of dead letters is checked", async (t) => {
  const { bank } = await party(t);
  const cases: readonly (readonly [string, string])[] = [
    ["", "state"],
    ["?state=waiting", "state"],
    ["?state=dead&state=dead", "state"],
    ["?state=dead&limit=0", "limit"],
    ["?state=dead&limit=101", "limit"],
    ["?state=dead&limit=1e1", "limit"],
    ["?state=dead&offset=-1", "offset"],
    ["?state=dead&offset=10001", "offset"],
  ];
  for (const [query, field] of cases) {
    const { code, field: said } = done(await bank.get(`/p2p/deliveries${query}`), 400);
    assert.deepEqual([code, said], ["INVALID_REQUEST", field], query);
  }
  for (const id of ["0", "1e3", "x", "99999999999999999999", "-1", "9007199254740991"]) {
    assert.equal(done(await bank.post(`/p2p/deliveries/${id}/resend`, {}), 404).code, "NOT_FOUND", id);
  }
  for (const type of [undefined, "order.updated", 7, "__proto__", ""]) {
    const { code, field } = done(await bank.post("/p2p/callbacks", { type }), 400);
    assert.deepEqual([code, field], ["INVALID_REQUEST", "type"], String(type));
  }
});

test("a bank that hangs has its own places and keeps nobody else waiting", async (t) => {
  const [hanging, good, mover] = [await party(t), await party(t), await party(t)];
  hanging.server.answer("hang");
  const numbers = Array.from({ length: 2 * DELIVERY_LIMITS.perEndpoint }, () => phone());
  for (const number of numbers) {
    await link(hanging, number);
    await link(mover, number);
  }
  const places = DELIVERY_LIMITS.perEndpoint;
  await eventually(async () => hanging.server.received.length === places, "all its places are taken");
  const number = phone();
  await link(good, number);
  await link(mover, number);
  assert.equal((await nextAt(good, "/callbacks", "alias_updated")).data.phone, number);
  assert.equal(hanging.server.received.length, places, "no more at once to the one that hangs");
  const underWay = (await queued(hanging)).filter(({ attempts }) => attempts > 0);
  assert.deepEqual(
    underWay.map(({ state, attempts, last_error: error }) => [state, attempts, error]),
    Array.from({ length: places }, () => ["waiting", 1, null]),
    "and none of them had come to an end",
  );
});

test("forty banks that hang keep the forty-first waiting no more than one does", async (t) => {
  const server = await listenAsBank();
  const banks: Bank[] = [];
  t.after(async () => {
    for (const bank of banks) await retire(bank);
    await server.close();
  });
  for (let n = 0; n <= 40; n++)
    banks.push(await rail.bank({ receiverSearch: false, callbackUrl: `${server.url}/${n}` }));
  // Whoever comes last in the table's own order.
  const good = banks.toSorted((one, other) => (one.guid < other.guid ? -1 : 1)).at(-1) ?? assert.fail();
  const own = `/${banks.indexOf(good)}/callbacks`;
  server.answer(({ path }) => (path === own ? { status: 200 } : "hang"));
  const places = DELIVERY_LIMITS.perEndpoint;
  await rail.sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body)
    select 'rail', endpoint, 'order ' || n, 'many_' || n, '{"type": "link_cancelled", "seq": 1, "request_guid": "x"}'
    from unnest(array['${banks.map(({ guid }) => guid).join("', '")}']) as endpoint, generate_series(1, ${places}) n
    where endpoint <> '${good.guid}'`);
  await eventually(async () => server.received.length === 40 * places, "all of their places are taken");
  await rail.sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body)
    values ('rail', '${good.guid}', 'order 1', 'many_1', '{"type": "link_cancelled", "seq": 1, "request_guid": "x"}')`);
  await eventually(async () => server.received.at(-1)?.path === own, "the good one is sent its own");
  const [{ count }] = await rail.sql(
    `select count(*)::int from deliveries.queue where event_id like 'many%' and endpoint <> '${good.guid}'
      and attempts = 1 and last_error is null and state = 'waiting'`,
  );
  assert.equal(count, 40 * places, "and nothing had come to an end");
});

test("a bank that answers at once is sent to as fast, and one order's callbacks still in their order", async (t) => {
  const { bank, server } = await party(t);
  const [orders, each] = [100, 5];
  const began = Date.now();
  await rail.sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body)
    select 'rail', '${bank.guid}', 'order ' || o, 'flood_' || o || '_' || n,
      json_build_object('type', 'link_cancelled', 'seq', n, 'request_guid', o)
    from generate_series(1, ${orders}) o, generate_series(1, ${each}) n order by n, o`);
  await settled({ bank, server }, orders * each);
  t.diagnostic(`${orders * each} callbacks in ${Date.now() - began} ms`);
  const byOrder = Map.groupBy(server.received, ({ payload }) => payload.data.request_guid);
  assert.equal(byOrder.size, orders);
  for (const told of byOrder.values()) {
    assert.deepEqual(
      told.map(({ payload }) => payload.seq),
      Array.from({ length: each }, (_, index) => index + 1),
    );
  }
});

test("an answer that streams for ever, or whose body never comes, counts by its head", async (t) => {
  const payer = await party(t);
  const streaming = await party(t, { receiverSearch: true });
  streaming.server.answer("stream");
  const cut = Promise.withResolvers<void>();
  const silent = createServer((request, response) => {
    request.resume();
    response.on("close", cut.resolve);
    response.writeHead(202, { "content-length": "10" }).write("{");
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  t.after(() => silent.close());
  const callbackUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const begun = await party(t, { receiverSearch: true, callbackUrl });
  const { guid } = await orderByPhone(payer);
  await settled(streaming, 1);
  await settled(begun, 1);
  await cut.promise;
  for (const who of [streaming, begun]) assert.equal((await queued(who))[0].attempts, 1);
  assert.equal(done(await payer.bank.get(`/p2p/orders/${guid}`)).status, "pending");
});

test("in production nothing is sent to a private address, by number or by name, nor to an unproven one", async (t) => {
  const hidden = await listenAsBank();
  const payer = await rail.bank({ mode: "production", receiverSearch: false });
  const asked = await rail.bank({ mode: "production", receiverSearch: true });
  t.after(async () => {
    await Promise.all([retire(payer), retire(asked)]);
    await hidden.close();
  });
  const set = async ({ guid }: Bank, url: string, proven: "now()" | "null") => {
    await rail.sql(`update rail.participants set callback_url = '${url}', callback_proven_at = ${proven}
      where guid = '${guid}'`);
    await refresh();
  };
  const askFor = async (url: string, error: string) => {
    await set(asked, url, "now()");
    const { status } = await orderByPhone({ bank: payer, server: hidden });
    assert.equal(status, "pending");
    await eventually(async () => (await queued({ bank: asked })).at(-1).last_error === error, `${url}: ${error}`);
  };
  await askFor(hidden.url, "the address is private");
  await askFor(hidden.url.replace("127.0.0.1", "localhost"), "the address is private");
  await askFor(hidden.url.replace("127.0.0.1", "[::ffff:127.0.0.1]"), "the address is private");
  await set(asked, hidden.url, "null");
  await eventually(
    async () => (await queued({ bank: asked })).every(({ state }) => state === "dead"),
    "what an unproven address does not get is parked",
  );
  assert.equal(hidden.received.length, 0);
});

test("a suspended bank is told nothing, and nothing is lost to it: it waits, and comes when the bank is back", async (t) => {
  const [former, mover] = [await party(t), await party(t)];
  former.server.answer({ status: 500 });
  const number = phone();
  await link(former, number);
  await link(mover, number);
  await eventually(async () => former.server.received.length > 0, "a first attempt");
  await retire(former.bank);
  const { attempts } = await eventually(async () => {
    const [row] = await queued(former);
    return row?.last_error === "the bank is suspended" && row;
  }, "it waits");
  assert.equal(former.server.received.length, attempts, "what was not sent counts as no attempt");
  former.server.answer({ status: 200 });
  done(await rail.operator("PATCH", `/participants/${former.bank.guid}`, { state: "active" }));
  const [sent] = await settled(former, 1);
  assert.equal(sent.attempts, attempts + 1);
});

test("a callback URL is proven by its own bank's signature of its own challenge, and by nothing else", async (t) => {
  const [prover, other] = [await party(t), await party(t)];
  const later = await prover.bank.addKey({ nbf: Math.floor(Date.now() / SECOND) + 3_600 });
  const revoked = await prover.bank.addKey();
  const keys = `/participants/${prover.bank.guid}/keys`;
  assert.ok((await rail.operator("DELETE", `${keys}/${revoked.publicJwk.kid}`)).status < 300);
  await refresh();
  const forged = await generateKey("ES256", prover.bank.kid);
  const own = prover.bank.keys.privateJwk;
  const isProven = async () => {
    const [row] = await rail.sql(`select callback_proven_at from rail.participants where guid = '${prover.bank.guid}'`);
    return row.callback_proven_at !== null;
  };
  const say = async (challenge: string, key = own) => ({
    status: 200,
    body: await signText(JSON.stringify({ challenge }), key),
  });
  const answers: ((challenge: string) => Promise<BankAnswer>)[] = [
    async (challenge) => ({ status: 200, body: { challenge } }),
    (challenge) => say(`${challenge}x`),
    (challenge) => say(challenge, other.bank.keys.privateJwk),
    (challenge) => say(challenge, forged.privateJwk),
    (challenge) => say(challenge, later.privateJwk),
    (challenge) => say(challenge, revoked.privateJwk),
    async (challenge) => ({ ...(await say(challenge)), status: 202 }),
    async (challenge) => ({ status: 200, body: " ".repeat(16 * 1_024) + (await say(challenge)).body }),
    async (challenge) => ({ status: 200, body: `${(await say(challenge)).body}\n` }),
  ];
  const early: boolean[] = [];
  prover.server.answer(async ({ payload: { challenge } }) => {
    early.push(await isProven());
    return answers[prover.server.of("/challenge").length - 1]?.(challenge);
  });
  done(await rail.operator("POST", `/participants/${prover.bank.guid}/challenge`), 202);
  await settled(prover, 1);
  assert.equal(await isProven(), true);
  assert.deepEqual(
    early,
    answers.map(() => false),
  );
  const [first] = prover.server.of("/challenge");
  const { challenge, ...rest } = contentOf(first ?? assert.fail(), prover, "/challenge");
  assert.deepEqual(rest, {});
  assert.ok(challenge.length >= 32);
});

test("a challenge that is not the present one any more is not sent again", async (t) => {
  const prover = await party(t);
  const failed = Promise.withResolvers<void>();
  prover.server.answer(async ({ payload: { challenge } }) => {
    if (prover.server.received.length > 1)
      return { status: 200, body: await signText(JSON.stringify({ challenge }), prover.bank.keys.privateJwk) };
    await failed.promise;
    return { status: 500 };
  });
  const ask = async () => done(await rail.operator("POST", `/participants/${prover.bank.guid}/challenge`), 202);
  await ask();
  await eventually(async () => prover.server.received.length === 1, "the first challenge");
  await ask();
  failed.resolve();
  await settled(prover, 2);
  assert.equal(prover.server.received.length, 2);
  const [first, second] = prover.server.received.map(({ payload }) => payload.challenge);
  assert.notEqual(first, second);
});
