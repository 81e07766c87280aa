/** What `details` of an error say, for the codes whose details are always of one form. */
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
  INVALID_ORDER_STATUS: said({ status: Status, claim: Type.Optional(Claim) }),
  VERSION_MISMATCH: said({ version: Type.Integer({ description: "the ad's version now" }) }),
  ALREADY_ASSIGNED: said({ assigned_to: Nullable(Type.String()) }),
  RATING_CLOSED: said({ closed_at: Time() }),
  CLAIM_CLOSED: said({ claim: Claim, closed_at: Nullable(Time()) }),
  CHAT_CLOSED: said({ ended_at: Time() }),
  TRADER_SUSPENDED: said({ reason: Choice(["operator", "debt"]), owed: Figure("to be paid first") }),
  INSUFFICIENT_BALANCE: said({ available: Figure("what is there") }),
} as const satisfies Readonly<Record<string, TObject>>;
