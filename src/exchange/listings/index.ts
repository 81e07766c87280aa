/** The rows that the market looks through. */
export * from "./projection.ts";
