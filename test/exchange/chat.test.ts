/** The chat of an order: numbers without a gap whoever writes, marks that count, an end, and lines that are hidden. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { attachmentsOf, disputed, linesOf, messagesOf, operatorCall, png, say, upload } from "../support/chats.ts";
import { deskOf, type Json, useMarket } from "../support/market.ts";
import {
  ACTIONS,
  act,
  assertDone,
  assertInvalid,
  assertRefused,
  type Status,
  tally,
  together,
  trade,
} from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const HOUR = 3_600_000;
/** Of three writers, as many as a chat takes of each, or nearly. */
const STORM = 2_700;
const WRITERS = 48;

/** A generator of its own, so that a failure can be had again. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

test("F13: thousands of lines by both sides and the operator on two nodes at once have no gap and one order", async (t) => {
  const { order, asBuyer, asSeller, asOperator, buyer, seller, operator } = await disputed(market);
  const random = randomFrom(20_260_101);
  const writers = [
    { call: asBuyer, sender: buyer, path: messagesOf(order) },
    { call: asSeller, sender: seller, path: messagesOf(order) },
    { call: asOperator, sender: deskOf(operator), path: `/operator/orders/${order.id}/messages` },
  ];
  const before = (await linesOf(asBuyer, order)).length;
  const started = performance.now();
  const told: { seq: number; message: string; sender: string }[] = [];
  let number = 0;
  await together(WRITERS, async () => {
    while (number < STORM) {
      const message = `line ${++number}`;
      const writer = writers[random(3)];
      assert.ok(writer);
      const reply = await writer.call("POST", writer.path, { message }, { node: random(2) });
      const line = assertDone(reply, 201);
      assert.deepEqual([line.message, line.sender], [message, writer.sender]);
      told.push(line);
    }
  });
  t.diagnostic(`${told.length} lines in ${Math.round(performance.now() - started)} ms`);
  told.sort((a, b) => a.seq - b.seq);
  assert.deepEqual(
    told.map(({ seq }) => seq),
    told.map((_, index) => before + index + 1),
  );
  const [mine, theirs] = [await linesOf(asBuyer, order, { node: 0 }), await linesOf(asSeller, order, { node: 1 })];
  const shape = (line: Json) => [line.seq, line.sender, line.kind, line.message];
  assert.deepEqual(mine.map(shape), theirs.map(shape));
  assert.deepEqual(
    mine.slice(before).map((line) => [line.seq, line.sender, line.message]),
    told.map((line) => [line.seq, line.sender, line.message]),
  );
  const kinds = new Map([
    [buyer, "user"],
    [seller, "user"],
    [deskOf(operator), "operator"],
  ]);
  for (const line of mine.slice(before)) assert.equal(line.kind, kinds.get(line.sender));
  // What is unread is what the others wrote, however the writes fell together.
  for (const [call, person] of [
    [asBuyer, buyer],
    [asSeller, seller],
  ] as const) {
    const lines = mine.filter(({ kind, sender }) => kind !== "system" && sender !== person).length;
    assert.equal(assertDone(await call("GET", `/p2p/orders/${order.id}`)).unread, lines);
  }
  await assert.rejects(
    market.sql(`insert into exchange.messages values (${order.id}, ${before + 1}, 'user', 'x', 'again', '{}', now())`),
    /messages_pkey/,
    "a number that is taken can be taken again",
  );
});

test("lines and status changes that come at once share one row of numbers", async () => {
  for (let round = 0; round < 10; round++) {
    const { order, asBuyer, asSeller } = await trade(market, { status: "paid_by_buyer" });
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) =>
        say(index % 2 === 0 ? asBuyer : asSeller, order, `line ${index}`, {}, { node: index % 2 }),
      ),
      act(asSeller, order, "confirm-received", {}, { node: round % 2 }),
    ]);
    const lines = await linesOf(asBuyer, order);
    assert.deepEqual(
      lines.map(({ seq }) => seq),
      Array.from({ length: 13 }, (_, index) => index + 1),
    );
    assert.equal(lines.filter(({ kind }) => kind === "system").length, 3);
  }
});

test("a repeated client_id is the same message, for one sender and one order, and with other words a mistake", async () => {
  const { order, asBuyer, asSeller } = await trade(market);
  const client_id = randomUUID();
  const first = assertDone(await say(asBuyer, order, "once", { client_id }), 201);
  for (const spelled of [client_id, client_id.toUpperCase()]) {
    const again = await say(asBuyer, order, "once", { client_id: spelled }, { node: 1 });
    assert.deepEqual(assertDone(again, 201), first);
  }
  assertRefused(await say(asBuyer, order, "other words", { client_id }), "IDEMPOTENCY_KEY_REUSED", { client_id });
  const file = assertDone(await upload(asBuyer, order, png()), 201);
  const shown = { client_id, attachment_ids: [file.id] };
  assertRefused(await say(asBuyer, order, "once", shown), "IDEMPOTENCY_KEY_REUSED");
  assert.equal(assertDone(await say(asSeller, order, "mine", { client_id }), 201).seq, first.seq + 1);
  const other = await trade(market);
  assert.equal(assertDone(await say(other.asBuyer, other.order, "there", { client_id }), 201).message, "there");
  assert.equal((await linesOf(asBuyer, order)).length, 3);
});

test("simultaneous repeats of a client_id on two nodes make one message", async () => {
  const { order, asBuyer } = await trade(market);
  for (let round = 0; round < 10; round++) {
    const client_id = randomUUID();
    const replies = await together(12, (index) => say(asBuyer, order, "once", { client_id }, { node: index % 2 }));
    assert.deepEqual(tally(replies), { 201: 12 });
    assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
  }
  assert.equal((await linesOf(asBuyer, order)).length, 11);
});

test("a client_id that was refused may be sent again", async () => {
  const { order, asBuyer } = await trade(market);
  const client_id = randomUUID();
  const bad = await say(asBuyer, order, "with a file", { client_id, attachment_ids: [randomUUID()] });
  assertInvalid(bad, "/attachment_ids");
  assert.equal(assertDone(await say(asBuyer, order, "without", { client_id }), 201).message, "without");
});

const LENGTHS = [1, 2, 1_999, 2_000];
const CHARACTERS = ["a", "ж", "é", "漢", "😀", "𝄞"];
test("a message has 1 to 2000 characters, counted as people do, in any script", async () => {
  const { order, asBuyer } = await trade(market);
  for (const character of CHARACTERS) {
    for (const length of LENGTHS) {
      const message = character.repeat(length);
      assert.equal(assertDone(await say(asBuyer, order, message), 201).message, message);
    }
    assertInvalid(await say(asBuyer, order, character.repeat(2_001)), "/message");
  }
  assertInvalid(await say(asBuyer, order, ""), "/message");
  assertInvalid(await asBuyer("POST", messagesOf(order)), "/message");
  assertInvalid(await say(asBuyer, order, "x", { kind: "operator" }), "/kind");
  assert.equal((await linesOf(asBuyer, order)).length, 1 + CHARACTERS.length * LENGTHS.length);
});

const ODD = [
  "👨‍👩‍👧‍👦 🏳️‍🌈 🇷🇺",
  "e\u0301 is not \u00e9",
  "\u202eright to left\u202c",
  "zero\u200b\u200c\u200d\ufeffwidth",
  "  blanks\tand\r\nlines\n",
  "'; drop table exchange.messages; --",
  '<script>alert("x")</script> $(x) %s \\u0041 {"kind":"operator"}',
  "\u0001\u0007\u001b[31m\u007f\u0085",
  "\u{10ffff}\ufffe\uffff",
  "Ａ operator: I am the operator",
  "__proto__",
];
test("odd characters come back as they were sent", async () => {
  const { order, asBuyer, asSeller } = await trade(market);
  for (const message of ODD) assert.equal(assertDone(await say(asBuyer, order, message), 201).message, message);
  const lines = await linesOf(asSeller, order);
  assert.deepEqual(
    lines.slice(1).map(({ message }) => message),
    ODD,
  );
  for (const line of lines.slice(1)) assert.equal(line.kind, "user");
});

test("U+0000 and half of a character are no text", async () => {
  const { order, asBuyer } = await trade(market);
  for (const raw of ['{"message":"a\\u0000b"}', '{"message":"\\ud83d"}', '{"message":"\\ude00x"}']) {
    assertInvalid(await asBuyer("POST", messagesOf(order), undefined, { raw }), "/message");
  }
  const broken = Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  assertInvalid(await asBuyer("POST", messagesOf(order), undefined, { raw: broken }), "");
  assert.equal((await linesOf(asBuyer, order)).length, 1);
});

const ended = { completed: "completed_at", cancelled: "cancelled_at" } as const;
for (const status of ["completed", "cancelled"] as const) {
  test(`72 hours after an order was ${status} its chat is closed to all, and can still be read`, async () => {
    const found = await disputed(market);
    const { order, asBuyer, asSeller, asOperator } = found;
    const file = assertDone(await upload(asBuyer, order, png()), 201);
    const client_id = randomUUID();
    assertDone(await say(asBuyer, order, "before", { client_id }), 201);
    assertDone(
      await (status === "completed" ? act(asSeller, order, "confirm-received") : act(asBuyer, order, "cancel")),
    );
    const end = (ms: number) =>
      market.sql(`update exchange.order_states set ${ended[status]} = now() - interval '${ms} milliseconds'
        where order_id = ${order.id}`);
    const [was] = await market.sql(
      `select ${ended[status]}::text as at from exchange.order_states where order_id = ${order.id}`,
    );
    await end(72 * HOUR - 60_000);
    const actions = async () => assertDone(await asBuyer("GET", `/p2p/orders/${order.id}`)).allowed_actions;
    assert.ok((await actions()).includes("message"));
    assertDone(await say(asBuyer, order, "in the last minute"), 201);
    assertDone(await operatorCall(asOperator, order, "messages", { message: "me too" }), 201);
    assertRefused(await upload(asBuyer, order, png("late")), "INVALID_ORDER_STATUS", { status });
    await end(72 * HOUR);
    assert.ok(!(await actions()).includes("message"));
    const before = await linesOf(asBuyer, order);
    for (const call of [asBuyer, asSeller]) assertRefused(await say(call, order, "too late"), "CHAT_CLOSED");
    assertRefused(await operatorCall(asOperator, order, "messages", { message: "too late" }), "CHAT_CLOSED");
    assertRefused(await upload(asBuyer, order, png("too late")), "INVALID_ORDER_STATUS", { status });
    // The repeat of what was said in time is what it was.
    assert.equal(assertDone(await say(asBuyer, order, "before", { client_id }), 201).message, "before");
    assert.deepEqual(await linesOf(asBuyer, order), before);
    assertDone(await asSeller("POST", `${messagesOf(order)}/read`, { up_to_seq: before.length }));
    assertDone(await asSeller("GET", `${attachmentsOf(order)}/${file.id}`));
    // The audit knows on which day it was.
    await market.sql(`update exchange.order_states set ${ended[status]} = '${was?.at}' where order_id = ${order.id}`);
  });
}

test("an order that has not ended keeps its chat open however old it is", async () => {
  for (const status of ["pending", "paid_by_buyer", "disputed"] as const satisfies readonly Status[]) {
    const { order, asBuyer } = await trade(market, { status });
    await market.sql(`update exchange.order_states set paid_at = paid_at - interval '90 days',
      disputed_at = disputed_at - interval '90 days' where order_id = ${order.id}`);
    assertDone(await say(asBuyer, order, "still here"), 201);
  }
});

test("pages of a chat go by limit, offset and after_seq, oldest first, with last_seq always", async () => {
  const { order, asBuyer, asSeller } = await trade(market);
  for (let index = 2; index <= 60; index++) assertDone(await say(asBuyer, order, `line ${index}`), 201);
  const page = async (query: string) => {
    const { items, next, ...rest } = assertDone(await asSeller("GET", `${messagesOf(order)}${query}`));
    assert.equal(typeof next === "string", rest.has_more);
    return { seqs: items.map(({ seq }: Json) => seq), ...rest };
  };
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const last_seq = 60;
  assert.deepEqual(await page(""), { seqs: range(1, 50), limit: 50, offset: 0, has_more: true, last_seq });
  assert.deepEqual(await page("?limit=10&offset=5"), {
    seqs: range(6, 15),
    limit: 10,
    offset: 5,
    has_more: true,
    last_seq,
  });
  assert.deepEqual(await page("?limit=10&offset=50"), {
    seqs: range(51, 60),
    limit: 10,
    offset: 50,
    has_more: false,
    last_seq,
  });
  assert.deepEqual(await page("?offset=60"), { seqs: [], limit: 50, offset: 60, has_more: false, last_seq });
  assert.deepEqual(await page("?after_seq=57"), {
    seqs: range(58, 60),
    limit: 50,
    offset: 0,
    has_more: false,
    last_seq,
  });
  assert.deepEqual(await page("?after_seq=0&limit=1"), { seqs: [1], limit: 1, offset: 0, has_more: true, last_seq });
  assert.deepEqual(await page("?after_seq=10&limit=2&offset=3"), {
    seqs: [14, 15],
    limit: 2,
    offset: 3,
    has_more: true,
    last_seq,
  });
  assert.deepEqual(await page("?after_seq=60"), { seqs: [], limit: 50, offset: 0, has_more: false, last_seq });
  assert.deepEqual((await page("?limit=100")).seqs, range(1, 60));
  for (const [query, pointer] of [
    ["limit=0", "/limit"],
    ["limit=101", "/limit"],
    ["limit=x", "/limit"],
    ["offset=-1", "/offset"],
    ["offset=10001", "/offset"],
    ["after_seq=-1", "/after_seq"],
    ["after_seq=1.5", "/after_seq"],
    ["before_seq=0", "/before_seq"],
    ["before_seq=2147483648", "/before_seq"],
  ] as const) {
    assertInvalid(await asSeller("GET", `${messagesOf(order)}?${query}`), pointer);
  }
});

test("before_seq asks for the last lines first, each page oldest first, and its cursors lead back to the first", async () => {
  const { order, asBuyer, asSeller } = await trade(market);
  for (let index = 2; index <= 12; index++) assertDone(await say(asBuyer, order, `line ${index}`), 201);
  const page = async (query: string) => {
    const { items, ...rest } = assertDone(await asSeller("GET", `${messagesOf(order)}?${query}`));
    return { seqs: items.map(({ seq }: Json) => seq), ...rest };
  };
  const last = await page("before_seq=2147483647&limit=5");
  assert.deepEqual([last.seqs, last.has_more, last.last_seq], [[8, 9, 10, 11, 12], true, 12]);
  // What comes meanwhile shifts nothing, with before_seq beside the cursor or without it.
  assertDone(await say(asSeller, order, "meanwhile"), 201);
  for (const query of [`cursor=${last.next}`, `before_seq=2147483647&cursor=${last.next}`]) {
    const before = await page(`${query}&limit=5`);
    assert.deepEqual([before.seqs, before.has_more], [[3, 4, 5, 6, 7], true]);
    const first = await page(`cursor=${before.next}&limit=5`);
    assert.deepEqual([first.seqs, first.has_more, first.next], [[1, 2], false, null]);
  }
  assert.deepEqual((await page("before_seq=4")).seqs, [1, 2, 3]);
  assert.deepEqual((await page("before_seq=13&offset=2&limit=3")).seqs, [8, 9, 10]);
  assert.deepEqual((await page("after_seq=9&before_seq=12")).seqs, [10, 11]);
  assert.deepEqual((await page("after_seq=9&before_seq=3")).seqs, []);
  assert.deepEqual((await page("before_seq=1")).seqs, []);
  // A cursor that no page gave out names a place beyond all lines, at worst.
  const beyond = Buffer.from("0.999999999999999").toString("base64url");
  assert.deepEqual((await page(`cursor=${beyond}`)).seqs, []);
});

test("a client_id is shown to its sender, in the answer and in the chat, and to nobody else", async () => {
  const { order, asBuyer, asSeller, asOperator } = await disputed(market);
  const [mine, theirs, operators] = [randomUUID(), randomUUID().toUpperCase(), randomUUID()];
  assert.equal(assertDone(await say(asBuyer, order, "mine", { client_id: mine }), 201).client_id, mine);
  assert.equal(assertDone(await say(asSeller, order, "theirs", { client_id: theirs }), 201).client_id, theirs);
  const told = await operatorCall(asOperator, order, "messages", { message: "hello", client_id: operators });
  assert.equal(assertDone(told, 201).client_id, operators);
  assert.equal(assertDone(await say(asBuyer, order, "without"), 201).client_id, null);
  const shown = async (call: typeof asBuyer) =>
    (await linesOf(call, order)).slice(-4).map(({ client_id }) => client_id);
  assert.deepEqual(await shown(asBuyer), [mine, null, null, null]);
  assert.deepEqual(await shown(asSeller), [null, theirs, null, null]);
  for (const [call, id] of [
    [asBuyer, theirs],
    [asSeller, mine],
  ] as const) {
    for (const path of [messagesOf(order), "/p2p/sessions", `/p2p/orders/${order.id}/dossier`])
      assert.ok(!(await call("GET", path)).text.includes(id), path);
  }
});

test("a line of the system's own cannot be hidden", async () => {
  const { order, asOperator, asBuyer } = await disputed(market);
  const before = await linesOf(asBuyer, order);
  for (const { seq } of before)
    assertInvalid(await operatorCall(asOperator, order, `messages/${seq}/hide`, { reason: "spite" }), "/seq");
  assert.deepEqual(await linesOf(asBuyer, order), before);
});

test("unread counts the others' user and operator lines, and only marks make it less", async () => {
  const { order, asBuyer, asSeller, asOperator } = await disputed(market);
  const unread = async (call = asSeller) => {
    const fromOrder = assertDone(await call("GET", `/p2p/orders/${order.id}`)).unread;
    const session = assertDone(await call("GET", "/p2p/sessions")).items.find(
      (item: Json) => item.order.id === order.id,
    );
    assert.deepEqual([session.unread, session.order.unread], [fromOrder, fromOrder]);
    return fromOrder;
  };
  const mark = (up_to_seq: number, call = asSeller) => call("POST", `${messagesOf(order)}/read`, { up_to_seq });
  // Three system lines are there.
  assert.equal(await unread(), 0);
  for (const call of [asBuyer, asSeller, asBuyer]) assertDone(await say(call, order, "hello"), 201); // 4, 5, 6
  assertDone(await operatorCall(asOperator, order, "messages", { message: "hello" }), 201); // 7
  assertDone(await say(asBuyer, order, "hello"), 201); // 8
  assert.equal(await unread(), 4);
  assert.equal(await unread(asBuyer), 2);
  await linesOf(asSeller, order);
  assert.equal(await unread(), 4, "reading alone marks nothing");
  assert.deepEqual(assertDone(await mark(3)), { up_to_seq: 3, unread: 4 });
  assert.deepEqual(assertDone(await mark(5)), { up_to_seq: 5, unread: 3 });
  assert.deepEqual(assertDone(await mark(7)), { up_to_seq: 7, unread: 1 });
  // A mark never goes back.
  assert.deepEqual(assertDone(await mark(4)), { up_to_seq: 7, unread: 1 });
  assert.equal(await unread(), 1);
  assertInvalid(await mark(9), "/up_to_seq");
  assertInvalid(await mark(0), "/up_to_seq");
  assert.equal(await unread(), 1);
  const lines = await linesOf(asBuyer, order);
  // Each line is read when somebody else than its sender marked it.
  assert.deepEqual(
    lines.map((line) => line.read_at !== null),
    [true, true, true, true, false, true, true, false],
  );
  assert.deepEqual(assertDone(await mark(8)), { up_to_seq: 8, unread: 0 });
  assertDone(await say(asBuyer, order, "one more"), 201);
  assert.equal(await unread(), 1);
  assert.equal(await unread(asBuyer), 2, "one side's marks are not the other's");
});

test("marks that come together, in whatever order, leave the furthest", async () => {
  const { order, asBuyer, asSeller } = await trade(market);
  for (let index = 0; index < 20; index++) assertDone(await say(asBuyer, order, "hello"), 201);
  const replies = await together(20, (index) =>
    asSeller("POST", `${messagesOf(order)}/read`, { up_to_seq: 21 - index }, { node: index % 2 }),
  );
  assert.deepEqual(tally(replies), { 200: 20 });
  assert.equal(assertDone(await asSeller("GET", `/p2p/orders/${order.id}`)).unread, 0);
  assert.ok((await linesOf(asBuyer, order)).every(({ read_at }) => read_at !== null));
});

test("sessions are one's orders, newest activity first, with their last line and the other side", async () => {
  const old = await trade(market, { status: "completed" });
  const { seller, asSeller, asBuyer, buyer } = old;
  const other = await trade(market);
  const next = assertDone(await market.as(other.buyer)("POST", `/p2p/orders/${other.order.id}/cancel`));
  assert.equal(next.status, "cancelled");
  const second = assertDone(
    await market.as(other.buyer)("POST", "/p2p/orders", {
      ad_id: old.ad.id,
      usdt_amount: 100_000,
      payment_method: "card",
    }),
    201,
  );
  const sessions = async (query = "") => assertDone(await asSeller("GET", `/p2p/sessions${query}`));
  const ids = (page: Json) => page.items.map((item: Json) => item.order.id);
  assert.deepEqual(ids(await sessions()), [second.id, old.order.id]);
  assertDone(await say(asBuyer, old.order, "thank you"), 201);
  const page = await sessions();
  assert.deepEqual(ids(page), [old.order.id, second.id], "an ended order moves up when somebody writes");
  assert.equal(page.items[0].last_message.message, "thank you");
  assert.equal(page.items[0].counterparty.id, buyer);
  assert.equal(page.items[0].order.role, "seller");
  assert.equal(page.items[0].unread, 1);
  assert.equal(page.items[1].counterparty.id, other.buyer);
  assert.equal(page.items[1].last_message.kind, "system");
  assert.deepEqual(ids(await sessions("?limit=1")), [old.order.id]);
  assert.equal((await sessions("?limit=1")).has_more, true);
  assert.deepEqual(ids(await sessions("?limit=1&offset=1")), [second.id]);
  assert.deepEqual(ids(assertDone(await market.as(seller)("GET", "/p2p/sessions?offset=2"))), []);
});

test("every status change has its system line, in the same transaction", async () => {
  const found = [
    await trade(market, { status: "pending" }),
    await trade(market, { status: "completed" }),
    await trade(market, { status: "cancelled" }),
    await trade(market, { status: "disputed", type: "buy" }),
  ];
  for (const { order, asBuyer } of found) {
    const history = await market.sql(`select h.seq, h.action, h.status, h.outcome, h.at
      from exchange.order_history h where h.order_id = ${order.id} order by h.change`);
    const lines = await linesOf(asBuyer, order);
    assert.deepEqual(
      lines.map(({ seq, event, created_at }) => ({ seq, ...event, at: new Date(created_at) })),
      history,
    );
    for (const line of lines) {
      assert.deepEqual([line.kind, line.sender], ["system", null]);
      assert.ok(line.message.length > 0);
    }
  }
});

test("what is refused writes no line", async () => {
  const { order, asBuyer, asSeller } = await trade(market, { status: "completed" });
  const before = await linesOf(asBuyer, order);
  for (const call of [asBuyer, asSeller]) {
    for (const action of ACTIONS) assert.ok((await act(call, order, action)).status >= 400);
  }
  assert.deepEqual(await linesOf(asBuyer, order), before);
});

test("users edit and delete nothing", async () => {
  const { order, asBuyer } = await trade(market);
  assertDone(await say(asBuyer, order, "said"), 201);
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    assert.ok([404, 405].includes((await asBuyer(method, `${messagesOf(order)}/2`)).status));
  }
  assertRefused(await asBuyer("POST", `/operator/orders/${order.id}/messages/2/hide`, { reason: "x" }), "FORBIDDEN");
  assert.equal((await linesOf(asBuyer, order))[1]?.message, "said");
});

test("a hidden line leaves a placeholder for both sides, in chat and sessions, and its files cannot be had", async () => {
  const { order, asBuyer, asSeller, asOperator } = await disputed(market);
  const file = assertDone(await upload(asBuyer, order, png("an insult in a picture")), 201);
  const kept = assertDone(await upload(asBuyer, order, png("a receipt")), 201);
  const client_id = randomUUID();
  const said = assertDone(await say(asBuyer, order, "an insult", { client_id, attachment_ids: [file.id] }), 201);
  const hide = (seq: number, body: object = { reason: "abuse" }) =>
    operatorCall(asOperator, order, `messages/${seq}/hide`, body);
  assertInvalid(await hide(said.seq, {}), "/reason");
  assertInvalid(await hide(said.seq + 1), "/seq");
  assert.equal((await hide(said.seq)).status, 204);
  assert.equal((await hide(said.seq)).status, 204, "hiding twice is hiding once");
  for (const call of [asBuyer, asSeller]) {
    const line = (await linesOf(call, order)).at(-1);
    assert.deepEqual([line.seq, line.kind, line.hidden, line.attachments], [said.seq, "user", true, []]);
    assert.notEqual(line.message, "an insult");
    const sessions = assertDone(await call("GET", "/p2p/sessions"));
    assert.equal(sessions.items[0].last_message.hidden, true);
    for (const path of [messagesOf(order), "/p2p/sessions"]) {
      assert.ok(!(await call("GET", path)).text.includes("an insult"), path);
    }
    assertRefused(await call("GET", `${attachmentsOf(order)}/${file.id}`), "NOT_FOUND");
    assertDone(await call("GET", `${attachmentsOf(order)}/${kept.id}`));
  }
  assertDone(await asOperator("GET", `${attachmentsOf(order)}/${file.id}`));
  assert.equal(assertDone(await say(asSeller, order, "go on"), 201).seq, said.seq + 1);
  const acts = await market.sql(
    `select details from exchange.operator_acts where order_id = ${order.id} and act = 'hide_message'`,
  );
  assert.deepEqual(acts, [{ details: { seq: said.seq, reason: "abuse" } }]);
});
