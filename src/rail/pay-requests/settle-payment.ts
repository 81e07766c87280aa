/**
 * The creditor's bank reports whether the money arrived: in its answer to `pay_in`, or later. The first report counts;
 * later ones get the payment's outcome as their answer.
 */
import { type Event, type Ref, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, refuse } from "../../kernel/index.ts";
import { askerNeeds, giveBack, QUESTION } from "../budgets/index.ts";
import { orderOutbox, payOut, payRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { askerOf, failed, tradeEvents, updateState } from "../orders/index.ts";
import { gateOf, links, orderStates, type Payment, payments, payRequests, quotas } from "../tables/index.ts";

export type SettlePayment = {
  readonly paymentGuid: string;
  /** The participant that reports it. */
  readonly by: string;
  readonly result: "success" | "failure";
  /** Why not, in the bank's own words. */
  readonly reason?: string | null;
};

export type SettledPayment = { readonly guid: string; readonly status: Payment["status"] };

export const settlePayment = defineCommand<SettlePayment, SettledPayment>()({
  name: "settle-payment",
  refuses: ["NOT_FOUND"],
  route: ({ paymentGuid }) => [payments.at(paymentGuid)],
  needs({ paymentGuid, by }, routes) {
    const payment = routes.get(payments.at(paymentGuid));
    return payment === undefined ? [quotas.at(by)] : [quotas.at(by), ...settlingNeeds(payment)];
  },
  decide(state, { paymentGuid, by, result, reason }, { now }) {
    const payment = state.get(payments.at(paymentGuid));
    if (payment === undefined || payment.creditorParticipantGuid !== by) return refuse("NOT_FOUND");
    if (payment.status !== "created") return unchanged(resultOf(payment));
    const settled: Payment =
      result === "success"
        ? { ...payment, status: "completed", reason: null, completedAt: now }
        : { ...payment, status: "failed", reason: reason ?? null };
    const writes = result === "success" ? completing(state, settled, now) : failing(state, settled);
    return {
      result: resultOf(settled),
      writes: [payments.update(settled), ...writes],
      events: reported(state, settled),
    };
  },
});

type Fixed = Pick<
  Payment,
  "guid" | "orderGuid" | "payRequestGuid" | "mode" | "phoneHash" | "participantGuid" | "debtorAccount"
>;

const settlingNeeds = (payment: Fixed): readonly Ref[] => {
  const { guid, orderGuid, payRequestGuid, phoneHash } = payment;
  const needs = [
    gateOf({ guid: orderGuid, phoneHash }),
    payments.at(guid),
    orderStates.at(orderGuid),
    payRequests.at(payRequestGuid),
  ];
  // Only a search that was paid for has a refund.
  return phoneHash === null ? needs : [...needs, ...askerNeeds(askerOf(payment))];
};

/** For whoever settles the trade that was paid. */
const reported = (state: State, { guid, orderGuid, status, reason }: Payment): readonly Event[] =>
  tradeEvents(state.need(orderStates.at(orderGuid)), {
    step: status === "completed" ? "confirmed" : "refused",
    paymentGuid: guid,
    reason,
  });

const resultOf = ({ guid, status }: Payment): SettledPayment => ({ guid, status });

const completing = (state: State, payment: Payment, now: Instant): readonly Write[] => {
  const order = state.need(orderStates.at(payment.orderGuid));
  const outbox = orderOutbox(order.orderGuid, order.lastSeqs);
  outbox.enqueue(payment.participantGuid, payOut(payment));
  const paidFor = payment.phoneHash === null ? [] : giveBack(state, askerOf(payment), QUESTION.paid, now);
  return [...paidFor, updateState(order, outbox.lastSeqs), ...outbox.writes];
};

/** The request is over with its payment. A link takes money again: until it expires from whoever opens it. */
const failing = (state: State, payment: Payment): readonly Write[] => {
  const order = state.need(orderStates.at(payment.orderGuid));
  const before = state.need(payRequests.at(payment.payRequestGuid));
  const outbox = orderOutbox(order.orderGuid, order.lastSeqs);
  outbox.enqueue(payment.participantGuid, payOut(payment));
  // Taken by money that came late, it has failed before.
  const request = before.status === "failed" ? null : failed(before, "PAYMENT_FAILED");
  if (request !== null) outbox.enqueue(request.participantGuid, payRequestUpdated(request, null));
  const link = payment.phoneHash === null ? state.need(links.at(payment.orderGuid)) : null;
  return [
    ...(request === null ? [] : [payRequests.update(request)]),
    ...(link === null ? [] : [links.update({ ...link, paidBy: null })]),
    updateState(order, outbox.lastSeqs),
    ...outbox.writes,
  ];
};
