export {
  type Authenticate,
  type Authenticated,
  type Caller,
  createAuthenticate,
  FRESHNESS,
  listedType,
  type SignedRequest,
} from "./authenticate.ts";
export { createReplayProtection, type ReplayProtection, replayClaims } from "./replay-protection.ts";
