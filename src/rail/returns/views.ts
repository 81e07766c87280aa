/** Returns and requests for them as their banks see them, in answers and in callbacks. */
import type { AnswerOf } from "../../http/index.ts";
import { toRfc3339 } from "../../kernel/index.ts";
import type { ReturnComponent, ReturnRequestComponent } from "../callbacks/index.ts";
import { asWritten, optional } from "../json.ts";
import type { Return, ReturnRequest } from "../tables/index.ts";

export const returnDocument = (made: Return): AnswerOf<typeof ReturnComponent> => ({
  guid: made.guid,
  payment_guid: made.paymentGuid,
  order_guid: made.orderGuid,
  return_external_id: made.externalId,
  amount: asWritten(made.amountText),
  currency: made.currency,
  reason: made.reason,
  created_at: toRfc3339(made.createdAt),
});

export const returnRequestDocument = (request: ReturnRequest): AnswerOf<typeof ReturnRequestComponent> => ({
  payment_guid: request.paymentGuid,
  order_guid: request.orderGuid,
  status: request.status,
  ...optional("failure", request.failure),
  ...optional("amount", request.amountText === null ? null : asWritten(request.amountText)),
  currency: request.currency,
  reason: request.reason,
  created_at: toRfc3339(request.createdAt),
  expires_at: toRfc3339(request.until),
});
