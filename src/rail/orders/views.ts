/** An order as its bank sees it, member by member in the published order. */
import { type MemberText, objectText, text } from "../json.ts";
import type { Order, OrderState } from "../tables/index.ts";

/** What is not in the rows. */
export type OrderExtras = {
  /** In the clear; null for a link order. */
  readonly phone: string | null;
  /** Of a link order. */
  readonly page: { readonly url: string; readonly qrCode: string } | null;
};

/** RFC 3339 with nine decimals, as published; ours are good to a millisecond. */
export const nineDecimals = (at: number): string => new Date(at).toISOString().replace("Z", "000000Z");

export const orderText = (
  order: Order,
  { status, statusReason }: Pick<OrderState, "status" | "statusReason">,
  { phone, page }: OrderExtras,
): string => {
  const members: readonly MemberText[] = [
    ["creditor", objectText([phone === null ? ["account", text(order.creditorAccount)] : ["phone", text(phone)]])],
    ["debtor", order.debtorAccount === null ? undefined : objectText([["account", text(order.debtorAccount)]])],
    ["expires_at", text(order.expiresAtText)],
    ["amount", order.amountText ?? undefined],
    ["currency", text(order.currency)],
    ["external_id", text(order.externalId)],
    ["purpose", text(order.purpose)],
    ["type", text(order.type)],
    ["guid", text(order.guid)],
    ["pay_request_guid", text(order.payRequestGuid)],
    ["created_at", text(nineDecimals(order.createdAt))],
    ["status", text(status)],
    ["status_reason", text(statusReason)],
    ["deeplinks_page_url", text(page?.url)],
    ["qr_code", text(page?.qrCode)],
  ];
  return objectText(members);
};
