/**
 * The payer's bank has sent the money. One payment takes one request; the first one on a link closes the others. Money that
 * went to an account that the payer's bank was told of is never refused for being late, whether the order is over by now
 * or the phone leads elsewhere: it is marked, and the creditor's bank decides.
 */
import { type Ref, type SetRef, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, type Refusal, refuse } from "../../kernel/index.ts";
import { orderOutbox, payIn, payRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../errors.ts";
import { failed, isPaid, takenBy, tradeEvents, updateState } from "../orders/index.ts";
import type { ParsedAmount } from "../parsers/index.ts";
import {
  externalIds,
  gateOf,
  links,
  type Mode,
  type Order,
  orderStates,
  orders,
  type Payment,
  type PayRequest,
  payablePayRequests,
  payments,
  payRequests,
  phones,
  quotas,
} from "../tables/index.ts";
import { isMoved, isOver } from "./payable.ts";

export type AnnouncePayment = {
  readonly participantGuid: string;
  readonly mode: Mode;
  readonly orderGuid: string;
  readonly externalId: string;
  readonly amount: ParsedAmount;
  readonly currency: string;
  readonly guid: string;
};

/** @property again it had been announced before */
export type AnnouncedPayment = { readonly guid: string; readonly late: boolean; readonly again: boolean };

type Known = Pick<Order, "mode" | "type" | "participantGuid">;

/** A phone order is its bank's to pay; a link any bank's of its world. */
const isPayableBy = ({ mode, type, participantGuid }: Known, by: AnnouncePayment): boolean =>
  mode === by.mode && (type === "link" || participantGuid === by.participantGuid);

const NOT_FOUND = refuse("ORDER NOT FOUND");
const NOT_NOW = invalid("order_guid");
const EXPIRED = refuse("ORDER_IS_EXPIRED");

export const announcePayment = defineCommand<AnnouncePayment, AnnouncedPayment>()({
  name: "announce-payment",
  refuses: ["ORDER NOT FOUND", "INVALID_CURRENCY", "INVALID_REQUEST", "EXTERNAL_ID_NOT_UNIQUE", "ORDER_IS_EXPIRED"],
  route: ({ orderGuid }) => [orders.at(orderGuid)],
  needs(input, routes) {
    const own = [quotas.at(input.participantGuid), usedIdOf(input)];
    const order = routes.get(orders.at(input.orderGuid));
    return order === undefined || !isPayableBy(order, input) ? own : [...own, ...payingNeeds(order)];
  },
  decide(state, input, { now }) {
    const order = state.get(orders.at(input.orderGuid));
    if (order === undefined || !isPayableBy(order, input)) return NOT_FOUND;
    const used = state.get(usedIdOf(input));
    const again = used?.targetGuid === order.guid ? used.paymentGuid : null;
    const request = requestOf(state, order, input.participantGuid);
    const over = isOver(order, state.need(orderStates.at(order.guid)), now);
    const late = over || hasMoved(state, order) || request?.status === "failed";
    if (request === undefined && again === null && !over && !isPaid(state, order)) return NOT_FOUND;
    const fault = faultOfTerms(order, input);
    if (fault !== null) return fault;
    // The same payment again; another amount under the same id is a different payment.
    if (again !== null && used?.amount === input.amount.minor)
      return unchanged({ guid: again, late: used.late ?? false, again: true });
    if (used !== undefined)
      return refuse("EXTERNAL_ID_NOT_UNIQUE", { field: "payment_message_external_id", order_guid: used.targetGuid });
    if (request === undefined || !isWaiting(state, order, request)) return over ? EXPIRED : NOT_NOW;
    return {
      result: { guid: input.guid, late, again: false },
      writes: paying(state, { input, order, request, late, now }),
      events: tradeEvents(state.need(orderStates.at(order.guid)), { step: "announced", paymentGuid: input.guid }),
    };
  },
});

const usedIdOf = ({ participantGuid, externalId }: AnnouncePayment) =>
  externalIds.at(participantGuid, "payment", externalId);

const payingNeeds = (order: Pick<Order, "guid" | "phoneHash" | "payRequestGuid">): readonly (Ref | SetRef)[] => [
  orders.at(order.guid),
  gateOf(order),
  orderStates.at(order.guid),
  order.payRequestGuid === null ? payablePayRequests.of(links.at(order.guid)) : payRequests.at(order.payRequestGuid),
];

/** Those of a link that no payment has taken; a phone order has one, whatever became of it. */
const requestsOf = (state: State, order: Order): readonly PayRequest[] =>
  order.payRequestGuid === null
    ? state.all(payablePayRequests.of(links.at(order.guid))).filter(({ paymentGuid }) => paymentGuid === null)
    : [state.need(payRequests.at(order.payRequestGuid))];

const requestOf = (state: State, order: Order, bank: string): PayRequest | undefined =>
  requestsOf(state, order).find(({ participantGuid }) => participantGuid === bank);

/** The fixed terms are compared first, so that a repeat gets the same answer. */
const faultOfTerms = (
  order: Order,
  { amount, currency }: AnnouncePayment,
): Refusal<"INVALID_CURRENCY" | "INVALID_REQUEST"> | null => {
  if (currency !== order.currency) return refuse("INVALID_CURRENCY", { field: "currency" });
  return order.amount === null || order.amount === amount.minor ? null : invalid("amount");
};

/** Whether a phone leads elsewhere than when the order's creditor was fixed. */
const hasMoved = (state: State, order: Order): boolean =>
  order.phoneHash !== null && isMoved(state.get(phones.at(order.phoneHash)), state.need(orderStates.at(order.guid)));

/** Whether a payment may take it: once its bank was told where to pay, for ever; of a link, until another one did. */
const isWaiting = (state: State, order: Order, request: PayRequest): boolean => {
  if (request.paymentGuid !== null) return false;
  if (order.phoneHash === null) return !isPaid(state, order);
  return state.need(orderStates.at(order.guid)).status === "processing";
};

type Paying = {
  readonly input: AnnouncePayment;
  readonly order: Order;
  readonly request: PayRequest;
  readonly late: boolean;
  readonly now: Instant;
};

const paying = (state: State, paid: Paying): readonly Write[] => {
  const { input, order, request } = paid;
  const current = state.need(orderStates.at(order.guid));
  const creditor = creditorOf(state, order);
  const payment = paymentOf(paid, creditor);
  const outbox = orderOutbox(order.guid, current.lastSeqs);
  outbox.enqueue(creditor, payIn(payment));
  const others = requestsOf(state, order).filter(({ guid, status }) => guid !== request.guid && status !== "failed");
  const closed = others.map((other) => failed(other, "ALREADY_PAID"));
  for (const other of closed) outbox.enqueue(other.participantGuid, payRequestUpdated(other, null));
  return [
    payments.insert(payment),
    externalIds.insert({
      participantGuid: input.participantGuid,
      kind: "payment",
      externalId: input.externalId,
      targetGuid: order.guid,
      paymentGuid: payment.guid,
      amount: payment.amount,
      late: payment.late,
    }),
    ...[takenBy(request, payment.guid), ...closed].map((each) => payRequests.update(each)),
    ...(order.type === "link" ? [links.update({ ...state.need(links.at(order.guid)), paidBy: request.guid })] : []),
    updateState({ ...current, paymentGuid: payment.guid }, outbox.lastSeqs),
    ...outbox.writes,
  ];
};

/** The bank that gets the money: the one that has the phone, or that made the link; of a trade, its seller's. */
const creditorOf = (state: State, order: Order): string => {
  const { creditorParticipantGuid } = state.need(orderStates.at(order.guid));
  return creditorParticipantGuid ?? (order.type === "link" ? order.participantGuid : "");
};

const paymentOf = ({ input, order, request, late, now }: Paying, creditorParticipantGuid: string): Payment => ({
  guid: input.guid,
  payRequestGuid: request.guid,
  orderGuid: order.guid,
  mode: order.mode,
  phoneHash: order.phoneHash,
  participantGuid: request.participantGuid,
  debtorAccount: request.debtorAccount,
  creditorParticipantGuid,
  externalId: input.externalId,
  amount: input.amount.minor,
  amountText: input.amount.text,
  currency: input.currency,
  createdAt: now,
  late,
  status: "created",
  reason: null,
  completedAt: null,
  returned: 0n,
  returns: 0,
});
