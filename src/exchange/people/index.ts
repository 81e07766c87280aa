/** People as operators see them: who somebody is, how they trade, what they owe, and what was said of them. */
export type { Account, Accounts } from "./accounts.ts";
export * from "./look-up.ts";
export * from "./schemas.ts";
