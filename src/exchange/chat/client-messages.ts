/** What a client sends as a message, whoever it is. */
import { hash } from "node:crypto";
import { type Static, Type } from "typebox";
import type { Claim } from "../../engine/index.ts";
import { Closed, Text } from "../../http/index.ts";
import { DAY, refuse, type TraderId } from "../../kernel/index.ts";
import { LIMITS } from "../settings.ts";
import { traders } from "../tables/index.ts";

/** How long a `client_id` is known: longer than a chat stays open. */
const CLIENT_ID_LIFETIME_MS = 90 * DAY;

export const MessageBody = Closed(
  {
    message: Text({ minLength: 1, maxLength: LIMITS.messageCharacters }),
    client_id: Type.Optional(Type.String({ format: "uuid", description: "a repeat is the same message" })),
    attachment_ids: Type.Optional(
      Type.Array(Type.String({ format: "uuid" }), { maxItems: LIMITS.attachmentsPerMessage, uniqueItems: true }),
    ),
  },
  { $id: "SendMessage" },
);

type Said = Static<typeof MessageBody>;

const digestOf = ({ message, attachment_ids = [] }: Said): string =>
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
