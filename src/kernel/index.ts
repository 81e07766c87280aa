/** Pure values that every other module may use. Imports nothing of ours. */
export * from "./ids.ts";
export * from "./money.ts";
export * from "./refusals.ts";
export * from "./share.ts";
export * from "./text.ts";
export * from "./time.ts";
