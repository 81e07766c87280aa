/** How the search for an order's receiver ends: found or rejected, each with everything that follows in its transaction. */
import type { Ref, SetRef, State, Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { type Asker, askerNeeds, giveBack, QUESTION } from "../budgets/index.ts";
import { linkCancelled, orderOutbox, orderUpdated, payRequestUpdated } from "../callbacks/index.ts";
import {
  gateOf,
  type Order,
  type OrderState,
  orderDeadlines,
  orderStates,
  type PayRequestReason,
  payRequests,
  type StatusReason,
  searches,
} from "../tables/index.ts";
import { completed, failed } from "./pay-request.ts";
import { historyOf, updateState, withStatus } from "./transition.ts";

/** The columns of an order that lead to the rows its search is resolved with. */
export type ResolvedOrder = Pick<
  Order,
  "guid" | "participantGuid" | "mode" | "phoneHash" | "debtorAccount" | "payRequestGuid" | "requestGuid"
>;

/** The rows that a command has to name to resolve the search of a phone order. */
export const resolveNeeds = (order: ResolvedOrder): readonly (Ref | SetRef)[] => [
  gateOf(order),
  orderStates.at(order.guid),
  payRequests.at(order.payRequestGuid ?? ""),
  ...(order.requestGuid === null ? [] : [searches.at(order.requestGuid)]),
  ...askerNeeds(askerOf(order)),
];

export type Creditor = { readonly participantGuid: string; readonly account: string };

/**
 * The receiver is found: the creditor's account is fixed, and the payer's bank learns where to pay.
 * @param answeredBy the bank whose answer to this very search it was
 */
export const resolveFound = (
  state: State,
  order: Order,
  creditor: Creditor,
  now: Instant,
  answeredBy: string | null = null,
): readonly Write[] => {
  const next = withStatus(state.need(orderStates.at(order.guid)), {
    status: "processing",
    statusReason: null,
    creditorParticipantGuid: creditor.participantGuid,
    creditorAccount: creditor.account,
  });
  const request = completed(state.need(payRequests.at(order.payRequestGuid ?? "")));
  const outbox = orderOutbox(order.guid, next.told);
  outbox.enqueue(order.participantGuid, orderUpdated(next));
  outbox.enqueue(order.participantGuid, payRequestUpdated(request, creditor.account));
  const losers = stillAsked(state, order, next).filter((bank) => bank !== answeredBy);
  for (const bank of losers) outbox.enqueue(bank, linkCancelled(order.requestGuid ?? ""));
  return [
    updateState(next, outbox.lastSeq),
    historyOf(next, now),
    payRequests.update(request),
    orderDeadlines.append({ orderGuid: order.guid, dueAt: order.expiresAt }),
    ...giveBack(state, askerOf(order), QUESTION.found, now),
    ...outbox.writes,
  ];
};

/** Why the search for a pending order is over; null while it is not. A claim that comes later does not count. */
export const endOfSearch = (state: State, order: Order, now: Instant): StatusReason | null => {
  if (now >= order.expiresAt) return "EXPIRED";
  const until = order.requestGuid === null ? order.expiresAt : state.need(searches.at(order.requestGuid)).until;
  return now >= until ? "SEARCH_TIMEOUT" : null;
};

/** No bank has the phone, or none claimed it in time. */
export const resolveRejected = (state: State, order: Order, reason: StatusReason, now: Instant): readonly Write[] =>
  rejectFrom(state, state.need(orderStates.at(order.guid)), order, reason, now);

/** @param current the order's state, including what this command has changed in it */
export const rejectFrom = (
  state: State,
  current: OrderState,
  order: Order,
  reason: StatusReason,
  now: Instant,
): readonly Write[] => {
  const next = withStatus(current, { status: "rejected", statusReason: reason });
  const outbox = orderOutbox(order.guid, next.told);
  outbox.enqueue(order.participantGuid, orderUpdated(next));
  for (const bank of stillAsked(state, order, next)) outbox.enqueue(bank, linkCancelled(order.requestGuid ?? ""));
  const request = state.need(payRequests.at(order.payRequestGuid ?? ""));
  const because: PayRequestReason = reason === "EXPIRED" ? "EXPIRED" : "REJECTED";
  return [
    updateState(next, outbox.lastSeq),
    historyOf(next, now),
    payRequests.update(failed(request, because)),
    ...outbox.writes,
  ];
};

/** The banks that may still be asking their clients. */
export const stillAsked = (state: State, order: Order, { refused }: OrderState): readonly string[] =>
  order.requestGuid === null
    ? []
    : state.need(searches.at(order.requestGuid)).asked.filter((bank) => !refused.includes(bank));

/** Who paid for the question: of an order, or of its payment. */
export const askerOf = ({
  participantGuid,
  mode,
  debtorAccount,
}: Pick<Order, "participantGuid" | "mode" | "debtorAccount">): Asker => ({
  participantGuid,
  mode,
  account: debtorAccount ?? "",
});
