/** The catalogue of one language, a file for each subject. */
export { common } from "./common.ts";
export { errors } from "./errors.ts";
export { frame } from "./frame.ts";
export { market } from "./market.ts";
export { order } from "./order.ts";
