/** `@parley/client`. See README.md. */
export { ANSWER_MS, FILE_MS, newKey } from "./call.ts";
export { type Client, createClient } from "./client.ts";
export type { ConnectionOptions } from "./connection.ts";
export { ParleyError, unwrap } from "./failures.ts";
export { followOrder } from "./follow.ts";
export { type ParleyEvent, STREAM, type StreamOptions, type StreamState } from "./stream.ts";
export type { TokenSource } from "./tokens.ts";
export type { Aborted, AnyFailure, CallOptions, Data, ErrorCode, Failure, NoAnswer, Result, Schemas } from "./types.ts";
export { RETRIES } from "./waiting.ts";
export { verifyWebhook, type WebhookCheck, type WebhookEvent, type WebhookVerdict } from "./webhooks.ts";
