/** Wallets, and what the host platform does to them. */
export * from "./credit.ts";
export * from "./debit.ts";
export * from "./queries.ts";
export * from "./schemas.ts";
export * from "./views.ts";
export * from "./wager.ts";
