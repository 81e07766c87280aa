/** Track records. */
export * from "./track-record.ts";
