/**
 * What the exchange tells, each type once: what its payload is, whether webhooks carry it, and whether it may change
 * what the market shows. Commands, streams, webhooks, the market's cache and the documents read this map.
 */
import { type Static, type TObject, type TSchema, type TUnion, Type } from "typebox";
import { type DeclaredEvent, defineEvents, type FeedEvent } from "../engine/index.ts";
import { Choice, Closed, Id, Nullable, Ref } from "../http/index.ts";
import { AD_STATUSES, MESSAGE_KINDS, ORDER_STATUSES, OUTCOMES } from "./tables/index.ts";

type Declaration = {
  readonly description: string;
  readonly payload: TObject | TUnion<TObject[]>;
  /** Whether the host platform's webhooks may ask for it. */
  readonly webhook: boolean;
  /** Whether pages of the market may be other ones after it. */
  readonly changesMarket: boolean;
};

const orderId = Id("the order that it is about");
const status = Choice(ORDER_STATUSES);

export const EVENTS = {
  "order.updated": {
    description: "An order changed its status or its claim, or the recipient was rated for it.",
    payload: Type.Union([
      Closed(
        {
          order_id: orderId,
          status,
          outcome: Nullable(Choice(OUTCOMES)),
          change: Type.Integer({ minimum: 1, description: "how many times the order's status or its claim was set" }),
        },
        { description: "The status was set." },
      ),
      Closed(
        { order_id: orderId, status, rated: Type.Integer({ minimum: 1, maximum: 5 }) },
        { description: "The other party rated the recipient." },
      ),
    ]),
    webhook: true,
    changesMarket: true,
  },
  "wallet.updated": {
    description: "The recipient's balance, wagering or debts changed, or whether the recipient is suspended.",
    payload: Closed({ order_id: Type.Optional(Id("the order that moved the money; absent outside a trade")) }),
    webhook: true,
    changesMarket: true,
  },
  "message.created": {
    description: "An order's chat has a new line.",
    payload: Closed({
      order_id: orderId,
      seq: Type.Integer({ minimum: 1, description: "the line's number in its order" }),
      kind: Choice(MESSAGE_KINDS),
    }),
    webhook: false,
    changesMarket: false,
  },
  "ad.updated": {
    description: "An ad of the recipient's was posted, changed, paused, resumed or deleted.",
    payload: Closed({
      ad_id: Id("the ad"),
      status: Choice(AD_STATUSES),
      version: Type.Integer({ minimum: 1, description: "counts changes of the terms" }),
    }),
    webhook: false,
    changesMarket: true,
  },
} as const satisfies Readonly<Record<string, Declaration>>;

export type EventType = keyof typeof EVENTS;
export type Payloads = { readonly [Type in EventType]: Static<(typeof EVENTS)[Type]["payload"]> };

/** An event of the exchange as it is read from the feed. */
export type ExchangeEvent = DeclaredEvent<Payloads>;

/** The feed holds what the constructor below has made, and nothing else. */
export const declared = ({ type, data }: Pick<FeedEvent, "type" | "data">): ExchangeEvent =>
  ({ type, data }) as ExchangeEvent;

/** @param to the traders who are told */
export const event = defineEvents<Payloads>();

export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

export type WebhookEventType = {
  readonly [Type in EventType]: (typeof EVENTS)[Type]["webhook"] extends true ? Type : never;
}[EventType];

export const WEBHOOK_EVENTS = EVENT_TYPES.filter((type): type is WebhookEventType => EVENTS[type].webhook);

/** What is not declared here may have been written by a newer node, and may have changed anything. */
export const mayChangeMarket = (type: string): boolean =>
  !Object.hasOwn(EVENTS, type) || EVENTS[type as EventType].changesMarket;

/** What a reader gets whose place is not known any more. */
const RESET = "reset";

/** Where in the feed it stands, and what happened. */
export type Frame = (
  | ExchangeEvent
  | { readonly type: typeof RESET; readonly data: Readonly<Record<string, never>> }
) & {
  readonly id: string;
};

const place = Type.String({ description: "resume after it: as `Last-Event-ID` of a stream, or as `after` of a page" });

const frameSchema = (type: string, description: string, data: TSchema) =>
  Closed({ id: place, type: Type.Literal(type), data }, { description });

export const FrameComponent = Type.Unsafe<Frame>({
  $id: "Event",
  description: "What happened, by its type.",
  oneOf: [
    ...EVENT_TYPES.map((type) => frameSchema(type, EVENTS[type].description, EVENTS[type].payload)),
    frameSchema(RESET, "The place is not known any more, or too old: read everything anew.", Closed({})),
  ],
});
export const FrameSchema = Ref(FrameComponent);

/** Made where a place is not known any more. */
export const resetFrame = (id: string): Frame => ({ id, type: RESET, data: {} });
