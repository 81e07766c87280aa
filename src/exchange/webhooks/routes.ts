/** HTTP for the host platform's webhooks. */

import { randomBytes, randomUUID } from "node:crypto";
import { Type } from "typebox";
import { listPage, NEWEST, placeOf } from "../../database/index.ts";
import { hostOf, isPrivateHost, type Outbound } from "../../deliveries/index.ts";
import { readPlace } from "../../engine/index.ts";
import { Choice, Closed, CursorPage, callerOf, cursorPaging, Id, Nullable, sendRefusal } from "../../http/index.ts";
import { instant, refuse, toRfc3339 } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { WEBHOOK_EVENTS } from "../events.ts";
import { invalid } from "../issues.ts";
import { listWebhooks } from "./queries.ts";
import { addWebhook, removeWebhook, resendWebhook, rotateWebhookSecret, testWebhook } from "./webhook-commands.ts";
import { secretContext } from "./webhooks.ts";

/** The specification asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

const members = {
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  created_at: Type.String({ format: "date-time" }),
};
const Webhook = Closed(members);
const Dead = Closed({
  id: Id(),
  webhook_id: Type.String(),
  event_id: Type.String(),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String()),
  created_at: Type.String({ format: "date-time" }),
  body: Type.String(),
});
const Delivery = Closed({
  event_id: Type.String(),
  state: Choice(["waiting", "delivered", "dead"]),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String({ description: "what the last attempt came to, where it failed" })),
  created_at: Type.String({ format: "date-time" }),
  settled_at: Nullable(Type.String({ format: "date-time" })),
});
const Secret = Type.String({ description: "`whsec_` and base64" });
const OfWebhook = Closed({ id: Type.String({ format: "uuid" }) });
/** How long the secret before signs beside a new one: a release of the receiver, and at the most a week. */
const KEEP_HOURS = { usual: 24, most: 168 } as const;
const drawSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
const config = { access: "platform" } as const;
const tags = ["Host platform"];

/**
 * https, or http to an address that is allowed although it is private. What a name means is not asked here: it may mean
 * something else tomorrow, and is judged at each attempt.
 * @returns what is wrong with it; null: nothing
 */
const faultOfUrl = (text: string, { allowPrivate }: Outbound): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPrivate = url !== null && isPrivateHost(hostOf(url));
  if (isPrivate && !allowPrivate) return "must not lead to a private address, unless WEBHOOK_PRIVATE is 1";
  const isSound = url !== null && url.username === "" && url.password === "";
  if (isSound && (url.protocol === "https:" || (url.protocol === "http:" && isPrivate))) return null;
  return allowPrivate ? "must be https, or http to a private address, without a user" : "must be https, without a user";
};

export const registerWebhookRoutes = ({ server, submit, pool, sealing, deliveries, outbound }: ExchangeDeps) => {
  server.get(
    "/api/v1/platform/webhooks",
    {
      config,
      schema: {
        summary: "The endpoints that are told",
        tags,
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(Webhook) },
      },
    },
    (request) => listWebhooks(pool, request.query),
  );

  server.post(
    "/api/v1/platform/webhooks",
    {
      config,
      schema: {
        summary: "Add an endpoint, or change what one is told; the secret of a new one is shown this once",
        description:
          "Signed by the Standard Webhooks specification. https, to an address on the open internet; where the " +
          "operator allows private addresses, http to those as well. A URL of the caller's that is there already is " +
          "changed and answered with 200, without its secret.",
        tags,
        body: Closed({
          url: Type.String({ minLength: 1, maxLength: 500 }),
          events: Type.Optional(Type.Array(Choice(WEBHOOK_EVENTS), { minItems: 1, uniqueItems: true })),
        }),
        response: { 200: Webhook, 201: Closed({ ...members, secret: Secret }) },
      },
    },
    async (request, reply) => {
      const { url, events = WEBHOOK_EVENTS } = request.body;
      const fault = faultOfUrl(url, outbound);
      if (fault !== null) {
        sendRefusal(reply, invalid({ pointer: "/url", message: fault }));
        return;
      }
      const id = randomUUID();
      const sealed = sealing.seal(drawSecret(), secretContext(id));
      const { position: feedPosition } = await readPlace(pool, "exchange");
      const input = { id, createdBy: callerOf(request).traderId, url, secret: sealed, events, feedPosition };
      // The sealed secret travels in the answer, so that a repeat with the same key opens the same one.
      await submit(request, reply, addWebhook, input, {
        status: (_, { secret }) => (secret === null ? 200 : 201),
        present: ({ secret, ...webhook }) =>
          secret === null ? webhook : { ...webhook, secret: sealing.open(secret, secretContext(webhook.id)) },
      });
    },
  );

  server.post(
    "/api/v1/platform/webhooks/:id/rotate-secret",
    {
      config,
      schema: {
        operationId: "rotateWebhookSecret",
        summary: "Give an endpoint another secret, which is shown this once",
        description:
          "Until `previous_secret_until` each delivery bears two signatures, so that a receiver may know either secret. " +
          "`keep_hours` 0 withdraws the one before at once, such as one that somebody else has read.",
        tags,
        params: OfWebhook,
        body: Closed({
          keep_hours: Type.Optional(Type.Integer({ minimum: 0, maximum: KEEP_HOURS.most, default: KEEP_HOURS.usual })),
        }),
        response: {
          200: Closed({
            ...members,
            secret: Secret,
            previous_secret_until: Nullable(Type.String({ format: "date-time" })),
          }),
          ...errorResponses(rotateWebhookSecret.refuses),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const secret = sealing.seal(drawSecret(), secretContext(id));
      const { keep_hours: keepHours = KEEP_HOURS.usual } = request.body;
      const input = { id, callerId: callerOf(request).traderId, secret, keepHours };
      await submit(request, reply, rotateWebhookSecret, input, {
        present: ({ secret: sealed, ...webhook }) => ({ ...webhook, secret: sealing.open(sealed, secretContext(id)) }),
      });
    },
  );

  server.post(
    "/api/v1/platform/webhooks/:id/test",
    {
      config,
      schema: {
        operationId: "testWebhook",
        summary: "Send an endpoint a `webhook.test`",
        description: "Queued as every other delivery; what became of it says the route with its `event_id`.",
        tags,
        params: OfWebhook,
        response: {
          202: Closed({ event_id: Type.String(), state: Type.Literal("waiting") }),
          ...errorResponses(testWebhook.refuses),
        },
      },
    },
    (request, reply) => {
      const input = { id: request.params.id, callerId: callerOf(request).traderId, eventId: `test_${randomUUID()}` };
      return submit(request, reply, testWebhook, input, { status: 202 });
    },
  );

  server.get(
    "/api/v1/platform/webhooks/:id/deliveries/:event_id",
    {
      config,
      schema: {
        operationId: "getWebhookDelivery",
        summary: "How far a delivery has come",
        tags,
        params: Closed({
          id: Type.String({ format: "uuid" }),
          event_id: Type.String({ minLength: 1, maxLength: 100, description: "the `webhook-id` that it bears" }),
        }),
        response: { 200: Delivery, ...errorResponses(["NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const { id, event_id } = request.params;
      const found = await deliveries.find(id, event_id);
      if (found === null) {
        sendRefusal(reply, refuse("NOT_FOUND"));
        return;
      }
      const { state, attempts, lastError, createdAt, settledAt } = found;
      return {
        event_id,
        state,
        attempts,
        last_error: lastError,
        created_at: toRfc3339(instant(createdAt)),
        settled_at: settledAt === null ? null : toRfc3339(instant(settledAt)),
      };
    },
  );

  server.delete(
    "/api/v1/platform/webhooks/:id",
    {
      config,
      schema: {
        summary: "Remove an endpoint",
        tags,
        params: OfWebhook,
        response: { 204: Type.Null({ description: "removed" }), ...errorResponses(removeWebhook.refuses) },
      },
    },
    (request, reply) =>
      submit(request, reply, removeWebhook, { id: request.params.id, callerId: callerOf(request).traderId }),
  );

  server.get(
    "/api/v1/platform/webhooks/dead",
    {
      config,
      schema: {
        operationId: "listDeadWebhooks",
        summary: "What could not be delivered, newest first",
        tags,
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(Dead) },
      },
    },
    async (request) => {
      const { limit, offset } = request.query;
      const before = placeOf(request.query, NEWEST).id;
      const found = listPage(await deliveries.dead(limit + 1, offset, { before }), request.query, ({ id }) => ({
        rank: 0,
        id,
      }));
      const items = found.items.map(({ endpoint, eventId, lastError, createdAt, ...rest }) => ({
        ...rest,
        webhook_id: endpoint,
        event_id: eventId,
        last_error: lastError,
        created_at: toRfc3339(instant(createdAt)),
      }));
      return { ...found, items };
    },
  );

  server.post(
    "/api/v1/platform/webhooks/dead/:id/resend",
    {
      config,
      schema: {
        operationId: "resendDeadWebhook",
        summary: "Send a dead delivery again",
        tags,
        params: Closed({ id: Id() }),
        response: {
          200: Closed({ id: Id(), state: Type.Literal("waiting") }),
          ...errorResponses(resendWebhook.refuses),
        },
      },
    },
    (request, reply) =>
      submit(request, reply, resendWebhook, { id: request.params.id, callerId: callerOf(request).traderId }),
  );
};
