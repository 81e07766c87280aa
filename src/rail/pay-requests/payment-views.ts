/** A payment as its banks see it: in an answer, and in `pay_in`. */
import type { AnswerOf } from "../../http/index.ts";
import { toRfc3339 } from "../../kernel/index.ts";
import type { PayInData } from "../callbacks/index.ts";
import { asWritten, optional } from "../json.ts";
import { decimalOf } from "../parsers/index.ts";
import type { FoundPayment } from "./payment-queries.ts";
import type { PaymentComponent } from "./schemas.ts";

/** All that matches it to money. */
export const payInDocument = (payment: FoundPayment): AnswerOf<typeof PayInData> => ({
  guid: payment.guid,
  order_guid: payment.orderGuid,
  payment_message_external_id: payment.externalId,
  amount: asWritten(payment.amountText),
  currency: payment.currency,
  account: payment.account,
  debtor: { account: payment.debtorAccount },
  purpose: payment.purpose,
  late: payment.late,
  created_at: toRfc3339(payment.createdAt),
});

/** @param reader its own ids are its own business */
export const paymentDocument = (payment: FoundPayment, reader: string): AnswerOf<typeof PaymentComponent> => ({
  guid: payment.guid,
  order_guid: payment.orderGuid,
  ...optional("order_external_id", payment.orderBank === reader ? payment.orderExternalId : null),
  payment_message_external_id: payment.externalId,
  status: payment.status,
  ...optional("reason", payment.reason),
  late: payment.late,
  amount: asWritten(payment.amountText),
  currency: payment.currency,
  purpose: payment.purpose,
  debtor: { account: payment.debtorAccount },
  creditor: { account: payment.account },
  returned: asWritten(decimalOf(payment.returned)),
  created_at: toRfc3339(payment.createdAt),
  ...optional("completed_at", payment.completedAt === null ? null : toRfc3339(payment.completedAt)),
});
