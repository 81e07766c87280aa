/** Webhooks to the host platform. */
export { WEBHOOK_DOCUMENTATION } from "./body.ts";
export * from "./webhook-commands.ts";
export * from "./webhooks.ts";
