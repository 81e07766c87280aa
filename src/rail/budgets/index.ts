/** Budgets against scanning: how many unknown phones a payer's bank may ask about. */
export * from "./bucket.ts";
export { type Asker, askerNeeds, type Charge, charge, giveBack, openedBudget } from "./charge.ts";
