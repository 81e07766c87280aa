/** Frames of the feed, as streams and polls send them: what happened, with what a front end shows of it. */
import { type Static, type TObject, type TProperties, type TSchema, type TUnion, Type } from "typebox";
import { Closed, Nullable, Ref } from "../../http/index.ts";
import { OwnAdSchema } from "../ads/index.ts";
import { MessageSchema } from "../chat/index.ts";
import { QueuedDisputeSchema } from "../disputes/index.ts";
import { EVENT_TYPES, EVENTS, type EventType } from "../events.ts";
import { OrderSchema } from "../orders/index.ts";
import { Figure } from "../schemas.ts";
import { WalletSchema } from "../wallet/index.ts";

/** What a reader gets whose place is not known any more. */
export const RESET = "reset";
/** What a reader gets before the server ends the stream. */
export const END = "end";
export const END_REASONS = ["token_expired", "session_ended", "server_stopping", "feed_restarted"] as const;
export type EndReason = (typeof END_REASONS)[number];

/** What is added to a payload, for its reader: each as it is when it is read, which may be later than the event. */
const MORE = {
  "order.updated": { order: Ref(OrderSchema) },
  "wallet.updated": { wallet: Ref(WalletSchema) },
  "message.created": { message: Ref(MessageSchema), unread: Figure("lines of the order that the reader has not read") },
  "message.updated": {
    unread: Figure("lines of the order that the reader has not read"),
    message: Type.Optional(Ref(MessageSchema)),
  },
  "ad.updated": { ad: Nullable(Ref(OwnAdSchema)) },
  "case.updated": { case: Ref(QueuedDisputeSchema) },
  "security.updated": {},
} as const satisfies Readonly<Record<EventType, TProperties>>;

type Described = { readonly properties: TProperties; readonly description?: string };

const extended = ({ properties, description }: Described, more: TProperties): TObject =>
  Closed({ ...properties, ...more }, description === undefined ? {} : { description });

/** What a frame of that type says. */
export const dataOf = (type: EventType): TSchema => {
  const payload: TObject | TUnion<TObject[]> = EVENTS[type].payload;
  return "anyOf" in payload
    ? Type.Union(payload.anyOf.map((one) => extended(one, MORE[type])))
    : extended(payload, MORE[type]);
};

/** Where in the feed it stands, what happened, and what is shown of it. */
export type Frame = { readonly id: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };

const place = Type.String({ description: "resume after it: as `Last-Event-ID` of a stream, or as `after` of a page" });

const frameSchema = (type: string, description: string, data: TSchema) =>
  Closed({ id: place, type: Type.Literal(type), data }, { description });

export const FrameComponent = Type.Unsafe<Frame>({
  $id: "Event",
  description: "What happened, by its type.",
  oneOf: [
    ...EVENT_TYPES.map((type) => frameSchema(type, EVENTS[type].description, dataOf(type))),
    frameSchema(RESET, "The place is not known any more, or too old: read everything anew.", Closed({})),
    frameSchema(
      END,
      "Of a stream alone: the server ends it, and says why. With a new token it resumes from this frame.",
      Closed({ reason: Type.Enum([...END_REASONS]) }),
    ),
  ],
});
export const FrameSchema = Ref(FrameComponent);

export const FramePage = Closed({
  items: Type.Array(FrameSchema),
  next: Type.String({ description: "`after` of the next page" }),
});
export type FramePage = Static<typeof FramePage>;

/** Made where a place is not known any more. */
export const resetFrame = (id: string): Frame => ({ id, type: RESET, data: {} });
