/** `@parley/client`. See README.md. */
export { ANSWER_MS, newKey, UPLOAD_MS } from "./call.ts";
export { type Client, createClient } from "./client.ts";
export type { ConnectionOptions, TokenSource } from "./connection.ts";
export { ParleyError, unwrap } from "./failures.ts";
export { type ParleyEvent, STREAM, type StreamOptions, type StreamState } from "./stream.ts";
export type { Aborted, AnyFailure, CallOptions, Data, ErrorCode, Failure, NoAnswer, Result, Schemas } from "./types.ts";
export { RETRIES } from "./waiting.ts";
export { verifyWebhook, type WebhookCheck, type WebhookEvent, type WebhookVerdict } from "./webhooks.ts";
