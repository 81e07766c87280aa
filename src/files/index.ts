/** Files that people send each other: recognised by their content, and pictures without their metadata. */
export * from "./files.ts";
export * from "./pictures.ts";
export * from "./types.ts";
