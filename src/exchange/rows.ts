/** How rows of queries become rows of the rules, for every room. */
export { type PageQuery, page, rowOf } from "../database/index.ts";
