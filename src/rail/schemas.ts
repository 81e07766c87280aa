/** What the rail's documents look like. Requests are signed texts: their schemas describe payloads, for readers. */
import { type TSchema, Type } from "typebox";
import { Choice, Closed, Nullable, Ref } from "../http/index.ts";
import type { AsWritten } from "./json.ts";

const Guid = Type.String({ format: "uuid" });
const Account = Type.String({ description: "IBAN of one of your own bank codes" });
/** A number in JSON; two decimals at most, as it was written. */
const Amount = Type.Unsafe<AsWritten>({
  type: "number",
  description: "up to two decimals, echoed as written",
  exclusiveMinimum: 0,
});
/** Shown to people as it is. */
export const Purpose = Type.String({
  minLength: 1,
  maxLength: 420,
  description: "NFC, not blank; no line breaks, control, zero-width or direction characters",
});
const StatusReason = Choice(["NOT_LINKED", "SEARCH_TIMEOUT", "EXPIRED", "CREDITOR_BANK_UNAVAILABLE"]);
const RailStatus = Choice(["processing", "pending", "rejected", "created"]);
/** Of a pay request, and of a payment. */
const PaymentStatus = Choice(["created", "completed", "failed"]);
const Time = Type.String({ format: "date-time" });
const Jti = Type.String({ minLength: 1, maxLength: 128, description: "used once" });

export const OrderComponent = Closed(
  {
    creditor: Closed({ phone: Type.Optional(Type.String()), account: Type.Optional(Type.String()) }),
    debtor: Type.Optional(Closed({ account: Type.String() })),
    expires_at: Type.Optional(Type.String()),
    amount: Type.Optional(Amount),
    currency: Type.String(),
    external_id: Type.String(),
    purpose: Type.String(),
    type: Choice(["phone", "link"]),
    guid: Guid,
    pay_request_guid: Type.Optional(Guid),
    created_at: Type.String({ description: "RFC 3339 with nine decimals" }),
    status: RailStatus,
    status_reason: Type.Optional(StatusReason),
    deeplinks_page_url: Type.Optional(Type.String()),
    qr_code: Type.Optional(Type.String({ description: "PNG, bare base64" })),
    payment: Type.Optional(
      Closed(
        { guid: Guid, status: PaymentStatus, amount: Amount, currency: Type.String(), at: Time },
        { description: "the last one that was announced; before, there is none" },
      ),
    ),
  },
  { $id: "Order" },
);
export const Order = Ref(OrderComponent);

/** An answer of a route, with what it stands for. */
export const described = <Schema extends TSchema>(description: string, schema: Schema): Schema => ({
  ...schema,
  description,
});

/** The payload of an order's JWS. Members that are not ours are ignored. */
export const orderBody = Type.Object({
  jti: Jti,
  creditor: Type.Object({
    phone: Type.Optional(Type.String({ description: "type phone: E.164, of the scheme" })),
    account: Type.Optional(Account),
  }),
  debtor: Type.Optional(Type.Object({ account: Account })),
  expires_at: Type.Optional(Type.String({ format: "date-time" })),
  amount: Type.Optional(Amount),
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
  external_id: Type.String({ pattern: "^[!-~]{1,64}$" }),
  purpose: Purpose,
  type: Choice(["phone", "link"]),
});

/** The media types that a JWS may be sent as. */
export const signedBody = (payload: TSchema) => {
  const jws = {
    schema: { type: "string", contentMediaType: "application/jwt", contentSchema: payload, description: "compact JWS" },
  };
  const wrapped = {
    schema: { type: "object", required: ["jwt"], properties: { jwt: { type: "string", contentSchema: payload } } },
  };
  return {
    content: { "application/jwt": jws, "application/jose": jws, "text/plain": jws, "application/json": wrapped },
  } as unknown as TSchema;
};

export const COMPONENTS = [OrderComponent] as const;
export { Account, Amount, Guid, Jti, Nullable, PaymentStatus, Time };
