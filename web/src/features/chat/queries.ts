/** Writing to the other side, marking what was read, and files. */
import { useCallback } from "react";
import { api } from "../../data/client.ts";

export type NewLine = {
  readonly orderId: number;
  /** The same for every try: a repeat is the same line. */
  readonly clientId: string;
  readonly text: string;
  readonly attachments: readonly string[];
};

export const sendLine = ({ orderId, clientId, text, attachments }: NewLine) =>
  api.post("/p2p/orders/{id}/messages", {
    path: { id: orderId },
    body: {
      client_id: clientId,
      ...(text.trim() === "" ? {} : { message: text }),
      ...(attachments.length === 0 ? {} : { attachment_ids: [...attachments] }),
    },
    key: clientId,
  });

export const markRead = (orderId: number, upToSeq: number) =>
  api.post("/p2p/orders/{id}/messages/read", { path: { id: orderId }, body: { up_to_seq: upToSeq } });

/** @param onProgress told which share of it is sent, 0 to 1, where the browser can tell */
export const uploadFile = (
  orderId: number,
  file: File,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
) => {
  const body = new FormData();
  body.append("file", file, file.name);
  return api.post("/p2p/orders/{id}/attachments", { path: { id: orderId }, body, signal, onProgress });
};

export const fileAddress = (orderId: number, fileId: string): string =>
  `/api/v1/p2p/orders/${orderId}/attachments/${fileId}`;

export const loadFile = (orderId: number, fileId: string, signal: AbortSignal) =>
  api.get("/p2p/orders/{id}/attachments/{attachment_id}", { path: { id: orderId, attachment_id: fileId }, signal });

export const useLoadFile = (orderId: number, fileId: string) =>
  useCallback((signal: AbortSignal) => loadFile(orderId, fileId, signal), [orderId, fileId]);
