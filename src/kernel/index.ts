/** Pure values that every other module may use. Imports nothing of ours. */
export * from "./failed.ts";
export * from "./html.ts";
export * from "./ids.ts";
export * from "./money.ts";
export * from "./random.ts";
export * from "./refusals.ts";
export * from "./share.ts";
export * from "./text.ts";
export * from "./time.ts";
export * from "./turns.ts";
