/**
 * What the exchange tells, each type once: what its payload is, whether webhooks carry it, and whether it may change
 * what the market shows. Commands, streams, webhooks, the market's cache and the documents read this map. A payload says
 * what happened and who did it, and is the same for all its recipients; what else a front end shows is added for each
 * reader where it is read (`live/show.ts`), so that no trade pays for it.
 */
import { type Static, type TObject, type TUnion, Type } from "typebox";
import { type DeclaredEvent, defineEvents, type FeedEvent } from "../engine/index.ts";
import { Choice, Closed, Id, Nullable } from "../http/index.ts";
import { AD_STATUSES, MESSAGE_KINDS, ORDER_STATUSES, OUTCOMES, ROLES, SETTLEMENT_STATES } from "./tables/index.ts";

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
const Side = Choice(ROLES);
const Time = Type.String({ format: "date-time" });

/** Who moves an order. */
export const MOVERS = [...ROLES, "operator", "clock", "rail"] as const;
export type Mover = (typeof MOVERS)[number];

/** What befalls a case. */
export const CASE_ACTS = ["opened", "assigned", "taken_over", "resolved"] as const;

/** What befalls how somebody comes in, where people have accounts here. */
export const SECURITY_CHANGES = [
  "session_began",
  "sessions_ended",
  "password_changed",
  "password_reset",
  "second_factor_on",
  "second_factor_off",
  "recovery_codes_made",
  "recovery_code_used",
  "passkey_added",
  "passkey_removed",
  "token_made",
  "token_ended",
  "roles_changed",
] as const;
const SECURITY_ACTORS = ["owner", "operator", "installation"] as const;

/**
 * All operators, as a recipient. No trader has this name: a subject holds no blank. Whoever reads it leaves out the
 * cases that the reader is a party of.
 */
export const OPERATORS = "all operators";

/** Whoever settles orders over the rail, as a recipient: no trader's name holds a blank. */
export const SETTLEMENTS = "settlement of trades";

const seq = Type.Integer({ minimum: 1, description: "the line's number in its order" });

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
          action: Type.String({ description: "what was done: `create`, or as in the table of moves" }),
          by: Choice(MOVERS, { description: "who did it" }),
          settlement: Type.Optional(
            Choice(SETTLEMENT_STATES, { description: "where its payment over the rail stands, if it is paid so" }),
          ),
          at: Time,
        },
        { description: "The status, its claim or its payment over the rail was set." },
      ),
      Closed(
        {
          order_id: orderId,
          status,
          rated: Type.Integer({ minimum: 1, maximum: 5 }),
          comment: Nullable(Type.String()),
          by: Side,
          at: Time,
        },
        { description: "The other party rated the recipient." },
      ),
    ]),
    webhook: true,
    changesMarket: true,
  },
  "wallet.updated": {
    description: "The recipient's balance, escrow, wagering or debts changed, or whether the recipient is suspended.",
    payload: Closed({
      order_id: Type.Optional(Id("the order that moved the money; absent outside a trade")),
      kind: Type.String({ description: "of the transfer, or `wager`, `debt`, `suspension`" }),
      amount: Type.Optional(
        Type.Integer({ minimum: 1, description: "that was moved, in balance units; of a wager, turnover" }),
      ),
      balance: Type.Optional(
        Type.Integer({ minimum: 0, description: "available after it, in balance units; absent where none was moved" }),
      ),
      external_id: Type.Optional(
        Type.String({ description: "the host platform's own, of what it or somebody by hand has entered" }),
      ),
    }),
    webhook: true,
    changesMarket: true,
  },
  "message.created": {
    description: "An order's chat has a new line.",
    payload: Closed({ order_id: orderId, seq, kind: Choice(MESSAGE_KINDS) }),
    webhook: false,
    changesMarket: false,
  },
  "message.updated": {
    description: "Lines of an order's chat were read, or one was hidden.",
    payload: Type.Union([
      Closed(
        {
          order_id: orderId,
          up_to_seq: Type.Integer({ minimum: 1, description: "the last line that was marked" }),
          by: Side,
          read_at: Time,
        },
        { description: "A party marked the lines up to there as read." },
      ),
      Closed(
        { order_id: orderId, seq, hidden: Type.Literal(true), by: Type.Literal("operator") },
        { description: "An operator hid the line: a placeholder stays." },
      ),
    ]),
    webhook: false,
    changesMarket: false,
  },
  "ad.updated": {
    description:
      "An ad of the recipient's was posted, changed, paused, resumed or deleted, or left or entered the market by itself.",
    payload: Closed({
      ad_id: Id("the ad"),
      status: Choice(AD_STATUSES),
      version: Type.Optional(
        Type.Integer({ minimum: 1, description: "counts changes of the terms; absent when nobody changed them" }),
      ),
      shown: Type.Boolean({ description: "whether the market shows it" }),
      by: Nullable(
        Type.Literal("maker", { description: "null: by itself, as balances, rules or its remainder changed" }),
      ),
    }),
    webhook: false,
    changesMarket: true,
  },
  "case.updated": {
    description: "For operators who are no party of it: a case was opened, taken or resolved.",
    payload: Closed({ order_id: orderId, act: Choice(CASE_ACTS) }),
    webhook: false,
    changesMarket: false,
  },
  "security.updated": {
    description: "How the recipient comes in has changed: a session, a password, a factor, a token or a role.",
    payload: Closed({
      change: Choice(SECURITY_CHANGES),
      by: Choice(SECURITY_ACTORS, { description: "who did it" }),
      at: Time,
      device: Type.Optional(Type.String({ description: "browser and system, as the browser said" })),
      address: Type.Optional(Type.String()),
      name: Type.Optional(Type.String({ description: "what its owner calls it" })),
    }),
    webhook: false,
    changesMarket: false,
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
