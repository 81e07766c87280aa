/** Track records: what a trader's orders came to. */
export * from "./track-record.ts";
