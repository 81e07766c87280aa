/** An order as its bank sees it, member by member in the published order. */
import { type JsonMember, jsonObject, jsonString } from "../json.ts";
import type { Order, OrderState } from "../tables/index.ts";

/** What is not in the rows. */
export type OrderExtras = {
  /** In the clear; null for a link order. */
  readonly phone: string | null;
  /** Of a link order. */
  readonly page: { readonly url: string; readonly qrCode: string } | null;
};

/** RFC 3339 with nine decimals, as published; ours are good to a millisecond. */
export const toRfc3339Nanos = (at: number): string => new Date(at).toISOString().replace("Z", "000000Z");

export const serializeOrder = (
  order: Order,
  { status, statusReason }: Pick<OrderState, "status" | "statusReason">,
  { phone, page }: OrderExtras,
): string => {
  const members: readonly JsonMember[] = [
    [
      "creditor",
      jsonObject([phone === null ? ["account", jsonString(order.creditorAccount)] : ["phone", jsonString(phone)]]),
    ],
    ["debtor", order.debtorAccount === null ? undefined : jsonObject([["account", jsonString(order.debtorAccount)]])],
    ["expires_at", jsonString(order.expiresAtText)],
    ["amount", order.amountText ?? undefined],
    ["currency", jsonString(order.currency)],
    ["external_id", jsonString(order.externalId)],
    ["purpose", jsonString(order.purpose)],
    ["type", jsonString(order.type)],
    ["guid", jsonString(order.guid)],
    ["pay_request_guid", jsonString(order.payRequestGuid)],
    ["created_at", jsonString(toRfc3339Nanos(order.createdAt))],
    ["status", jsonString(status)],
    ["status_reason", jsonString(statusReason)],
    ["deeplinks_page_url", jsonString(page?.url)],
    ["qr_code", jsonString(page?.qrCode)],
  ];
  return jsonObject(members);
};
