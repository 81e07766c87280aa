/** Debts, and how they are paid. */
export * from "./collect-debt.ts";
export * from "./due.ts";
