/** Parsers of the members of a signed payload. */
export * from "./parsers.ts";
export { type AskedPage, PAGE, readPage, wholeNumber } from "./paging.ts";
