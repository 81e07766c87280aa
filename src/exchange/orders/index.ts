/** Orders: the table of moves, and the one place that makes them. */
export * from "./act-on-order.ts";
export * from "./create-order.ts";
export * from "./due.ts";
export * from "./machine.ts";
export * from "./meet-deadline.ts";
export * from "./views.ts";
