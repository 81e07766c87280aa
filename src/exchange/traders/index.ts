/** People: who they are and what they may do. */

export * from "./presence.ts";
export * from "./queries.ts";
export * from "./register-trader.ts";
export * from "./rules.ts";
export * from "./schemas.ts";
export * from "./staff-names.ts";
export * from "./standing.ts";
export * from "./strikes.ts";
export * from "./views.ts";
