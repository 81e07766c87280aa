/** Parses the payloads of pay requests and payments: form, then the members as the table of codes lists them. */
import type { JsonObject } from "../../jws/index.ts";
import { type RefusalOf, refuse } from "../../kernel/index.ts";
import { invalid } from "../errors.ts";
import {
  findWrongType,
  ownerOf,
  type ParsedAmount,
  parseAmount,
  parseCurrency,
  parseExternalId,
  parseGuid,
  parseObject,
  parseOwnAccount,
} from "../parsers/index.ts";
import type { RailSettings } from "../settings.ts";
import type { Participant } from "../tables/index.ts";

const INVALID_GUID = refuse("INVALID_ORDER_GUID", { field: "order_guid" });

export type PayRequestForm = { readonly orderGuid: string; readonly debtorAccount: string };

/** What `parsePayRequest` says no with. */
export const PAY_REQUEST_REFUSALS = ["INVALID_REQUEST", "INVALID_DEBTOR_ACCOUNT", "INVALID_ORDER_GUID"] as const;

export const parsePayRequest = (
  payload: JsonObject,
  participant: Participant,
): PayRequestForm | RefusalOf<typeof PAY_REQUEST_REFUSALS> => {
  const wrong = findWrongType(payload, { order_guid: "string", debtor: "object" });
  if (wrong !== undefined) return invalid(wrong);
  const debtor: JsonObject = parseObject(payload, "debtor") ?? new Map();
  if (findWrongType(debtor, { account: "string" }) !== undefined) return invalid("debtor.account");
  const debtorAccount = parseOwnAccount(debtor.get("account"), ownerOf(participant));
  if (debtorAccount === null) return refuse("INVALID_DEBTOR_ACCOUNT", { field: "debtor.account" });
  const orderGuid = parseGuid(payload.get("order_guid"));
  return orderGuid === null ? INVALID_GUID : { orderGuid, debtorAccount };
};

export type PaymentForm = {
  readonly orderGuid: string;
  readonly externalId: string;
  readonly amount: ParsedAmount;
  readonly currency: string;
};

const PAYMENT_TYPES = {
  order_guid: "string",
  payment_message_external_id: "string",
  amount: "number",
  currency: "string",
} as const;

/** What `parsePayment` says no with. */
export const PAYMENT_REFUSALS = [
  "INVALID_REQUEST",
  "INVALID_CURRENCY",
  "UNSUPPORTED_CURRENCY",
  "INVALID_EXTERNAL_ID",
  "INVALID_ORDER_GUID",
] as const;

export const parsePayment = (
  payload: JsonObject,
  { currencies }: RailSettings,
): PaymentForm | RefusalOf<typeof PAYMENT_REFUSALS> => {
  const wrong = findWrongType(payload, PAYMENT_TYPES);
  if (wrong !== undefined) return invalid(wrong);
  const amount = parseAmount(payload.get("amount"));
  if (amount === null) return invalid("amount");
  const currency = parseCurrency(payload.get("currency"));
  if (currency === null) return refuse("INVALID_CURRENCY", { field: "currency" });
  if (!currencies.includes(currency)) return refuse("UNSUPPORTED_CURRENCY", { field: "currency" });
  const externalId = parseExternalId(payload.get("payment_message_external_id"));
  if (externalId === null) return refuse("INVALID_EXTERNAL_ID", { field: "payment_message_external_id" });
  const orderGuid = parseGuid(payload.get("order_guid"));
  return orderGuid === null ? INVALID_GUID : { orderGuid, externalId, amount, currency };
};
