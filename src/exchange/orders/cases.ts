/** The operators' case of an order: it begins with a dispute or a claim, and ends with it. */
import type { State } from "../../engine/index.ts";
import type { Instant, OrderId } from "../../kernel/index.ts";
import { type CaseKind, type Dispute, disputes, type OrderState, roleOf } from "../tables/index.ts";

/** Why a party called an operator. */
export type DisputeReason = { readonly reason?: string | undefined; readonly comment?: string | undefined };

/** @property actor null for the clock */
export type NewCase = {
  readonly kind: CaseKind;
  readonly actor: string | null;
  readonly now: Instant;
  readonly details?: DisputeReason | null | undefined;
};

export const newCase = (order: OrderState, { kind, actor, now, details }: NewCase): Dispute => ({
  orderId: order.orderId,
  buyerId: order.buyerId,
  sellerId: order.sellerId,
  kind,
  status: "open",
  openedBy: actor === null ? null : roleOf(order, actor),
  openedAt: now,
  reason: details?.reason ?? null,
  comment: details?.comment ?? null,
  assignedTo: null,
  assignedName: null,
  resolvedAt: null,
  resolution: null,
});

/** @param resolution the operator's reason, where one ends it @returns null for an order that has none */
export const closedCase = (
  state: State,
  orderId: OrderId,
  now: Instant,
  resolution: string | null = null,
): Dispute | null => {
  const known = state.get(disputes.at(orderId));
  return known === undefined ? null : { ...known, status: "resolved", resolvedAt: now, resolution };
};
