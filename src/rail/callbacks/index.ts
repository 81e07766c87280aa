export * from "./tell.ts";
