/** The public market: pages of ads, and the people behind them. */
export * from "./changes.ts";
export * from "./page-cache.ts";
