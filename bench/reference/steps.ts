/**
 * The three steps of a trade on a sell ad, as they are usually written: lock, look, write, one statement after the
 * other. The checks are the exchange's own functions.
 */

import { refuseAnswer } from "../../src/exchange/ads/index.ts";
import { invalid } from "../../src/exchange/issues.ts";
import { fiatOf } from "../../src/exchange/orders/check-order.ts";
import { moveOf, orderDocument, type PartyAction } from "../../src/exchange/orders/index.ts";
import { rowOf } from "../../src/exchange/rows.ts";
import type { Settings } from "../../src/exchange/settings.ts";
import { accounts, ads, orderStates, orders, type Role, traders } from "../../src/exchange/tables/index.ts";
import { refuseSecondOrder, refuseStriker, refuseToSell } from "../../src/exchange/traders/index.ts";
import { amount, type Instant, MAX_AMOUNT, MINUTE, type Refusal, refuse, traderId } from "../../src/kernel/index.ts";
import { CREATE, PAID, RECEIVED, type Statement } from "./statements.ts";
import type { Run, SqlRow, Values } from "./transaction.ts";

export type Document = ReturnType<typeof orderDocument>;
export type Outcome = Refusal | Document;
export type Idempotency = { readonly key: string; readonly fingerprint: string };
export type Caller = { readonly caller: string; readonly idempotency: Idempotency | null };
export type Step = (run: Run, settings: Settings) => Promise<{ readonly outcome: Outcome; readonly replayed: boolean }>;

type Claims = { readonly readClaim: Statement; readonly insertClaim: Statement };

/** Under the caller's lock: what was answered to this key before, or else what is decided now, kept for the next. */
const once = async (
  run: Run,
  statements: Claims,
  values: Values,
  decide: (insertClaim: (outcome: Outcome) => Promise<unknown>) => Promise<Outcome>,
) => {
  if (values.key === undefined) return { outcome: await decide(async () => {}), replayed: false };
  const [known] = await run(statements.readClaim, values);
  if (known !== undefined) {
    if (known.fingerprint !== values.fingerprint) return { outcome: refuse("IDEMPOTENCY_KEY_REUSED"), replayed: false };
    return { outcome: (JSON.parse(known.answer as string) as { outcome: Outcome }).outcome, replayed: true };
  }
  let kept = false;
  const insertClaim = (outcome: Outcome) => {
    kept = true;
    const answer = JSON.stringify({ outcome, replayed: [] });
    return run(statements.insertClaim, {
      ...values,
      create_answer: answer,
      paid_answer: answer,
      received_answer: answer,
    });
  };
  const outcome = await decide(insertClaim);
  if (!kept) await insertClaim(outcome);
  return { outcome, replayed: false };
};

const lockParties = async (run: Run, statement: Statement, values: Values) => {
  const rows = await run(statement, values);
  const party = (id: unknown) => {
    const row = rows.find((candidate) => candidate.id === id);
    if (row === undefined) throw new Error(`trader ${String(id)} is missing`);
    return rowOf(traders, row);
  };
  return { buyer: party(values.buyer), seller: party(values.seller), now: rows[0]?.now as Instant };
};

const keyOf = ({ caller, idempotency }: Caller): Values => ({ caller, ...idempotency });

export type CreateInput = {
  readonly adId: number;
  readonly amount: number;
  readonly method: string;
  readonly adVersion?: number | undefined;
};

export const createStep =
  (who: Caller, input: CreateInput): Step =>
  async (run, settings) => {
    const values: Values = {
      ...keyOf(who),
      buyer: who.caller,
      ad_id: input.adId,
      amount: input.amount,
      method: input.method,
      pay_minutes: settings.payWindowMs / MINUTE,
    };
    const [known] = await run(CREATE.readAd, values);
    if (known === undefined) return { outcome: refuse("AD_NOT_FOUND"), replayed: false };
    const all = { ...values, seller: known.maker_id };
    const parties = await lockParties(run, CREATE.lockTraders, all);
    return once(run, CREATE, all, (keep) => decideCreate(run, settings, { values: all, input, ...parties }, keep));
  };

type Create = { readonly values: Values; readonly input: CreateInput } & Awaited<ReturnType<typeof lockParties>>;

const decideCreate = async (
  run: Run,
  settings: Settings,
  { values, input, buyer, seller, now }: Create,
  keep: (outcome: Outcome) => Promise<unknown>,
): Promise<Outcome> => {
  const [adRow] = await run(CREATE.lockAd, values);
  const [accountRow] = await run(CREATE.lockAccount, values);
  await run(CREATE.lockListing, values);
  if (adRow === undefined || accountRow === undefined) return refuse("AD_NOT_FOUND");
  const ad = rowOf(ads, adRow);
  const wanted = amount(input.amount);
  const fiat = fiatOf(wanted, ad.exchangeRate);
  const answer = { amount: wanted, paymentMethod: input.method, adVersion: input.adVersion, takerId: buyer.id };
  const refusal =
    refuseStriker(buyer, now) ??
    refuseAnswer(ad, answer) ??
    (fiat < 1n || fiat > MAX_AMOUNT ? invalid({ pointer: "/usdt_amount", message: "out of bounds" }) : undefined) ??
    refuseSecondOrder(buyer, ad.type) ??
    (rowOf(accounts, accountRow).balance < wanted ? refuse("SELLER_INSUFFICIENT_BALANCE") : undefined) ??
    (refuseToSell(seller, settings) === undefined ? undefined : refuse("AD_NOT_ACTIVE", { status: ad.status }));
  if (refusal !== undefined) return refusal;

  const order = one(await run(CREATE.insertOrder, values));
  const all = { ...values, order_id: order.id };
  const state = one(await run(CREATE.insertState, all));
  await run(CREATE.insertHistory, all);
  await run(CREATE.insertDeadline, all);
  await run(CREATE.fillAd, all);
  await run(CREATE.occupyTaker, all);
  await run(CREATE.takeFromSeller, all);
  await run(CREATE.insertTransfer, all);
  await run(CREATE.refreshListings, all);
  const document = orderDocument(
    { order: rowOf(orders, order), state: rowOf(orderStates, state), role: "buyer", buyer, seller },
    now,
  );
  await keep(document);
  await run(CREATE.tellEvents, all);
  return document;
};

const one = (rows: readonly SqlRow[]): SqlRow => {
  const [row] = rows;
  if (row === undefined) throw new Error("a statement met no row");
  return row;
};

export type ActInput = { readonly orderId: number; readonly expectedStatus?: string | undefined };

/** What both confirmations have in common: whose order it is, both parties' locks, and whether the move is allowed. */
const actStep =
  (
    action: PartyAction,
    statements: typeof PAID | typeof RECEIVED,
    act: (run: Run, values: Values) => Promise<{ readonly state: SqlRow; readonly parties: Partial<Parties> }>,
  ) =>
  (who: Caller, { orderId, expectedStatus }: ActInput): Step =>
  async (run, settings) => {
    const [row] = await run(statements.readOrder, { order_id: orderId });
    const order = row === undefined ? undefined : rowOf(orders, row);
    const me = traderId(who.caller);
    if (order === undefined || (me !== order.buyerId && me !== order.sellerId)) {
      return { outcome: refuse("ORDER_NOT_FOUND"), replayed: false };
    }
    const values: Values = {
      ...keyOf(who),
      order_id: orderId,
      buyer: order.buyerId,
      seller: order.sellerId,
      ad_id: order.adId,
      amount: order.usdtAmount,
      release_minutes: settings.releaseWindowMs / MINUTE,
      multiplier: settings.wageringMultiplier,
    };
    const locked = await lockParties(run, statements.lockTraders, values);
    return once(run, statements, values, async (keep) => {
      const before = rowOf(orderStates, one(await run(statements.lockState, values)));
      const role: Role = me === order.buyerId ? "buyer" : "seller";
      const allowed = moveOf(before.status, action, role) !== undefined;
      if (!allowed || (expectedStatus !== undefined && expectedStatus !== before.status)) {
        return refuse("INVALID_ORDER_STATUS", { status: before.status });
      }
      const done = await act(run, values);
      const source = { order, state: rowOf(orderStates, done.state), ...locked, ...done.parties };
      const document = orderDocument({ ...source, role }, locked.now);
      await keep(document);
      await run(statements.tellEvents, values);
      return document;
    });
  };

type Parties = Pick<Awaited<ReturnType<typeof lockParties>>, "buyer" | "seller">;

export const paidStep = actStep("confirm-paid", PAID, async (run, values) => {
  const state = one(await run(PAID.pay, values));
  await run(PAID.insertHistory, values);
  await run(PAID.insertDeadline, values);
  return { state, parties: {} };
});

export const receivedStep = actStep("confirm-received", RECEIVED, async (run, values) => {
  await run(RECEIVED.lockAd, values);
  await run(RECEIVED.lockAccounts, values);
  await run(RECEIVED.lockListings, values);
  const state = one(await run(RECEIVED.complete, values));
  await run(RECEIVED.insertHistory, values);
  await run(RECEIVED.giveToBuyer, values);
  await run(RECEIVED.insertTransfer, values);
  await run(RECEIVED.settleAd, values);
  const buyer = rowOf(traders, one(await run(RECEIVED.recordBuyer, values)));
  const seller = rowOf(traders, one(await run(RECEIVED.recordSeller, values)));
  await run(RECEIVED.recordDurations, values);
  await run(RECEIVED.recordPartners, values);
  await run(RECEIVED.countListings, values);
  await run(RECEIVED.refreshListings, values);
  return { state, parties: { buyer, seller } };
});
