/** A phone is one account's at a time: who may link it, who gets to know, and how it goes from bank to bank. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { mock, test } from "node:test";
import {
  aliasOf,
  assertLinked,
  assertRefused,
  CONSENT,
  endHold,
  HOLD,
  hashesOf,
  historyOf,
  link,
  orderByPhone,
  orderThatIs,
  phoneRow,
  readOrder,
  toldTo,
  unlink,
} from "../support/aliases.ts";
import { type Bank, eventually, ibanOf, phone, startRail, useRail } from "../support/rail.ts";

const FIXTURE = "UA41003506518366713636167";

const rail = useRail({ nodes: 2, railSettings: { aliasMoveHoldMs: { sandbox: 0, production: HOLD } } });

/** The move that waits for a phone. */
const waitingMove = async (number: string) =>
  (
    await rail.sql(`select until::text, to_account from rail.alias_moves
      where ended_at is null and phone_hash in (${hashesOf(rail, number)})`)
  )[0];

test("a wrong member of a link is refused by its own code, in one order of checks", async () => {
  const bank = await rail.bank();
  const other = await rail.bank();
  const good = { phone: phone(), account: bank.iban(), linked: true, consent: CONSENT };
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([member]) => member !== name));
  const badPhones = [
    "",
    "380501234567",
    "+38050123456",
    "+3805012345678",
    "+480501234567",
    "+38050123456a",
    "+380501234567\n",
  ];
  const badAccounts = [
    "",
    "UA",
    other.iban(),
    good.account.toLowerCase(),
    `${good.account}0`,
    "DE89370400440532013000",
  ];
  const cases: readonly (readonly [object, string, string])[] = [
    [{ ...good, phone: 380501234567, account: 1 }, "INVALID_REQUEST", "phone"],
    [{ ...good, account: null, phone: "x" }, "INVALID_REQUEST", "account"],
    [{ ...good, linked: "true", phone: "x" }, "INVALID_REQUEST", "linked"],
    [{ ...good, linked: null }, "INVALID_REQUEST", "linked"],
    [{ ...without("linked"), phone: "x" }, "INVALID_REQUEST", "linked"],
    [{ ...good, consent: "yes", phone: "x" }, "INVALID_REQUEST", "consent"],
    [{ ...good, consent: null }, "INVALID_REQUEST", "consent"],
    [{ ...good, consent: [] }, "INVALID_REQUEST", "consent"],
    [{ ...good, consent: { ...CONSENT, method: 1 }, phone: "x" }, "INVALID_REQUEST", "consent.method"],
    [{ ...good, consent: { ...CONSENT, reference: 17 } }, "INVALID_REQUEST", "consent.reference"],
    [{ ...without("phone"), account: "x" }, "INVALID_CREDITOR_PHONE", "phone"],
    ...badPhones.map((bad) => [{ ...good, phone: bad, account: "x" }, "INVALID_CREDITOR_PHONE", "phone"] as const),
    [{ ...without("account"), consent: {} }, "INVALID_CREDITOR_ACCOUNT", "account"],
    ...badAccounts.map(
      (bad) => [{ ...good, account: bad, consent: {} }, "INVALID_CREDITOR_ACCOUNT", "account"] as const,
    ),
    [without("consent"), "INVALID_REQUEST", "consent"],
    [{ ...good, consent: {} }, "INVALID_REQUEST", "consent.method"],
    [{ ...good, consent: { ...CONSENT, method: "sms" } }, "INVALID_REQUEST", "consent.method"],
    [{ ...good, consent: { ...CONSENT, at: "yesterday" } }, "INVALID_REQUEST", "consent.at"],
    [{ ...good, consent: { ...CONSENT, reference: "" } }, "INVALID_REQUEST", "consent.reference"],
    [{ ...good, consent: { ...CONSENT, reference: "a\u0007b" } }, "INVALID_REQUEST", "consent.reference"],
    [{ ...good, consent: { ...CONSENT, reference: "x".repeat(257) } }, "INVALID_REQUEST", "consent.reference"],
    [{ ...good, linked: false, consent: {} }, "INVALID_REQUEST", "consent.method"],
  ];
  for (const [payload, code, field] of cases) {
    assertRefused(await bank.put("/p2p/alias", payload), 400, code, field);
  }
  assert.equal(await phoneRow(rail, good.phone), undefined);
  assertLinked(await bank.put("/p2p/alias", { ...good, extra: { of: ["their", "signer"] } }), true);
  assertLinked(await bank.put("/p2p/alias", { ...good, linked: false, consent: undefined }), false);
});

test("only a signed body changes an alias", async () => {
  const bank = await rail.bank();
  const path = "/p2p/alias";
  const number = phone();
  const unsigned = JSON.stringify({ phone: number, account: bank.iban(), linked: true, consent: CONSENT });
  const options = { raw: unsigned, contentType: "application/json" };
  assertRefused(await bank.put(path, {}, options), 400, "INVALID_REQUEST");
  assertRefused(await bank.put(path, {}, { ...options, header: false }), 401, "AUTHORIZATION_FAILED");
  assertRefused(await rail.stranger("GET", `${path}?phone=%2B380501234567&account=x`), 401, "AUTHORIZATION_FAILED");
  assert.equal(await phoneRow(rail, number), undefined);
});

test("an alias is linked, read, moved to another account of the bank, and unlinked, with its history", async () => {
  const bank = await rail.bank({ name: "Own" });
  const [number, first, second] = [phone(), bank.iban(), bank.iban()];
  assertLinked(await aliasOf(bank, number, first), false);
  assertLinked(await unlink(bank, number, first), false);
  assertLinked(await link(bank, number, first), true);
  assertLinked(await link(bank, number, first), true);
  assertLinked(await aliasOf(bank, number, first), true);
  assertLinked(await aliasOf(bank, number, second), false);
  assertLinked(await unlink(bank, number, second), false);
  assertLinked(await aliasOf(bank, number, first), true);
  assertLinked(await link(bank, number, second), true);
  assertLinked(await aliasOf(bank, number, first), false);
  assertLinked(await unlink(bank, number, second), false);
  assertLinked(await unlink(bank, number, second), false);
  assertLinked(await aliasOf(bank, number, second), false);
  assert.deepEqual(await historyOf(rail, number), ["linked Own", "linked Own", "unlinked Own"]);
  const [kept] = await rail.sql(
    `select consent from rail.alias_history where phone_hash in (${hashesOf(rail, number)}) limit 1`,
  );
  assert.equal(kept.consent.method, "otp");
  assert.equal(kept.consent.at, new Date(CONSENT.at).toISOString());
  const [node] = rail.nodes;
  assert.equal(node?.rail.phones.open(bank.guid, kept.consent.reference), CONSENT.reference);
  assert.deepEqual(await toldTo(rail, bank, "alias_updated"), []);
});

test("a bank asks for its own accounts only, and for a phone never alone", async () => {
  const [bank, other] = [await rail.bank(), await rail.bank()];
  const [number, account] = [phone(), bank.iban()];
  assertLinked(await link(bank, number, account), true);
  const escaped = encodeURIComponent(number);
  assertLinked(await bank.get(`/p2p/alias?phone=${number}&account=${account}`), true);
  assertRefused(await aliasOf(other, number, account), 400, "INVALID_CREDITOR_ACCOUNT", "account");
  assertRefused(await aliasOf(other, phone(), ibanOf("999999")), 400, "INVALID_CREDITOR_ACCOUNT", "account");
  assertLinked(await aliasOf(other, number, other.iban()), false);
  const refused = [
    [`phone=${escaped}`, "INVALID_CREDITOR_ACCOUNT", "account"],
    [`phone=${escaped}&account=`, "INVALID_CREDITOR_ACCOUNT", "account"],
    [`phone=${escaped}&account=${account}&account=${account}`, "INVALID_CREDITOR_ACCOUNT", "account"],
    [`account=${account}`, "INVALID_CREDITOR_PHONE", "phone"],
    [`phone=${escaped}&phone=${escaped}&account=${account}`, "INVALID_CREDITOR_PHONE", "phone"],
    [`phone=++380501234567&account=${account}`, "INVALID_CREDITOR_PHONE", "phone"],
    ["", "INVALID_CREDITOR_PHONE", "phone"],
  ] as const;
  for (const [query, code, field] of refused) assertRefused(await bank.get(`/p2p/alias?${query}`), 400, code, field);
});

test("where nothing waits the last link wins at once, and the bank that had the phone is told", async () => {
  const [old, next] = [await rail.bank({ name: "Old" }), await rail.bank({ name: "Next" })];
  const [number, from, to] = [phone(), old.iban(), next.iban()];
  assertLinked(await link(old, number, from), true);
  assertLinked(await unlink(next, number, to), false);
  assertLinked(await link(next, number, to), true);
  assertLinked(await aliasOf(old, number, from), false);
  assertLinked(await aliasOf(next, number, to), true);
  assertLinked(await unlink(old, number, from), false);
  assertLinked(await aliasOf(next, number, to), true);
  const [told, ...further] = await toldTo(rail, old, "alias_updated");
  assert.equal(told.linked, false);
  assert.equal(told.moves_at, undefined);
  assert.deepEqual(further, []);
  assert.deepEqual(await toldTo(rail, next, "alias_updated"), []);
  assert.deepEqual(await historyOf(rail, number), ["linked Old", "moved Next"]);
});

type Move = {
  readonly old: Bank;
  readonly next: Bank;
  readonly number: string;
  readonly from: string;
  readonly to: string;
};

/** A phone in production that another bank wants: the move waits. */
const withMove = async (run: (move: Move) => Promise<void>): Promise<void> => {
  const mode = "production";
  const [old, next] = [await rail.bank({ name: "Old", mode }), await rail.bank({ name: "Next", mode })];
  const [number, from, to] = [phone(), old.iban(), next.iban()];
  assertLinked(await link(old, number, from), true);
  const before = Date.now();
  assertLinked(await link(next, number, to), false);
  const [told, ...further] = await toldTo(rail, old, "alias_updated");
  assert.deepEqual(further, []);
  assert.equal(told.linked, true);
  assert.ok(told.moves_at >= before + HOLD - 1_000 && told.moves_at <= Date.now() + HOLD + 1_000);
  assertLinked(await aliasOf(old, number, from), true);
  assertLinked(await aliasOf(next, number, to), false);
  await run({ old, next, number, from, to });
};

/** What a bank was told beyond the announcement of the move. */
const linkedTold = async (bank: Bank) =>
  (await toldTo(rail, bank, "alias_updated")).map(({ linked, moves_at }) =>
    moves_at === undefined ? linked : "moves",
  );

test("a move that nobody objects to is made when its hold is over, once, and both banks are told", () =>
  withMove(async ({ old, next, number, from, to }) => {
    assertLinked(await link(next, number, to), false);
    assert.deepEqual(await historyOf(rail, number), ["linked Old", "held Next"]);
    const order = await orderByPhone(old, number);
    assert.equal(order.status, "processing");
    await endHold(rail, number, { heard: true });
    await eventually(async () => (await aliasOf(next, number, to)).body.linked, "the move");
    assertLinked(await aliasOf(old, number, from), false);
    assert.deepEqual(await historyOf(rail, number), ["linked Old", "held Next", "moved Next"]);
    assert.deepEqual(await linkedTold(old), ["moves", false]);
    assert.deepEqual(await linkedTold(next), [true]);
    assert.equal(await waitingMove(number), undefined);
  }));

test("the present bank objects by linking the phone again, and the move is off", () =>
  withMove(async ({ old, next, number, from, to }) => {
    assertLinked(await link(old, number, from), true);
    assertLinked(await link(old, number, from), true);
    assert.deepEqual(await historyOf(rail, number), ["linked Old", "held Next", "objected Old"]);
    assert.deepEqual(await linkedTold(next), [false]);
    await endHold(rail, number, { heard: true });
    assertLinked(await aliasOf(old, number, from), true);
    // It may be tried again.
    assertLinked(await link(next, number, to), false);
    assert.deepEqual(await linkedTold(old), ["moves", "moves"]);
  }));

test("an objection may name another account", () =>
  withMove(async ({ old, next, number, from }) => {
    const other = old.iban();
    assertLinked(await link(old, number, other), true);
    assertLinked(await aliasOf(old, number, from), false);
    assertLinked(await aliasOf(old, number, other), true);
    assert.deepEqual(await historyOf(rail, number), ["linked Old", "held Next", "objected Old", "linked Old"]);
    assert.deepEqual(await linkedTold(next), [false]);
  }));

test("who wanted a phone may do without it, and the present bank is told that it stays", () =>
  withMove(async ({ old, next, number, from, to }) => {
    assertLinked(await unlink(next, number, next.iban()), false);
    assert.deepEqual(await linkedTold(old), ["moves"]);
    assertLinked(await unlink(next, number, to), false);
    assertLinked(await unlink(next, number, to), false);
    assert.deepEqual(await historyOf(rail, number), ["linked Old", "held Next", "withdrawn Next"]);
    assert.deepEqual(await linkedTold(old), ["moves", true]);
    assertLinked(await aliasOf(old, number, from), true);
    assert.equal(await waitingMove(number), undefined);
  }));

test("a bank that gives the phone up while it is wanted lets it go at once", () =>
  withMove(async ({ old, next, number, from, to }) => {
    assertLinked(await unlink(old, number, from), false);
    assertLinked(await aliasOf(next, number, to), true);
    assert.deepEqual(await historyOf(rail, number), ["linked Old", "held Next", "unlinked Old", "moved Next"]);
    assert.deepEqual(await linkedTold(next), [true]);
  }));

test("another account does not begin the hold again, and a third bank takes the place of the second", () =>
  withMove(async ({ old, next, number, to }) => {
    const until = async () => {
      const { until: at, to_account } = (await waitingMove(number)) ?? assert.fail("nothing waits");
      return { at, to_account };
    };
    const first = await until();
    const account = next.iban();
    assertLinked(await link(next, number, account), false);
    assert.deepEqual(await until(), { at: first.at, to_account: account });
    assert.notEqual(account, to);
    const third = await rail.bank({ name: "Third", mode: "production" });
    const wanted = third.iban();
    assertLinked(await link(third, number, wanted), false);
    assert.equal((await until()).to_account, wanted);
    assert.deepEqual(await linkedTold(next), [false]);
    assert.deepEqual(await linkedTold(old), ["moves", "moves"]);
    await endHold(rail, number, { heard: true });
    await eventually(async () => (await aliasOf(third, number, wanted)).body.linked, "the move");
    assert.deepEqual(await historyOf(rail, number), [
      "linked Old",
      "held Next",
      "held Next",
      "held Third",
      "moved Third",
    ]);
  }));

test("sandbox and production have the same phone twice and never meet", async () => {
  const codes = ["305299"];
  const play = await rail.bank({ name: "Play", codes });
  const real = await rail.bank({ name: "Real", codes, mode: "production" });
  const [number, account] = [phone(), play.iban()];
  assertLinked(await link(play, number, account), true);
  assertLinked(await aliasOf(real, number, account), false);
  assert.equal((await orderByPhone(real, number)).status, "rejected");
  assertLinked(await link(real, number, account), true);
  assertLinked(await unlink(play, number, account), false);
  assertLinked(await aliasOf(real, number, account), true);
  assert.deepEqual(await toldTo(rail, play, "alias_updated"), []);
  const rows = await rail.sql(`select from rail.phones where hash in (${hashesOf(rail, number)})`);
  assert.equal(rows.length, 2);
  assertLinked(await link(play, number, FIXTURE), true);
  assertRefused(await link(real, number, FIXTURE), 400, "INVALID_CREDITOR_ACCOUNT", "account");
});

test("a link settles the orders that wait for the phone, without waiting for the clock", async () => {
  const [payer, asked, other] = [
    await rail.bank(),
    await rail.bank({ callbackUrl: "http://127.0.0.1:9/" }),
    await rail.bank({ receiverSearch: false }),
  ];
  const [number, account] = [phone(), other.iban()];
  const waiting = [await orderByPhone(payer, number), await orderByPhone(payer, number)];
  const elsewhere = await orderByPhone(payer, phone());
  assert.deepEqual(
    waiting.map(({ status }) => status),
    ["pending", "pending"],
  );
  assertLinked(await link(other, number, account), true);
  for (const { guid } of waiting) await orderThatIs(payer, guid, "processing");
  assert.equal((await readOrder(payer, elsewhere.guid)).status, "pending");
  const states = await rail.sql(
    `select creditor_account from rail.order_states where phone_hash in (${hashesOf(rail, number)})`,
  );
  assert.deepEqual(
    states.map(({ creditor_account }) => creditor_account),
    [account, account],
  );
  assert.equal((await toldTo(rail, asked, "link_cancelled")).length, 1, "two orders, one search");
  await eventually(
    async () => (await rail.sql("select from rail.phone_changes")).length === 0,
    "nothing left to follow",
  );
});

test("a link elsewhere fails what counts on the account that the phone had", async () => {
  const [payer, old, next] = [await rail.bank(), await rail.bank(), await rail.bank()];
  const [number, from, to] = [phone(), old.iban(), next.iban()];
  assertLinked(await link(old, number, from), true);
  const order = await orderByPhone(payer, number);
  const requestOf = async () => (await payer.get(`/p2p/pay-requests/${order.pay_request_guid}`)).body;
  assert.equal((await requestOf()).status, "completed");
  assertLinked(await link(next, number, to), true);
  const failed = await eventually(async () => {
    const request = await requestOf();
    return request.status === "failed" ? request : undefined;
  }, "a failed request");
  assert.equal(failed.reason, "ALIAS_CHANGED");
  assert.equal((await readOrder(payer, order.guid)).status, "processing");
  const again = await orderByPhone(payer, number);
  assert.equal((await payer.get(`/p2p/pay-requests/${again.pay_request_guid}`)).body.creditor.account, to);
});

test("an Idempotency-Key gives the first answer again, whatever became of the phone", async () => {
  const bank = await rail.bank();
  const [number, account, key] = [phone(), bank.iban(), randomUUID()];
  assertLinked(await link(bank, number, account, { key }), true);
  assertLinked(await unlink(bank, number, account), false);
  const again = await link(bank, number, account, { key });
  assertLinked(again, true);
  assert.equal(again.headers["idempotent-replay"], "true");
  assertLinked(await aliasOf(bank, number, account), false);
  assertRefused(await link(bank, number, bank.iban(), { key }), 422, "IDEMPOTENCY_KEY_REUSED");
  const signed = await bank.sign("PUT", "/p2p/alias", { phone: number, account, linked: true, consent: CONSENT });
  assertLinked(await bank.send(signed), true);
  assertRefused(await bank.send(signed), 401, "AUTHORIZATION_FAILED");
});

test("banks that link one phone at once on two nodes leave one alias, and each loser is told", async () => {
  const banks = await Promise.all(["A", "B", "C", "D"].map((name) => rail.bank({ name })));
  await Promise.all(rail.nodes.map((node) => node.rail.directory.refresh()));
  const number = phone();
  const accounts = banks.map((bank) => bank.iban());
  const replies = await Promise.all(
    banks.flatMap((bank, index) =>
      [0, 1, 0, 1].map((node) => link(bank, number, accounts[index] ?? "", { node, header: true })),
    ),
  );
  const busy = replies.filter(({ status }) => status === 503);
  for (const reply of replies) if (!busy.includes(reply)) assertLinked(reply, true);
  const linked = await Promise.all(banks.map((bank, index) => aliasOf(bank, number, accounts[index] ?? "")));
  assert.equal(linked.filter(({ body }) => body.linked).length, 1);
  const history = await historyOf(rail, number);
  const told = await Promise.all(banks.map((bank) => toldTo(rail, bank, "alias_updated")));
  assert.equal(told.flat().length, history.filter((act) => act.startsWith("moved")).length);
});

test("a phone is in the clear in no table", async () => {
  const [payer, asked, old] = [
    await rail.bank(),
    await rail.bank({ callbackUrl: "http://127.0.0.1:9/" }),
    await rail.bank({ profile: "compat", alg: "RS256" }),
  ];
  const number = phone();
  const national = number.slice("+380".length);
  const spaced = `${number.slice(0, 6)} ${number.slice(6)}`;
  await orderByPhone(payer, number);
  for (const reference of [`otp to ${number}`, spaced]) {
    const consent = { ...CONSENT, reference };
    const key = randomUUID();
    assertLinked(
      await old.put("/p2p/alias", { phone: number, account: old.iban(), linked: true, consent }, { key }),
      true,
    );
  }
  assertLinked(await link(asked, number, asked.iban()), true);
  await aliasOf(asked, number, asked.iban());
  await orderByPhone(payer, number);
  const tables = await rail.sql(
    "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema in ('rail', 'deliveries', 'exchange', 'public')",
  );
  let rows = 0;
  for (const { name } of tables) {
    for (const { row } of await rail.sql(`select t::text as row from ${name} t`)) {
      rows++;
      assert.ok(!row.includes(national) && !row.includes(spaced), `${name} holds the number`);
    }
  }
  assert.ok(rows > 20, `${rows} rows were looked at`);
});

test("a phone and an account are in no line of the log", async () => {
  const lines: string[] = [];
  // The logger's own way to standard output; the test's is untouched.
  const watched = mock.method(fs, "write", (...[fd, ...args]: [number, string, ...unknown[]]) => {
    const [line] = args;
    lines.push(line);
    assert.equal(fd, process.stdout.fd);
    const done = args.at(-1);
    if (typeof done === "function") setImmediate(() => done(null, Buffer.byteLength(line)));
  });
  try {
    const loud = await startRail({ env: { LOG_LEVEL: "trace" } });
    try {
      const [bank, payer] = [await loud.bank(), await loud.bank()];
      const [number, account] = [phone(), bank.iban()];
      await orderByPhone(payer, number);
      assertLinked(await link(bank, number, account), true);
      assertLinked(await aliasOf(bank, number, account), true);
      await orderByPhone(payer, number);
      await bank.get(`/p2p/alias?phone=${number}&account=${account}`, { header: "a.b.c" });
      await bank.get(`/p2p/alias?phone=${number}&account=${account}x`);
      await loud.stranger("DELETE", `/p2p/alias?phone=${number}&account=${account}`);
      await loud.stranger("GET", `/p2p/alias/${number}/${account}`);
      // A fault of ours tells what broke, not whose phone it was.
      await loud.sql("alter table rail.phones rename to elsewhere");
      assert.equal((await aliasOf(bank, number, account)).status, 500);
      assert.equal((await link(bank, phone(), account)).status, 500);
      await loud.sql("alter table rail.elsewhere rename to phones");
      // Lines are written together, a moment later.
      const log = await eventually(async () => {
        const written = lines.join("");
        return /was not authorised/.test(written) && /"level":50/.test(written) && written;
      }, "what was refused and what broke are in the log");
      for (const secret of [number.slice(4), account.slice(4)]) assert.ok(!log.includes(secret), "the log holds it");
    } finally {
      await loud.end();
    }
  } finally {
    watched.mock.restore();
  }
});
