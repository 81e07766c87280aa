export {
  type Authenticate,
  type Authenticated,
  type Caller,
  createAuthenticate,
  type SignedRequest,
} from "./authenticate.ts";
export { createUses, type Uses, useClaims } from "./uses.ts";
