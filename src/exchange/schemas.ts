/** What the schemas of several rooms are made of. What validates is what the documentation shows. */
import { Type } from "typebox";
import { isBlank, Text } from "../http/index.ts";
import type { TraderId } from "../kernel/index.ts";
import { LIMITS } from "./settings.ts";

/** The largest amount that a request may name. */
export const MAX_UNITS = 10_000_000_000_000;

export const Units = (description: string) => Type.Integer({ minimum: 1, maximum: MAX_UNITS, description });
export const Figure = (description: string) => Type.Integer({ minimum: 0, description });
export const Time = (description = "RFC 3339, UTC") => Type.String({ format: "date-time", description });

export const Method = Type.String({ pattern: "^[a-z0-9_]{1,32}$", description: "a payment method, such as card" });
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" });

/** By hand: a record's own schema would make the bounds of a name a pattern, and say nothing of them. */
export const Details = Type.Unsafe<Record<string, string>>({
  type: "object",
  description: "where to pay, as pairs of texts",
  maxProperties: LIMITS.paymentDetails,
  propertyNames: Text({ minLength: 1, maxLength: LIMITS.paymentDetailNameCharacters, format: "line" }),
  additionalProperties: Text({ minLength: 1, maxLength: LIMITS.paymentDetailCharacters, format: "line" }),
});

/** Whether a request names an account to pay to: what a thief would change first. */
export const saysWhereToPay = (body: unknown): boolean => {
  const details: unknown = Reflect.get(Object(body), "payment_details");
  return details !== undefined && Object.keys(Object(details)).length > 0;
};

/** Why an operator did something. */
export const Reason = Text({ minLength: 1, maxLength: LIMITS.reasonCharacters, format: "prose" });

/** May be left empty, as a form sends it. */
export const Comment = (maxLength: number) => Text({ maxLength, description: "a blank one is none" });

export const commentOf = ({ comment }: { readonly comment?: string | undefined }): string | null =>
  comment === undefined || isBlank(comment) ? null : comment;

export const UserId = Type.Unsafe<TraderId>({
  type: "string",
  pattern: "^[!-~]{1,64}$",
  description: "the `sub` of the user's tokens",
});
