/** Makes the answers that show cases to operators. */
import type { AnswerOf } from "../../http/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { Dispute } from "../tables/index.ts";
import type { DisputeSchema, ResolvedSchema } from "./schemas.ts";

export type DisputeDocument = AnswerOf<typeof DisputeSchema>;

/** How a case ended. */
export type ResolvedDocument = AnswerOf<typeof ResolvedSchema>;

/** @param viewer the operator who looks */
export const disputeDocument = (dispute: Dispute, viewer: string): DisputeDocument => ({
  order_id: dispute.orderId,
  kind: dispute.kind,
  status: dispute.status,
  assigned_to: dispute.assignedName,
  assigned_to_me: dispute.assignedTo === viewer,
  opened_at: toRfc3339(dispute.openedAt),
  opened_by: dispute.openedBy,
  reason: dispute.reason,
  comment: dispute.comment,
  resolved_at: toRfc3339OrNull(dispute.resolvedAt),
});
