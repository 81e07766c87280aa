/**
 * HTTP as every feature needs it: tokens, access, validation, errors, limits, documentation, draining. It knows no ads
 * and no orders: features register plain routes with schemas, and the error codes come from their registry.
 *
 * Promises: no input is answered with a 500; every answer but a file is JSON in one form; what a route does not
 * declare it does not take; an answer never tells what broke; a request that was taken is answered.
 */
export { callerOf } from "./access.ts";
export type { AccessLog } from "./access-log.ts";
export { type Bounds, DEFAULT_BOUNDS } from "./bounds.ts";
export {
  type Access,
  type Caller,
  type CallerSession,
  type PersonalToken,
  ROLES,
  type Role,
  SCOPES,
  type Scope,
} from "./callers.ts";
export { type ClientAddress, parseNetwork } from "./client-address.ts";
export { keyClaim, type Repeat, runCommand } from "./commands.ts";
export {
  ENGINE_CODES,
  type ErrorEntry,
  type ErrorFormat,
  type ErrorRegistry,
  type HttpCode,
  handleError,
  type Issue,
  invalid,
  RefusedError,
  refusalBody,
  type SessionCode,
  sendJsonText,
  sendRefusal,
  unauthorized,
  withDetails,
} from "./errors.ts";
export type { Examples } from "./examples.ts";
export { hasMalformedKey, type Idempotency, idempotencyOf, markReplayed, pathOf } from "./idempotency.ts";
export { fetchKeySet, KeysUnavailable } from "./key-set.ts";
export { type Counter, createCounter, DEFAULT_RATES, type Rates } from "./limits.ts";
export { JSON_ANSWER } from "./media-types.ts";
export { type MetricsServer, serveMetrics } from "./metrics.ts";
export type { Documentation } from "./openapi.ts";
export type { ResponseFault } from "./response-check.ts";
export { createRoom } from "./room.ts";
export {
  type AnswerOf,
  Choice,
  Closed,
  Cursor,
  CursorPage,
  cursorPaging,
  errorResponsesOf,
  Id,
  isCursor,
  MAX_LIMIT,
  MAX_OFFSET,
  Nullable,
  Page,
  paging,
  Ref,
  Text,
} from "./schemas.ts";
export { NEEDS, type Need } from "./scopes.ts";
export { createServer, type Server, type ServerDeps } from "./server.ts";
export {
  clearSessionCookie,
  readCookie,
  SESSION_LIFETIME_MS,
  type SessionCookie,
  type Sessions,
  sessionCookieFor,
  setSessionCookie,
} from "./sessions.ts";
export { readStaticFiles, type StaticFiles } from "./static-files.ts";
export { demandFreshProof, STEP_UP_MS, STEP_UP_NEEDS, type StepUp } from "./step-up.ts";
export { isBlank, isLine, toLine } from "./text.ts";
export {
  CLOCK_TOLERANCE_SECONDS,
  createTokens,
  HOST_ALGORITHMS,
  type HostTokens,
  type OwnTokens,
  type Tokens,
  type TokensDeps,
} from "./tokens.ts";
export { MAX_REPEATS } from "./validation.ts";
