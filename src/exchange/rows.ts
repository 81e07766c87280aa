/** How queries of the exchange read rows and pages. */
export { type PageQuery, page, rowOf, select } from "../database/index.ts";
