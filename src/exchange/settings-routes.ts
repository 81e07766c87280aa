/** Every limit and rule in force, and the error code that enforces each. */
import { Type } from "typebox";
import { LIMITS as ENGINE_LIMITS } from "../engine/index.ts";
import { MAX_PIXELS } from "../files/index.ts";
import { Choice, Closed, MAX_LIMIT, MAX_OFFSET } from "../http/index.ts";
import { HOUR, MAX_AMOUNT, MINUTE, SECOND } from "../kernel/index.ts";
import { CHAT_OPEN_AFTER_END_MS, UPLOADS } from "./chat/index.ts";
import type { ExchangeDeps, ServerLimits } from "./deps.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";
import { LIVE_LIMITS } from "./live/limits.ts";
import { CLAIM_WINDOW_MS } from "./orders/index.ts";
import { LIMITS, type Settings } from "./settings.ts";

const UNITS = [
  "balance_units",
  "minutes",
  "hours",
  "days",
  "seconds",
  "count",
  "characters",
  "bytes",
  "multiplier",
  "list",
] as const;

type Rule = {
  readonly name: string;
  readonly value: number | readonly string[];
  readonly unit: (typeof UNITS)[number];
  /** What breaking it answers. */
  readonly code: ErrorCode;
};

const rule = (name: string, value: Rule["value"], unit: Rule["unit"], code: ErrorCode): Rule => ({
  name,
  value,
  unit,
  code,
});

const DAY_MS = 24 * HOUR;

const rules = (settings: Settings): readonly Rule[] => [
  rule("fiat_currencies", settings.fiatCurrencies, "list", "VALIDATION_ERROR"),
  rule("pay_window", settings.payWindowMs / MINUTE, "minutes", "INVALID_ORDER_STATUS"),
  rule("release_window", settings.releaseWindowMs / MINUTE, "minutes", "INVALID_ORDER_STATUS"),
  rule("min_deposit", Number(settings.minDeposit), "balance_units", "MIN_DEPOSIT_REQUIRED"),
  rule("wagering_multiplier", Number(settings.wageringMultiplier), "multiplier", "WAGERING_REQUIREMENT_NOT_MET"),
  rule(
    "bonus_wagering_multiplier",
    Number(settings.bonusWageringMultiplier),
    "multiplier",
    "WAGERING_REQUIREMENT_NOT_MET",
  ),
  rule("no_deposit_after_the_other_way_round", LIMITS.returnDays, "days", "MIN_DEPOSIT_REQUIRED"),
  rule("active_ads_per_type", 1, "count", "DUPLICATE_AD_TYPE"),
  rule("active_deposit_orders", 1, "count", "ACTIVE_DEPOSIT_ORDER_EXISTS"),
  rule("active_withdraw_orders", 1, "count", "ACTIVE_WITHDRAW_ORDER_EXISTS"),
  rule("orders_before_disputes_free_the_slot", LIMITS.ordersBeforeTrust, "count", "ACTIVE_DEPOSIT_ORDER_EXISTS"),
  rule("dropped_orders_per_day", LIMITS.strikes, "count", "RATE_LIMITED"),
  rule("min_order_amount", Number(settings.minOrderAmount), "balance_units", "VALIDATION_ERROR"),
  rule(
    "rate_band",
    Object.entries(settings.rateBands).map(([currency, { min, max }]) => `${currency}:${min}-${max}`),
    "list",
    "VALIDATION_ERROR",
  ),
  rule("max_amount", Number(MAX_AMOUNT), "balance_units", "VALIDATION_ERROR"),
  rule("exchange_rate_min", LIMITS.exchangeRate.min, "count", "VALIDATION_ERROR"),
  rule("exchange_rate_max", LIMITS.exchangeRate.max, "count", "VALIDATION_ERROR"),
  rule("payment_window_min", LIMITS.paymentWindowMinutes.min, "minutes", "VALIDATION_ERROR"),
  rule("payment_window_max", LIMITS.paymentWindowMinutes.max, "minutes", "VALIDATION_ERROR"),
  rule("payment_methods", LIMITS.paymentMethods, "count", "VALIDATION_ERROR"),
  rule("payment_details", LIMITS.paymentDetails, "count", "VALIDATION_ERROR"),
  rule("payment_detail_name", LIMITS.paymentDetailNameCharacters, "characters", "VALIDATION_ERROR"),
  rule("payment_detail", LIMITS.paymentDetailCharacters, "characters", "VALIDATION_ERROR"),
  rule("instructions", LIMITS.instructionsCharacters, "characters", "VALIDATION_ERROR"),
  rule("message", LIMITS.messageCharacters, "characters", "VALIDATION_ERROR"),
  rule("messages_per_writer_and_order", LIMITS.linesPerWriter, "count", "VALIDATION_ERROR"),
  rule("attachments_per_message", LIMITS.attachmentsPerMessage, "count", "VALIDATION_ERROR"),
  rule("attachments_per_order", LIMITS.attachmentsPerOrder, "count", "VALIDATION_ERROR"),
  rule("attachment", LIMITS.attachmentBytes, "bytes", "PAYLOAD_TOO_LARGE"),
  rule("attachments_of_order", LIMITS.orderFileBytes, "bytes", "PAYLOAD_TOO_LARGE"),
  rule("attachments_of_user", LIMITS.traderFileBytes, "bytes", "PAYLOAD_TOO_LARGE"),
  rule("picture_pixels", MAX_PIXELS, "count", "UNSUPPORTED_MEDIA_TYPE"),
  rule("uploads_at_once_per_user", UPLOADS.each, "count", "RATE_LIMITED"),
  rule("chat_open_after_end", CHAT_OPEN_AFTER_END_MS / HOUR, "hours", "CHAT_CLOSED"),
  rule("claim_window", CLAIM_WINDOW_MS / HOUR, "hours", "CLAIM_CLOSED"),
  rule("rating_window", LIMITS.ratingWindowMs / DAY_MS, "days", "RATING_CLOSED"),
  rule("rating_comment", LIMITS.ratingCommentCharacters, "characters", "VALIDATION_ERROR"),
  rule("dispute_comment", LIMITS.disputeCommentCharacters, "characters", "VALIDATION_ERROR"),
  rule("operator_reason", LIMITS.reasonCharacters, "characters", "VALIDATION_ERROR"),
  rule("webhooks_per_caller", LIMITS.webhooks, "count", "VALIDATION_ERROR"),
  rule("statement_lines", LIMITS.statementLines, "count", "VALIDATION_ERROR"),
];

/** What bounds calls, whatever they are about. */
const bounds = (limits: ServerLimits): readonly Rule[] => [
  rule("page_limit", MAX_LIMIT, "count", "VALIDATION_ERROR"),
  rule("page_offset", MAX_OFFSET, "count", "VALIDATION_ERROR"),
  rule("writes_per_10_seconds", limits.writes, "count", "RATE_LIMITED"),
  rule("reads_per_10_seconds", limits.reads, "count", "RATE_LIMITED"),
  rule("calls_without_token_per_10_seconds_and_address", limits.anonymous, "count", "RATE_LIMITED"),
  rule("streams_per_caller", LIVE_LIMITS.streams.each, "count", "RATE_LIMITED"),
  rule("commands_under_way_per_caller", ENGINE_LIMITS.perCaller, "count", "OVERLOADED"),
  rule("command_deadline", ENGINE_LIMITS.deadlineMs / SECOND, "seconds", "OVERLOADED"),
  rule("idempotency_key_lifetime", ENGINE_LIMITS.keyLifetimeMs / HOUR, "hours", "IDEMPOTENCY_KEY_REUSED"),
];

const SettingsSchema = Closed({
  rules: Type.Array(
    Closed({
      name: Type.String(),
      value: Type.Union([Type.Number(), Type.Array(Type.String())]),
      unit: Choice(UNITS),
      code: Type.String({ description: "what breaking it answers" }),
      status: Type.Integer({ description: "the HTTP status of that" }),
    }),
  ),
});

export const registerSettingsRoutes = ({ server, settings, limits }: ExchangeDeps) => {
  const answer = {
    rules: [...rules(settings), ...bounds(limits)].map((each) => ({ ...each, status: ERRORS[each.code].status })),
  };
  server.get(
    "/api/v1/p2p/settings",
    {
      config: { access: "public" },
      schema: { summary: "Every limit and rule in force", tags: ["Market"], response: { 200: SettingsSchema } },
    },
    () => answer,
  );
};
