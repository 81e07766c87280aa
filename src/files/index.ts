/** Bytes that people send each other. */
export * from "./files.ts";
