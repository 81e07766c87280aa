/**
 * The creditor's bank sends money back: all of a payment or a part of it, at once or bit by bit, and never more than came. A
 * request for it that was open is answered with that.
 */
import { type Ref, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, refuse } from "../../kernel/index.ts";
import { moneyReturned, orderOutbox } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../errors.ts";
import { updateState } from "../orders/index.ts";
import type { ParsedAmount } from "../parsers/index.ts";
import { LIMITS } from "../settings.ts";
import {
  orderStates,
  type Payment,
  payments,
  quotas,
  type Return,
  type ReturnReason,
  returnRequests,
  returns,
} from "../tables/index.ts";
import { ended } from "./request-end.ts";
import { onPayment, remainingOf } from "./returnable.ts";

export type MakeReturn = {
  /** The caller. */
  readonly participantGuid: string;
  readonly paymentGuid: string;
  readonly externalId: string;
  readonly amount: ParsedAmount;
  readonly reason: ReturnReason;
  readonly guid: string;
};

/** @property again it had been made before */
export type MadeReturn = { readonly guid: string; readonly again: boolean };

export const makeReturn = defineCommand<MakeReturn, MadeReturn>()({
  name: "make-return",
  refuses: ["NOT_FOUND", "EXTERNAL_ID_NOT_UNIQUE", "INVALID_REQUEST"],
  route: ({ paymentGuid }) => [payments.at(paymentGuid)],
  needs({ participantGuid, externalId, paymentGuid }, routes): readonly Ref[] {
    const own = [quotas.at(participantGuid), returns.at(participantGuid, externalId)];
    const payment = routes.get(payments.at(paymentGuid));
    return payment === undefined ? own : [...own, ...onPayment(payment)];
  },
  decide(state, input, { now }) {
    const payment = state.get(payments.at(input.paymentGuid));
    if (payment === undefined || payment.creditorParticipantGuid !== input.participantGuid) return refuse("NOT_FOUND");
    const used = state.get(returns.at(input.participantGuid, input.externalId));
    if (used !== undefined && isSame(used, input)) return unchanged({ guid: used.guid, again: true });
    if (used !== undefined)
      return refuse("EXTERNAL_ID_NOT_UNIQUE", { field: "return_external_id", order_guid: used.orderGuid });
    if (payment.status !== "completed" || payment.returns >= LIMITS.returnsPerPayment) return invalid("payment_guid");
    if (input.amount.minor > remainingOf(payment)) return invalid("amount");
    return { result: { guid: input.guid, again: false }, writes: returning(state, payment, input, now), events: [] };
  },
});

/** Other terms under the same id are another return. */
const isSame = (used: Return, { paymentGuid, amount, reason }: MakeReturn): boolean =>
  used.paymentGuid === paymentGuid && used.amount === amount.minor && used.reason === reason;

const returning = (state: State, payment: Payment, input: MakeReturn, now: Instant): readonly Write[] => {
  const made: Return = {
    participantGuid: input.participantGuid,
    externalId: input.externalId,
    guid: input.guid,
    paymentGuid: payment.guid,
    orderGuid: payment.orderGuid,
    debtorParticipantGuid: payment.participantGuid,
    amount: input.amount.minor,
    amountText: input.amount.text,
    currency: payment.currency,
    reason: input.reason,
    createdAt: now,
  };
  const order = state.need(orderStates.at(payment.orderGuid));
  const outbox = orderOutbox(order.orderGuid, order.lastSeqs);
  outbox.enqueue(payment.participantGuid, moneyReturned(made));
  const request = state.get(returnRequests.at(payment.guid));
  return [
    returns.insert(made),
    payments.update({ ...payment, returned: payment.returned + made.amount, returns: payment.returns + 1 }),
    ...(request?.status === "created" ? [returnRequests.update(ended(request, "completed", null, now))] : []),
    updateState(order, outbox.lastSeqs),
    ...outbox.writes,
  ];
};
