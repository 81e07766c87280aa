/** The host platform adds and removes endpoints, and has what failed sent again. */
import { letters, outbox, sendAgain } from "../../deliveries/index.ts";
import type { Routes, State } from "../../engine/index.ts";
import { after, HOUR, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import { LIMITS } from "../settings.ts";
import { liveWebhooks, traders, type Webhook, webhookCursors, webhooks } from "../tables/index.ts";
import { testBody } from "./body.ts";
import { CHANNEL } from "./webhooks.ts";

export type WebhookDocument = {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly created_at: string;
};

export const webhookDocument = ({ id, url, events, createdAt }: Webhook): WebhookDocument => ({
  id,
  url,
  events,
  created_at: toRfc3339(createdAt),
});

/** @property feedPosition before the command: what happens from then on is delivered */
export type AddWebhook = Pick<Webhook, "id" | "createdBy" | "url" | "secret" | "events"> & {
  readonly feedPosition: number;
};

/** The same place, however it is spelled. */
const leadsTo = (url: string): ((webhook: Webhook) => boolean) => {
  const { href } = new URL(url);
  return (webhook) => new URL(webhook.url).href === href;
};

/** One endpoint for each URL of a caller: said again, it changes what the endpoint is told. @returns its secret, sealed; null: it has one */
export const addWebhook = defineCommand<AddWebhook, WebhookDocument & { readonly secret: string | null }>()({
  name: "add-webhook",
  refuses: ["VALIDATION_ERROR"],
  needs: ({ createdBy }) => [traders.at(createdBy), liveWebhooks.of(traders.at(createdBy))],
  decide(state, { feedPosition, ...input }, { now }) {
    const live = state.all(liveWebhooks.of(traders.at(input.createdBy)));
    const known = live.find(leadsTo(input.url));
    if (known !== undefined) {
      const changed: Webhook = { ...known, events: input.events };
      return { result: { ...webhookDocument(changed), secret: null }, writes: [webhooks.update(changed)], events: [] };
    }
    if (live.length >= LIMITS.webhooks) {
      return invalid({ pointer: "/url", message: `you have ${LIMITS.webhooks} endpoints: remove one first` });
    }
    const webhook: Webhook = {
      ...input,
      previousSecret: null,
      previousUntil: null,
      createdAt: now,
      deletedAt: null,
    };
    return {
      result: { ...webhookDocument(webhook), secret: webhook.secret },
      writes: [webhooks.insert(webhook), webhookCursors.append({ endpoint: webhook.id, position: feedPosition })],
      events: [],
    };
  },
});

type OfWebhook = { readonly id: string; readonly callerId: TraderId };

/** What every command on one endpoint names. */
const ofWebhook = {
  refuses: ["NOT_FOUND"],
  route: ({ id }: OfWebhook) => [webhooks.at(id)],
  needs({ id, callerId }: OfWebhook, routes: Routes) {
    const webhook = routes.get(webhooks.at(id));
    if (webhook === undefined) return [traders.at(callerId)];
    return [traders.at(callerId), traders.at(webhook.createdBy), webhooks.at(id)];
  },
} as const;

const liveWebhook = (state: State, { id }: OfWebhook): Webhook | undefined => {
  const webhook = state.get(webhooks.at(id));
  return webhook?.deletedAt === null ? webhook : undefined;
};

export const removeWebhook = defineCommand<OfWebhook, null>()({
  name: "remove-webhook",
  ...ofWebhook,
  decide(state, input, { now }) {
    const webhook = liveWebhook(state, input);
    if (webhook === undefined) return refuse("NOT_FOUND");
    return { result: null, writes: [webhooks.update({ ...webhook, deletedAt: now })], events: [] };
  },
});

/** @property secret the new one, sealed @property keepHours how long the present one signs beside it */
export type RotateSecret = OfWebhook & { readonly secret: string; readonly keepHours: number };
export type RotatedSecret = WebhookDocument & {
  readonly secret: string;
  readonly previous_secret_until: string | null;
};

/** Two sign at the most: who rotates again meanwhile drops the one before. */
export const rotateWebhookSecret = defineCommand<RotateSecret, RotatedSecret>()({
  name: "rotate-webhook-secret",
  ...ofWebhook,
  decide(state, input, { now }) {
    const webhook = liveWebhook(state, input);
    if (webhook === undefined) return refuse("NOT_FOUND");
    const until = input.keepHours === 0 ? null : after(now, input.keepHours * HOUR);
    const previous = { previousSecret: until === null ? null : webhook.secret, previousUntil: until };
    return {
      result: {
        ...webhookDocument(webhook),
        secret: input.secret,
        previous_secret_until: until === null ? null : toRfc3339(until),
      },
      writes: [webhooks.update({ ...webhook, secret: input.secret, ...previous })],
      events: [],
    };
  },
});

/** @property eventId drawn by the caller: no other delivery of the endpoint has it */
export type TestWebhook = OfWebhook & { readonly eventId: string };
export type TestedWebhook = { readonly event_id: string; readonly state: "waiting" };

/** Queued as everything else is, so that what it shows is how everything else goes. */
export const testWebhook = defineCommand<TestWebhook, TestedWebhook>()({
  name: "test-webhook",
  ...ofWebhook,
  decide(state, input, { now }) {
    const webhook = liveWebhook(state, input);
    if (webhook === undefined) return refuse("NOT_FOUND");
    const { eventId } = input;
    const letter = { channel: CHANNEL, endpoint: webhook.id, subject: `test ${eventId}`, eventId };
    return {
      result: { event_id: eventId, state: "waiting" },
      writes: [outbox.append({ ...letter, body: testBody(webhook.id, now) })],
      events: [],
    };
  },
});

export type ResendWebhook = { readonly id: number; readonly callerId: TraderId };
export type Resent = { readonly id: number; readonly state: "waiting" };

export const resendWebhook = defineCommand<ResendWebhook, Resent>()({
  name: "resend-webhook",
  refuses: ["NOT_FOUND"],
  needs: ({ id, callerId }) => [traders.at(callerId), letters.at(id)],
  decide(state, { id }, { now }) {
    const again = sendAgain(state.get(letters.at(id)), { channel: CHANNEL }, now);
    return again === null ? refuse("NOT_FOUND") : { result: { id, state: "waiting" }, writes: [again], events: [] };
  },
});
