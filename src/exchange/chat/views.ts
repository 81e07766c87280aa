/** Lines of a chat, as the parties see them. */
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { Attachment, Message, MessageKind } from "../tables/index.ts";
import { shownName } from "./file-names.ts";
import type { FileSchema, MessageSchema } from "./schemas.ts";

export type FileSource = Pick<Attachment, "id" | "name" | "sha256" | "type" | "size" | "originalSha256">;

export type FileView = AnswerOf<typeof FileSchema>;

export const fileView = ({ id, name, sha256, type, size, originalSha256 }: FileSource): FileView => ({
  id,
  name: shownName(name, type),
  sha256,
  type,
  size,
  original_sha256: originalSha256,
});

export type MessageSource = Pick<Message, "seq" | "message" | "createdAt"> & {
  readonly kind: MessageKind;
  readonly sender: string | null;
  /** For its sender's eyes. */
  readonly clientId?: string | null;
  readonly event?: object | null;
  readonly files: readonly FileSource[];
  readonly readAt?: Instant | null;
  readonly hidden?: boolean;
};

/** Stands where an operator hid a line. */
const PLACEHOLDER = "An operator has hidden this message.";

export type MessageDocument = AnswerOf<typeof MessageSchema>;

export const messageDocument = (message: MessageSource): MessageDocument => ({
  seq: message.seq,
  kind: message.kind,
  sender: message.sender,
  client_id: message.clientId ?? null,
  message: message.hidden === true ? PLACEHOLDER : message.message,
  hidden: message.hidden ?? false,
  event: message.event ?? null,
  attachments: message.hidden === true ? [] : message.files.map(fileView),
  created_at: toRfc3339(message.createdAt),
  read_at: toRfc3339OrNull(message.readAt ?? null),
});
