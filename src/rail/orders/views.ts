/** An order as its bank sees it, member by member in the published order. */
import type { AnswerOf } from "../../http/index.ts";
import { toRfc3339 } from "../../kernel/index.ts";
import { asWritten, optional } from "../json.ts";
import type { OrderComponent } from "../schemas.ts";
import type { Order, OrderState } from "../tables/index.ts";
import type { OrderPayment } from "./queries.ts";

export type OrderDocument = AnswerOf<typeof OrderComponent>;

/** What is not in the rows. */
export type OrderExtras = {
  /** In the clear; null for a link order. */
  readonly phone: string | null;
  /** Of a link order. */
  readonly page: { readonly url: string; readonly qrCode: string } | null;
  /** Once money was announced. */
  readonly payment: OrderPayment | null;
};

/** RFC 3339 with nine decimals, as published; ours are good to a millisecond. */
export const toRfc3339Nanos = (at: number): string => new Date(at).toISOString().replace("Z", "000000Z");

export const orderDocument = (
  order: Order,
  { status, statusReason }: Pick<OrderState, "status" | "statusReason">,
  { phone, page, payment }: OrderExtras,
): OrderDocument => ({
  creditor: phone === null ? optional("account", order.creditorAccount) : { phone },
  ...optional("debtor", order.debtorAccount === null ? null : { account: order.debtorAccount }),
  ...optional("expires_at", order.expiresAtText),
  ...optional("amount", order.amountText === null ? null : asWritten(order.amountText)),
  currency: order.currency,
  external_id: order.externalId,
  purpose: order.purpose,
  type: order.type,
  guid: order.guid,
  ...optional("pay_request_guid", order.payRequestGuid),
  created_at: toRfc3339Nanos(order.createdAt),
  status,
  ...optional("status_reason", statusReason),
  ...optional("deeplinks_page_url", page?.url),
  ...optional("qr_code", page?.qrCode),
  ...optional("payment", payment === null ? null : paymentOf(payment)),
});

const paymentOf = ({ guid, status, amountText, currency, createdAt }: OrderPayment): OrderDocument["payment"] => ({
  guid,
  status,
  amount: asWritten(amountText),
  currency,
  at: toRfc3339(createdAt),
});
