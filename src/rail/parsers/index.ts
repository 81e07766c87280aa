/** Parsers of the members of a signed payload. */
export * from "./parsers.ts";
