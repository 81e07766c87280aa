/** Traders who are stopped by an operator. What a debt stops is in `traders/standing.ts`. */
export * from "./schemas.ts";
export * from "./suspend-trader.ts";
