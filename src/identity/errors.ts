/** What identity says no with, beside what every route may. The exchange's listener answers with these and its own. */
import { Type } from "typebox";
import {
  Choice,
  Closed,
  type ErrorEntry,
  type ErrorRegistry,
  errorResponsesOf,
  type HttpCode,
  NEEDS,
  STEP_UP_NEEDS,
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
  LINK_OVER: entry(
    403,
    "This link is over. Ask for a new one.",
    "a link for a new password that was used, is older than an hour, or never was",
  ),
  RECOVERY_REFUSED: entry(
    403,
    "Login or recovery code is wrong, or the code was used already.",
    "a new password by a recovery code: no such login, another code, or one that was used: one answer, in one time, for all",
  ),
  SECOND_FACTOR_REQUIRED: entry(
    403,
    "Give your second factor first, or your password once more where you have none.",
    "a session without the second factor of the last five minutes, or somebody with a role and without one; `details.needs`: `factor`, `password`, `enrolment` (have one first), `host` (sign in anew on the host platform)",
  ),
  CODE_REFUSED: entry(
    403,
    "The code is wrong, or was used already. Give the next one.",
    "another code than those of this minute, one that was used, or a recovery code that was: one answer for all",
  ),
  SIGN_IN_OVER: entry(
    403,
    "This took too long. Sign in again with your password.",
    "a second factor for a sign-in that began more than ten minutes ago, was completed, or never began",
  ),
  SECOND_FACTOR_ON: entry(
    409,
    "One-time codes are on already. Turn them off first to begin anew.",
    "one-time codes begun where they are on",
  ),
  PASSKEY_REFUSED: entry(
    403,
    "The passkey was not accepted, or this took longer than five minutes. Try again.",
    "an answer to no challenge that waits for this caller (over, answered already, somebody else's), for another site, without the person being recognised, by a key that is not here, or with a signature or a count that does not hold: one answer for all",
  ),
  TOO_MANY_PASSKEYS: entry(
    409,
    "You have as many passkeys as one person may have. Remove one that you no longer use.",
    "a new passkey beside as many as one person may have",
  ),
  LAST_WAY_IN: entry(
    409,
    "Nothing else opens your account. Set a password or add another passkey first.",
    "the only passkey of somebody without a password, removed",
  ),
  INSUFFICIENT_SCOPE: entry(
    403,
    "This token may not do this: details.needs says what may.",
    "a personal token that was not made for it, or what no personal token may do at all",
  ),
  TOO_MANY_TOKENS: entry(
    409,
    "You have as many tokens as one person may have. End one that nothing uses any more.",
    "a new personal token beside as many that are good",
  ),
  CROSS_SITE: entry(
    403,
    "Only this server's own pages may do this with a cookie: open details.origin.",
    "a write with a cookie without an Origin that is this server's, or without Parley-Client",
  ),
} as const satisfies ErrorRegistry;

export type IdentityCode = keyof typeof CODES;

export const IDENTITY_ERRORS: ErrorRegistry<IdentityCode> = withDetails(CODES, {
  SECOND_FACTOR_REQUIRED: Closed({
    enabled: Type.Boolean({ description: "whether the caller has one" }),
    needs: Choice(STEP_UP_NEEDS, { description: "what would help" }),
  }),
  INSUFFICIENT_SCOPE: Closed({
    needs: Choice(
      NEEDS.filter((need) => need !== "read"),
      { description: "a token with the scope `trade`, one that was made to release, or a session" },
    ),
  }),
  TOO_MANY_TOKENS: Closed({ max: Type.Integer() }),
  TOO_MANY_PASSKEYS: Closed({ max: Type.Integer() }),
  CROSS_SITE: Closed({ origin: Type.String({ description: "whose pages may" }) }),
});

/** What the listener's own registry has, of what identity says as well; it says how. */
const SHARED = {
  FORBIDDEN: entry(403, "You are not allowed to do this.", "the caller may never do it"),
  NOT_FOUND: entry(404, "There is nothing here.", "no such thing, or it is not the caller's"),
  USER_NOT_FOUND: entry(404, "There is no such user.", "no such user"),
} as const satisfies ErrorRegistry;

/** For a route's `response`. What every route may answer is added by itself. */
export const errorResponses = errorResponsesOf({ ...IDENTITY_ERRORS, ...SHARED });

/** What rules and acts of identity refuse with. */
export type Refused = IdentityCode | HttpCode;
