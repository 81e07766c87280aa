/** The rows that the market looks through. */
export * from "./refresh-listings.ts";
