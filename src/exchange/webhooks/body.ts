/** What a webhook's body says of an event, and its description for those who receive it. */
import { type TObject, type TProperties, type TSchema, Type } from "typebox";
import { Closed } from "../../http/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { EVENTS, type ExchangeEvent, WEBHOOK_EVENTS, type WebhookEventType } from "../events.ts";

/** @param recipient the trader whom the event was for */
export const webhookBody = ({ type, data }: ExchangeEvent, recipient: string, at: Instant): string =>
  JSON.stringify({ type, timestamp: toRfc3339(at), data: { user_id: recipient, ...data } });

/** Deliveries of one order keep their order; those of no order, of one user. */
export const subjectOf = ({ data }: ExchangeEvent, recipient: string): string =>
  "order_id" in data ? `order ${data.order_id}` : `user ${recipient}`;

type Described = { readonly properties: TProperties; readonly description?: string };

const userId = Type.String({ description: "the trader whom the event is for" });
const withUser = ({ properties, description }: Described): TObject =>
  Closed({ user_id: userId, ...properties }, description === undefined ? {} : { description });

const dataOf = (type: WebhookEventType): TSchema => {
  const { payload } = EVENTS[type];
  return "anyOf" in payload ? Type.Union(payload.anyOf.map(withUser)) : withUser(payload);
};

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
    "`v1,` and base64 of the HMAC-SHA256 of `{id}.{timestamp}.{body}` by the endpoint's secret",
  ),
];

const described = (type: WebhookEventType) => ({
  post: {
    summary: EVENTS[type].description,
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
            data: dataOf(type),
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
export const WEBHOOK_DOCUMENTATION: Readonly<Record<string, object>> = Object.fromEntries(
  WEBHOOK_EVENTS.map((type) => [type, described(type)]),
);
