/**
 * Random scripts of four banks and the clock, played on the rail and on a model of its contract: every answer, alias,
 * order, payment, budget and callback must agree, on both stores; and on PostgreSQL with two engines at once, some order
 * of what was asked must explain them.
 *
 *   PARLEY_MODEL_RUNS=1000 node --test test/simulation/rail.test.ts     nightly; scripts against PostgreSQL, as many
 *                                                                       races, and 15 times as many in memory
 *   PARLEY_MODEL_SEED=… PARLEY_MODEL_PATH=… node --test …               a failure again, from what it printed
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { auditRail } from "../../src/rail/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/cluster.ts";
import { assertMet } from "./meet.ts";
import { play } from "./rail-play.ts";
import { memoryStage, type PostgresStages, postgresStages } from "./rail-stages.ts";
import { type Ask, accountOf, bankNames, phoneHashes, type Step, scriptOf } from "./rail-steps.ts";

const RUNS = Number(process.env.PARLEY_MODEL_RUNS ?? 40);
const MEMORY_RUNS = 15 * RUNS;

/** Steps in a group; of a race fewer, because every order of them may have to be tried. */
const SCRIPT = scriptOf(10);
const RACE = scriptOf(5);

const { PARLEY_MODEL_SEED: seed, PARLEY_MODEL_PATH: path } = process.env;
const again = { ...(seed === undefined ? {} : { seed: Number(seed) }), ...(path === undefined ? {} : { path }) };

let database: TestDatabase;
let stages: PostgresStages;
let races: PostgresStages;

before(async () => {
  database = await createTestDatabase();
  stages = await postgresStages(database, 1);
  races = await postgresStages(database, 2);
});

after(async () => {
  await Promise.all([stages.close(), races.close()]);
  await database.drop();
});

const proveAudit = async () => {
  const { checks, findings } = await auditRail(database.superuserUrl);
  assert.ok(checks > 0);
  assert.deepEqual(findings, []);
};

/** What hundreds of scripts must have met, or they prove little. */
const TO_MEET = [
  ...["order-by-phone", "order-by-link", "link", "unlink", "answer", "settle-ask", "open", "pay", "settle-payment"],
  ...["complete-move", "settle-search", "expire", "drop", "replayed", "linked too late"],
  ...["EXPIRES_AT_IS_NOT-FUTURE_DATE", "EXTERNAL_ID_NOT_UNIQUE", "RATE_LIMITED", "IDEMPOTENCY_KEY_REUSED", "not due"],
  ...["NOT_FOUND", "ORDER NOT FOUND", "ORDER_IS_EXPIRED", "INVALID_REQUEST", "INVALID_CURRENCY"],
  ...["leave-place", "INVALID_CREDITOR_ACCOUNT", "search-deadline", "end-ask", "edit-bank", "joined a search"],
  ...["hear-notice", "decide-move", "object", "silence", "late money completed", "late money failed"],
  ...["move completed", "move objected", "move refused", "move withdrawn", "move replaced", "ALIAS_MOVE_NOT_YOURS"],
  ...["not to be reached", "phone rejected CREDITOR_BANK_UNAVAILABLE"],
  ...["phone processing EXPIRED", "phone rejected NOT_LINKED", "phone rejected SEARCH_TIMEOUT"],
  ...["phone rejected EXPIRED", "link created EXPIRED"],
  ...["request EXPIRED", "request ALIAS_CHANGED", "request REJECTED", "request ALREADY_PAID", "request REPLACED"],
  ...["request PAYMENT_FAILED", "payment created", "payment completed", "payment failed"],
  ...["told link_creditor", "told order.updated", "told link_cancelled", "told alias_updated", "told pay_request"],
  ...["told pay_in", "told pay_out", "told return", "told return_request", "returned whole", "returned in part"],
  ...["return", "ask-return", "refuse-return", "lapse-return", "return request completed null"],
  ...["return request failed no", "return request failed LAPSED"],
];

test("in memory, whatever banks and the clock do comes to what the contract's model says", async () => {
  await assertMet(SCRIPT, {
    play: (drawn) => play(memoryStage(), drawn),
    toMeet: TO_MEET,
    numRuns: MEMORY_RUNS,
    again,
  });
});

const step = (ask: Ask["ask"]): Step => ({ do: "ask", keyed: false, lane: 0, twice: false, ask });

test("an order does not wait on when its phone was linked until the last bank had said no", async () => {
  const [payer = "", bank = ""] = bankNames("run");
  const [phone = ""] = phoneHashes("run");
  const alias = { number: 0, who: payer, phone, account: accountOf(payer, 0) };
  const seen = { candidates: [bank], doubtful: [], unavailable: [] };
  const terms = { who: payer, expiresAt: null, amount: null, external: "one", debtor: accountOf(payer, 1) };
  const steps = [
    step(({ number }) => ({ kind: "order-by-phone", ...terms, seen, phone, number: number() })),
    step(() => ({ kind: "link", ...alias })),
    step(() => ({ kind: "answer", who: bank, search: "run-search1", account: null })),
    step(() => ({ kind: "unlink", ...alias })),
  ];
  const groups = steps.map((each, index) => ({
    steps: [each],
    settle: true,
    passes: { by: 0 },
    chores: index === steps.length - 1 ? (["followers"] as const) : [],
  }));
  const banks = [false, true, false, false].map((searched) => ({ searched, tokens: null, failures: 0 }));
  const met = await play(memoryStage(), { holdMs: 0, banks, linked: [], batch: 1, groups });
  assert.ok(met.has("phone rejected NOT_LINKED"));
});

test("on PostgreSQL, it comes to what the contract's model says, and the audit is clean", async () => {
  const property = fc.asyncProperty(SCRIPT, async (drawn) => {
    await play(stages.next(), drawn);
  });
  await fc.assert(property, { numRuns: RUNS, ...again });
  await proveAudit();
});

test("two engines at once do what some order of it explains, and the audit is clean", async () => {
  const property = fc.asyncProperty(RACE, async (drawn) => {
    await play(races.next(), drawn);
  });
  await fc.assert(property, { numRuns: RUNS, ...again });
  await proveAudit();
});
