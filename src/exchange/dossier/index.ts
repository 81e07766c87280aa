/** The story of an order as a signed document. */
export * from "./dossier.ts";
export * from "./queries.ts";
export * from "./schemas.ts";
