/**
 * How the wait of an order for its receiver ends: found or rejected, each with everything that follows in its transaction.
 * Each order that waited for a search is settled by itself, with its bank's callbacks and its budget.
 */
import type { Ref, State, Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { type Asker, askerNeeds, giveBack, QUESTION } from "../budgets/index.ts";
import { orderOutbox, orderUpdated, payRequestUpdated } from "../callbacks/index.ts";
import {
  gateOf,
  type Order,
  orderDeadlines,
  orderStates,
  type PayRequestReason,
  type Phone,
  payRequests,
  phones,
  type Search,
  type StatusReason,
  searches,
} from "../tables/index.ts";
import { completed, failed } from "./pay-request.ts";
import { leaveSearch } from "./search.ts";
import { historyOf, updateState, withStatus } from "./transition.ts";

/** The columns of an order that lead to the rows its wait is ended with. */
export type ResolvedOrder = Pick<
  Order,
  "guid" | "participantGuid" | "mode" | "phoneHash" | "debtorAccount" | "payRequestGuid" | "requestGuid"
>;

/** The rows that a command has to name to end the wait of a phone order. */
export const resolveNeeds = (order: ResolvedOrder): readonly Ref[] => [
  gateOf(order),
  orderStates.at(order.guid),
  payRequests.at(order.payRequestGuid ?? ""),
  ...(order.requestGuid === null ? [] : [searches.at(order.requestGuid)]),
  ...askerNeeds(askerOf(order)),
];

export type Creditor = { readonly participantGuid: string; readonly account: string };

export const holderOf = (phone: Phone | undefined): Creditor | null => {
  const { participantGuid = null, account = null } = phone ?? {};
  return participantGuid === null || account === null ? null : { participantGuid, account };
};

/** Why an order that is pending is rejected, or who its receiver is; null: it goes on waiting. */
type Outcome = { readonly rejected: StatusReason } | { readonly found: Creditor } | null;

/** @param unavailable banks that are suspended */
const outcomeOf = (state: State, order: Order, unavailable: readonly string[], now: Instant): Outcome => {
  if (now >= order.expiresAt) return { rejected: "EXPIRED" };
  const { phoneHash, until, outcome } = state.need(searches.at(order.requestGuid ?? ""));
  if (outcome === null) return now >= until ? { rejected: "SEARCH_TIMEOUT" } : null;
  if (outcome === "over") return { rejected: "SEARCH_TIMEOUT" };
  // What was linked after the last no revives nothing; what was unlinked since it was found is nobody's.
  const holder = outcome === "found" ? holderOf(state.get(phones.at(phoneHash))) : null;
  if (holder === null) return { rejected: "NOT_LINKED" };
  return unavailable.includes(holder.participantGuid) ? { rejected: "CREDITOR_BANK_UNAVAILABLE" } : { found: holder };
};

/** The deadline that a pending order has. */
export const endOfWait = (state: State, order: Order): Instant => {
  const { until } = state.need(searches.at(order.requestGuid ?? ""));
  return order.expiresAt < until ? order.expiresAt : until;
};

/** Ends the wait of a pending order if it is over. @returns null: it is not */
export const resolvePending = (
  state: State,
  order: Order,
  unavailable: readonly string[],
  now: Instant,
): readonly Write[] | null => {
  const outcome = outcomeOf(state, order, unavailable, now);
  if (outcome === null) return null;
  const search: Search = state.need(searches.at(order.requestGuid ?? ""));
  const left = leaveSearch(search, now);
  return "found" in outcome
    ? [...left, ...resolveFound(state, order, outcome.found, now)]
    : [...left, ...resolveRejected(state, order, outcome.rejected, now)];
};

/** The receiver is found: the creditor's account is fixed, and the payer's bank learns where to pay. */
const resolveFound = (state: State, order: Order, creditor: Creditor, now: Instant): readonly Write[] => {
  const next = withStatus(state.need(orderStates.at(order.guid)), {
    status: "processing",
    statusReason: null,
    creditorParticipantGuid: creditor.participantGuid,
    creditorAccount: creditor.account,
  });
  const request = completed(state.need(payRequests.at(order.payRequestGuid ?? "")));
  const outbox = orderOutbox(order.guid, next.lastSeqs);
  outbox.enqueue(order.participantGuid, orderUpdated(next));
  outbox.enqueue(order.participantGuid, payRequestUpdated(request, creditor.account));
  return [
    updateState(next, outbox.lastSeqs),
    historyOf(next, now),
    payRequests.update(request),
    ...(endOfWait(state, order) < order.expiresAt
      ? [orderDeadlines.append({ orderGuid: order.guid, dueAt: order.expiresAt })]
      : []),
    ...giveBack(state, askerOf(order), QUESTION.found, now),
    ...outbox.writes,
  ];
};

/** No bank has the phone, none claimed it in time, or its bank is suspended. */
const resolveRejected = (state: State, order: Order, reason: StatusReason, now: Instant): readonly Write[] => {
  const next = withStatus(state.need(orderStates.at(order.guid)), { status: "rejected", statusReason: reason });
  const outbox = orderOutbox(order.guid, next.lastSeqs);
  outbox.enqueue(order.participantGuid, orderUpdated(next));
  const request = state.need(payRequests.at(order.payRequestGuid ?? ""));
  const because: PayRequestReason = reason === "EXPIRED" ? "EXPIRED" : "REJECTED";
  return [
    updateState(next, outbox.lastSeqs),
    historyOf(next, now),
    payRequests.update(failed(request, because)),
    ...outbox.writes,
  ];
};

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
