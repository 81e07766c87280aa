/** The shapes of requests and answers. What validates is what the documentation shows. */
import { type TSchema, type TUnsafe, Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref, Text } from "../http/index.ts";
import { LIMITS } from "./settings.ts";

/**
 * Refers to a component. Its answers are held against it in tests; the compiler only asks for an object, because the
 * views say in their own types what they hold.
 */
export const Shown = (component: TSchema): TUnsafe<object> => Ref(component) as TUnsafe<object>;

const MAX_UNITS = 10_000_000_000_000;
/** The column's. */
const MAX_VERSION = 2_147_483_647;

export const Units = (description: string) => Type.Integer({ minimum: 1, maximum: MAX_UNITS, description });
const Figure = (description: string) => Type.Integer({ minimum: 0, description });
const Time = (description = "RFC 3339, UTC") => Type.String({ format: "date-time", description });

export const Method = Type.String({ pattern: "^[a-z0-9_]{1,32}$", description: "a payment method, such as card" });
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" });

export const Details = Type.Record(
  Type.String({ minLength: 1, maxLength: LIMITS.paymentDetailCharacters, format: "text" }),
  Text({ maxLength: LIMITS.paymentDetailCharacters }),
  { maxProperties: LIMITS.paymentDetails, description: "where to pay, as pairs of texts" },
);

export const AdType = Choice(["sell", "buy"], { description: "sell: the maker sells USDT; buy: the maker buys it" });
export const OrderStatus = Choice(["pending", "paid_by_buyer", "completed", "cancelled", "disputed"]);
export const Role = Choice(["buyer", "seller"]);

export const Profile = Closed(
  {
    id: Type.String(),
    name: Nullable(Type.String()),
    rating: Nullable(Type.Number({ minimum: 1, maximum: 5 })),
    ratings_count: Figure("ratings that the mean is of: the latest per person and day"),
    orders_count: Figure("completed orders on either side"),
    completion_rate_30d: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    median_release_seconds: Nullable(Figure("from paid to released, as the seller; of the last 100 orders")),
    median_pay_seconds: Nullable(Figure("from created to paid, as the buyer; of the last 100 orders")),
    partners_count: Figure("different people traded with"),
    joined_at: Time(),
    last_seen_at: Time("in steps of five minutes"),
  },
  { $id: "Profile", description: "A trader as others see one." },
);

const adMembers = {
  id: Id(),
  type: AdType,
  status: Choice(["active", "paused", "deleted"]),
  version: Type.Integer({ minimum: 1, description: "counts changes of the terms" }),
  fiat_currency: Currency,
  exchange_rate: Type.Integer({ description: "minor units of fiat for 100 balance units; 100 is one to one" }),
  min_amount: Units("least that an order may take"),
  max_amount: Units("most that an order may take"),
  total_amount: Units("what the ad offers in all"),
  remaining_amount: Figure("of the total, neither held by open orders nor released"),
  available_amount: Figure("the remainder; on a sell ad no more than the maker's available balance"),
  payment_methods: Type.Array(Method),
  instructions: Type.String(),
  payment_window_minutes: Nullable(Type.Integer()),
  created_at: Time(),
  maker: Shown(Profile),
};

export const Ad = Closed(adMembers, { $id: "Ad", description: "A standing offer as the market shows it." });

export const OwnAd = Closed(
  {
    ...adMembers,
    payment_details: Type.Record(Type.String(), Type.String()),
    hidden_reasons: Type.Array(Choice(["paused", "used_up", "balance", "min_deposit", "wagering"]), {
      description: "why the market does not show it; empty when it does",
    }),
  },
  { $id: "OwnAd", description: "An ad as its maker sees it." },
);

const window = LIMITS.paymentWindowMinutes;
const terms = {
  exchange_rate: Type.Optional(
    Type.Integer({
      minimum: LIMITS.exchangeRate.min,
      maximum: LIMITS.exchangeRate.max,
      description: "minor units of fiat for 100 balance units; may be left out for RUB (100)",
    }),
  ),
  total_amount: Type.Optional(Units("what the ad offers in all; the maximum when it is left out")),
  payment_details: Type.Optional(Details),
  instructions: Type.Optional(Text({ maxLength: LIMITS.instructionsCharacters })),
  payment_window_minutes: Type.Optional(Type.Integer({ minimum: window.min, maximum: window.max })),
};
const Methods = Type.Array(Method, { minItems: 1, maxItems: LIMITS.paymentMethods });

export const CreateAdBody = Closed(
  {
    type: AdType,
    fiat_currency: Currency,
    min_amount: Units("in kopecks"),
    max_amount: Units("in kopecks"),
    payment_methods: Methods,
    ...terms,
  },
  { $id: "CreateAd" },
);

export const EditAdBody = Closed(
  {
    type: Type.Optional(AdType),
    fiat_currency: Type.Optional(Currency),
    min_amount: Type.Optional(Units("in kopecks")),
    max_amount: Type.Optional(Units("in kopecks")),
    payment_methods: Type.Optional(Methods),
    ...terms,
    status: Type.Optional(Choice(["active", "paused"])),
  },
  { $id: "EditAd" },
);

export const Order = Closed(
  {
    id: Id(),
    ad_id: Id(),
    ad_version: Type.Integer(),
    status: OrderStatus,
    outcome: Nullable(
      Choice([
        "released",
        "cancelled_by_buyer",
        "cancelled_by_seller",
        "payment_expired",
        "dispute_released",
        "dispute_refunded",
        "dispute_split",
      ]),
    ),
    role: Choice(["buyer", "seller"], { description: "the caller's" }),
    side: Nullable(Choice(["deposit", "withdraw"], { description: "for the taker" })),
    buyer: Shown(Profile),
    seller: Shown(Profile),
    usdt_amount: Units("in kopecks"),
    fiat_amount: Units("in minor units of the fiat currency"),
    released_amount: Figure("what the buyer got"),
    fiat_currency: Currency,
    exchange_rate: Type.Integer(),
    payment_method: Method,
    payment_details: Type.Record(Type.String(), Type.String(), {
      description: "the seller's; masked once the order is cancelled, and 30 days after it completed",
    }),
    instructions: Type.String(),
    pay_by: Time(),
    release_by: Nullable(Time()),
    server_time: Time(),
    created_at: Time(),
    paid_at: Nullable(Time()),
    completed_at: Nullable(Time()),
    cancelled_at: Nullable(Time()),
    disputed_at: Nullable(Time()),
    allowed_actions: Type.Array(
      Choice(["confirm-paid", "confirm-received", "cancel", "call-operator", "rate", "message"]),
    ),
    unread: Figure("the others' user and operator lines that the caller has not marked as read"),
    my_rating: Nullable(Type.Integer({ minimum: 1, maximum: 5 })),
  },
  { $id: "Order", description: "An order as one of its two parties sees it." },
);

export const File = Closed(
  {
    id: Type.String({ format: "uuid" }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    type: Type.String({ description: "found from the content" }),
    size: Type.Integer({ minimum: 1, description: "bytes" }),
  },
  { $id: "File", description: "A file of an order's chat." },
);

export const Message = Closed(
  {
    seq: Type.Integer({ minimum: 1, description: "1, 2, 3 … per order, without a gap" }),
    kind: Choice(["user", "system", "operator"], { description: "said by the server, never by the text" }),
    sender: Nullable(Type.String()),
    message: Type.String(),
    hidden: Type.Boolean({ description: "an operator has hidden it: the message is a placeholder" }),
    event: Nullable(Type.Object({}, { additionalProperties: true, description: "of a system line: what happened" })),
    attachments: Type.Array(Shown(File)),
    created_at: Time(),
    read_at: Nullable(Time("when somebody else than the sender marked it as read")),
  },
  { $id: "Message" },
);

export const MessagePage = Closed({
  ...CursorPage(Shown(Message)).properties,
  last_seq: Type.Integer({ description: "of the newest line" }),
});

export const Session = Closed(
  {
    order: Shown(Order),
    counterparty: Shown(Profile),
    last_message: Shown(Message),
    unread: Figure("lines"),
  },
  { $id: "Session" },
);

export const RateBody = Closed(
  {
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    comment: Type.Optional(Text({ maxLength: LIMITS.ratingCommentCharacters })),
  },
  { $id: "Rate" },
);

export const Rating = Closed(
  {
    order_id: Id(),
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    comment: Nullable(Type.String()),
    created_at: Time(),
  },
  { $id: "Rating" },
);

const disputeMembers = {
  order_id: Id(),
  status: Choice(["open", "assigned", "resolved"]),
  assigned_to: Nullable(Type.String()),
  opened_at: Time(),
  opened_by: Nullable(Role),
  reason: Nullable(Type.String()),
  comment: Nullable(Type.String()),
  resolved_at: Nullable(Time()),
};

export const Dispute = Closed(disputeMembers, { $id: "Dispute" });

export const QueuedDispute = Closed(
  { ...disputeMembers, buyer: Shown(Profile), seller: Shown(Profile), usdt_amount: Units("in kopecks") },
  { $id: "QueuedDispute" },
);

export const Resolved = Closed(
  {
    order_id: Id(),
    status: OrderStatus,
    outcome: Nullable(Type.String()),
    released_amount: Figure("to the buyer"),
    refunded_amount: Figure("to the seller"),
  },
  { $id: "Resolved" },
);

export const Dossier = Closed(
  {
    version: Type.Literal(1),
    order_id: Id(),
    made_at: Time(),
    entries: Type.Array(
      Closed({
        at: Time(),
        kind: Type.String(),
        data: Type.Object({}, { additionalProperties: true }),
        previous: Type.String(),
        hash: Type.String(),
      }),
    ),
    signature: Type.String({
      description: "compact JWS over version, order_id, made_at, number of entries and the last hash",
    }),
    key: Closed(
      { crv: Type.String(), kty: Type.String(), x: Type.String(), y: Type.String() },
      { description: "the public key, as a JWK: the members that its RFC 7638 thumbprint covers" },
    ),
  },
  { $id: "Dossier", description: "The whole story of an order, hash-chained and signed." },
);

export const CreateOrderBody = Closed(
  {
    ad_id: Id(),
    usdt_amount: Units("in kopecks"),
    payment_method: Method,
    ad_version: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_VERSION, description: "the version whose terms the taker saw" }),
    ),
    payment_details: Type.Optional(Details),
  },
  { $id: "CreateOrder" },
);

export const OrderActionBody = Closed({ expected_status: Type.Optional(OrderStatus) }, { $id: "OrderAction" });

export const CallOperatorBody = Closed(
  {
    expected_status: Type.Optional(OrderStatus),
    reason: Type.Optional(Choice(["paid_not_released", "not_received", "wrong_amount", "third_party_payer", "other"])),
    comment: Type.Optional(Text({ maxLength: LIMITS.disputeCommentCharacters })),
  },
  { $id: "CallOperator" },
);

const Wagering = Closed({ required: Figure("turnover required"), wagered: Figure("turnover counted") });

export const Wallet = Closed(
  {
    available: Figure("balance units"),
    in_escrow: Figure("held by open orders in which the trader sells"),
    deposited_total: Figure("completed deposits"),
    wagering: Wagering,
  },
  { $id: "Wallet" },
);

export const Transfer = Closed(
  {
    id: Id(),
    kind: Choice([
      "escrow_hold",
      "escrow_release",
      "escrow_refund",
      "deposit",
      "bonus",
      "adjustment",
      "withdrawal",
      "deposit_reversal",
    ]),
    direction: Choice(["in", "out"]),
    amount: Units("balance units"),
    balance_after: Figure("the available balance after it"),
    order_id: Nullable(Id()),
    external_id: Nullable(Type.String()),
    created_at: Time(),
  },
  { $id: "Transfer" },
);

export const ExternalId = Type.String({
  pattern: "^[!-~]{1,128}$",
  description: "the host platform's own id, remembered for ever",
});
export const UserId = Type.String({ pattern: "^[!-~]{1,64}$", description: "the `sub` of the user's tokens" });

export const CreditBody = Closed(
  {
    user_id: UserId,
    amount: Units("balance units"),
    kind: Choice(["deposit", "bonus", "adjustment"]),
    external_id: ExternalId,
    wagering_required: Type.Optional(
      Type.Integer({ minimum: 0, maximum: MAX_UNITS, description: "replaces the deposit times the multiplier" }),
    ),
  },
  { $id: "Credit" },
);

export const DebitBody = Closed(
  {
    user_id: UserId,
    amount: Units("balance units"),
    kind: Choice(["withdrawal", "adjustment", "deposit_reversal"]),
    external_id: ExternalId,
  },
  { $id: "Debit" },
);

export const WagerBody = Closed(
  { user_id: UserId, amount: Units("turnover in balance units"), external_id: ExternalId },
  { $id: "Wager" },
);

export const PlatformEntry = Closed(
  {
    user_id: Type.String(),
    kind: Type.String(),
    amount: Units("balance units"),
    external_id: Type.String(),
    available: Figure("the user's available balance after it"),
    created_at: Time(),
  },
  { $id: "PlatformEntry" },
);

export const WagerEntry = Closed(
  { user_id: Type.String(), amount: Units("turnover"), external_id: Type.String(), wagering: Wagering },
  { $id: "WagerEntry" },
);

export const AdPage = CursorPage(Shown(Ad));
export const OwnAdPage = CursorPage(Shown(OwnAd));
export const OrderPage = CursorPage(Shown(Order));
export const SessionPage = CursorPage(Shown(Session));
export const DisputePage = CursorPage(Shown(QueuedDispute));
export const TransferPage = CursorPage(Shown(Transfer));

/** Named components of the OpenAPI document. */
export const COMPONENTS = [
  Profile,
  Ad,
  OwnAd,
  Order,
  File,
  Message,
  Session,
  Rating,
  Dispute,
  QueuedDispute,
  Resolved,
  Dossier,
  Wallet,
  Transfer,
  PlatformEntry,
  WagerEntry,
];
