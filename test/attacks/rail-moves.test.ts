/** Taking a phone away from the bank that has it: unannounced, unheard, over an objection, or by the wrong operator. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import {
  aliasOf,
  assertLinked,
  assertRefused,
  endHold,
  HOLD,
  hashesOf,
  historyOf,
  link,
  orderByPhone,
  toldTo,
  unlink,
} from "../support/aliases.ts";
import {
  type Bank,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  NOBODY_THERE,
  phone,
  type Reply,
  useRail,
} from "../support/rail.ts";

// In the sandbox, where a bank's server may be one of this machine; what is tried is the same in production.
const rail = useRail({
  nodes: 2,
  railSettings: { aliasMoveHoldMs: { sandbox: HOLD, production: HOLD }, callbackBackOffSeconds: [0.1] },
});

type Move = {
  readonly old: Bank;
  readonly next: Bank;
  readonly number: string;
  readonly from: string;
  readonly to: string;
};

const startMove = async (callbackUrl: string | null): Promise<Move> => {
  const old = await rail.bank({ name: "Old", receiverSearch: false, callbackUrl });
  const next = await rail.bank({ name: "Next", receiverSearch: false });
  const [number, from, to] = [phone(), old.iban(), next.iban()];
  assertLinked(await link(old, number, from), true);
  assertLinked(await link(next, number, to), false);
  return { old, next, number, from, to };
};

const server = async (t: TestContext): Promise<ListeningBank> => {
  const listening = await listenAsBank();
  t.after(() => listening.close());
  return listening;
};

const heard = ({ number }: Move) =>
  eventually(async () => {
    const [row] = await rail.sql(
      `select heard_at from rail.alias_moves where phone_hash in (${hashesOf(rail, number)}) order by created_at desc`,
    );
    return row?.heard_at !== null;
  }, "the notice is taken");

const movesOf = async (bank: Bank): Promise<Json[]> => {
  const reply = await bank.get("/p2p/alias/moves");
  assert.equal(reply.status, 200, reply.text);
  return reply.body.items;
};

const object = (bank: Bank, number: string): Promise<Reply> => bank.post("/p2p/alias/objections", { phone: number });

const left = async (move: Move, query = ""): Promise<Json | undefined> => {
  const reply = await rail.operator("GET", `/alias-moves${query}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.body.items.find(({ from, to }: Json) => from.guid === move.old.guid && to.guid === move.next.guid);
};

const decide = (guid: string, decision: string, options = {}) =>
  rail.operator("POST", `/alias-moves/${guid}/${decision}`, undefined, options);

/** The clock has had its time: a move that was begun later, and may be made, was made. */
const clockPassed = async (t: TestContext) => {
  const listening = await server(t);
  const other = await startMove(listening.url);
  await heard(other);
  await endHold(rail, other.number);
  await eventually(async () => (await aliasOf(other.next, other.number, other.to)).body.linked, "the clock's round");
};

for (const [what, url] of [
  ["has no callback URL", null],
  ["is silent", NOBODY_THERE],
] as const)
  test(`F146: a move went through though its notice never arrived; where the present bank ${what} it is left to an operator`, async (t) => {
    const move = await startMove(url);
    const [announced] = await toldTo(rail, move.old, "alias_updated");
    assert.equal(announced?.linked, true);
    assert.equal(await left(move), undefined, "while its hold runs it is nobody's");
    await endHold(rail, move.number);
    await clockPassed(t);
    assertLinked(await aliasOf(move.old, move.number, move.from), true);
    const waiting = (await left(move)) ?? assert.fail("it is left");
    assert.deepEqual([waiting.status, waiting.notice_taken_at, waiting.decided_by], ["waiting", null, null]);
    assert.ok(!JSON.stringify(waiting).includes(move.number.slice(4)), "an operator needs no number");

    assert.equal((await decide(waiting.guid, "complete", { role: null })).status, 403);
    assert.equal((await decide(randomUUID(), "complete")).body.code, "ALIAS_MOVE_NOT_FOUND");
    const done = await decide(waiting.guid, "complete", { user: "olena" });
    assert.equal(done.status, 200, done.text);
    assert.deepEqual([done.body.status, done.body.decided_by], ["completed", "olena"]);
    assertLinked(await aliasOf(move.next, move.number, move.to), true);
    assertLinked(await aliasOf(move.old, move.number, move.from), false);
    for (const decision of ["complete", "refuse"])
      assert.equal((await decide(waiting.guid, decision)).body.code, "ALIAS_MOVE_NOT_YOURS");
    assert.equal(await left(move), undefined);
  });

test("an operator refuses as well: the phone stays, both banks hear so, and the act is on record", async () => {
  const move = await startMove(null);
  await endHold(rail, move.number);
  const { guid } = (await left(move)) ?? assert.fail("it is left");
  const done = await decide(guid, "refuse");
  assert.deepEqual([done.status, done.body.status], [200, "refused"]);
  assertLinked(await aliasOf(move.old, move.number, move.from), true);
  assert.deepEqual(
    (await toldTo(rail, move.next, "alias_updated")).map(({ linked }) => linked),
    [false],
  );
  assert.deepEqual(
    (await toldTo(rail, move.old, "alias_updated")).map(({ linked }) => linked),
    [true, true],
  );
  const acts = await rail.sql(`select act, operator_id from rail.participant_acts where details->>'guid' = '${guid}'`);
  assert.deepEqual(acts, [{ act: "alias_move_refused", operator_id: "olena" }]);
  // Its place on the account is free again, and the number may be asked for anew.
  assertLinked(await link(move.next, move.number, move.to), false);
});

test("an operator does not cut a hold short, nor decide what the present bank has heard of", async (t) => {
  const listening = await server(t);
  const move = await startMove(listening.url);
  await heard(move);
  const { guid } = (await left(move, "?state=waiting")) ?? assert.fail("it waits");
  for (const decision of ["complete", "refuse"])
    assert.equal((await decide(guid, decision)).body.code, "ALIAS_MOVE_NOT_YOURS");
  await endHold(rail, move.number);
  await eventually(async () => (await aliasOf(move.next, move.number, move.to)).body.linked, "the clock completes it");
});

test("F172: what the present bank has heard of is no operator's when its hold is over either, not even before the clock comes", async (t) => {
  const listening = await server(t);
  for (const decision of ["refuse", "complete"]) {
    const move = await startMove(listening.url);
    await heard(move);
    const { guid } = (await left(move, "?state=waiting")) ?? assert.fail("it waits");
    // The clock comes each second; whether it has come by now, the answer is the same.
    await endHold(rail, move.number);
    assert.equal((await decide(guid, decision)).body.code, "ALIAS_MOVE_NOT_YOURS");
    await eventually(
      async () => (await aliasOf(move.next, move.number, move.to)).body.linked,
      "the clock completes it",
    );
    const [row] = await rail.sql(`select status, decided_by from rail.alias_moves where guid = '${guid}'`);
    assert.deepEqual(row, { status: "completed", decided_by: null });
  }
});

test("F220: a phone went on to a bank that was suspended meanwhile, or away from one that could not object any more", async (t) => {
  const listening = await server(t);
  for (const suspended of ["next", "old"] as const) {
    const move = await startMove(listening.url);
    await heard(move);
    const { guid } = move[suspended];
    const edit = async (state: string) => {
      const edited = await rail.operator("PATCH", `/participants/${guid}`, { state });
      assert.equal(edited.status, 200, edited.text);
    };
    await edit("suspended");
    assert.equal(await left(move), undefined, "while its hold runs it is nobody's");
    await endHold(rail, move.number);
    await clockPassed(t);
    const waiting = (await left(move)) ?? assert.fail("it is left to an operator");
    assert.equal(waiting.status, "waiting");
    const done = await decide(waiting.guid, "refuse");
    assert.deepEqual([done.status, done.body.status], [200, "refused"], done.text);
    await edit("active");
    assertLinked(await aliasOf(move.old, move.number, move.from), true);
  }
});

test("F220: who is back before anybody has decided is the clock's again", async (t) => {
  const listening = await server(t);
  const move = await startMove(listening.url);
  await heard(move);
  for (const state of ["suspended", "active"]) {
    const edited = await rail.operator("PATCH", `/participants/${move.next.guid}`, { state });
    assert.equal(edited.status, 200, edited.text);
    if (state === "suspended") await endHold(rail, move.number);
  }
  await eventually(async () => (await aliasOf(move.next, move.number, move.to)).body.linked, "the clock completes it");
});

test("in production an operator of disputes decides no moves", async () => {
  const [old, next] = [await rail.bank({ mode: "production" }), await rail.bank({ mode: "production" })];
  const number = phone();
  const move = { old, next, number, from: old.iban(), to: next.iban() };
  assertLinked(await link(old, number, move.from), true);
  assertLinked(await link(next, number, move.to), false);
  await endHold(rail, move.number);
  const { guid } = (await left(move)) ?? assert.fail("it is left");
  const refused = await decide(guid, "complete", { role: "operator" });
  assert.deepEqual([refused.status, refused.body.code], [403, "PRODUCTION_NEEDS_RAIL_OPERATOR"]);
  assert.equal((await decide(guid, "complete")).status, 200);
});

test("a notice that is taken after the hold gives nobody time to object: it counts as never taken", async (t) => {
  const listening = await server(t);
  listening.answer({ status: 503 });
  const move = await startMove(listening.url);
  await eventually(async () => listening.received.length > 0, "an attempt");
  await endHold(rail, move.number);
  listening.answer({ status: 200 });
  await listening.next(
    ({ payload }) => payload?.type === "alias_updated" && listening.received.length > 1,
    "the notice",
  );
  await clockPassed(t);
  assertLinked(await aliasOf(move.old, move.number, move.from), true);
  assert.equal((await left(move))?.notice_taken_at, null);
});

test("the present bank objects, also while an operator has it on the desk; nobody else does, and learns nothing by it", async () => {
  const move = await startMove(null);
  const stranger = await rail.bank({ receiverSearch: false });
  const refused = [
    await object(move.next, move.number),
    await object(stranger, move.number),
    await object(stranger, phone()),
    await object(move.old, phone()),
  ];
  for (const reply of refused) assertRefused(reply, 404, "NOT_FOUND");
  assert.equal(new Set(refused.map(({ text }) => text)).size, 1);
  assertRefused(await move.old.post("/p2p/alias/objections", { phone: 1 }), 400, "INVALID_REQUEST", "phone");
  assertRefused(await move.old.post("/p2p/alias/objections", {}), 400, "INVALID_CREDITOR_PHONE", "phone");
  await endHold(rail, move.number);
  const { guid } = (await left(move)) ?? assert.fail("it is left");
  const objected = await object(move.old, move.number);
  assert.deepEqual([objected.status, objected.body], [200, { guid, status: "objected" }]);
  assertRefused(await object(move.old, move.number), 404, "NOT_FOUND");
  assert.equal((await decide(guid, "complete")).body.code, "ALIAS_MOVE_NOT_YOURS");
  assertLinked(await aliasOf(move.old, move.number, move.from), true);
  assert.deepEqual(
    (await toldTo(rail, move.next, "alias_updated")).map(({ linked }) => linked),
    [false],
  );
});

test("each side lists its own moves with its own account, and neither learns the other's", async () => {
  const move = await startMove(null);
  const [out, ...noMore] = await movesOf(move.old);
  const [incoming] = await movesOf(move.next);
  assert.deepEqual(noMore, []);
  assert.deepEqual([out?.direction, out?.phone, out?.account, out?.status], ["out", move.number, move.from, "waiting"]);
  assert.deepEqual([incoming?.direction, incoming?.phone, incoming?.account], ["in", move.number, move.to]);
  assert.equal(out?.guid, incoming?.guid);
  assert.ok(!JSON.stringify(out).includes(move.to) && !JSON.stringify(incoming).includes(move.from));
  const other = move.next.iban();
  assertLinked(await link(move.next, move.number, other), false);
  assert.equal((await movesOf(move.next))[0]?.account, other);
  const third = await rail.bank({ receiverSearch: false });
  assert.deepEqual(await movesOf(third), []);
  assertLinked(await link(third, move.number, third.iban()), false);
  assert.deepEqual(
    (await movesOf(move.old)).map(({ status }) => status),
    ["waiting", "replaced"],
  );
  assertLinked(await unlink(move.old, move.number, move.from), false);
  assert.deepEqual(
    (await movesOf(move.old)).map(({ status }) => status),
    ["completed", "replaced"],
  );
  for (const [query, field] of [
    ["?limit=0", "limit"],
    ["?limit=1e1", "limit"],
    ["?offset=-1", "offset"],
  ] as const)
    assertRefused(await third.get(`/p2p/alias/moves${query}`), 400, "INVALID_REQUEST", field);
});

test("an objection, the operator and the clock at once move the phone once or not at all", async (t) => {
  const listening = await server(t);
  for (const decision of ["complete", "refuse"])
    for (const url of [null, listening.url]) {
      const move = await startMove(url);
      if (url !== null) await heard(move);
      const { guid } = (await left(move, "?state=waiting&limit=100")) ?? assert.fail("it waits");
      await endHold(rail, move.number);
      await Promise.all([
        object(move.old, move.number),
        decide(guid, decision, { node: 1 }),
        unlink(move.next, move.number, move.to, { node: 1 }),
      ]);
      const ended = await eventually(async () => {
        const [row] = await rail.sql(`select status from rail.alias_moves where guid = '${guid}'`);
        return row.status !== "waiting" && row.status;
      }, "an end");
      const linkedAt = async (bank: Bank, account: string) => (await aliasOf(bank, move.number, account)).body.linked;
      assert.equal(await linkedAt(move.old, move.from), ended !== "completed", ended);
      // What it has got, the next bank may have unlinked in the same moment.
      if (ended !== "completed") assert.equal(await linkedAt(move.next, move.to), false, ended);
      const acts = (await historyOf(rail, move.number)).filter((act) => act.startsWith("moved"));
      assert.equal(acts.length, ended === "completed" ? 1 : 0);
    }
});

test("an unpaid order of a phone that has moved fails its request, whoever completed the move", async () => {
  const move = await startMove(null);
  const payer = await rail.bank({ receiverSearch: false });
  const order = await orderByPhone(payer, move.number);
  await endHold(rail, move.number);
  assert.equal((await decide((await left(move))?.guid, "complete")).status, 200);
  const request = await eventually(async () => {
    const { body } = await payer.get(`/p2p/pay-requests/${order.pay_request_guid}`);
    return body.status === "failed" && body;
  }, "the request fails");
  assert.equal(request.reason, "ALIAS_CHANGED");
});
