/** Every code that the exchange answers with. The contract, the docs and the schemas of answers come from here. */
import { type ErrorEntry, type ErrorRegistry, errorResponsesOf, type HttpCode, withDetails } from "../http/index.ts";
import { ERROR_DETAILS } from "./error-details.ts";

const entry = (status: number, message: string, when: string): ErrorEntry => ({ status, message, when });

/** Why a file is none of those that are taken. */
const UNFIT_FILES: Readonly<Record<string, string>> = {
  unknown_type: "This file is something else.",
  broken: "This picture cannot be read to its end.",
  too_many_pixels: "This picture has too many pixels.",
  too_slow: "This picture takes too long to read.",
};
const unfitFile = (reason: unknown): string => (typeof reason === "string" && UNFIT_FILES[reason]) || "";

const CODES = {
  AD_NOT_ACTIVE: entry(
    409,
    "The ad is no longer active. Choose another one.",
    "the ad is paused, deleted or used up (its remainder is below its minimum), or its maker may not offer it now; `details.reason`: `paused`, `deleted`, `used_up`, `unavailable`",
  ),
  OWN_AD: entry(403, "You cannot answer your own ad.", "an order for one's own ad"),
  INVALID_PAYMENT_METHOD: entry(
    422,
    "The ad does not take this payment method. Choose one of details.payment_methods.",
    "not one of the ad's methods",
  ),
  AMOUNT_TOO_LOW: entry(422, "The amount is below the ad's minimum.", "below the ad's range"),
  AMOUNT_TOO_HIGH: entry(422, "The amount is above the ad's maximum.", "above the ad's range"),
  AMOUNT_EXCEEDS_AVAILABLE: entry(409, "The ad has less left than this amount.", "above the ad's remainder"),
  ACTIVE_DEPOSIT_ORDER_EXISTS: entry(
    409,
    "You already have an active deposit order. Finish or cancel it first.",
    "the taker has an order on a sell ad that is pending or paid_by_buyer, or disputed while that holds the slot",
  ),
  ACTIVE_WITHDRAW_ORDER_EXISTS: entry(
    409,
    "You already have an active withdrawal order. Finish or cancel it first.",
    "the taker has an order on a buy ad that is pending or paid_by_buyer, or disputed while that holds the slot",
  ),
  MIN_DEPOSIT_REQUIRED: entry(
    403,
    "You must have deposited the minimum before you can withdraw.",
    "the taker sells with completed deposits below the minimum",
  ),
  WAGERING_REQUIREMENT_NOT_MET: entry(
    403,
    "You must meet the wagering requirement before you can withdraw.",
    "the taker sells with wagering outstanding",
  ),
  SELLER_INSUFFICIENT_BALANCE: entry(
    409,
    "The seller's available balance is below the amount.",
    "the seller's available balance is below the amount",
  ),
  DUPLICATE_AD_TYPE: entry(
    409,
    "You already have an active ad of this type. Pause or delete it first.",
    "the maker already has an active ad of this type",
  ),
  VALIDATION_ERROR: entry(
    400,
    "The request is not valid. details.issues says what to change.",
    "malformed body, query or parameter; `details.issues[]` with a JSON pointer each",
  ),
  UNAUTHORIZED: entry(401, "A valid token is needed.", "no valid token"),
  FORBIDDEN: entry(403, "You are not allowed to do this.", "the caller may never do it"),
  NOT_FOUND: entry(404, "There is nothing here.", "no such route"),
  METHOD_NOT_ALLOWED: entry(405, "This path takes other methods: see Allow.", "a known path with another method"),
  AD_NOT_FOUND: entry(404, "There is no such ad.", "no such ad, or it was deleted"),
  ORDER_NOT_FOUND: entry(404, "You have no such order.", "no such order, or it is not the caller's"),
  USER_NOT_FOUND: entry(404, "There is no such user.", "no such user"),
  INVALID_ORDER_STATUS: entry(
    409,
    "The order's status does not allow this. details.status is the status.",
    "the action is not allowed in this status, or expected_status is another",
  ),
  VERSION_MISMATCH: entry(
    409,
    "The ad's terms have changed. Read it again.",
    "the ad's terms changed since the taker saw them",
  ),
  PAYMENT_DETAILS_REQUIRED: entry(
    422,
    "Say where the buyer shall pay: send payment_details.",
    "nobody would know where to pay the seller",
  ),
  ALREADY_RATED: entry(409, "You have rated this order already.", "a second rating by the same side"),
  RATING_CLOSED: entry(409, "The time to rate this order is over.", "later than 30 days after the order completed"),
  CHAT_CLOSED: entry(409, "The chat of this order is closed.", "later than 72 hours after the order ended"),
  ALREADY_ASSIGNED: entry(
    409,
    "Another operator has this case. Send take_over and a reason to take it over.",
    "a case of another operator",
  ),
  CLAIM_CLOSED: entry(
    409,
    "This order can no longer be claimed, or its claim is decided. details.claim says what became of it.",
    "later than 24 hours after the order was cancelled, or the claim is decided",
  ),
  TRADER_SUSPENDED: entry(
    403,
    "You may not begin anything new. Finish what is open; what you owe is paid out of what you receive.",
    "an operator stopped this trader, or the trader owes what an operator awarded",
  ),
  EXTERNAL_ID_REUSED: entry(
    409,
    "This external_id was used for something else.",
    "the same external_id at the same path with other content",
  ),
  INSUFFICIENT_BALANCE: entry(409, "The available balance is too low.", "a debit above the available balance"),
  IDEMPOTENCY_KEY_REUSED: entry(
    422,
    "This Idempotency-Key was used for another request. Use a new one.",
    "same key, other request",
  ),
  PAYLOAD_TOO_LARGE: {
    ...entry(
      413,
      "The body is too large.",
      "a body above the limit, or one file more than an order or a user may have",
    ),
    sentence: ({ limit, of }) =>
      typeof of === "string" ? `The files of this ${of} may have ${limit} bytes together, and no more.` : null,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    ...entry(
      415,
      "Send JSON: Content-Type application/json.",
      "a body that is not JSON, or a file that is not one of those in `details.allowed`",
    ),
    sentence: ({ allowed, reason }) =>
      Array.isArray(allowed) ? `Only these are taken here: ${allowed.join(", ")}. ${unfitFile(reason)}`.trim() : null,
  },
  RATE_LIMITED: entry(
    429,
    "Too many requests. Wait as Retry-After says.",
    "too many writes, or too many orders dropped: then `details.reason` is `strikes`",
  ),
  OVERLOADED: entry(503, "Nothing was done: too much is going on. Try again.", "the queue is full; nothing was done"),
  BUSY: entry(
    503,
    "Nothing was done: a row is held elsewhere. Try again.",
    "a row is held elsewhere; nothing was done",
  ),
  OUTCOME_UNKNOWN: entry(
    503,
    "It is not known whether this was done. Repeat it with the same Idempotency-Key.",
    "the fate of the commit is not known; repeat with the same key",
  ),
  INTERNAL_ERROR: entry(500, "Something is broken on our side. Nothing was done.", "a fault of the server"),
} as const satisfies ErrorRegistry & ErrorRegistry<HttpCode>;

export type ErrorCode = keyof typeof CODES;

export const ERRORS: ErrorRegistry<ErrorCode> = withDetails(CODES, ERROR_DETAILS);

/** For a route's `response`: the errors of its codes, by status. */
export const errorResponses = errorResponsesOf(ERRORS);
