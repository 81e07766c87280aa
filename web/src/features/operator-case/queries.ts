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

export const fileAddress = (orderId: number, fileId: string): string =>
  `/api/v1/p2p/orders/${orderId}/attachments/${fileId}`;

/** @property sha256 of the bytes that came; null where the browser counts none, on a page without https */
export type Bytes = { readonly blob: Blob; readonly sha256: string | null };

/** Each look is in the audit trail, so that one is enough for as long as the file is looked at. */
export const evidenceQuery = (orderId: number, fileId: string) =>
  queryOptions({
    queryKey: ["evidence", orderId, fileId],
    queryFn: async ({ signal }): Promise<Bytes> => {
      const path = { id: orderId, attachment_id: fileId };
      const blob = await ask(api.get("/p2p/orders/{id}/attachments/{attachment_id}", { path, signal }));
      return { blob, sha256: await sha256Of(blob) };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

const sha256Of = async (blob: Blob): Promise<string | null> => {
  if (!isSecureContext) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

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
