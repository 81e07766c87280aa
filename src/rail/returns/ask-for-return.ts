/** The payer's bank asks for money back. It may ask once for a payment; the creditor's bank has a week to answer. */
import { type Ref, unchanged } from "../../engine/index.ts";
import { after, refuse } from "../../kernel/index.ts";
import { orderOutbox, returnRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../errors.ts";
import { updateState } from "../orders/index.ts";
import type { ParsedAmount } from "../parsers/index.ts";
import { LIMITS } from "../settings.ts";
import {
  orderStates,
  payments,
  quotas,
  type ReturnReason,
  type ReturnRequest,
  returnRequests,
} from "../tables/index.ts";
import { onPayment, remainingOf } from "./returnable.ts";

export type AskForReturn = {
  /** The caller. */
  readonly participantGuid: string;
  readonly paymentGuid: string;
  /** Null: whatever is not returned yet. */
  readonly amount: ParsedAmount | null;
  readonly reason: ReturnReason;
};

/** @property again it had been asked for before */
export type AskedForReturn = { readonly paymentGuid: string; readonly again: boolean };

export const askForReturn = defineCommand<AskForReturn, AskedForReturn>()({
  name: "ask-for-return",
  refuses: ["NOT_FOUND", "INVALID_REQUEST"],
  route: ({ paymentGuid }) => [payments.at(paymentGuid)],
  needs({ participantGuid, paymentGuid }, routes): readonly Ref[] {
    const payment = routes.get(payments.at(paymentGuid));
    return payment === undefined ? [quotas.at(participantGuid)] : [quotas.at(participantGuid), ...onPayment(payment)];
  },
  decide(state, input, { now }) {
    const { participantGuid, paymentGuid, amount, reason } = input;
    const payment = state.get(payments.at(paymentGuid));
    if (payment === undefined || payment.participantGuid !== participantGuid) return refuse("NOT_FOUND");
    const before = state.get(returnRequests.at(paymentGuid));
    if (before !== undefined && isSame(before, input)) return unchanged({ paymentGuid, again: true });
    const returnable = payment.status === "completed" && remainingOf(payment) > 0n;
    if (before !== undefined || !returnable) return invalid("payment_guid");
    if (amount !== null && amount.minor > remainingOf(payment)) return invalid("amount");
    const { orderGuid, phoneHash, creditorParticipantGuid, currency } = payment;
    const request: ReturnRequest = {
      ...{ paymentGuid, orderGuid, phoneHash, participantGuid, creditorParticipantGuid, currency, reason },
      amount: amount?.minor ?? null,
      amountText: amount?.text ?? null,
      createdAt: now,
      until: after(now, LIMITS.returnRequestMs),
      status: "created",
      failure: null,
      endedAt: null,
    };
    const order = state.need(orderStates.at(orderGuid));
    const outbox = orderOutbox(orderGuid, order.lastSeqs);
    outbox.enqueue(creditorParticipantGuid, returnRequestUpdated(request));
    return {
      result: { paymentGuid, again: false },
      writes: [returnRequests.insert(request), updateState(order, outbox.lastSeqs), ...outbox.writes],
      events: [],
    };
  },
});

const isSame = (before: ReturnRequest, { amount, reason }: AskForReturn): boolean =>
  before.reason === reason && before.amount === (amount?.minor ?? null);
