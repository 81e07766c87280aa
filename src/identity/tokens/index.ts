/** Personal tokens: what somebody's programs call with, made by their owner and ended at once. */
export { createTokenRegistry, type TokenRegistry } from "./registry.ts";
export { registerTokenRoutes } from "./routes.ts";
export { endTokens, forgetTokens } from "./rows.ts";
