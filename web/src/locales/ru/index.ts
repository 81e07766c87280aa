/** The catalogue of one language, a file for each subject. */
export { chat } from "./chat.ts";
export { common } from "./common.ts";
export { errors } from "./errors.ts";
export { frame } from "./frame.ts";
export { market } from "./market.ts";
export { operator } from "./operator.ts";
export { order } from "./order.ts";
export { orderRoom } from "./orderRoom.ts";
export { people } from "./people.ts";
export { take } from "./take.ts";
