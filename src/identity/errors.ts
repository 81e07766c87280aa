/** What identity says no with, beside what every route may. The exchange's listener answers with these and its own. */
import { Type } from "typebox";
import {
  Closed,
  type ErrorEntry,
  type ErrorRegistry,
  errorResponsesOf,
  type HttpCode,
  withDetails,
} from "../http/index.ts";

const entry = (status: number, message: string, when: string): ErrorEntry => ({ status, message, when });

const CODES = {
  SIGN_IN_FAILED: entry(
    401,
    "Login or password is wrong.",
    "no such login, or another password: one answer, in one time, for both",
  ),
  LOGIN_TAKEN: entry(409, "This login is taken. Choose another one.", "somebody else signs in with it"),
  INVITE_REQUIRED: entry(
    403,
    "An invitation is needed to sign up here. Ask for a new one.",
    "without an invitation where one is needed, or with one that was used or is over",
  ),
  CROSS_SITE: entry(
    403,
    "Only this server's own pages may do this with a cookie: open details.origin.",
    "a write with a cookie without an Origin that is this server's, or without Parley-Client",
  ),
} as const satisfies ErrorRegistry;

export type IdentityCode = keyof typeof CODES;

export const IDENTITY_ERRORS: ErrorRegistry<IdentityCode> = withDetails(CODES, {
  CROSS_SITE: Closed({ origin: Type.String({ description: "whose pages may" }) }),
});

/** For a route's `response`. What every route may answer is added by itself. */
export const errorResponses = errorResponsesOf(IDENTITY_ERRORS);

/** What rules and acts of identity refuse with. */
export type Refused = IdentityCode | HttpCode;
