/** The books. See ARCHITECTURE.md, "The ledger". */

export * from "./audit.ts";
export * from "./ledger.ts";
