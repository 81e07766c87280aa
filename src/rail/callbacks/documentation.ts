/** What a bank serves, for those who write it: the callbacks of every type, as a bank reads them. */
import { type TSchema, Type } from "typebox";
import { Choice, Closed } from "../../http/index.ts";
import { Amount, Guid, Time } from "../schemas.ts";
import { RETURN_REASONS } from "../tables/index.ts";
import type { NumberedEvent } from "./outbox.ts";

/** All that matches it to money. */
export const PayInData = Closed({
  guid: Guid,
  order_guid: Guid,
  payment_message_external_id: Type.String(),
  amount: Amount,
  currency: Type.String(),
  account: Type.String({ description: "of yours" }),
  debtor: Closed({ account: Type.String({ description: "the payer's" }) }),
  purpose: Type.String(),
  late: Type.Boolean({ description: "it was sent after its order was over, or its phone had moved: you decide" }),
  created_at: Time,
});

export const ReturnComponent = Closed(
  {
    guid: Guid,
    payment_guid: Guid,
    order_guid: Guid,
    return_external_id: Type.String({ description: "of the creditor's bank" }),
    amount: Amount,
    currency: Type.String(),
    reason: Choice(RETURN_REASONS),
    created_at: Time,
  },
  { $id: "Return", description: "money that the creditor's bank sent back" },
);

export const ReturnRequestComponent = Closed(
  {
    payment_guid: Guid,
    order_guid: Guid,
    status: Choice(["created", "completed", "failed"], { description: "`completed`: something was returned since" }),
    failure: Type.Optional(
      Type.String({ description: "why it failed, where the creditor's bank says; `LAPSED`: it said nothing in time" }),
    ),
    amount: Type.Optional(Amount),
    currency: Type.String(),
    reason: Choice(RETURN_REASONS),
    created_at: Time,
    expires_at: Time,
  },
  { $id: "ReturnRequest", description: "money that the payer's bank asks to have back" },
);

type Described = { readonly description: string; readonly data: TSchema };

const reason = Type.Optional(Type.String({ description: "why it failed" }));

/** What changed, by the callback's type. */
const CHANGES: Readonly<Record<NumberedEvent["type"], Described>> = {
  "order.updated": {
    description: "An order of yours changed.",
    data: Type.Unsafe<object>({ $ref: "#/components/schemas/Order" }),
  },
  pay_request: {
    description: "A pay request of yours was settled; `creditor` says where to pay, once you may know it.",
    data: Closed({
      guid: Guid,
      order_guid: Guid,
      status: Choice(["created", "completed", "failed"]),
      reason,
      creditor: Type.Optional(Closed({ account: Type.String() })),
    }),
  },
  link_cancelled: {
    description: "A search that you were asked about is over.",
    data: Closed({ request_guid: Guid }),
  },
  alias_updated: {
    description: "A phone was linked to an account of yours, was taken from it, or will be.",
    data: Closed({
      phone: Type.String(),
      linked: Type.Boolean(),
      moves_at: Type.Optional(Type.String({ format: "date-time", description: "it goes then, unless you object" })),
    }),
  },
  pay_in: {
    description: "The payer's bank says that it sent you money.",
    data: PayInData,
  },
  pay_out: {
    description: "What became of a payment that you announced.",
    data: Closed({
      guid: Guid,
      order_guid: Guid,
      payment_message_external_id: Type.String(),
      status: Choice(["created", "completed", "failed"]),
      reason,
    }),
  },
  return: {
    description: "Money that you had sent comes back.",
    data: Type.Unsafe<object>({ $ref: "#/components/schemas/Return" }),
  },
  return_request: {
    description: "You are asked to return money, or what you had asked for is refused, or has lapsed.",
    data: Type.Unsafe<object>({ $ref: "#/components/schemas/ReturnRequest" }),
  },
};

const numbered = Object.entries(CHANGES).map(([type, { description, data }]) => ({
  type: "object",
  description,
  required: ["type", "data"],
  properties: { type: { type: "string", const: type }, data },
}));

const text = (description?: string) => ({ type: "string", ...(description === undefined ? {} : { description }) });

/**
 * @param members of the payload, beside those that every one of ours has
 * @param variants of the payload, where its members depend on each other
 */
const served = (
  summary: string,
  members: Readonly<Record<string, object>>,
  responses: object,
  variants: readonly object[] = [],
  otherwise = "not yet: it is tried again, ten times in all",
) => {
  const common = {
    jti: text("new at every attempt"),
    iat: { type: "integer" },
    iss: text("the rail's public URL"),
    aud: text("the URL that it is posted to"),
    sub: text("your guid"),
  };
  const payload = {
    type: "object",
    required: [...Object.keys(common), ...Object.keys(members)],
    properties: { ...common, ...members },
    ...(variants.length === 0 ? {} : { oneOf: variants }),
  };
  const schema = {
    type: "string",
    contentMediaType: "application/jwt",
    contentSchema: payload,
    description: "compact JWS by one of our keys, with `typ: callback+jwt`",
  };
  return {
    post: {
      summary,
      tags: ["What a bank serves"],
      security: [],
      requestBody: { required: true, content: { "application/jwt": { schema } } },
      responses: { ...responses, default: { description: otherwise } },
    },
  };
};

const REFUSAL = {
  type: "object",
  required: ["code"],
  properties: { code: { type: "string", const: "USER_NOT_FOUND" } },
};
const REFUSED_MONEY = {
  type: "object",
  required: ["code"],
  properties: { code: { type: "string", maxLength: 64, description: "why: the payer's bank is told" } },
};
const ANSWERED_CHALLENGE = {
  type: "string",
  contentMediaType: "application/jwt",
  contentSchema: { type: "object", required: ["challenge"], properties: { challenge: text("the same") } },
};

/** OpenAPI's `webhooks`: path items below a bank's callback URL. */
export const CALLBACK_DOCUMENTATION: Readonly<Record<string, object>> = {
  link_creditor: served(
    "POST {callback_url}/link_creditor: whether a phone is a client's of yours",
    { request_guid: text(), phone: text(), expires_at: text("RFC 3339; a later answer is too late") },
    {
      202: { description: "the client is asked; the answer comes by `POST /api/v1/p2p/callbacks`" },
      400: { description: "no", content: { "application/json": { schema: REFUSAL } } },
    },
  ),
  callbacks: served(
    "POST {callback_url}/callbacks: something changed",
    {
      event_id: text("the same at every attempt"),
      seq: {
        type: "integer",
        description: "counts what you are told about one order, or one phone, from 1 and without a gap",
      },
      type: { type: "string", enum: Object.keys(CHANGES) },
      data: { type: "object" },
    },
    {
      200: { description: "taken; of `pay_in`: the money has come" },
      202: { description: "taken; of `pay_in`: `POST /api/v1/p2p/callbacks` says later whether it has come" },
      400: {
        description:
          "of `pay_in`: no money has come, or it is refused; every 4xx with a code but 401, 407, 408, 425, 429",
        content: { "application/json": { schema: REFUSED_MONEY } },
      },
    },
    numbered,
  ),
  creditor_data: served(
    "POST {callback_url}/creditor_data: whose account it is that another bank's client is about to pay",
    {
      order_guid: text("the order that is to be paid"),
      account: text("of yours"),
      key: {
        type: "object",
        description: "the asking bank's public JWK, with `alg` ECDH-ES or RSA-OAEP-256 and `kid`",
      },
    },
    {
      200: {
        description: "compact JWE of `{name}` for that key: its `alg` and `kid`, `enc` A256GCM, at most 8 KiB",
        content: { "application/jose": { schema: { type: "string" } } },
      },
    },
    [],
    "not told: it is not asked again",
  ),
  challenge: served(
    "POST {callback_url}/challenge: whether this URL is yours",
    { challenge: text() },
    {
      200: {
        description: "compact JWS by one of your keys, with the same challenge",
        content: { "application/jwt": { schema: ANSWERED_CHALLENGE } },
      },
    },
  ),
};
