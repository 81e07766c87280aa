/**
 * The creditor's bank could not be told of a payment. The payer's bank hears so, once; the money is where it was, and a later
 * result still settles it.
 */
import { unchanged } from "../../engine/index.ts";
import { orderOutbox, payOut } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { updateState } from "../orders/index.ts";
import { gateOf, orderStates, payments, SILENT } from "../tables/index.ts";

export type SilencePayment = { readonly paymentGuid: string };

export const silencePayment = defineCommand<SilencePayment, null>()({
  name: "silence-payment",
  refuses: [],
  route: ({ paymentGuid }) => [payments.at(paymentGuid)],
  needs({ paymentGuid }, routes) {
    const payment = routes.get(payments.at(paymentGuid));
    if (payment === undefined) return [];
    const { orderGuid, phoneHash } = payment;
    return [gateOf({ guid: orderGuid, phoneHash }), payments.at(paymentGuid), orderStates.at(orderGuid)];
  },
  decide(state, { paymentGuid }) {
    const payment = state.get(payments.at(paymentGuid));
    if (payment === undefined || payment.status !== "created" || payment.reason === SILENT) return unchanged(null);
    const silent = { ...payment, reason: SILENT };
    const order = state.need(orderStates.at(payment.orderGuid));
    const outbox = orderOutbox(order.orderGuid, order.lastSeqs);
    outbox.enqueue(payment.participantGuid, payOut(silent));
    return {
      result: null,
      writes: [payments.update(silent), updateState(order, outbox.lastSeqs), ...outbox.writes],
      events: [],
    };
  },
});
