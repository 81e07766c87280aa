/** How a search for an order's receiver ends: found, or not. Each with all that follows in the same transaction. */
import type { Ref, SetRef, State, Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { BANK, full, givenBack, PAYER, PRICES, payerId, refilled } from "../budgets/index.ts";
import { linkCancelled, orderUpdated, payRequestTold, voiceOf } from "../callbacks/index.ts";
import {
  gateOf,
  type Order,
  type OrderState,
  orderDeadlines,
  orderStates,
  type PayRequestReason,
  payers,
  payRequests,
  quotas,
  type StatusReason,
  searches,
} from "../tables/index.ts";
import { completed, failed } from "./pay-request.ts";
import { historyOf, moved, saved } from "./transition.ts";

/** What says which rows a phone order is settled with. */
export type Settled = Pick<
  Order,
  "guid" | "participantGuid" | "mode" | "phoneHash" | "debtorAccount" | "payRequestGuid" | "requestGuid"
>;

/** What a command names to settle a phone order. */
export const settleNeeds = (order: Settled): readonly (Ref | SetRef)[] => [
  gateOf(order),
  orderStates.at(order.guid),
  payRequests.at(order.payRequestGuid ?? ""),
  ...(order.requestGuid === null ? [] : [searches.at(order.requestGuid)]),
  quotas.at(order.participantGuid),
  payers.at(payerId(order.mode, order.debtorAccount ?? "")),
];

export type Creditor = { readonly participantGuid: string; readonly account: string };

/** The receiver is found: the creditor's account is fixed, and the payer's bank knows where to pay. */
/** @param answeredBy the bank whose answer to this very search it was */
export const found = (
  state: State,
  order: Order,
  creditor: Creditor,
  now: Instant,
  answeredBy: string | null = null,
): readonly Write[] => {
  const next = moved(state.need(orderStates.at(order.guid)), {
    status: "processing",
    statusReason: null,
    creditorParticipantGuid: creditor.participantGuid,
    creditorAccount: creditor.account,
  });
  const request = completed(state.need(payRequests.at(order.payRequestGuid ?? "")));
  const voice = voiceOf(order.guid, next.told);
  voice.say(order.participantGuid, orderUpdated(next));
  voice.say(order.participantGuid, payRequestTold(request, creditor.account));
  const losers = stillAsked(state, order, next).filter((bank) => bank !== answeredBy);
  for (const bank of losers) voice.say(bank, linkCancelled(order.requestGuid ?? ""));
  return [
    saved(next, voice.told),
    historyOf(next, now),
    payRequests.update(request),
    orderDeadlines.append({ orderGuid: order.guid, dueAt: order.expiresAt }),
    ...giveBack(state, order, now, "found"),
    ...voice.writes,
  ];
};

/** Why the search for a pending order is over by now; null while it is not. No yes counts after it. */
export const endOfSearch = (state: State, order: Order, now: Instant): StatusReason | null => {
  if (now >= order.expiresAt) return "EXPIRED";
  const until = order.requestGuid === null ? order.expiresAt : state.need(searches.at(order.requestGuid)).until;
  return now >= until ? "SEARCH_TIMEOUT" : null;
};

/** Nobody has the phone, or nobody said so in time. */
export const rejected = (state: State, order: Order, reason: StatusReason, now: Instant): readonly Write[] =>
  rejectedFrom(state, state.need(orderStates.at(order.guid)), order, reason, now);

/** @param current the order's state, with what this command has added to it */
export const rejectedFrom = (
  state: State,
  current: OrderState,
  order: Order,
  reason: StatusReason,
  now: Instant,
): readonly Write[] => {
  const next = moved(current, { status: "rejected", statusReason: reason });
  const voice = voiceOf(order.guid, next.told);
  voice.say(order.participantGuid, orderUpdated(next));
  for (const bank of stillAsked(state, order, next)) voice.say(bank, linkCancelled(order.requestGuid ?? ""));
  const request = state.need(payRequests.at(order.payRequestGuid ?? ""));
  const because: PayRequestReason = reason === "EXPIRED" ? "EXPIRED" : "REJECTED";
  return [saved(next, voice.told), historyOf(next, now), payRequests.update(failed(request, because)), ...voice.writes];
};

/** Banks that may still be asking their clients. */
export const stillAsked = (state: State, order: Order, { refused }: OrderState): readonly string[] =>
  order.requestGuid === null
    ? []
    : state.need(searches.at(order.requestGuid)).asked.filter((bank) => !refused.includes(bank));

/** What the question cost, but for one token; and a little more when it came to a payment. */
export const giveBack = (
  state: State,
  order: Pick<Order, "participantGuid" | "mode" | "debtorAccount">,
  now: Instant,
  why: "found" | "paid",
): readonly Write[] => {
  const id = payerId(order.mode, order.debtorAccount ?? "");
  const quota = state.need(quotas.at(order.participantGuid));
  const payer = state.get(payers.at(id));
  const bank = givenBack(BANK, refilled(BANK, quota, now), PRICES.bank[why]);
  const account = givenBack(
    PAYER,
    payer === undefined ? full(PAYER, now) : refilled(PAYER, payer, now),
    PRICES.payer[why],
  );
  const row = { id, ...account };
  return [
    quotas.update({ participantGuid: order.participantGuid, ...bank }),
    payer === undefined ? payers.insert(row) : payers.update(row),
  ];
};
