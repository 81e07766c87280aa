/** What a webhook's body says of an event, and its description for those who receive it. */
import { type Static, type TObject, type TProperties, type TSchema, Type } from "typebox";
import { Closed, Id } from "../../http/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { EVENTS, type ExchangeEvent, WEBHOOK_EVENTS, type WebhookEventType } from "../events.ts";

/** Of an order, what never changes: it may be read when the event is queued. */
export const OrderTerms = Closed({
  ad_id: Id(),
  buyer_id: Type.String({ description: "the trader who pays the fiat" }),
  seller_id: Type.String({ description: "the trader whose money is in escrow" }),
  usdt_amount: Type.Integer({ minimum: 1, description: "in balance units" }),
  fiat_amount: Type.Integer({ minimum: 1, description: "in minor units of the fiat currency" }),
  fiat_currency: Type.String(),
  exchange_rate: Type.Integer({ minimum: 1 }),
  payment_method: Type.String(),
});
export type OrderTerms = Static<typeof OrderTerms>;

/** @param recipient the trader whom the event was for @param order of an event about an order's status */
export const webhookBody = (
  { type, data }: ExchangeEvent,
  recipient: string,
  at: Instant,
  order: OrderTerms | undefined,
): string =>
  JSON.stringify({
    type,
    timestamp: toRfc3339(at),
    data: { user_id: recipient, ...data, ...(order !== undefined && { order }) },
  });

/** Sent when somebody asks for it, and at no other time. */
const TEST = "webhook.test";

export const testBody = (webhookId: string, at: Instant): string =>
  JSON.stringify({ type: TEST, timestamp: toRfc3339(at), data: { webhook_id: webhookId } });

/** Deliveries of one order keep their order; those of no order, of one user. */
export const subjectOf = ({ data }: ExchangeEvent, recipient: string): string =>
  "order_id" in data ? `order ${data.order_id}` : `user ${recipient}`;

type Described = { readonly properties: TProperties; readonly description?: string };

const userId = Type.String({ description: "the trader whom the event is for" });

/** What a webhook says beside the event's own payload. */
const FURTHER: Readonly<Record<WebhookEventType, TProperties>> = {
  "order.updated": { order: OrderTerms },
  "wallet.updated": {},
};

const dataOf = (type: WebhookEventType): TSchema => {
  const { payload } = EVENTS[type];
  const whole = ({ properties, description }: Described): TObject =>
    Closed({ user_id: userId, ...properties, ...FURTHER[type] }, description === undefined ? {} : { description });
  return "anyOf" in payload ? Type.Union(payload.anyOf.map(whole)) : whole(payload);
};

const TestData = Closed({ webhook_id: Type.String({ description: "the endpoint" }) });

const header = (name: string, description: string) => ({
  in: "header",
  name,
  required: true,
  description,
  schema: { type: "string" },
});

const HEADERS = [
  header("webhook-id", "the same at every attempt: a receiver knows by it what it has already taken"),
  header("webhook-timestamp", "seconds since 1970, of this attempt"),
  header(
    "webhook-signature",
    "`v1,` and base64 of the HMAC-SHA256 of `{id}.{timestamp}.{body}` by the endpoint's secret; while a secret is " +
      "replaced, a second one behind a blank, by the secret before it",
  ),
];

const described = (type: string, summary: string, data: TSchema) => ({
  post: {
    summary,
    description: "Signed by the Standard Webhooks specification. The events of one order come in order.",
    tags: ["Webhooks"],
    security: [],
    parameters: HEADERS,
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: Closed({
            type: Type.Literal(type),
            timestamp: Type.String({ format: "date-time", description: "when it happened" }),
            data,
          }),
        },
      },
    },
    responses: {
      "2XX": { description: "taken" },
      default: { description: "not yet: it is tried again, ten times in all" },
    },
  },
});

/** OpenAPI's `webhooks`: a path item for each type that an endpoint may ask for. */
export const WEBHOOK_DOCUMENTATION: Readonly<Record<string, object>> = {
  ...Object.fromEntries(WEBHOOK_EVENTS.map((type) => [type, described(type, EVENTS[type].description, dataOf(type))])),
  [TEST]: described(TEST, "Somebody asked for it, to see whether the endpoint takes it.", TestData),
};
