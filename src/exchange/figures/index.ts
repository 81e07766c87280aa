/** The figures of the whole exchange. */
export * from "./add-figures.ts";
export * from "./schemas.ts";
