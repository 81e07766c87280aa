/** What orders say, and what is asserted of answers, in tests of the rail. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Bank, type Json, phone, type Reply } from "./rail.ts";

export const ORDERS = "/p2p/orders";
/** An order that nobody has: who reads it is told so once the call is let in. */
export const NO_ORDER = `${ORDERS}/00000000-0000-4000-8000-000000000000`;

/** To nobody in particular, from a fresh account. */
export const byPhone = (bank: Bank, terms: object = {}) => ({
  creditor: { phone: phone() },
  debtor: { account: bank.iban() },
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Replenishment of own account",
  type: "phone",
  ...terms,
});

export const byLink = (bank: Bank, terms: object = {}) => ({
  creditor: { account: bank.iban() },
  currency: "UAH",
  external_id: randomUUID(),
  purpose: "Payment for services",
  type: "link",
  ...terms,
});

export const isCode = (reply: Reply, status: number, code: string, why = ""): void => {
  assert.equal(reply.status, status, `${why} ${reply.text}`);
  assert.equal(reply.body.code, code, why);
};

/** @returns what it says */
export const done = (reply: Reply, status = 200): Json => {
  assert.equal(reply.status, status, reply.text);
  return reply.body;
};
