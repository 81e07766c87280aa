/** The one place that sets a pay request's status. It only moves forward: created, completed, failed. */
import type { State } from "../../engine/index.ts";
import { links, type Order, type PayRequest, type PayRequestReason } from "../tables/index.ts";

/** Its bank knows where to pay. */
export const completed = (request: PayRequest): PayRequest => {
  if (request.status !== "created") throw new Error(`a pay request that is ${request.status} is not completed`);
  return { ...request, status: "completed", changes: request.changes + 1 };
};

/**
 * A payment took it. A phone order's was completed before: its bank knew where to pay. Money that came late takes one that
 * has failed since then, which stays failed.
 */
export const takenBy = (request: PayRequest, paymentGuid: string): PayRequest => {
  if (request.paymentGuid !== null) throw new Error("a pay request is paid once");
  if (request.status === "failed") return { ...request, paymentGuid, changes: request.changes + 1 };
  return { ...request, status: "completed", paymentGuid, changes: request.changes + 1 };
};

export const failed = (request: PayRequest, reason: PayRequestReason): PayRequest => {
  if (request.status === "failed") throw new Error("a pay request fails once");
  return { ...request, status: "failed", reason, changes: request.changes + 1 };
};

/** Whether a link is paid; a phone order's request carries that itself. */
export const isPaid = (state: State, { guid, type }: Pick<Order, "guid" | "type">): boolean =>
  type === "link" && state.need(links.at(guid)).paidBy !== null;
