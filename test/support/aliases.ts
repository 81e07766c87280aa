/** What tests of aliases and searches say again and again. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Bank, eventually, type Json, type Reply, type SignedOptions, type TestRail } from "./rail.ts";

const TWO_HOURS_MS = 7_200_000;
/** A client's yes of a moment ago, as a bank two hours east of Greenwich writes it. */
export const CONSENT = {
  method: "otp",
  at: new Date(Date.now() + TWO_HOURS_MS).toISOString().replace("Z", "+02:00"),
  reference: "consent 17",
} as const;

/** Of a move: long enough that no test sees it end by itself. */
export const HOLD = 600_000;

export const link = (bank: Bank, phone: string, account: string, options?: SignedOptions): Promise<Reply> =>
  bank.put("/p2p/alias", { phone, account, linked: true, consent: CONSENT }, options);

export const unlink = (bank: Bank, phone: string, account: string, options?: SignedOptions): Promise<Reply> =>
  bank.put("/p2p/alias", { phone, account, linked: false }, options);

export const aliasOf = (bank: Bank, phone: string, account: string, options?: SignedOptions): Promise<Reply> =>
  bank.get(`/p2p/alias?phone=${encodeURIComponent(phone)}&account=${account}`, options);

/** Of a link and of a read: a read says what was asked as well. */
export const assertLinked = (reply: Reply, linked: boolean): void => {
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.body.linked, linked, reply.text);
};

export const assertRefused = (reply: Reply, status: number, code: string, field?: string): void => {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.body.code, code, reply.text);
  assert.equal(reply.body.field, field, reply.text);
};

/** @returns the order */
export const orderByPhone = async (bank: Bank, phone: string, terms: object = {}): Promise<Json> => {
  const reply = await bank.post("/p2p/orders", {
    type: "phone",
    creditor: { phone },
    debtor: { account: bank.iban() },
    amount: 12.5,
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "For the tickets",
    ...terms,
  });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

export const readOrder = async (bank: Bank, guid: string): Promise<Json> => {
  const reply = await bank.get(`/p2p/orders/${guid}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
};

/** The order, once it is in that status. */
export const orderThatIs = (bank: Bank, guid: string, status: string): Promise<Json> =>
  eventually(async () => {
    const order = await readOrder(bank, guid);
    return order.status === status ? order : undefined;
  }, `an order that is ${status}`);

/** The guid under which banks were asked for an order's receiver. */
export const requestOf = async (rail: TestRail, orderGuid: string): Promise<string> => {
  const [row] = await rail.sql(`select request_guid from rail.orders where guid = '${orderGuid}'`);
  return row.request_guid;
};

export const sayYes = (bank: Bank, requestGuid: string, account: string, options?: SignedOptions): Promise<Reply> =>
  bank.post(
    "/p2p/callbacks",
    { type: "creditor_linked", request_guid: requestGuid, result: "success", account, consent: CONSENT },
    options,
  );

export const sayNo = (bank: Bank, requestGuid: string, options?: SignedOptions): Promise<Reply> =>
  bank.post("/p2p/callbacks", { type: "creditor_linked", request_guid: requestGuid, result: "failure" }, options);

/** What a bank is told of aliases and searches, in order, without what is different every time. */
export const toldTo = async (rail: TestRail, { guid }: Bank, type: string): Promise<readonly Json[]> => {
  const rows = await rail.sql(`select body from deliveries.queue where endpoint = '${guid}' order by id`);
  return rows.map(({ body }) => JSON.parse(body)).filter((told) => told.type === type);
};

/** For a condition on rows of one phone, in either world. */
export const hashesOf = ({ nodes }: TestRail, phone: string): string => {
  const hashes = (["sandbox", "production"] as const).map((mode) => nodes[0]?.rail.phones.hash(mode, phone));
  return hashes.map((hash) => `'${hash}'`).join();
};

/** Acts of a phone's history, in order: act and the bank's name. */
export const historyOf = async (rail: TestRail, phone: string): Promise<readonly string[]> => {
  const rows = await rail.sql(`select h.act, p.name from rail.alias_history h
    join rail.participants p on p.guid = h.participant_guid
    where h.phone_hash in (${hashesOf(rail, phone)}) order by h.id`);
  return rows.map(({ act, name }) => `${act} ${name}`);
};

/** The phone's row of the one world that has it. */
export const phoneRow = async (rail: TestRail, phone: string): Promise<Json> => {
  const rows = await rail.sql(`select * from rail.phones where hash in (${hashesOf(rail, phone)})`);
  return rows[0];
};

/**
 * As if the hold of a phone's move had lasted as long as it lasts. `until` is fixed, and the row is read anew under its lock.
 * @param heard whether the present bank took the notice meanwhile
 */
export const endHold = async (rail: TestRail, phone: string, { heard = false } = {}): Promise<void> => {
  await rail.sql(`update rail.alias_moves set until = now() - interval '1 second'${heard ? ", heard_at = created_at" : ""}
    where ended_at is null and phone_hash in (${hashesOf(rail, phone)})`);
};
