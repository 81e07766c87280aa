export * from "./parsers.ts";
