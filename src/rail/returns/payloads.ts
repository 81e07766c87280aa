/** Parses the payloads of returns and of requests for them. */
import type { JsonObject } from "../../jws/index.ts";
import { isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { invalid } from "../errors.ts";
import { findWrongType, type ParsedAmount, parseAmount, parseExternalId, parseGuid } from "../parsers/index.ts";
import { RETURN_REASONS, type ReturnReason } from "../tables/index.ts";

/** What `parseAsk` says no with, and `parseReturn`. */
export const ASK_REFUSALS = ["INVALID_REQUEST", "INVALID_ORDER_GUID"] as const;
export const RETURN_REFUSALS = [...ASK_REFUSALS, "INVALID_EXTERNAL_ID"] as const;

type AskForm = {
  readonly paymentGuid: string;
  readonly amount: ParsedAmount | null;
  readonly reason: ReturnReason;
};
type ReturnForm = AskForm & { readonly amount: ParsedAmount; readonly externalId: string };

const TYPES = { payment_guid: "string", return_external_id: "string", amount: "number", reason: "string" } as const;

const isReason = (value: unknown): value is ReturnReason => RETURN_REASONS.some((reason) => reason === value);

/** An amount that is left out is all that is not returned yet. */
export const parseAsk = (payload: JsonObject): AskForm | RefusalOf<typeof ASK_REFUSALS> => {
  const wrong = findWrongType(payload, TYPES);
  if (wrong !== undefined) return invalid(wrong);
  const amount = parseAmount(payload.get("amount"));
  if (payload.has("amount") && amount === null) return invalid("amount");
  const reason = payload.get("reason");
  if (!isReason(reason)) return invalid("reason");
  const paymentGuid = parseGuid(payload.get("payment_guid"));
  if (paymentGuid === null) return refuse("INVALID_ORDER_GUID", { field: "payment_guid" });
  return { paymentGuid, amount, reason };
};

export const parseReturn = (payload: JsonObject): ReturnForm | RefusalOf<typeof RETURN_REFUSALS> => {
  const asked = parseAsk(payload);
  if (isRefusal(asked)) return asked;
  const { amount } = asked;
  if (amount === null) return invalid("amount");
  const externalId = parseExternalId(payload.get("return_external_id"));
  if (externalId === null) return refuse("INVALID_EXTERNAL_ID", { field: "return_external_id" });
  return { ...asked, amount, externalId };
};
