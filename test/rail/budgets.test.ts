/** What asking costs: the buckets' arithmetic, a scan of 600,000 numbers, and the same over HTTP. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Claim,
  createExecutor,
  createMemoryStore,
  type Executor,
  type MemoryStore,
} from "../../src/engine/index.ts";
import { type Instant, instant, isRefusal, MINUTE, SECOND } from "../../src/kernel/index.ts";
import {
  BANK,
  full,
  givenBack,
  PAYER,
  PRICES,
  refilled,
  refillPerMinute,
  taken,
  tokensOf,
} from "../../src/rail/budgets/index.ts";
import { type CreateOrder, createOrder } from "../../src/rail/orders/index.ts";
import { type Level, orders, payers, phones, quotas } from "../../src/rail/tables.ts";

const NOON = instant(Date.UTC(2027, 0, 1, 12));
const later = (milliseconds: number): Instant => instant(NOON + milliseconds);
const levelOf = (level: Level | number): Level => {
  assert.ok(typeof level !== "number", "there was not enough");
  return level;
};

describe("a bucket of tokens", () => {
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
    for (let miss = 0; miss < 5; miss++) level = levelOf(taken(PAYER, level, 20));
    assert.equal(tokensOf(PAYER, level), 0);
    assert.equal(taken(PAYER, level, 20), 10 * MINUTE);
    const almost = refilled(PAYER, level, later(10 * MINUTE - 1));
    assert.equal(taken(PAYER, almost, 20), 1);
    assert.equal(tokensOf(PAYER, almost), 19);
    assert.equal(tokensOf(PAYER, levelOf(taken(PAYER, refilled(PAYER, level, later(10 * MINUTE)), 20))), 0);
  });

  it("gives 81 questions that are answered with yes", () => {
    let [level, questions] = [full(PAYER, NOON), 0];
    for (;;) {
      const reserved = taken(PAYER, level, PRICES.payer.reserve);
      if (typeof reserved === "number") break;
      level = givenBack(PAYER, reserved, PRICES.payer.found);
      questions++;
    }
    assert.equal(questions, 81);
  });

  it("loses nothing, however short the steps in which it is refilled", () => {
    const empty = levelOf(taken(PAYER, full(PAYER, NOON), 100));
    let level = empty;
    for (let at = 0; at <= 100 * SECOND; at += 7) level = refilled(PAYER, level, later(at));
    level = refilled(PAYER, level, later(100 * SECOND));
    assert.deepEqual(level, refilled(PAYER, empty, later(100 * SECOND)));
    assert.equal(tokensOf(PAYER, level), 3);
  });

  it("never holds more than it can, whatever flows back", () => {
    assert.deepEqual(givenBack(PAYER, full(PAYER, NOON), 19), full(PAYER, NOON));
    assert.deepEqual(refilled(BANK, full(BANK, NOON), later(MINUTE)), full(BANK, later(MINUTE)));
  });

  it("a clock that steps back refills nothing, takes nothing, and is not paid twice", () => {
    const empty = levelOf(taken(PAYER, full(PAYER, NOON), 100));
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
  heldParticipantGuid: null,
  heldAccount: null,
  heldUntil: null,
  told: 0,
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
