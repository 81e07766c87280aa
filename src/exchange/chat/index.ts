/** The chat of an order: messages, files, read marks, and the system lines that come from its history. */

export * from "./add-attachment.ts";
export * from "./client-messages.ts";
export * from "./lines.ts";
export * from "./mark-read.ts";
export * from "./orphans.ts";
export * from "./queries.ts";
export * from "./read-attachment.ts";
export * from "./schemas.ts";
export * from "./send-message.ts";
export { UPLOADS } from "./upload-rules.ts";
export * from "./views.ts";
