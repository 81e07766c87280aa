/** What the APIs' pages say beside their routes. */
import type { Documentation } from "./http/index.ts";

export const DOCUMENTATION: Documentation = {
  title: "Parley exchange",
  version: "1",
  description:
    "A peer-to-peer exchange with escrow. People post standing ads to buy or sell USDT; answering one makes an order " +
    "and freezes the seller's amount; the seller's confirmation releases it to the buyer. All amounts are kopecks of " +
    "RUB-denominated balance, as integers.",
};

const text = (description?: string) => ({ type: "string", ...(description === undefined ? {} : { description }) });

/** @param members of the payload, beside those that every one of ours has */
const served = (summary: string, members: Readonly<Record<string, object>>, responses: object) => {
  const common = {
    jti: text("new at every attempt"),
    iat: { type: "integer" },
    iss: text("the rail's public URL"),
    aud: text("the URL that it is posted to"),
  };
  const payload = {
    type: "object",
    required: [...Object.keys(common), ...Object.keys(members)],
    properties: { ...common, ...members },
  };
  const schema = {
    type: "string",
    contentMediaType: "application/jwt",
    contentSchema: payload,
    description: "compact JWS by one of our keys, with `typ: callback+jwt`",
  };
  return {
    post: {
      summary,
      tags: ["What a bank serves"],
      security: [],
      requestBody: { required: true, content: { "application/jwt": { schema } } },
      responses: { ...responses, default: { description: "not yet: it is tried again, ten times in all" } },
    },
  };
};

const TYPES = ["order.updated", "pay_request", "link_cancelled", "alias_updated", "pay_in", "pay_out"];
const REFUSAL = {
  type: "object",
  required: ["code"],
  properties: { code: { type: "string", const: "USER_NOT_FOUND" } },
};
const ANSWERED_CHALLENGE = {
  type: "string",
  contentMediaType: "application/jwt",
  contentSchema: { type: "object", required: ["challenge"], properties: { challenge: text("the same") } },
};

/** Below a bank's callback URL. */
const SERVED_BY_BANKS = {
  link_creditor: served(
    "POST {callback_url}/link_creditor: whether a phone is a client's of yours",
    { request_guid: text(), phone: text(), expires_at: text("RFC 3339; a later answer is too late") },
    {
      202: { description: "the client is asked; the answer comes by `POST /api/v1/p2p/callbacks`" },
      400: { description: "no", content: { "application/json": { schema: REFUSAL } } },
    },
  ),
  callbacks: served(
    "POST {callback_url}/callbacks: something changed",
    {
      event_id: text("the same at every attempt"),
      seq: { type: "integer", description: "counts within an order, or a phone" },
      type: { type: "string", enum: TYPES },
      data: { type: "object" },
    },
    {
      200: { description: "taken; of `pay_in`: the money has come" },
      202: { description: "taken; of `pay_in`: `POST /api/v1/p2p/callbacks` says later whether it has come" },
    },
  ),
  challenge: served(
    "POST {callback_url}/challenge: whether this URL is yours",
    { challenge: text() },
    {
      200: {
        description: "compact JWS by one of your keys, with the same challenge",
        content: { "application/jwt": { schema: ANSWERED_CHALLENGE } },
      },
    },
  ),
};

export const RAIL_DOCUMENTATION: Documentation = {
  title: "Parley rail",
  version: "1",
  description:
    "Banks turn a phone number into a payment order. The payer's bank sends a signed order that names the receiver by " +
    "phone; the rail finds the receiver's account through linked aliases, or by asking the other banks, and answers with " +
    "the order's status. Amounts are JSON numbers with up to two decimals, kept and echoed as they were written.",
  signing:
    "A compact JWS by one of your registered keys, in CX-Authorization or behind Authorization: Bearer. Claims: iat, jti; " +
    "a strong participant's also iss, aud (this server's public URL and the path), exp and bh (base64url SHA-256 of the " +
    "body). A strong participant's signed body may stand without it. Every fault of a token is answered alike.",
  webhooks: SERVED_BY_BANKS,
};
