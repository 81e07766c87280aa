/** Disputes as operators see them. */
import { toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { Dispute } from "../tables/index.ts";

export const disputeDocument = (dispute: Dispute) => ({
  order_id: dispute.orderId as number,
  status: dispute.status,
  assigned_to: dispute.assignedTo,
  opened_at: toRfc3339(dispute.openedAt),
  opened_by: dispute.openedBy,
  reason: dispute.reason,
  comment: dispute.comment,
  resolved_at: toRfc3339OrNull(dispute.resolvedAt),
});

export type DisputeDocument = ReturnType<typeof disputeDocument>;
