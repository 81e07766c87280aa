/** What `details` of an error say. A code that is not here has none: the check of answers in tests finds what is not said. */
import { type TObject, type TProperties, Type } from "typebox";
import { Choice, Closed, Nullable } from "../http/index.ts";
import { Figure, Time } from "./schemas.ts";
import { ORDER_STATUSES, PAYMENT_CLAIMS } from "./tables/index.ts";

const said = <Properties extends TProperties>(properties: Properties): TObject<Properties> => Closed(properties);

const Status = Choice(ORDER_STATUSES, { description: "the order's status" });
const Claim = Nullable(Choice(PAYMENT_CLAIMS, { description: "the order's payment claim" }));
const OrderId = Type.Integer({ description: "the order that is in the way" });

const Issues = Type.Array(
  Closed({
    in: Choice(["body", "query", "path", "header"]),
    pointer: Type.String({ description: "a JSON pointer into that part" }),
    message: Type.String(),
  }),
);

/** Why a file is none of those that are taken. */
const UNFIT = ["unknown_type", "broken", "too_many_pixels", "too_slow"] as const;

export const ERROR_DETAILS = {
  AD_NOT_ACTIVE: said({ reason: Choice(["paused", "deleted", "used_up", "unavailable"]) }),
  INVALID_PAYMENT_METHOD: said({ payment_methods: Type.Array(Type.String()) }),
  AMOUNT_TOO_LOW: said({ min_amount: Figure("least that the ad takes") }),
  AMOUNT_TOO_HIGH: said({ max_amount: Figure("most that the ad takes") }),
  AMOUNT_EXCEEDS_AVAILABLE: said({ remaining_amount: Figure("what the ad has left") }),
  ACTIVE_DEPOSIT_ORDER_EXISTS: said({ order_id: OrderId }),
  ACTIVE_WITHDRAW_ORDER_EXISTS: said({ order_id: OrderId }),
  MIN_DEPOSIT_REQUIRED: said({ required: Figure("to be deposited"), deposited: Figure("so far") }),
  WAGERING_REQUIREMENT_NOT_MET: said({ required: Figure("turnover that is needed"), wagered: Figure("so far") }),
  DUPLICATE_AD_TYPE: said({ ad_id: Type.Integer({ description: "the active ad" }) }),
  VALIDATION_ERROR: said({ issues: Issues }),
  INVALID_ORDER_STATUS: said({
    status: Status,
    claim: Type.Optional(Claim),
    settlement: Type.Optional(
      Type.Literal("paying", { description: "a bank is paying the order: it cannot be cancelled meanwhile" }),
    ),
  }),
  VERSION_MISMATCH: said({ version: Type.Integer({ description: "the ad's version now" }) }),
  ALREADY_ASSIGNED: said({ assigned_to: Nullable(Type.String()) }),
  RATING_CLOSED: said({ closed_at: Time() }),
  CLAIM_CLOSED: said({ claim: Claim, closed_at: Nullable(Time()) }),
  CHAT_CLOSED: said({ ended_at: Time() }),
  TRADER_SUSPENDED: said({ reason: Choice(["operator", "debt"]), owed: Figure("to be paid first") }),
  INSUFFICIENT_BALANCE: said({ available: Figure("what is there") }),
  SELLER_INSUFFICIENT_BALANCE: said({
    required: Type.Optional(Figure("the amount; like what follows, for the seller alone")),
    available: Type.Optional(Figure("what the seller has")),
  }),
  ALREADY_RATED: said({ rating: Type.Integer({ minimum: 1, maximum: 5, description: "what was given" }) }),
  IDEMPOTENCY_KEY_REUSED: said({
    client_id: Type.Optional(Type.String({ description: "of the other message, where it is not the key" })),
  }),
  PAYLOAD_TOO_LARGE: said({
    limit: Type.Optional(Type.Integer({ description: "bytes" })),
    of: Type.Optional(Choice(["order", "user"], { description: "whose files together have too many; else it is one" })),
  }),
  UNSUPPORTED_MEDIA_TYPE: said({
    allowed: Type.Optional(Type.Array(Type.String(), { description: "what is taken here, where it is not JSON" })),
    reason: Type.Optional(Choice(UNFIT, { description: "why a file is none of those" })),
  }),
  RATE_LIMITED: said({
    reason: Type.Optional(Choice(["strikes"], { description: "too many orders were dropped" })),
    strikes: Type.Optional(Figure("so many are too many")),
    retry_after_seconds: Type.Optional(Type.Integer({ minimum: 1, description: "as in Retry-After" })),
    streams: Type.Optional(Figure("so many may be open at once")),
    uploads_at_once: Type.Optional(Figure("so many files may be on their way at once")),
  }),
  INTERNAL_ERROR: said({ request_id: Type.String({ description: "to be found in our log" }) }),
} as const satisfies Readonly<Record<string, TObject>>;
