/** The rail's audit finds each kind of damage: one thing is changed behind its back, and the right check speaks. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { openSession, prove } from "../../src/database/index.ts";
import { PROOFS } from "../../src/rail/audit/audit.ts";
import { auditRail } from "../../src/rail/index.ts";
import { link, orderByPhone, requestOf, unlink } from "../support/aliases.ts";
import { type Bank, type Json, phone, startRail, type TestRail } from "../support/rail.ts";

let rail: TestRail;
let client: pg.Client;
let payer: Bank;
let creditor: Bank;
let paid: Json;
let unpaid: Json;
let rejected: Json;
let linked: Json;
let number: string;
let search: string;

const pay = async ({ guid }: Json) => {
  const reply = await payer.post("/p2p/payment-messages", {
    order_guid: guid,
    payment_message_external_id: randomUUID(),
    amount: 12.5,
    currency: "UAH",
  });
  assert.equal(reply.status, 201, reply.text);
  const said = await creditor.post("/p2p/callbacks", { type: "pay_in", guid: reply.body.guid, result: "success" });
  assert.equal(said.body.status, "completed", said.text);
};

before(async () => {
  rail = await startRail();
  [payer, creditor] = await Promise.all([rail.bank(), rail.bank()]);
  number = phone();
  const gone = phone();
  const account = creditor.iban();
  for (const each of [number, gone]) assert.equal((await link(creditor, each, account)).status, 200);
  assert.equal((await unlink(creditor, gone, account)).status, 200);
  paid = await orderByPhone(payer, number, { amount: 12.5 });
  await pay(paid);
  unpaid = await orderByPhone(payer, number, { amount: 12.5 });
  rejected = await orderByPhone(payer, gone, { amount: 12.5 });
  const reply = await creditor.post("/p2p/orders", {
    type: "link",
    creditor: { account },
    amount: 12.5,
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "For the tickets",
  });
  assert.equal(reply.status, 201, reply.text);
  linked = reply.body;
  // Nobody listens there: the search goes on.
  await rail.bank({ callbackUrl: "http://127.0.0.1:9/" });
  search = await requestOf(rail, (await orderByPhone(payer, phone())).guid);
  client = new pg.Client({ connectionString: rail.database.superuserUrl });
  await client.connect();
});
after(async () => {
  await client.end();
  await rail.end();
});

const speaking = async (): Promise<string[]> => {
  const names = new Set<string>();
  const session = await openSession(client, { system: "rail", whole: true });
  for await (const { check, fault } of prove(session, PROOFS)) {
    names.add(check);
    assert.ok(fault.length > 0, `${check} does not say what`);
  }
  return [...names];
};

const DAMAGE: readonly (readonly [check: string, what: string, () => string])[] = [
  [
    "each order has its state, its external id and its request",
    "an external id that leads elsewhere",
    () => `update rail.external_ids set target_guid = 'x' where target_guid = '${unpaid.guid}'`,
  ],
  [
    "each order has its state, its external id and its request",
    "a link order that nobody can pay",
    () => `delete from rail.links where order_guid = '${linked.guid}'`,
  ],
  [
    "each state has its order",
    "a state of nothing",
    () => `with past as (insert into rail.order_history select 'zzzz', change, status, status_reason, at
        from rail.order_history where order_guid = '${unpaid.guid}')
      insert into rail.order_states select 'zzzz', participant_guid, phone_hash, status, status_reason, changes,
      creditor_participant_guid, creditor_account from rail.order_states where order_guid = '${unpaid.guid}'`,
  ],
  [
    "each status change has one history row, and the last one is the state",
    "a change that nobody wrote down",
    () => `update rail.order_states set changes = changes + 1 where order_guid = '${linked.guid}'`,
  ],
  [
    "states only move forward",
    "an order that went back",
    () => `with more as (update rail.order_states set changes = 2 where order_guid = '${linked.guid}')
      insert into rail.order_history select order_guid, 2, status, null, at from rail.order_history where order_guid = '${linked.guid}'`,
  ],
  [
    "a pending order has its search and a deadline",
    "an order that nobody searches for",
    () => `with request as (update rail.pay_requests set status = 'created', reason = null where order_guid = '${rejected.guid}'),
        past as (update rail.order_history set status = 'pending', status_reason = null where order_guid = '${rejected.guid}')
      update rail.order_states set status = 'pending', status_reason = null where order_guid = '${rejected.guid}'`,
  ],
  [
    "whoever answers a search was asked",
    "a yes of a bank that was not asked",
    () => `update rail.searches set claimed = '{x}' where request_guid = '${search}'`,
  ],
  [
    "a phone is one search at a time, while nobody has it",
    "a search in the other world",
    () => `update rail.searches set mode = 'production' where request_guid = '${search}'`,
  ],
  [
    "a search counts the orders that wait for it",
    "a search that counts one too many",
    () => `update rail.searches set waiting = waiting + 1 where request_guid = '${search}'`,
  ],
  [
    "an order, its alias and its banks are of one world",
    "a creditor of the other world",
    () => `with other as (insert into rail.participants (guid, mode, created_at, created_by, name, bank_codes, profile,
        receiver_search, state, maintenance) select 'other', 'production', created_at, created_by, name, '{}', profile, false,
        state, maintenance from rail.participants where guid = '${creditor.guid}' returning guid),
        quota as (insert into rail.quotas (participant_guid, units, refilled_at) values ('other', 1, now()))
      update rail.order_states set creditor_participant_guid = 'other' where order_guid = '${unpaid.guid}'`,
  ],
  [
    "a phone order's request follows the order",
    "a request that is open although the order is rejected",
    () => `update rail.pay_requests set status = 'completed', reason = null where order_guid = '${rejected.guid}'`,
  ],
  [
    "a payment took its request, and no other did",
    "a request that nobody paid",
    () => `update rail.pay_requests set payment_guid = 'x' where order_guid = '${unpaid.guid}'`,
  ],
  [
    "a payment took its request, and no other did",
    "a payment under another external id",
    () => `update rail.external_ids set payment_guid = 'x' where kind = 'payment' and target_guid = '${paid.guid}'`,
  ],
  [
    "an order is paid once",
    "a second payment",
    () => `with request as (insert into rail.pay_requests select 'again', order_guid, participant_guid, phone_hash,
        debtor_account, status, reason, 'twice', changes, created_at from rail.pay_requests where order_guid = '${paid.guid}'),
        id as (insert into rail.external_ids select participant_guid, kind, 'again', target_guid, 'twice', amount
          from rail.external_ids where kind = 'payment' and target_guid = '${paid.guid}')
      insert into rail.payments (guid, pay_request_guid, order_guid, mode, phone_hash, participant_guid, debtor_account,
        creditor_participant_guid, external_id, amount, amount_text, currency, created_at, status, completed_at, late,
        returned, returns)
      select 'twice', 'again', order_guid, mode, phone_hash, participant_guid, debtor_account, creditor_participant_guid,
        'again', amount, amount_text, currency, created_at, status, completed_at, late, 0, 0
      from rail.payments where order_guid = '${paid.guid}'`,
  ],
  [
    "an order shows its payment",
    "an order that forgot its payment",
    () => `update rail.order_states set payment_guid = null where order_guid = '${paid.guid}'`,
  ],
  [
    "what was returned of a payment is the sum of its returns",
    "a return that nobody wrote down",
    () => `update rail.payments set returned = 1, returns = 1 where order_guid = '${paid.guid}'`,
  ],
  [
    "what is asked back is a completed payment's, by its bank",
    "a stranger that asks for money back",
    () => `insert into rail.return_requests (payment_guid, order_guid, phone_hash, participant_guid,
        creditor_participant_guid, currency, reason, created_at, until, status)
      select guid, order_guid, phone_hash, 'x', creditor_participant_guid, currency, 'FRAUD', now(), now(), 'created'
      from rail.payments where order_guid = '${paid.guid}'`,
  ],
  [
    "a payment is of the order's amount and currency",
    "a payment of less",
    () => `update rail.payments set amount = amount - 1 where order_guid = '${paid.guid}'`,
  ],
  [
    "an alias is what its history says",
    "a phone that was linked to another account",
    () => `with place as (insert into rail.account_phones select mode || ' x', hash, true from rail.phones where account is not null)
      update rail.phones set account = 'x' where account is not null`,
  ],
  [
    "a phone has its place on the account that it leads to, or is to lead to",
    "a place that was given up too early",
    () => "update rail.account_phones set kept = false where kept",
  ],
  [
    "a move waits for the bank that has the phone, one at a time",
    "a move away from a bank that has not got the phone",
    () => `insert into rail.alias_moves (guid, mode, phone_hash, from_participant_guid, from_account, to_participant_guid,
        created_at, until, to_account, status)
      select 'x', mode, hash, '${payer.guid}', 'x', participant_guid, now(), now(), account, 'waiting'
      from rail.phones where account is not null`,
  ],
  [
    "each bank code belongs to the participant that lists it",
    "a code that was taken away",
    () => `update rail.bank_codes set participant_guid = null where participant_guid = '${creditor.guid}'`,
  ],
  [
    "each participant has its quota, each key its participant",
    "a key of nobody",
    () => `update rail.keys set participant_guid = 'x' where participant_guid = '${creditor.guid}'`,
  ],
  [
    "no claim is left half taken",
    "a key that was taken and not answered",
    () => "insert into rail.claims (scope, key, fingerprint) values ('key x', 'k', 'f')",
  ],
];

describe("the audit of the rail", () => {
  test("says nothing of a rail that is sound", async () => {
    assert.deepEqual(await speaking(), []);
  });

  for (const [check, what, damage] of DAMAGE) {
    test(`finds ${what}: "${check}"`, async () => {
      await client.query("begin");
      try {
        const { rowCount } = await client.query(damage());
        assert.ok((rowCount ?? 0) > 0, "no row");
        assert.deepEqual(await speaking(), [check]);
      } finally {
        await client.query("rollback");
      }
    });
  }

  test("has no check that was not seen to speak", () => {
    const seen = new Set(DAMAGE.map(([check]) => check));
    assert.deepEqual(
      PROOFS.flatMap(({ checks }) => checks).filter((name) => !seen.has(name)),
      [],
    );
  });

  test("proves what came since the last one, the serving role's rights sufficing", async () => {
    const run = () => auditRail({ connectionString: rail.database.servingUrl, whole: false });
    assert.deepEqual((await run()).findings, []);
    const order = await orderByPhone(payer, number, { amount: 12.5 });
    const { findings, since } = await run();
    assert.deepEqual([findings, since === null], [[], false]);
    await rail.sql(`update rail.order_states set changes = changes + 1 where order_guid = '${order.guid}'`);
    const [finding] = (await run()).findings;
    assert.deepEqual(finding?.faults, [`order ${order.guid}`]);
    await rail.sql(`update rail.order_states set changes = changes - 1 where order_guid = '${order.guid}'`);
  });
});
