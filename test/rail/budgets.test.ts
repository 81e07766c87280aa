/** What asking costs: the buckets' arithmetic, a scan of 600,000 numbers, and the same over HTTP. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  type Claim,
  createExecutor,
  createMemoryStore,
  type Executor,
  type MemoryStore,
} from "../../src/engine/index.ts";
import { type Instant, instant, isRefusal, MINUTE, SECOND } from "../../src/kernel/index.ts";
import {
  BANK as BANK_OF,
  full,
  PAYER as PAYER_OF,
  PRICES,
  refilled,
  refillPerMinute,
  refunded,
  tokensOf,
  withdraw,
} from "../../src/rail/budgets/index.ts";
import { type CreateOrder, createOrder } from "../../src/rail/orders/index.ts";
import { type Level, orders, payers, phones, quotas } from "../../src/rail/tables/index.ts";
import {
  type Bank,
  type BankOptions,
  eventually,
  freshCode,
  type Json,
  phone,
  type Reply,
  startRail,
  type TestRail,
} from "../support/rail.ts";

const [PAYER, BANK] = [PAYER_OF.production, BANK_OF.production];
const NOON = instant(Date.UTC(2027, 0, 1, 12));
const later = (milliseconds: number): Instant => instant(NOON + milliseconds);
const levelOf = (level: Level | number): Level => {
  assert.ok(typeof level !== "number", "there was not enough");
  return level;
};

describe("a bucket of tokens", () => {
  it("has ten times as much in the sandbox, comes back ten times as fast, and says when", () => {
    for (const [bucket, production, sandbox] of [
      [PAYER_OF, PAYER, { capacity: 1_000, refill: 20 }],
      [BANK_OF, BANK, { capacity: 200_000, refill: 120_000 }],
    ] as const) {
      const level = full(bucket.sandbox, NOON);
      assert.deepEqual([tokensOf(bucket.sandbox, level), refillPerMinute(bucket.sandbox)], Object.values(sandbox));
      const empty = levelOf(withdraw(bucket.sandbox, level, sandbox.capacity));
      assert.equal(tokensOf(bucket.sandbox, refilled(bucket.sandbox, empty, later(MINUTE))), sandbox.refill);
      const wait = withdraw(bucket.sandbox, empty, sandbox.refill);
      assert.deepEqual(
        [wait, withdraw(production, { ...empty, units: 0 }, refillPerMinute(production))],
        [MINUTE, MINUTE],
      );
    }
  });

  it("a payer's has 100 and gets 2 a minute, a bank's 20,000 and 12,000", () => {
    assert.deepEqual([PAYER.capacity, refillPerMinute(PAYER)], [100, 2]);
    assert.deepEqual([BANK.capacity, refillPerMinute(BANK)], [20_000, 12_000]);
    assert.deepEqual([tokensOf(PAYER, full(PAYER, NOON)), tokensOf(BANK, full(BANK, NOON))], [100, 20_000]);
  });

  it("a question costs 20 and 3; found gives back 19 and 2; a payment 1 more", () => {
    assert.deepEqual(PRICES, { payer: { reserve: 20, found: 19, paid: 1 }, bank: { reserve: 3, found: 2, paid: 1 } });
  });

  it("gives five misses, then none until 20 tokens are there again: ten minutes", () => {
    let level = full(PAYER, NOON);
    for (let miss = 0; miss < 5; miss++) level = levelOf(withdraw(PAYER, level, 20));
    assert.equal(tokensOf(PAYER, level), 0);
    assert.equal(withdraw(PAYER, level, 20), 10 * MINUTE);
    const almost = refilled(PAYER, level, later(10 * MINUTE - 1));
    assert.equal(withdraw(PAYER, almost, 20), 1);
    assert.equal(tokensOf(PAYER, almost), 19);
    assert.equal(tokensOf(PAYER, levelOf(withdraw(PAYER, refilled(PAYER, level, later(10 * MINUTE)), 20))), 0);
  });

  it("gives 81 questions that are answered with yes", () => {
    let [level, questions] = [full(PAYER, NOON), 0];
    for (;;) {
      const reserved = withdraw(PAYER, level, PRICES.payer.reserve);
      if (typeof reserved === "number") break;
      level = refunded(PAYER, reserved, PRICES.payer.found);
      questions++;
    }
    assert.equal(questions, 81);
  });

  it("loses nothing, however short the steps in which it is refilled", () => {
    const empty = levelOf(withdraw(PAYER, full(PAYER, NOON), 100));
    let level = empty;
    for (let at = 0; at <= 100 * SECOND; at += 7) level = refilled(PAYER, level, later(at));
    level = refilled(PAYER, level, later(100 * SECOND));
    assert.deepEqual(level, refilled(PAYER, empty, later(100 * SECOND)));
    assert.equal(tokensOf(PAYER, level), 3);
  });

  it("never holds more than it can, whatever flows back", () => {
    assert.deepEqual(refunded(PAYER, full(PAYER, NOON), 19), full(PAYER, NOON));
    assert.deepEqual(refilled(BANK, full(BANK, NOON), later(MINUTE)), full(BANK, later(MINUTE)));
  });

  it("a clock that steps back refills nothing, takes nothing, and is not paid twice", () => {
    const empty = levelOf(withdraw(PAYER, full(PAYER, NOON), 100));
    const back = refilled(PAYER, empty, later(-MINUTE));
    assert.deepEqual(back, empty);
    assert.equal(tokensOf(PAYER, refilled(PAYER, back, later(MINUTE))), 2);
  });
});

/** The issue's own figures. */
const NUMBERS = 600_000;
const PAYERS = 7;
const PER_SECOND = 50;
/** Fewer than one caller may have in the queue. */
const TOGETHER = 100;

const SCANNER = "00000000-0000-4000-8000-000000000001";
const CREDITOR = "00000000-0000-4000-8000-000000000002";

const phoneRow = (hash: string) => ({
  hash,
  mode: "production" as const,
  phone: hash,
  participantGuid: CREDITOR,
  account: "UA",
  linkedAt: NOON,
  lastSeqs: {},
  searchedAt: [],
});

/** Runs of neighbours from places all over: half sequential, as those are who scan. */
const scanned = (index: number): string => {
  const run = Math.floor(index / 50);
  return `+380${String((run * 7_919 * 50 + (index % 50)) % 1_000_000_000).padStart(9, "0")}`;
};

const question = (index: number): CreateOrder => ({
  participantGuid: SCANNER,
  mode: "production",
  draft: {
    type: "phone",
    phone: scanned(index),
    debtorAccount: `payer ${index % PAYERS}`,
    creditorAccount: null,
    expiresAt: null,
    expiresAtText: null,
    amount: null,
    currency: "UAH",
    externalId: String(index),
    purpose: "x",
    afterExpiry: null,
  },
  phone: { hash: scanned(index), sealed: scanned(index) },
  guid: `order ${index}`,
  payRequestGuid: `request ${index}`,
  requestGuid: `search ${index}`,
  candidates: [],
  doubtful: [],
  unavailable: [],
  ackMs: 10 * SECOND,
  mostADay: 10,
});

type Lab = { readonly store: MemoryStore; readonly executor: Executor; turn(to: Instant): void };

const openLab = async (): Promise<Lab> => {
  let now = NOON;
  const store = createMemoryStore(() => now);
  await store.transact({ claims: [], refs: [], sets: [], draws: new Map(), patience: "usual" }, () => ({
    inserts: [
      { table: quotas, row: { participantGuid: SCANNER, ...full(BANK, NOON) } },
      // Every second number is known.
      ...Array.from({ length: NUMBERS / 2 }, (_, pair) => ({ table: phones, row: phoneRow(scanned(pair * 2)) })),
    ],
    updates: [],
    appends: [],
    events: [],
    answers: [] as readonly { readonly claim: Claim; readonly answer: string }[],
  }));
  const turn = (to: Instant) => {
    now = to;
  };
  return { store, executor: createExecutor({ store, keeps: () => true }), turn };
};

describe("scanning", () => {
  it("of 600,000 half-sequential numbers, asked for by 7 payers, fewer than one in a hundred is resolved", async (test) => {
    const { store, executor, turn } = await openLab();
    const answers = { processing: 0, rejected: 0, refused: 0 };
    for (let first = 0; first < NUMBERS; first += TOGETHER) {
      turn(later((first / PER_SECOND) * SECOND));
      const asked = Array.from({ length: Math.min(TOGETHER, NUMBERS - first) }, (_, index) =>
        executor.submit(createOrder, question(first + index), { caller: SCANNER }),
      );
      for (const { outcome } of await Promise.all(asked)) {
        if (isRefusal(outcome)) {
          assert.equal(outcome.refusal, "RATE_LIMITED");
          answers.refused++;
        } else answers[outcome.status === "processing" ? "processing" : "rejected"]++;
      }
    }
    const { processing, rejected, refused } = answers;
    test.diagnostic(
      `${processing} found (${((100 * processing) / NUMBERS).toFixed(3)} %), ${rejected} not found, ${refused} refused, in ${NUMBERS / PER_SECOND / 60} minutes`,
    );
    assert.equal(processing + rejected + refused, NUMBERS);
    assert.equal(store.rows(orders).length, processing + rejected);
    assert.equal(store.rows(payers).length, PAYERS);
    assert.ok(rejected > 0, "those that are not known cost something");
    assert.ok(processing / NUMBERS < 0.01, `${processing} were found`);
    assert.ok((processing + rejected) / NUMBERS < 0.01, "nor is one in a hundred told to be unknown");
  });
});

const ORDERS = "/p2p/orders";

describe("over HTTP", () => {
  let rail: TestRail;
  let bank: Bank;
  before(async () => {
    rail = await startRail();
    bank = await bankOf();
  });
  after(() => rail.end());

  /** In the sandbox there is ten times as much. */
  const bankOf = (options: BankOptions = {}): Promise<Bank> => rail.bank({ mode: "production", ...options });

  const byPhone = (account: string, terms: object = {}) => ({
    creditor: { phone: phone() },
    debtor: { account },
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "Replenishment of own account",
    type: "phone",
    ...terms,
  });

  const ask = async (from: Bank, account: string, terms: object = {}): Promise<string> => {
    const reply = await from.post(ORDERS, byPhone(account, terms));
    assert.equal(reply.status, 201, reply.text);
    return reply.body.status;
  };

  const link = async (from: Bank, number: string) => {
    const consent = { method: "otp", at: new Date().toISOString(), reference: "1" };
    const payload = { phone: number, account: from.iban(), linked: true, consent };
    assert.equal((await from.put("/p2p/alias", payload)).status, 200);
  };

  const limits = async (from: Bank, account?: string): Promise<Json> => {
    const reply = await from.get(`/p2p/limits${account === undefined ? "" : `?account=${account}`}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.body;
  };

  const left = async (from: Bank, account: string): Promise<number> => (await limits(from, account)).payer.available;

  /** @returns the seconds to wait */
  const isTooMuch = (reply: Reply): number => {
    assert.equal(reply.status, 429, reply.text);
    assert.equal(reply.body.code, "RATE_LIMITED");
    assert.deepEqual(Object.keys(reply.body), ["code", "message"]);
    return Number(reply.headers["retry-after"]);
  };

  it("/limits tells what there is, and of an account of one's own what is left", async () => {
    const fresh = await bankOf();
    const told = {
      participant: { capacity: 20_000, available: 20_000, refill_per_minute: 12_000 },
      calls: { limit: 100_000, window_seconds: 10 },
      payer: { capacity: 100, refill_per_minute: 2, reserve: 20, found_gives_back: 19 },
    };
    assert.deepEqual(await limits(fresh), told);
    const account = fresh.iban();
    assert.deepEqual(await limits(fresh, account), { ...told, payer: { ...told.payer, available: 100 } });
    assert.equal(await ask(fresh, account), "rejected");
    assert.equal(await left(fresh, account), 80);
    assert.equal(await left(fresh, fresh.iban()), 100);
  });

  it("/limits is silent about the accounts of others", async () => {
    const other = await bankOf();
    for (const account of [other.iban(), "UA", "", `${bank.iban()}&account=${bank.iban()}`]) {
      const reply = await bank.get(`/p2p/limits?account=${account}`);
      assert.equal(reply.status, 400, reply.text);
      assert.equal(reply.body.code, "INVALID_DEBTOR_ACCOUNT");
    }
    assert.equal((await bank.get("/p2p/limits", { header: false })).status, 401);
  });

  it("five misses use a payer's account up; what is refused then costs nothing", async () => {
    const account = bank.iban();
    for (let miss = 0; miss < 5; miss++) assert.equal(await ask(bank, account), "rejected");
    const before = await rail.sql(`select units, refilled_at from rail.payers where id = 'production ${account}'`);
    const quota = await rail.sql(`select units, refilled_at from rail.quotas where participant_guid = '${bank.guid}'`);
    for (let call = 0; call < 5; call++) {
      const wait = isTooMuch(await bank.post(ORDERS, byPhone(account)));
      assert.ok(wait > 590 && wait <= 600, String(wait));
    }
    assert.deepEqual(
      await rail.sql(`select units, refilled_at from rail.payers where id = 'production ${account}'`),
      before,
    );
    assert.deepEqual(
      await rail.sql(`select units, refilled_at from rail.quotas where participant_guid = '${bank.guid}'`),
      quota,
    );
    assert.equal(await ask(bank, bank.iban()), "rejected");
  });

  it("is not asked whether the number is known before it was paid for", async () => {
    const account = bank.iban();
    const number = phone();
    await link(await bankOf(), number);
    for (let miss = 0; miss < 5; miss++) await ask(bank, account);
    const unknown = await bank.post(ORDERS, byPhone(account));
    const known = await bank.post(ORDERS, byPhone(account, { creditor: { phone: number } }));
    isTooMuch(unknown);
    assert.equal(known.text, unknown.text);
  });

  it("whatever is refused for its members, or as a second one, costs nothing", async () => {
    const account = bank.iban();
    const external_id = randomUUID();
    await ask(bank, account, { external_id });
    for (const terms of [
      { external_id },
      { purpose: "" },
      { amount: 0 },
      { creditor: {} },
      { expires_at: "2020-01-01T00:00:00Z" },
    ])
      assert.equal((await bank.post(ORDERS, byPhone(account, terms))).status, 400);
    assert.equal(await left(bank, account), 80);
  });

  it("a repeat costs nothing, and an order by link neither", async () => {
    const account = bank.iban();
    const payload = byPhone(account);
    for (let repeat = 0; repeat < 3; repeat++)
      assert.equal((await bank.post(ORDERS, payload, { key: payload.external_id })).status, 201);
    const { debtor: _debtor, ...rest } = payload;
    const byLink = { ...rest, external_id: randomUUID(), type: "link", creditor: { account } };
    assert.equal((await bank.post(ORDERS, byLink)).status, 201);
    assert.equal(await left(bank, account), 80);
  });

  it("found gives back all but one token", async () => {
    const [from, to] = [await bankOf(), await bankOf()];
    const account = from.iban();
    const number = phone();
    await link(to, number);
    for (let call = 0; call < 6; call++)
      assert.equal(await ask(from, account, { creditor: { phone: number } }), "processing");
    assert.equal(await left(from, account), 94);
    await rail.sql(`update rail.quotas set units = 50000, refilled_at = now() + interval '1 hour', row_version = row_version + 1
      where participant_guid = '${from.guid}'`);
    assert.equal((await limits(from)).participant.available, 10_000);
    await ask(from, account, { creditor: { phone: number } });
    assert.equal((await limits(from)).participant.available, 9_999);
    await ask(from, account);
    assert.equal((await limits(from)).participant.available, 9_996);
  });

  it("a search that ends well gives back as much", async () => {
    const [from, asked] = [await rail.bank(), await rail.bank({ callbackUrl: "http://127.0.0.1:9/nobody" })];
    try {
      const account = from.iban();
      const number = phone();
      assert.equal(await ask(from, account, { creditor: { phone: number } }), "pending");
      // The sandbox gives a token back every three seconds.
      assert.ok((await left(from, account)) < 999);
      await link(asked, number);
      await eventually(async () => (await left(from, account)) >= 999, "the search ended well");
    } finally {
      await rail.operator("PATCH", `/participants/${asked.guid}`, { state: "suspended" });
    }
  });

  it("a payer's account is one across all banks: another that takes its code over has what is left", async () => {
    const moving = freshCode();
    const [first, second] = [await bankOf({ codes: [freshCode(), moving] }), await bankOf()];
    const account = first.iban(moving);
    for (let miss = 0; miss < 5; miss++) assert.equal(await ask(first, account), "rejected");
    const codes = async (of: Bank, bank_codes: readonly (string | undefined)[]) =>
      assert.equal((await rail.operator("PATCH", `/participants/${of.guid}`, { bank_codes })).status, 200);
    await codes(first, [first.codes[0]]);
    await codes(second, [...second.codes, moving]);
    isTooMuch(await second.post(ORDERS, byPhone(account)));
    assert.equal(await left(second, account), 0);
  });

  it("a bank's own budget ends for all its payers, and for nobody else's", async () => {
    const [from, other] = [await bankOf(), await bankOf()];
    await rail.sql(`update rail.quotas set units = 14, refilled_at = now() + interval '1 hour', row_version = row_version + 1
      where participant_guid = '${from.guid}'`);
    for (let call = 0; call < 3; call++) assert.equal(isTooMuch(await from.post(ORDERS, byPhone(from.iban()))), 1);
    assert.equal((await limits(from)).participant.available, 2);
    assert.equal(await ask(other, other.iban()), "rejected");
  });

  it("50 at once of one payer are five, on however many connections", async () => {
    const account = bank.iban();
    const replies = await Promise.all(Array.from({ length: 50 }, () => bank.post(ORDERS, byPhone(account))));
    const made = replies.filter(({ status }) => status === 201);
    assert.equal(made.length, 5);
    for (const reply of replies) if (reply.status !== 201) isTooMuch(reply);
  });
});
