/** Signed requests: who signed a request, whether it is fresh, and that it is used once. */
export {
  type Authenticate,
  type Authenticated,
  type Caller,
  createAuthenticate,
  type SignedRequest,
} from "./authenticate.ts";
export { createReplayProtection, type ReplayProtection, replayClaims } from "./replay-protection.ts";
export { listedType } from "./signed-body.ts";
export { FRESHNESS } from "./verify-token.ts";
