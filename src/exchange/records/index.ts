/** Track records. */
export * from "./records.ts";
