export * from "./members.ts";
