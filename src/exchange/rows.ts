export { type PageQuery, page, rowOf } from "../database/index.ts";
