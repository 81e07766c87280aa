/** Pay requests: who may pay an order, and what became of the money. */
export { type DropPayRequest, dropPayRequest } from "./drop-pay-request.ts";
export { parsePayInResult, SettledAnswer } from "./pay-in-result.ts";
export { findPayment } from "./payment-queries.ts";
export { payInDocument } from "./payment-views.ts";
export { type SettledPayment, type SettlePayment, settlePayment } from "./settle-payment.ts";
export { type SilencePayment, silencePayment } from "./silence-payment.ts";
