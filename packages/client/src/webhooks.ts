/** Checks that a webhook is Parley's own (Standard Webhooks, https://www.standardwebhooks.com), and reads it. */
import type { operations, webhooks } from "./api.ts";

type BodyOf<Op> = Op extends {
  readonly requestBody?: { readonly content: { readonly "application/json": infer Json } };
}
  ? Json
  : never;
export type WebhookEvent = {
  [Type in keyof webhooks]: BodyOf<webhooks[Type]["post"] & operations[keyof operations]>;
}[keyof webhooks];

/** A copy that is older is refused: by then its delivery was given up, or has been seen. */
const TOLERANCE_SECONDS = 300;
const PREFIX = "whsec_";

export type WebhookCheck = {
  /** As they came; names in lower case, or a `Headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Exactly as it came: parsed and written anew it has another signature. */
  readonly body: string | Uint8Array;
  /** `whsec_…`; several while one is replaced. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now?: number;
};

export type WebhookVerdict =
  | { readonly ok: true; readonly id: string; readonly event: WebhookEvent }
  | { readonly ok: false; readonly reason: "headers" | "timestamp" | "signature" | "body" };

/** `id` is the same at every attempt: keep it, and a webhook that comes twice is dealt with once. */
export const verifyWebhook = async (check: WebhookCheck): Promise<WebhookVerdict> => {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    headerOf(check.headers, name),
  );
  if (id === undefined || timestamp === undefined || signatures === undefined) return { ok: false, reason: "headers" };
  const age = Math.abs((check.now ?? Date.now()) / 1_000 - Number(timestamp));
  if (!(age <= TOLERANCE_SECONDS)) return { ok: false, reason: "timestamp" };
  const body = typeof check.body === "string" ? check.body : new TextDecoder().decode(check.body);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  if (!(await isSigned(signed, signatures, check.secrets))) return { ok: false, reason: "signature" };
  try {
    return { ok: true, id, event: JSON.parse(body) as WebhookEvent };
  } catch {
    return { ok: false, reason: "body" };
  }
};

/** Several signatures stand one after the other while a secret is replaced; a few are enough. */
const MOST_SIGNATURES = 8;

const isSigned = async (
  signed: Uint8Array<ArrayBuffer>,
  text: string,
  secrets: readonly string[],
): Promise<boolean> => {
  const signatures = text.split(" ", MOST_SIGNATURES).flatMap((one) => (one.startsWith("v1,") ? [one.slice(3)] : []));
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    for (const signature of signatures) {
      // In constant time, which is the platform's business.
      if (await crypto.subtle.verify("HMAC", key, bytesOf(signature), signed)) return true;
    }
  }
  return false;
};

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array([0]);
  }
};

const headerOf = (headers: WebhookCheck["headers"], name: string): string | undefined => {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
};
