/** Bytes that people send each other. */
export * from "./files.ts";
export * from "./pictures.ts";
export * from "./turns.ts";
export * from "./types.ts";
