/** The body of a message that a client sends, the same for parties and operators. */
import { hash } from "node:crypto";
import { type Static, Type } from "typebox";
import type { Claim } from "../../engine/index.ts";
import { Closed, Text } from "../../http/index.ts";
import { DAY, refuse, type TraderId } from "../../kernel/index.ts";
import { invalid } from "../issues.ts";
import { LIMITS } from "../settings.ts";
import { traders } from "../tables/index.ts";

/** How long a `client_id` is known: longer than a chat stays open. */
const CLIENT_ID_LIFETIME_MS = 90 * DAY;

export const MessageBody = Closed(
  {
    message: Type.Optional(
      Text({
        minLength: 1,
        maxLength: LIMITS.messageCharacters,
        format: "prose",
        description: "may be absent with attachment_ids",
      }),
    ),
    client_id: Type.Optional(Type.String({ format: "uuid", description: "a repeat is the same message" })),
    attachment_ids: Type.Optional(
      Type.Array(Type.String({ format: "uuid" }), { maxItems: LIMITS.attachmentsPerMessage, uniqueItems: true }),
    ),
  },
  { $id: "SendMessage" },
);

type Said = Static<typeof MessageBody>;

/** What a command is told of it. */
export const saidIn = ({ message, client_id, attachment_ids: attachmentIds = [] }: Said) =>
  message === undefined && attachmentIds.length === 0
    ? invalid({ pointer: "/message", message: "is required without attachment_ids" })
    : { message: message ?? "", clientId: client_id ?? null, attachmentIds };

const digestOf = ({ message = "", attachment_ids = [] }: Said): string =>
  hash("sha256", JSON.stringify([message, attachment_ids]));

/** A repeat of a sender's `client_id` in an order is the message that it was; with other words it is a mistake. */
export const clientClaim = (sender: TraderId, order: number, said: Said): readonly Claim<"IDEMPOTENCY_KEY_REUSED">[] =>
  said.client_id === undefined
    ? []
    : [
        {
          scope: `message ${order} ${sender}`,
          key: said.client_id.toLowerCase(),
          fingerprint: digestOf(said),
          mismatch: refuse("IDEMPOTENCY_KEY_REUSED", { client_id: said.client_id }),
          keeps: "results",
          lifetimeMs: CLIENT_ID_LIFETIME_MS,
          guard: traders.at(sender),
        },
      ];
