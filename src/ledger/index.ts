/** The books. See ARCHITECTURE.md, "The ledger". */
export * from "./ledger.ts";
export * from "./audit.ts";
