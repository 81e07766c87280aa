/** Lines of a chat, as the parties see them. */
import { type Instant, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { MessageKind } from "../tables/index.ts";

export type FileSource = { readonly id: string; readonly sha256: string; readonly type: string; readonly size: number };

export const fileView = ({ id, sha256, type, size }: FileSource) => ({ id, sha256, type, size });

export type MessageSource = {
  readonly seq: number;
  readonly kind: MessageKind;
  readonly sender: string | null;
  readonly message: string;
  readonly event?: object | null;
  readonly files: readonly FileSource[];
  readonly createdAt: Instant;
  readonly readAt?: Instant | null;
  readonly hidden?: boolean;
};

/** Stands where an operator hid a line. */
const PLACEHOLDER = "An operator has hidden this message.";

export const messageDocument = (message: MessageSource) => ({
  seq: message.seq,
  kind: message.kind,
  sender: message.sender,
  message: message.hidden === true ? PLACEHOLDER : message.message,
  hidden: message.hidden ?? false,
  event: message.event ?? null,
  attachments: message.hidden === true ? [] : message.files.map(fileView),
  created_at: toRfc3339(message.createdAt),
  read_at: toRfc3339OrNull(message.readAt ?? null),
});

export type MessageDocument = ReturnType<typeof messageDocument>;
