/** Schemas of cases as operators see them, and of what operators send. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { OrderStatus, Role } from "../orders/index.ts";
import { Figure, Time, Units } from "../schemas.ts";
import { CASE_KINDS, DISPUTE_STATUSES, PAYMENT_CLAIMS } from "../tables/index.ts";
import { ProfileSchema } from "../traders/index.ts";

const disputeMembers = {
  order_id: Id<OrderId>(),
  kind: Choice(CASE_KINDS, { description: "`claim`: the order was cancelled, and the buyer says that it was paid" }),
  status: Choice(DISPUTE_STATUSES),
  assigned_to: Nullable(Type.String({ description: "the operator's display name" })),
  assigned_to_me: Type.Boolean({ description: "whether the caller has the case" }),
  opened_at: Time(),
  opened_by: Nullable(Role),
  reason: Nullable(Type.String()),
  comment: Nullable(Type.String()),
  resolved_at: Nullable(Time()),
};

export const DisputeSchema = Closed(disputeMembers, { $id: "Dispute" });

export const QueuedDisputeSchema = Closed(
  { ...disputeMembers, buyer: Ref(ProfileSchema), seller: Ref(ProfileSchema), usdt_amount: Units("in kopecks") },
  { $id: "QueuedDispute" },
);

export const ResolvedSchema = Closed(
  {
    order_id: Id<OrderId>(),
    status: OrderStatus,
    outcome: Nullable(Type.String()),
    released_amount: Figure("out of the escrow to the buyer"),
    refunded_amount: Figure("out of the escrow to the seller"),
    claim: Type.Optional(Nullable(Choice(PAYMENT_CLAIMS, { description: "of a claim: what became of it" }))),
    compensated_amount: Type.Optional(Figure("of a claim: from the seller's available balance to the buyer")),
    owed_amount: Type.Optional(Figure("of a claim: what the seller did not have and owes the buyer")),
  },
  { $id: "Resolved" },
);

export const DisputePage = CursorPage(Ref(QueuedDisputeSchema));
