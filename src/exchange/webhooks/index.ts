/** Webhooks to the host platform. */
export * from "./webhook-commands.ts";
export * from "./webhooks.ts";
