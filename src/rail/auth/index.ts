export {
  type Authenticate,
  type Authenticated,
  type Caller,
  createAuthenticate,
  FRESHNESS,
  listedType,
  type SignedRequest,
} from "./authenticate.ts";
export { createUses, type Uses, useClaims } from "./uses.ts";
