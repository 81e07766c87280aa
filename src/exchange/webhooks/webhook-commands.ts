/** The host platform adds and removes endpoints, and has what failed sent again. */
import { letters, sendAgain } from "../../deliveries/index.ts";
import { refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import { LIMITS } from "../settings.ts";
import { liveWebhooks, traders, type Webhook, webhookCursors, webhooks } from "../tables/index.ts";
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

/** @returns the endpoint with its secret, sealed */
export const addWebhook = defineCommand<AddWebhook, WebhookDocument & { readonly secret: string }>()({
  name: "add-webhook",
  refuses: ["VALIDATION_ERROR"],
  needs: ({ createdBy }) => [traders.at(createdBy), liveWebhooks.of(traders.at(createdBy))],
  decide(state, { feedPosition, ...input }, { now }) {
    if (state.all(liveWebhooks.of(traders.at(input.createdBy))).length >= LIMITS.webhooks) {
      return invalid({ pointer: "/url", message: `you have ${LIMITS.webhooks} endpoints: remove one first` });
    }
    const webhook: Webhook = { ...input, createdAt: now, deletedAt: null };
    return {
      result: { ...webhookDocument(webhook), secret: webhook.secret },
      writes: [webhooks.insert(webhook), webhookCursors.append({ endpoint: webhook.id, position: feedPosition })],
      events: [],
    };
  },
});

export type RemoveWebhook = { readonly id: string; readonly callerId: TraderId };

export const removeWebhook = defineCommand<RemoveWebhook, null>()({
  name: "remove-webhook",
  refuses: ["NOT_FOUND"],
  route: ({ id }) => [webhooks.at(id)],
  needs({ id, callerId }, routes) {
    const webhook = routes.get(webhooks.at(id));
    if (webhook === undefined) return [traders.at(callerId)];
    return [traders.at(callerId), traders.at(webhook.createdBy), webhooks.at(id)];
  },
  decide(state, { id }, { now }) {
    const webhook = state.get(webhooks.at(id));
    if (webhook === undefined || webhook.deletedAt !== null) return refuse("NOT_FOUND");
    return { result: null, writes: [webhooks.update({ ...webhook, deletedAt: now })], events: [] };
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
