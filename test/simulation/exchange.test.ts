/**
 * Random scripts of a handful of traders, the host platform and the clock, played on the exchange and on a model of its
 * contract: every answer and every balance must agree, on both stores.
 *
 *   PARLEY_MODEL_RUNS=1000 node --test test/simulation/exchange.test.ts     nightly; scripts against PostgreSQL, and
 *                                                                           ten times as many in memory
 *   PARLEY_MODEL_SEED=… PARLEY_MODEL_PATH=… node --test …                   a failure again, from what it printed
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { audit } from "../../src/exchange/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/cluster.ts";
import { proveBooks } from "./books.ts";
import { assertMet } from "./meet.ts";
import { BACK, FREE_IN_DISPUTE, HIDDEN_BY_STRIKES, play, RETURN, settingsWith } from "./play.ts";
import { script } from "./script.ts";
import { memoryStage, type PostgresStages, postgresStages } from "./stages.ts";

const RUNS = Number(process.env.PARLEY_MODEL_RUNS ?? 240);
const MEMORY_RUNS = 10 * RUNS;

const { PARLEY_MODEL_SEED: seed, PARLEY_MODEL_PATH: path } = process.env;
const again = { ...(seed === undefined ? {} : { seed: Number(seed) }), ...(path === undefined ? {} : { path }) };

let database: TestDatabase;
let stages: PostgresStages;

before(async () => {
  database = await createTestDatabase();
  stages = await postgresStages(database);
});

after(async () => {
  await stages.close();
  await database.drop();
});

/** What hundreds of scripts must have met, or they prove little. */
const TO_MEET = [
  ...[
    "create-ad",
    "edit-ad",
    "delete-ad",
    "create-order",
    "act",
    "deadline",
    "assign",
    "resolve",
    "lift",
    "credit",
    "debit",
    "wager",
  ],
  ...["claim", "honour", "assign", "compensate", "dismiss", "collect", "suspend", "resume"],
  ...["CLAIM_CLOSED", "TRADER_SUSPENDED", "ALREADY_ASSIGNED"],
  ...["AD_NOT_FOUND", "AD_NOT_ACTIVE", "VERSION_MISMATCH", "OWN_AD", "INVALID_PAYMENT_METHOD", "AMOUNT_TOO_LOW"],
  ...["AMOUNT_TOO_HIGH", "AMOUNT_EXCEEDS_AVAILABLE", "PAYMENT_DETAILS_REQUIRED", "ACTIVE_DEPOSIT_ORDER_EXISTS"],
  ...["ACTIVE_WITHDRAW_ORDER_EXISTS", "MIN_DEPOSIT_REQUIRED", "WAGERING_REQUIREMENT_NOT_MET", "RATE_LIMITED"],
  ...["SELLER_INSUFFICIENT_BALANCE", "ORDER_NOT_FOUND", "FORBIDDEN", "INVALID_ORDER_STATUS", "DUPLICATE_AD_TYPE"],
  ...[HIDDEN_BY_STRIKES, BACK, FREE_IN_DISPUTE, RETURN, "ALREADY_ASSIGNED"],
  ...["VALIDATION_ERROR", "USER_NOT_FOUND", "INSUFFICIENT_BALANCE", "EXTERNAL_ID_REUSED", "IDEMPOTENCY_KEY_REUSED"],
];

test("in memory, every answer and balance is what the contract's model says", async () => {
  await assertMet(script, {
    async play(drawn) {
      const stage = memoryStage();
      const met = await play(stage, drawn);
      proveBooks(stage.store);
      return met;
    },
    toMeet: TO_MEET,
    numRuns: MEMORY_RUNS,
    again,
  });
});

test("on PostgreSQL, every answer and balance is what the contract's model says, and the audit is clean", async () => {
  const property = fc.asyncProperty(script, async (drawn) => {
    await play(stages.next(), drawn);
  });
  await fc.assert(property, { numRuns: RUNS, ...again });
  const { checks, findings } = await audit(database.superuserUrl, settingsWith(0));
  assert.ok(checks > 0);
  assert.deepEqual(findings, []);
});
