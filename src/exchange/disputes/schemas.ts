/** Disputes as operators see them. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { OrderStatus, Role } from "../orders/index.ts";
import { Figure, Time, Units } from "../schemas.ts";
import { DISPUTE_STATUSES } from "../tables/index.ts";
import { ProfileSchema } from "../traders/index.ts";

const disputeMembers = {
  order_id: Id<OrderId>(),
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
    released_amount: Figure("to the buyer"),
    refunded_amount: Figure("to the seller"),
  },
  { $id: "Resolved" },
);

export const DisputePage = CursorPage(Ref(QueuedDisputeSchema));
