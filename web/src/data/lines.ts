/** Writing into the chat of an order, with files: the chat does, and whatever else encloses a receipt. */
import { api } from "./client.ts";

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
