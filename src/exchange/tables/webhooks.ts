/** Webhooks: endpoints of the host platform. */
import { column, defineJournal, defineSet, defineTable, type RowOf } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

/** An endpoint of the host platform that is told of orders and wallets. */
export const webhooks = defineTable({
  name: "exchange.webhooks",
  key: ["id"],
  fixed: {
    id: column.text(),
    createdBy: column.text<TraderId>(),
    url: column.text(),
    createdAt: column.instant(),
  },
  changing: {
    events: column.texts(),
    /** Ciphertext. */
    secret: column.text(),
    /** The one before it, which signs beside it until then. */
    previousSecret: column.text().nullable,
    previousUntil: column.instant().nullable,
    deletedAt: column.instant().nullable,
  },
  guardedBy: (webhook) => [traders.at(webhook.createdBy)],
});
export type Webhook = RowOf<typeof webhooks>;

/** Where in the feed the deliveries to an endpoint begin; how far they have come is kept there as well. */
export const webhookCursors = defineJournal({
  name: "deliveries.cursors",
  columns: { endpoint: column.text(), position: column.id() },
});

/** Of one caller: those that are told. */
export const liveWebhooks = defineSet(webhooks, {
  name: "exchange.live_webhooks",
  by: "createdBy",
  where: "deleted_at is null",
  holds: (webhook) => webhook.deletedAt === null,
});
