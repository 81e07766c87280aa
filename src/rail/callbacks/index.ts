/** What banks are notified of, as rows of the transaction that it happened in. */
export * from "./outbox.ts";
