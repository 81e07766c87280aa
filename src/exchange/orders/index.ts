/** Orders: the table of moves, and the one place that makes them. */
export * from "./act-on-claim.ts";
export * from "./act-on-order.ts";
export { awaitedFrom, CLAIMED_SIDE } from "./awaited.ts";
export * from "./claim-machine.ts";
export * from "./claim-money.ts";
export * from "./claim-transition.ts";
export * from "./create-order.ts";
export * from "./due.ts";
export * from "./events.ts";
export * from "./history.ts";
export * from "./machine.ts";
export * from "./meet-deadline.ts";
export * from "./present.ts";
export * from "./queries.ts";
export * from "./schemas.ts";
export * from "./transition.ts";
export * from "./views.ts";
