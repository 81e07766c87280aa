/** The proof that nothing was lost and nothing doubled. */
export * from "./audit.ts";
