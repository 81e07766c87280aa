/** How a return request ends without a return: the creditor's bank says no, or says nothing for a week. */
import {
  type DeadlineResult,
  MET,
  NOT_DUE,
  type Ref,
  type Routes,
  type State,
  unchanged,
  type Write,
} from "../../engine/index.ts";
import { type Instant, refuse } from "../../kernel/index.ts";
import { orderOutbox, returnRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { updateState } from "../orders/index.ts";
import { LAPSED, orderStates, payments, quotas, type ReturnRequest, returnRequests } from "../tables/index.ts";
import { ended } from "./request-end.ts";
import { onPayment } from "./returnable.ts";

export type ReturnRequestRef = { readonly paymentGuid: string };

/**
 * The request, and what is told of its end. The way to it leads through the payment, which is there before anybody asks for
 * anything: whoever says no in the same moment is not told that there is nothing to say no to.
 */
const NAMES_A_REQUEST = {
  route: ({ paymentGuid }: ReturnRequestRef): readonly Ref[] => [payments.at(paymentGuid)],
  rows({ paymentGuid }: ReturnRequestRef, routes: Routes): readonly Ref[] {
    const payment = routes.get(payments.at(paymentGuid));
    return payment === undefined ? [] : onPayment(payment);
  },
};

/** Undefined: there is no such payment, or nobody has asked for it. */
const requestIn = (state: State, paymentGuid: string): ReturnRequest | undefined =>
  state.get(payments.at(paymentGuid)) === undefined ? undefined : state.get(returnRequests.at(paymentGuid));

/** The payer's bank is told. */
const failing = (state: State, before: ReturnRequest, failure: string | null, now: Instant): readonly Write[] => {
  const request = ended(before, "failed", failure, now);
  const order = state.need(orderStates.at(request.orderGuid));
  const outbox = orderOutbox(order.orderGuid, order.lastSeqs);
  outbox.enqueue(request.participantGuid, returnRequestUpdated(request));
  return [returnRequests.update(request), updateState(order, outbox.lastSeqs), ...outbox.writes];
};

/** @property by the participant that says no @property reason in its own words */
export type RefuseReturn = ReturnRequestRef & { readonly by: string; readonly reason: string | null };
export type RefusedReturn = { readonly paymentGuid: string; readonly status: ReturnRequest["status"] };

/** What has ended stays as it ended. */
export const refuseReturn = defineCommand<RefuseReturn, RefusedReturn>()({
  name: "refuse-return",
  refuses: ["NOT_FOUND"],
  route: NAMES_A_REQUEST.route,
  needs: (input, routes) => [quotas.at(input.by), ...NAMES_A_REQUEST.rows(input, routes)],
  decide(state, { paymentGuid, by, reason }, { now }) {
    const request = requestIn(state, paymentGuid);
    if (request === undefined || request.creditorParticipantGuid !== by) return refuse("NOT_FOUND");
    if (request.status !== "created") return unchanged({ paymentGuid, status: request.status });
    const writes = failing(state, request, reason, now);
    return { result: { paymentGuid, status: "failed" }, writes, events: [] };
  },
});

/** The clock's command. It acts once, whoever submits it. */
export const lapseReturnRequest = defineCommand<ReturnRequestRef, DeadlineResult>()({
  name: "lapse-return-request",
  refuses: [],
  route: NAMES_A_REQUEST.route,
  needs: NAMES_A_REQUEST.rows,
  decide(state, { paymentGuid }, { now }) {
    const request = requestIn(state, paymentGuid);
    if (request === undefined || request.status !== "created") return unchanged(MET);
    if (now < request.until) return unchanged(NOT_DUE);
    return { result: MET, writes: failing(state, request, LAPSED, now), events: [] };
  },
});
