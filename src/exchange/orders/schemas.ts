/** Schemas of orders: what callers send, and what the parties are shown. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref } from "../../http/index.ts";
import type { AdId, OrderId } from "../../kernel/index.ts";
import { Comment, Currency, Details, Figure, Method, Time, Units } from "../schemas.ts";
import { LIMITS } from "../settings.ts";
import {
  DISPUTE_STATUSES,
  ORDER_STATUSES,
  OUTCOMES,
  PAYMENT_CLAIMS,
  ROLES,
  SETTLEMENT_STATES,
} from "../tables/index.ts";
import { ProfileSchema } from "../traders/index.ts";
import { PARTY_CLAIM_ACTIONS } from "./claim-machine.ts";
import { PARTY_ACTIONS } from "./machine.ts";

/** The column's. */
const MAX_VERSION = 2_147_483_647;

export const OrderStatus = Choice(ORDER_STATUSES);
export const Role = Choice(ROLES);

const DisputeFacts = Closed(
  {
    status: Choice(DISPUTE_STATUSES),
    opened_by: Nullable(Role),
    reason: Nullable(Type.String()),
    opened_at: Time(),
    assigned_to: Nullable(Type.String({ description: "the operator's display name" })),
    resolution: Nullable(
      Type.String({ description: "the operator's reason; null while it is open, or a party ended it" }),
    ),
  },
  { description: "what both parties see of the case; `opened_by` is null where the release window was over" },
);

export const SettlementFacts = Closed(
  {
    state: Choice(SETTLEMENT_STATES),
    deeplinks_page_url: Nullable(
      Type.String({ description: "for the buyer, while it can be paid: where to choose the bank to pay with" }),
    ),
    qr_code: Nullable(Type.String({ description: "the same as a picture: a PNG in base64" })),
    payment_guid: Nullable(Type.String({ description: "the rail's, once the money was sent" })),
    reason: Nullable(Type.String({ description: "why it failed" })),
  },
  { description: "the payment over the rail of an order with the method `rail`; null for any other" },
);

export const OrderSchema = Closed(
  {
    id: Id<OrderId>(),
    ad_id: Id<AdId>(),
    ad_version: Type.Integer(),
    status: OrderStatus,
    outcome: Nullable(Choice(OUTCOMES)),
    claim: Nullable(
      Choice(PAYMENT_CLAIMS, { description: "what became of the buyer's word that a cancelled order was paid" }),
    ),
    owed: Figure("what the seller still owes the buyer of such a claim"),
    role: Choice(ROLES, { description: "the caller's" }),
    side: Nullable(Choice(["deposit", "withdraw"], { description: "for the taker" })),
    buyer: Ref(ProfileSchema),
    seller: Ref(ProfileSchema),
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
    allowed_actions: Type.Array(Choice([...PARTY_ACTIONS, ...PARTY_CLAIM_ACTIONS, "rate", "message"])),
    unread: Figure("the others' user and operator lines that the caller has not marked as read"),
    my_rating: Nullable(Type.Integer({ minimum: 1, maximum: 5, description: "what the caller gave, in stars" })),
    their_rating: Nullable(Type.Integer({ minimum: 1, maximum: 5, description: "what the other side gave" })),
    dispute: Nullable(DisputeFacts),
    settlement: Nullable(SettlementFacts),
    cancels_left: Nullable(
      Figure("for the taker: how many more orders may be dropped before none is given; null for the maker"),
    ),
  },
  { $id: "Order", description: "An order as one of its two parties sees it." },
);

export const CreateOrderBody = Closed(
  {
    ad_id: Id<AdId>(),
    usdt_amount: Type.Optional(Units("in kopecks; this or fiat_amount")),
    fiat_amount: Type.Optional(
      Units(
        "in minor units of the fiat currency, in place of usdt_amount: exactly this is paid, for an amount rounded down",
      ),
    ),
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
    comment: Type.Optional(Comment(LIMITS.disputeCommentCharacters)),
  },
  { $id: "CallOperator" },
);

export const ClaimBody = Closed(
  {
    expected_status: Type.Optional(OrderStatus),
    comment: Type.Optional(Comment(LIMITS.disputeCommentCharacters)),
  },
  { $id: "Claim", description: "The buyer says that the cancelled order was paid." },
);

export const OrderPage = CursorPage(Ref(OrderSchema));
