/** Marking what was read, and the files of lines. */
import { useCallback } from "react";
import { api } from "../../data/client.ts";

export const markRead = (orderId: number, upToSeq: number) =>
  api.post("/p2p/orders/{id}/messages/read", { path: { id: orderId }, body: { up_to_seq: upToSeq } });

export const fileAddress = (orderId: number, fileId: string): string =>
  `/api/v1/p2p/orders/${orderId}/attachments/${fileId}`;

export const loadFile = (orderId: number, fileId: string, signal: AbortSignal) =>
  api.get("/p2p/orders/{id}/attachments/{attachment_id}", { path: { id: orderId, attachment_id: fileId }, signal });

export const useLoadFile = (orderId: number, fileId: string) =>
  useCallback((signal: AbortSignal) => loadFile(orderId, fileId, signal), [orderId, fileId]);
