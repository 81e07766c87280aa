/** One case: its row of the queue with both records, and its dossier. The operator's acts. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Case } from "../../data/types.ts";

/** Null: there is none. */
export const caseQuery = (orderId: number) =>
  queryOptions({
    queryKey: [...keys.operator, "case", orderId],
    queryFn: async ({ signal }): Promise<Case | null> => {
      const found = await api.get("/operator/disputes/{id}", { path: { id: orderId }, signal });
      return !found.ok && found.error.code === "ORDER_NOT_FOUND" ? null : ask(Promise.resolve(found));
    },
  });

export const dossierQuery = (orderId: number) =>
  queryOptions({
    queryKey: [...keys.operator, "dossier", orderId],
    queryFn: ({ signal }) => ask(api.get("/operator/orders/{id}", { path: { id: orderId }, signal })),
  });

/** After an act: the queue, the case and its story are other ones. */
export const refreshCase = (): void => void queryClient.invalidateQueries({ queryKey: keys.operator });

export type Taking = { readonly orderId: number; readonly reason: string | null };

/** With a reason it is taken from another operator. */
export const takeCase = ({ orderId, reason }: Taking, call: ActCall) =>
  api.post("/operator/orders/{id}/assign", {
    path: { id: orderId },
    body: reason === null ? {} : { take_over: true, reason },
    ...call,
  });

export type Ending = {
  readonly orderId: number;
  readonly outcome: "release" | "refund" | "split" | "compensate" | "dismiss";
  /** Of a split and of a compensation: what the buyer gets. */
  readonly buyerAmount: number | null;
  readonly reason: string;
};

export const resolveCase = ({ orderId, outcome, buyerAmount, reason }: Ending, call: ActCall) =>
  api.post("/operator/orders/{id}/resolve", {
    path: { id: orderId },
    body: {
      outcome,
      reason,
      ...(buyerAmount !== null && (outcome === "compensate" ? { amount: buyerAmount } : { buyer_amount: buyerAmount })),
    },
    ...call,
  });

export type Writing = { readonly orderId: number; readonly message: string };

export const writeToBoth = ({ orderId, message }: Writing, call: ActCall) =>
  api.post("/operator/orders/{id}/messages", { path: { id: orderId }, body: { message }, ...call });

export type Hiding = { readonly orderId: number; readonly seq: number; readonly reason: string };

export const hideLine = ({ orderId, seq, reason }: Hiding, call: ActCall) =>
  api.post("/operator/orders/{id}/messages/{seq}/hide", { path: { id: orderId, seq }, body: { reason }, ...call });
