/** Debts: what was awarded to a buyer and the seller did not have, collected as money comes in. */
export * from "./collect-debt.ts";
export * from "./due.ts";
