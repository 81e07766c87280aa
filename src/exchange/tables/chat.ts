/** The chat of an order: its lines, how far each side has read them, what operators hid, and files. */
import { column, defineJournal, defineTable, type RowOf } from "../../engine/index.ts";
import type { OrderId, TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

export const MESSAGE_KINDS = ["user", "system", "operator"] as const;
/** Who says a line. The system's are not kept as messages: they are the order's history. */
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** A line that somebody wrote. What an operator's line is, is said here, never by its text. */
export const messages = defineJournal({
  name: "exchange.messages",
  columns: {
    orderId: column.id<OrderId>(),
    /** 1, 2, 3 … per order, without a gap, together with those of the order's history. */
    seq: column.integer(),
    kind: column.text<Exclude<MessageKind, "system">>(),
    sender: column.text(),
    /** What the sender's program calls it. */
    clientId: column.text().nullable,
    /** Empty where files say it all. */
    message: column.text(),
    attachmentIds: column.texts(),
    createdAt: column.instant(),
  },
});
export type Message = RowOf<typeof messages>;

export const readMarks = defineJournal({
  name: "exchange.read_marks",
  columns: {
    orderId: column.id<OrderId>(),
    traderId: column.text<TraderId>(),
    upToSeq: column.integer(),
    at: column.instant(),
  },
});
export type ReadMark = RowOf<typeof readMarks>;

/** Lines that an operator hid: the line stays, its text is in the dossier only. */
export const hiddenMessages = defineJournal({
  name: "exchange.hidden_messages",
  columns: {
    orderId: column.id<OrderId>(),
    seq: column.integer(),
    operatorId: column.text<TraderId>(),
    reason: column.text(),
    at: column.instant(),
  },
});
export type HiddenMessage = RowOf<typeof hiddenMessages>;

/** A file of an order's chat; its bytes are in the file store under its id. Never changes. */
export const attachments = defineTable({
  name: "exchange.attachments",
  key: ["id"],
  fixed: {
    id: column.text(),
    orderId: column.id<OrderId>(),
    uploaderId: column.text<TraderId>(),
    /** As its sender called it, made safe; empty when it said nothing. */
    name: column.text(),
    /** Of the copy that is shown. */
    sha256: column.text(),
    type: column.text(),
    size: column.integer(),
    /** Of what was sent: the same, but for pictures. */
    originalSha256: column.text(),
    originalType: column.text(),
    originalSize: column.integer(),
    createdAt: column.instant(),
  },
  guardedBy: (attachment) => [traders.at(attachment.uploaderId)],
});
export type Attachment = RowOf<typeof attachments>;
