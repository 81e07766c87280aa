/** The search for a receiver: who is asked, whose yes counts, and how it ends. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, test } from "node:test";
import { settleAsk } from "../../src/rail/search/index.ts";
import {
  aliasOf,
  assertLinked,
  assertRefused,
  CONSENT,
  hashesOf,
  historyOf,
  link,
  orderByPhone,
  orderThatIs,
  readOrder,
  requestOf,
  sayNo,
  sayYes,
  toldTo,
  unlink,
} from "../support/aliases.ts";
import {
  type Bank,
  type BankAnswer,
  type BankOptions,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  NOBODY_THERE,
  phone,
  type Reply,
  useRail,
} from "../support/rail.ts";

const rail = useRail({ nodes: 2 });

const asked: Bank[] = [];

/** A bank that is asked for receivers until the test is over. */
const askedBank = async (options: BankOptions = {}): Promise<Bank> => {
  const bank = await rail.bank({ callbackUrl: NOBODY_THERE, ...options });
  asked.push(bank);
  return bank;
};

afterEach(async () => {
  for (const { guid } of asked.splice(0)) {
    const { status, text } = await rail.operator("PATCH", `/participants/${guid}`, { receiver_search: false });
    assert.equal(status, 200, text);
  }
  await rail.everywhere();
});

type Searching = {
  readonly payer: Bank;
  readonly first: Bank;
  readonly second: Bank;
  readonly number: string;
  readonly order: Json;
  readonly request: string;
};

/** An order whose receiver two banks are asked for. */
const search = async (terms: object = {}): Promise<Searching> => {
  const payer = await rail.bank({ name: "Payer" });
  const first = await askedBank({ name: "First" });
  const second = await askedBank({ name: "Second", profile: "compat", alg: "EdDSA" });
  await rail.everywhere();
  const number = phone();
  const order = await orderByPhone(payer, number, terms);
  assert.equal(order.status, "pending");
  return { payer, first, second, number, order, request: await requestOf(rail, order.guid) };
};

const withSearch = async (run: (searching: Searching) => Promise<void>) => run(await search());

const assertAnswered = (reply: Reply, request: string, linked: boolean): void => {
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(reply.body, { request_guid: request, linked }, reply.text);
};

/** What the payer's bank was told of its order's status. */
const statusesTold = async ({ payer }: Searching): Promise<readonly string[]> =>
  (await toldTo(rail, payer, "order.updated")).map(({ status, status_reason }) =>
    `${status} ${status_reason ?? ""}`.trim(),
  );

/** The pay request of the order, which its bank may read only once the receiver is found. */
const requestStatus = async ({ order }: Searching): Promise<string> => {
  const [row] = await rail.sql(`select status, reason from rail.pay_requests where order_guid = '${order.guid}'`);
  return `${row.status} ${row.reason ?? ""}`.trim();
};

/** As if the search had lasted as long as it may. */
const endSearch = async ({ request, order }: Searching) => {
  await rail.sql(`update rail.searches set until = now() - interval '1 second', due_at = now() - interval '1 second'
    where request_guid = '${request}'`);
  await rail.sql(
    `update rail.order_deadlines set due_at = now() - interval '1 second' where order_guid = '${order.guid}'`,
  );
};

test("over HTTP: banks are asked, the first yes wins, the payer's bank knows where to pay, the other is told to stop", async () => {
  const address = () => rail.nodes[0]?.railAddress ?? "";
  const ears = await Promise.all([1, 2, 3].map(() => listenAsBank({ rail: address })));
  const [atPayer, atFirst, atSecond] = ears as [ListeningBank, ListeningBank, ListeningBank];
  const payer = await askedBank({ callbackUrl: atPayer.url });
  const first = await askedBank({ callbackUrl: atFirst.url });
  const second = await askedBank({ callbackUrl: atSecond.url });
  const silent = await rail.bank({ receiverSearch: false, callbackUrl: NOBODY_THERE });
  atFirst.answer({ status: 202 });
  atSecond.answer({ status: 202 });
  const number = phone();
  const order = await orderByPhone(payer, number);
  assert.equal(order.status, "pending");
  const isAsked = ({ path }: { readonly path: string }) => path === "/link_creditor";
  const asked = await Promise.all([atFirst.next(isAsked), atSecond.next(isAsked)]);
  const [question] = asked.map(({ payload }) => payload);
  for (const { verified, payload } of asked) {
    assert.equal(verified, true);
    assert.equal(payload.phone, number);
    assert.equal(payload.request_guid, question.request_guid);
  }
  assert.notEqual(question.request_guid, order.guid);
  const account = second.iban();
  assertAnswered(await sayYes(second, question.request_guid, account), question.request_guid, true);
  assertAnswered(await sayYes(first, question.request_guid, first.iban()), question.request_guid, false);
  await orderThatIs(payer, order.guid, "processing");
  const updated = await atPayer.next(({ payload }) => payload.type === "order.updated");
  assert.equal(updated.payload.data.status, "processing");
  const request = await atPayer.next(({ payload }) => payload.type === "pay_request");
  assert.equal(request.payload.data.creditor.account, account);
  const cancelled = await atFirst.next(({ payload }) => payload.type === "link_cancelled");
  assert.equal(cancelled.payload.data.request_guid, question.request_guid);
  assert.deepEqual(atSecond.of("/callbacks"), []);
  assert.deepEqual(await toldTo(rail, silent, "link_creditor"), []);
  assertLinked(await aliasOf(second, number, account), true);
  for (const ear of ears) await ear.close();
});

test("a yes or a no is read in one order of checks, and only from a bank that was asked", () =>
  withSearch(async (searching) => {
    const { payer, first, number, request, order } = searching;
    const stranger = await askedBank();
    const real = await rail.bank({ mode: "production", codes: first.codes });
    const account = first.iban();
    const good = { type: "creditor_linked", request_guid: request, result: "success", account, consent: CONSENT };
    const cases: readonly (readonly [object, string, string])[] = [
      [{ request_guid: 1, account: 1 }, "INVALID_REQUEST", "request_guid"],
      [{ result: true }, "INVALID_REQUEST", "result"],
      [{ account: null }, "INVALID_REQUEST", "account"],
      [{ consent: "yes" }, "INVALID_REQUEST", "consent"],
      [{ consent: { ...CONSENT, at: 1 } }, "INVALID_REQUEST", "consent.at"],
      [{ request_guid: undefined }, "INVALID_REQUEST", "request_guid"],
      [{ request_guid: "1", result: "x" }, "INVALID_REQUEST", "request_guid"],
      [{ result: undefined }, "INVALID_REQUEST", "result"],
      [{ result: "maybe", account: "x" }, "INVALID_REQUEST", "result"],
      [{ account: undefined, consent: undefined }, "INVALID_CREDITOR_ACCOUNT", "account"],
      [{ account: payer.iban(), consent: {} }, "INVALID_CREDITOR_ACCOUNT", "account"],
      [{ consent: undefined }, "INVALID_REQUEST", "consent"],
      [{ consent: { ...CONSENT, method: "sms" } }, "INVALID_REQUEST", "consent.method"],
      [{ type: "creditor_found" }, "INVALID_REQUEST", "type"],
    ];
    for (const [change, code, field] of cases)
      assertRefused(await first.post("/p2p/callbacks", { ...good, ...change }), 400, code, field);
    const refused = await Promise.all([
      sayYes(first, randomUUID(), account),
      sayNo(first, randomUUID()),
      sayYes(first, order.guid, account),
      sayYes(stranger, request, stranger.iban()),
      sayNo(stranger, request),
      sayYes(payer, request, payer.iban()),
      sayYes(real, request, real.iban()),
    ]);
    assert.deepEqual([...new Set(refused.map(({ status, text }) => `${status} ${text}`))].length, 1);
    for (const reply of refused) assertRefused(reply, 404, "NOT_FOUND");
    assert.equal((await readOrder(payer, order.guid)).status, "pending");
    assert.deepEqual(await historyOf(rail, number), []);
    assertAnswered(await first.post("/p2p/callbacks", { ...good, request_guid: request.toUpperCase() }), request, true);
  }));

test("a yes links the phone with its consent, and repeats of it are harmless", () =>
  withSearch(async (searching) => {
    const { payer, first, second, number, order, request } = searching;
    const account = first.iban();
    assertAnswered(await sayYes(first, request, account), request, true);
    assertAnswered(await sayYes(first, request, account), request, true);
    assertAnswered(await sayYes(first, request, first.iban()), request, false);
    assertAnswered(await sayNo(first, request), request, true);
    assertAnswered(await sayYes(second, request, second.iban()), request, false);
    assertAnswered(await sayNo(second, request), request, false);
    assert.deepEqual(await historyOf(rail, number), ["linked First"]);
    const [{ consent }] = (await rail.sql(
      `select consent from rail.alias_history where phone_hash in (${hashesOf(rail, number)})`,
    )) as [Json];
    assert.deepEqual([consent.method, consent.at], ["otp", new Date(CONSENT.at).toISOString()]);
    assert.deepEqual(await statusesTold(searching), ["processing"]);
    assert.equal((await toldTo(rail, second, "link_cancelled")).length, 1);
    assert.deepEqual(await toldTo(rail, first, "link_cancelled"), []);
    assert.equal(await requestStatus(searching), "completed");
    assert.equal((await orderByPhone(payer, number)).status, "processing");
    // Unlinked since then, a repeat that was long under way does not link it again.
    assertLinked(await unlink(first, number, account), false);
    assertAnswered(await sayYes(first, request, account), request, false);
    assertLinked(await aliasOf(first, number, account), false);
    await orderThatIs(payer, order.guid, "processing");
  }));

test("the last no ends the search, whichever way it comes, and another no changes nothing", () =>
  withSearch(async (searching) => {
    const { payer, first, second, order, request } = searching;
    const [node] = rail.nodes;
    const refuse = { requestGuid: request, bank: first.guid, outcome: "refuses" } as const;
    for (let time = 0; time < 2; time++) await node?.rail.executor.submit(settleAsk, refuse, { caller: "test" });
    await node?.rail.executor.submit(settleAsk, { ...refuse, bank: payer.guid }, { caller: "test" });
    assertAnswered(await sayNo(first, request), request, false);
    assert.equal((await readOrder(payer, order.guid)).status, "pending");
    assertAnswered(await sayNo(second, request), request, false);
    const rejected = await orderThatIs(payer, order.guid, "rejected");
    assert.equal(rejected.status_reason, "NOT_LINKED");
    for (const bank of [first, second]) assertAnswered(await sayNo(bank, request), request, false);
    assert.deepEqual(await statusesTold(searching), ["rejected NOT_LINKED"]);
    assert.deepEqual(await toldTo(rail, first, "link_cancelled"), []);
    assert.equal(await requestStatus(searching), "failed REJECTED");
  }));

test("a bank that said no may still say yes while the search is on", () =>
  withSearch(async ({ payer, first, order, request }) => {
    assertAnswered(await sayNo(first, request), request, false);
    assertAnswered(await sayYes(first, request, first.iban()), request, true);
    await orderThatIs(payer, order.guid, "processing");
  }));

test("USER_NOT_FOUND from every bank rejects the order", async () => {
  const ears = await Promise.all([listenAsBank(), listenAsBank()]);
  const answers: readonly BankAnswer[] = [
    { status: 400, body: { code: "USER_NOT_FOUND", message: "Nobody here" } },
    { status: 400, body: { code: "USER_NOT_FOUND" } },
  ];
  for (const [index, ear] of ears.entries()) {
    ear.answer(answers[index] ?? { status: 500 });
    await askedBank({ callbackUrl: ear.url });
  }
  const payer = await rail.bank();
  const order = await orderByPhone(payer, phone());
  const rejected = await orderThatIs(payer, order.guid, "rejected");
  assert.equal(rejected.status_reason, "NOT_LINKED");
  for (const ear of ears) await ear.close();
});

test("a late yes links a phone that nobody has, and revives nothing", () =>
  withSearch(async (searching) => {
    const { payer, first, second, number, order, request } = searching;
    for (const bank of [first, second]) assertAnswered(await sayNo(bank, request), request, false);
    const account = first.iban();
    assertAnswered(await sayYes(first, request, account), request, true);
    assertAnswered(await sayYes(first, request, account), request, true);
    assertLinked(await aliasOf(first, number, account), true);
    assert.equal((await readOrder(payer, order.guid)).status, "rejected");
    assertAnswered(await sayYes(second, request, second.iban()), request, false);
    assertLinked(await aliasOf(first, number, account), true);
    assert.deepEqual(await historyOf(rail, number), ["linked First"]);
    assert.deepEqual(await statusesTold(searching), ["rejected NOT_LINKED"]);
    assert.equal((await orderByPhone(payer, number)).status, "processing");
  }));

test("a late yes settles another order that waits for the phone", () =>
  withSearch(async ({ payer, first, second, number, request }) => {
    for (const bank of [first, second]) assertAnswered(await sayNo(bank, request), request, false);
    const waiting = await orderByPhone(payer, number);
    assert.equal(waiting.status, "pending");
    assertAnswered(await sayYes(first, request, first.iban()), request, true);
    await orderThatIs(payer, waiting.guid, "processing");
  }));

test("a search that took too long rejects the order and tells the banks to stop", () =>
  withSearch(async (searching) => {
    const { payer, first, second, order } = searching;
    await endSearch(searching);
    const rejected = await orderThatIs(payer, order.guid, "rejected");
    assert.equal(rejected.status_reason, "SEARCH_TIMEOUT");
    assert.deepEqual(await statusesTold(searching), ["rejected SEARCH_TIMEOUT"]);
    for (const bank of [first, second]) assert.equal((await toldTo(rail, bank, "link_cancelled")).length, 1);
  }));

test("a yes after the deadline is late, also before the clock has noticed", () =>
  withSearch(async (searching) => {
    const { payer, first, number, order, request } = searching;
    await rail.sql(`update rail.searches set until = now() - interval '1 second' where request_guid = '${request}'`);
    const account = first.iban();
    assertAnswered(await sayYes(first, request, account, { node: 1 }), request, true);
    assertLinked(await aliasOf(first, number, account), true);
    const rejected = await orderThatIs(payer, order.guid, "rejected");
    assert.equal(rejected.status_reason, "SEARCH_TIMEOUT");
  }));

test("an order that expires while it is searched for is rejected as expired", async () => {
  const searching = await search({ expires_at: new Date(Date.now() + 8_000).toISOString() });
  const { payer, order, first, request } = searching;
  const rejected = await orderThatIs(payer, order.guid, "rejected");
  assert.equal(rejected.status_reason, "EXPIRED");
  assert.equal(await requestStatus(searching), "failed EXPIRED");
  assertAnswered(await sayYes(first, request, first.iban()), request, true);
  assert.equal((await readOrder(payer, order.guid)).status, "rejected");
});

test("a phone that its bank links meanwhile is that bank's, whoever says yes after it", () =>
  withSearch(async (searching) => {
    const { payer, first, second, number, order, request } = searching;
    const account = second.iban();
    assertLinked(await link(second, number, account), true);
    assertAnswered(await sayYes(first, request, first.iban()), request, false);
    await orderThatIs(payer, order.guid, "processing");
    const [state] = await rail.sql(`select creditor_account from rail.order_states where order_guid = '${order.guid}'`);
    assert.equal(state.creditor_account, account);
    assert.deepEqual(await statusesTold(searching), ["processing"]);
  }));

test("two banks that claim at once, on two nodes: exactly one wins, and the other is told to stop", async () => {
  const { payer, first, second } = await search();
  const rounds = Array.from({ length: 12 }, async () => {
    const order = await orderByPhone(payer, phone(), { debtor: { account: payer.iban() } });
    const request = await requestOf(rail, order.guid);
    const claims = [
      await first.sign("POST", "/p2p/callbacks", yes(request, first), { node: 0 }),
      await second.sign("POST", "/p2p/callbacks", yes(request, second), { node: 1 }),
    ] as const;
    const replies = await Promise.all([first.send(claims[0], { node: 0 }), second.send(claims[1], { node: 1 })]);
    for (const { status, text } of replies) assert.ok(status === 200 || status === 503, text);
    assert.equal(replies.filter(({ body }) => body.linked === true).length, 1, replies.map(({ text }) => text).join());
    await orderThatIs(payer, order.guid, "processing");
  });
  await Promise.all(rounds);
  const cancelled = await Promise.all([first, second].map((bank) => toldTo(rail, bank, "link_cancelled")));
  assert.equal(cancelled.flat().length, rounds.length);
  const states = await rail.sql(`select s.creditor_account = p.account as same from rail.order_states s
    join rail.phones p on p.hash = s.phone_hash where s.status = 'processing' and s.participant_guid = '${payer.guid}'`);
  assert.equal(states.length, rounds.length);
  assert.ok(states.every(({ same }) => same));
});

const yes = (request: string, bank: Bank) => ({
  type: "creditor_linked",
  request_guid: request,
  result: "success",
  account: bank.iban(),
  consent: CONSENT,
});

test("a yes, a no and the clock at once move the order once", async () => {
  const { payer, first, second } = await search();
  const rounds = Array.from({ length: 10 }, async () => {
    const order = await orderByPhone(payer, phone(), { debtor: { account: payer.iban() } });
    const request = await requestOf(rail, order.guid);
    const searching = { request, order } as Searching;
    await Promise.all([
      endSearch(searching),
      sayYes(first, request, first.iban()),
      sayNo(second, request),
      sayYes(first, request, first.iban()),
      sayNo(first, request),
    ]);
    await eventually(async () => (await readOrder(payer, order.guid)).status !== "pending", "an end");
  });
  await Promise.all(rounds);
  const told = await toldTo(rail, payer, "order.updated");
  assert.equal(new Set(told.map(({ order_guid }) => order_guid)).size, told.length);
});

test("a search goes on over a restart of the node and of the bank", async () => {
  const payer = await rail.bank();
  const ear = await listenAsBank();
  const port = Number(new URL(ear.url).port);
  const bank = await askedBank({ callbackUrl: ear.url });
  await ear.close();
  const number = phone();
  const order = await orderByPhone(payer, number);
  assert.equal(order.status, "pending");
  await rail.restart();
  const again = await listenAsBank({ port });
  again.answer({ status: 202 });
  const question = await again.next(({ path }) => path === "/link_creditor");
  assert.equal(question.payload.phone, number);
  await rail.restart();
  const request = question.payload.request_guid;
  const account = bank.iban();
  assertAnswered(await sayYes(bank, request, account), request, true);
  await orderThatIs(payer, order.guid, "processing");
  assertLinked(await aliasOf(bank, number, account), true);
  await again.close();
});

test("what the search cost is given back when it ends well, and only then", async () => {
  const { payer, first, second } = await search();
  const left = async (account: string): Promise<number> =>
    (await payer.get(`/p2p/limits?account=${account}`)).body.payer.available;
  const [found, refused] = [payer.iban(), payer.iban()];
  const asking = async (account: string) => {
    const order = await orderByPhone(payer, phone(), { debtor: { account } });
    return requestOf(rail, order.guid);
  };
  const [one, other] = [await asking(found), await asking(refused)];
  // The sandbox gives a token back every three seconds.
  for (const account of [found, refused]) assert.ok((await left(account)) < 999);
  assertAnswered(await sayYes(first, one, first.iban()), one, true);
  for (const bank of [first, second]) assertAnswered(await sayNo(bank, other), other, false);
  await eventually(async () => (await left(found)) >= 999, "the price comes back");
  assert.ok((await left(refused)) < 999);
});

test("an Idempotency-Key gives the first answer to a yes again", () =>
  withSearch(async ({ first, number, request }) => {
    const key = randomUUID();
    const account = first.iban();
    assertAnswered(await sayYes(first, request, account, { key }), request, true);
    assertLinked(await unlink(first, number, account), false);
    const again = await sayYes(first, request, account, { key });
    assertAnswered(again, request, true);
    assert.equal(again.headers["idempotent-replay"], "true");
    assertLinked(await aliasOf(first, number, account), false);
  }));
