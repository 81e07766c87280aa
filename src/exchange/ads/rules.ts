/** What an ad may say, and what may be ordered from it. */
import { type Amount, type Refusal, type RefusalOf, refuse, toNumber } from "../../kernel/index.ts";
import { type Issue, invalid } from "../issues.ts";
import { remainingOf } from "../listings/index.ts";
import { BALANCE_CURRENCY, RAIL_METHOD, RATE_ONE_TO_ONE, rateBandOf, type Settings } from "../settings.ts";
import type { Ad, AdType } from "../tables/index.ts";

/** The members of a request that make up the terms; `paymentDetails` is sealed. */
export type Terms = Pick<
  Ad,
  | "exchangeRate"
  | "minAmount"
  | "maxAmount"
  | "totalAmount"
  | "paymentMethods"
  | "paymentDetails"
  | "instructions"
  | "paymentWindowMinutes"
>;

/** Left out, the rate is one to one, but only for the currency that balances are in. */
export const rateOr1to1 = (rate: number | undefined, currency: string): number | undefined =>
  rate ?? (currency === BALANCE_CURRENCY ? RATE_ONE_TO_ONE : undefined);

export const refuseTerms = (type: AdType, terms: Terms, open: Amount): Refusal<"VALIDATION_ERROR"> | undefined => {
  const { minAmount, maxAmount, totalAmount, paymentDetails, paymentMethods } = terms;
  const issues: Issue[] = [];
  if (minAmount > maxAmount) issues.push({ pointer: "/min_amount", message: "must be at most max_amount" });
  if (totalAmount !== null && totalAmount < minAmount) {
    issues.push({ pointer: "/total_amount", message: "must be at least min_amount" });
  }
  if ((totalAmount ?? maxAmount) < open) {
    const pointer = totalAmount === null ? "/max_amount" : "/total_amount";
    issues.push({ pointer, message: `must be at least what open orders hold, ${open}` });
  }
  if (new Set(paymentMethods).size < paymentMethods.length) {
    issues.push({ pointer: "/payment_methods", message: "must not name a method twice" });
  }
  if (type === "sell" && paymentDetails === null) {
    issues.push({ pointer: "/payment_details", message: "a sell ad must say where to pay" });
  }
  return issues.length === 0 ? undefined : invalid(...issues);
};

/**
 * The installation's bounds. Only what is new is held to them, so that an ad of before they were set may be paused still.
 * @param before the ad that is changed; null for a new one
 */
export const refuseBounds = (
  terms: Pick<Terms, "exchangeRate" | "minAmount">,
  currency: string,
  settings: Settings,
  before: Pick<Ad, "exchangeRate" | "minAmount"> | null,
): Refusal<"VALIDATION_ERROR"> | undefined => {
  const { min, max } = rateBandOf(settings, currency);
  const issues: Issue[] = [];
  if (terms.exchangeRate !== before?.exchangeRate && (terms.exchangeRate < min || terms.exchangeRate > max)) {
    issues.push({ pointer: "/exchange_rate", message: `must be from ${min} to ${max} for ${currency}` });
  }
  if (terms.minAmount !== before?.minAmount && terms.minAmount < settings.minOrderAmount) {
    issues.push({ pointer: "/min_amount", message: `must be at least ${settings.minOrderAmount}` });
  }
  return issues.length === 0 ? undefined : invalid(...issues);
};

/** The rail carries some currencies alone. */
export const refuseRail = (
  paymentMethods: readonly string[],
  currency: string,
  { rail }: Settings,
): Refusal<"VALIDATION_ERROR"> | undefined =>
  !paymentMethods.includes(RAIL_METHOD) || rail.currencies.includes(currency)
    ? undefined
    : invalid({ pointer: "/payment_methods", message: `rail is for ${rail.currencies.join(", ")} alone` });

export const refuseCurrency = (currency: string, settings: Settings): Refusal<"VALIDATION_ERROR"> | undefined =>
  settings.fiatCurrencies.includes(currency)
    ? undefined
    : invalid({ pointer: "/fiat_currency", message: `must be one of ${settings.fiatCurrencies.join(", ")}` });

export type Answer = {
  readonly amount: Amount;
  readonly paymentMethod: string;
  readonly adVersion?: number | undefined;
  readonly takerId: string;
};

/** What `refuseAnswer` says no with, in the contract's order. */
export const ANSWER_REFUSALS = [
  "AD_NOT_FOUND",
  "AD_NOT_ACTIVE",
  "VERSION_MISMATCH",
  "OWN_AD",
  "INVALID_PAYMENT_METHOD",
  "AMOUNT_TOO_LOW",
  "AMOUNT_TOO_HIGH",
  "AMOUNT_EXCEEDS_AVAILABLE",
] as const;

/** The ad's own checks on an answer to it. */
export const refuseAnswer = (ad: Ad | undefined, answer: Answer): RefusalOf<typeof ANSWER_REFUSALS> | undefined => {
  if (ad === undefined) return refuse("AD_NOT_FOUND");
  const remaining = remainingOf(ad);
  if (ad.status !== "active") return refuse("AD_NOT_ACTIVE", { reason: ad.status });
  if (remaining < ad.minAmount) return refuse("AD_NOT_ACTIVE", { reason: "used_up" });
  if (answer.adVersion !== undefined && answer.adVersion !== ad.version) {
    return refuse("VERSION_MISMATCH", { version: ad.version });
  }
  if (answer.takerId === ad.makerId) return refuse("OWN_AD");
  if (!ad.paymentMethods.includes(answer.paymentMethod)) {
    return refuse("INVALID_PAYMENT_METHOD", { payment_methods: ad.paymentMethods });
  }
  if (answer.amount < ad.minAmount) return refuse("AMOUNT_TOO_LOW", { min_amount: toNumber(ad.minAmount) });
  if (answer.amount > ad.maxAmount) return refuse("AMOUNT_TOO_HIGH", { max_amount: toNumber(ad.maxAmount) });
  if (answer.amount > remaining) {
    return refuse("AMOUNT_EXCEEDS_AVAILABLE", { remaining_amount: toNumber(remaining) });
  }
  return undefined;
};
