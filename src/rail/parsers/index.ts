/** Parsers of the members of a signed payload. */

export { type AskedPage, PAGE, PAGING_QUERY, parameterOf, readPage, wholeNumber } from "./paging.ts";
export * from "./parsers.ts";
