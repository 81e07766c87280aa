/**
 * Every code that the rail answers with, letter for letter as they were published, hyphen and blank included. Two of the
 * published ones are not as they look: one has a Cyrillic С, one a trailing blank; ours are plain ASCII.
 */
import { Type } from "typebox";
import type { ErrorEntry, ErrorFormat, ErrorRegistry, HttpCode } from "../http/index.ts";
import { Closed, errorResponsesOf, withDetails } from "../http/index.ts";
import { type Refusal, refuse } from "../kernel/index.ts";

const entry = (status: number, message: string, when: string): ErrorEntry => ({ status, message, when });

/** What the rail calls what the listener refuses by itself. */
const CODES = {
  VALIDATION_ERROR: "INVALID_REQUEST",
  UNSUPPORTED_MEDIA_TYPE: "INVALID_REQUEST",
  UNAUTHORIZED: "AUTHORIZATION_FAILED",
  FORBIDDEN: "AUTHORIZATION_FAILED",
  // Nothing of the kind was published: with another method there is nothing here.
  METHOD_NOT_ALLOWED: "NOT_FOUND",
  // What is too long to be read cannot vouch for itself.
  PAYLOAD_TOO_LARGE: "AUTHORIZATION_FAILED",
} as const satisfies Partial<Record<HttpCode, string>>;

/** What the listener may say by itself, in the rail's words. */
type ListenerCode = Exclude<HttpCode, keyof typeof CODES> | (typeof CODES)[keyof typeof CODES];

export const ERRORS = {
  INVALID_DEBTOR_ACCOUNT: entry(
    400,
    "debtor.account must be an IBAN of your own bank; a link order has none.",
    "not an IBAN, wrong check digits, not one of the caller's bank codes, or given for a link order",
  ),
  INVALID_CREDITOR_PHONE: entry(
    400,
    "creditor.phone must be a phone number in the scheme's form; a link order has none.",
    "not a number of the scheme, or given for a link order",
  ),
  INVALID_TYPE: entry(400, 'type must be "phone" or "link".', "neither `phone` nor `link`"),
  INVALID_CURRENCY: entry(400, "currency must be three capital letters of ISO 4217.", "malformed, or not the order's"),
  UNSUPPORTED_CURRENCY: entry(400, "This currency is not supported.", "well formed, but not one of the scheme's"),
  INVALID_EXTERNAL_ID: entry(
    400,
    "The external id must be 1 to 64 visible ASCII characters.",
    "missing, too long, or with blanks or other characters",
  ),
  EXTERNAL_ID_NOT_UNIQUE: entry(
    400,
    "You have used this external id already. Read order_guid, or send a new one.",
    "the caller has used it before; `order_guid` says for what",
  ),
  "EXPIRES_AT_IS_NOT-FUTURE_DATE": entry(
    400,
    "expires_at must be a moment in the future, as RFC 3339 has it.",
    "unparsable, or not in the future",
  ),
  INVALID_PURPOSE: entry(
    400,
    "purpose must be 1 to 420 characters in NFC, not blank, without line breaks, control and invisible characters.",
    "missing, blank, too long, not NFC, or with control, separator, zero-width or direction characters",
  ),
  INVALID_REQUEST: entry(
    400,
    "The request is not valid: see field, or the documentation of this call.",
    "no JWS, a content type that is not listed, bad JSON, duplicate or null members, a wrong JSON type, a bad jti or amount; what the present state does not allow",
  ),
  INVALID_ORDER_GUID: entry(400, "The guid must be a UUID.", "not a UUID"),
  INVALID_CREDITOR_ACCOUNT: entry(
    400,
    "The account must be an IBAN of your own bank, and have room for the phone; a phone order has none.",
    "not an IBAN, wrong check digits, not one of the caller's bank codes, five phones lead to it already, or given for a phone order",
  ),
  ORDER_IS_EXPIRED: entry(400, "The order is over: make a new one.", "a call on an order after its `expires_at`"),
  AUTHORIZATION_FAILED: entry(
    401,
    "The request could not be authorised.",
    "any fault of a token; always the same answer",
  ),
  "ORDER NOT FOUND": entry(404, "You have no such order.", "there is none, or it is another bank's"),
  NOT_FOUND: entry(404, "There is nothing here.", "no such path, delivery, search or payment of the caller"),
  IDEMPOTENCY_KEY_REUSED: entry(
    422,
    "This Idempotency-Key belongs to another request.",
    "the same key with another payload",
  ),
  RATE_LIMITED: entry(
    429,
    "Too many calls, or the budget against scanning is used up. Wait for Retry-After seconds.",
    "more calls than the limit, or the budget of the payer's account or of the bank is used up; see `/limits`",
  ),
  INTERNAL_ERROR: entry(500, "Something broke on our side.", "a fault of ours; nothing was done"),
  CREDITOR_BANK_SILENT: entry(
    503,
    "The creditor's bank does not say whom you are paying. Try again later.",
    "the creditor's bank does not answer, not in time, or not for your key; the question was charged",
  ),
  OVERLOADED: entry(503, "Too much to do. Nothing was done; try again.", "the queue is full, or the server stops"),
  BUSY: entry(503, "Somebody else is at it. Nothing was done; try again.", "a row is held elsewhere"),
  OUTCOME_UNKNOWN: entry(
    503,
    "It is not known whether it was done. Repeat it with the same Idempotency-Key.",
    "the database did not say whether it committed",
  ),
} as const satisfies ErrorRegistry & ErrorRegistry<ListenerCode>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_FORMAT: ErrorFormat = {
  codes: CODES,
  typed: false,
  members: { field: { type: "string" }, order_guid: { type: "string" } },
  membersOf: ({ field, order_guid }) => ({
    ...(field === undefined ? {} : { field }),
    ...(order_guid === undefined ? {} : { order_guid }),
  }),
};

/** Of a wrong form. @param field the member that is wrong */
export const invalid = (field: string): Refusal<"INVALID_REQUEST"> => refuse("INVALID_REQUEST", { field });

export const errorResponses = errorResponsesOf<ErrorCode>(ERRORS, ERROR_FORMAT);

const OPERATOR_CODES = {
  PARTICIPANT_NOT_FOUND: entry(404, "There is no such participant.", "no such participant"),
  KEY_NOT_FOUND: entry(404, "This participant has no such key.", "no such key of this participant"),
  KEY_REFUSED: entry(
    422,
    "The key cannot be registered: details.fault says why.",
    "not a public JWK with `alg` and `kid`",
  ),
  KID_IN_USE: entry(
    409,
    "A key with this kid is registered already. Choose another kid.",
    "the `kid` is in use, by anybody",
  ),
  BANK_CODE_IN_USE: entry(
    409,
    "details.bank_code belongs to another participant.",
    "a bank code of another participant of the same world",
  ),
  DEAD_CALLBACK_NOT_FOUND: entry(
    404,
    "There is no such dead callback: it may have been sent again already.",
    "no callback that could not be delivered has this id",
  ),
  ALIAS_MOVE_NOT_FOUND: entry(404, "There is no such move of a phone.", "no such move"),
  ALIAS_MOVE_NOT_YOURS: entry(
    409,
    "The move is over, or waits for the banks: only one whose notice was not taken in time is an operator's.",
    "the move has ended, its hold still runs, or its notice was taken and the clock completes it",
  ),
  PRODUCTION_NEEDS_RAIL_OPERATOR: entry(
    403,
    "Participants in production are installed by a rail_operator.",
    "an operator who is no `rail_operator`, and a participant in production",
  ),
} as const satisfies ErrorRegistry;

/** What the operator's calls on the other listener may answer, beside what every call may. */
export const OPERATOR_ERRORS: ErrorRegistry<keyof typeof OPERATOR_CODES> = withDetails(OPERATOR_CODES, {
  KEY_REFUSED: Closed({ fault: Type.String({ description: "why, in a sentence" }) }),
  BANK_CODE_IN_USE: Closed({ bank_code: Type.String() }),
});

type OwnCode = keyof typeof OPERATOR_CODES;

/** What those calls say no with: their own codes, and the plain ones of that listener. */
export type OperatorErrorCode = OwnCode | HttpCode;

const isOwn = (code: OperatorErrorCode): code is OwnCode => Object.hasOwn(OPERATOR_ERRORS, code);
const ownResponses = errorResponsesOf<OwnCode>(OPERATOR_ERRORS);

/** For a route's `response`. The plain codes are in that listener's registry, and every write documents them. */
export const operatorErrorResponses = (codes: readonly OperatorErrorCode[]) => ownResponses(codes.filter(isOwn));
