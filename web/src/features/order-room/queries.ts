/** The acts on an order. Each says in which state the reader saw it, so that nothing is done to one that has moved on. */
import { api } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import type { Order } from "../../data/types.ts";

/** The whole story of the order, signed by the server. */
export const dossierAddress = (id: number): string => `/api/v1/p2p/orders/${id}/dossier`;

type Seen = Pick<Order, "id" | "status">;

const seenAs = ({ id, status }: Seen) => ({ path: { id }, body: { expected_status: status } });

export const confirmPaid = (order: Seen, call: ActCall) =>
  api.post("/p2p/orders/{id}/confirm-paid", { ...seenAs(order), ...call });

export const confirmReceived = (order: Seen, call: ActCall) =>
  api.post("/p2p/orders/{id}/confirm-received", { ...seenAs(order), ...call });

export const cancelOrder = (order: Seen, call: ActCall) =>
  api.post("/p2p/orders/{id}/cancel", { ...seenAs(order), ...call });

export type ClaimCall = { readonly order: Seen; readonly comment: string };

export const claimOrder = ({ order, comment }: ClaimCall, call: ActCall) =>
  api.post("/p2p/orders/{id}/claim", {
    path: { id: order.id },
    body: { expected_status: order.status, ...(comment.trim() === "" ? {} : { comment }) },
    ...call,
  });

export const honourClaim = (order: Seen, call: ActCall) =>
  api.post("/p2p/orders/{id}/honour", { ...seenAs(order), ...call });

export const REASONS = {
  buyer: ["paid_not_released", "wrong_amount", "other"],
  seller: ["not_received", "wrong_amount", "third_party_payer", "other"],
} as const;

export type Reason = (typeof REASONS)[keyof typeof REASONS][number];

export type OperatorCall = { readonly order: Seen; readonly reason: Reason; readonly comment: string };

export const callOperator = ({ order, reason, comment }: OperatorCall, call: ActCall) =>
  api.post("/p2p/orders/{id}/call-operator", {
    path: { id: order.id },
    body: { expected_status: order.status, reason, ...(comment.trim() === "" ? {} : { comment }) },
    ...call,
  });

export type Rating = { readonly id: number; readonly stars: number; readonly comment: string };

export const rateOrder = ({ id, stars, comment }: Rating, call: ActCall) =>
  api.post("/p2p/orders/{id}/rate", {
    path: { id },
    body: { rating: stars, ...(comment.trim() === "" ? {} : { comment }) },
    ...call,
  });
