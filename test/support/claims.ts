/** What tests of payment claims, debts and suspensions say again and again. */

import { operatorCall } from "./chats.ts";
import type { Call, CallOptions, Json, Market, Reply } from "./market.ts";
import { AMOUNT, assertDone, platform, someone, type Trade, type TradeOptions, trade } from "./trades.ts";

export const claim = (call: Call, { id }: Json, body?: object, options?: CallOptions): Promise<Reply> =>
  call("POST", `/p2p/orders/${id}/claim`, body, options);
export const honour = (call: Call, { id }: Json, body?: object, options?: CallOptions): Promise<Reply> =>
  call("POST", `/p2p/orders/${id}/honour`, body, options);
export const resolve = (call: Call, order: Json, body: object, options?: CallOptions): Promise<Reply> =>
  operatorCall(call, order, "resolve", { reason: "as the receipts show", ...body }, options);

export type Claimed = Trade & { readonly operator: string; readonly asOperator: Call };

/** An order that its seller cancelled, that its buyer claims to have paid, and whose case an operator has. */
export const claimed = async (market: Market, options: TradeOptions = {}): Promise<Claimed> => {
  const found = await trade(market, { ...options, status: "cancelled" });
  assertDone(await claim(found.asBuyer, found.order, { comment: "The money left my account." }));
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  assertDone(await operatorCall(asOperator, found.order, "assign"));
  return { ...found, operator, asOperator };
};

/** Takes an available balance down to what is named. */
export const leave = async (market: Market, user: string, rest: number) => {
  const { available } = assertDone(await market.as(user)("GET", "/wallet"));
  if (available === rest) return;
  const entry = { user_id: user, amount: available - rest, kind: "withdrawal" };
  assertDone(await platform(market, "debits", entry), 201);
};

/** A claim that was compensated while its seller had `had`: the rest of the order's amount is owed. */
export const indebted = async (market: Market, had = 0, options: TradeOptions = {}): Promise<Claimed> => {
  const found = await claimed(market, options);
  await leave(market, found.seller, had);
  const amount = options.amount ?? AMOUNT;
  assertDone(await resolve(found.asOperator, found.order, { outcome: "compensate", amount }));
  return found;
};

/** An operator who stops a trader, or lets one go on. */
export const suspension = (call: Call, user: string, act: "suspend" | "resume", body: object = {}) =>
  call("POST", `/operator/users/${encodeURIComponent(user)}/${act}`, { reason: "as the file shows", ...body });
