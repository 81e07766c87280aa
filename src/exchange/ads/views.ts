/** Ads as the market and as their makers see them. Payment details leave this room as ciphertext. */
import { type Amount, type Instant, lesser, toRfc3339 } from "../../kernel/index.ts";
import { remainingOf } from "../listings/index.ts";
import type { Settings } from "../settings.ts";
import type { Ad, Trader } from "../tables/index.ts";
import { type ProfileSource, profileView, refuseToSell, type SELLING_REFUSALS } from "../traders/index.ts";

type Units = bigint | number;

/** What both the rows of the rules and the rows of the queries have. */
export type AdSource = {
  readonly id: number;
  readonly type: string;
  readonly status: string;
  readonly version: number;
  readonly fiatCurrency: string;
  readonly exchangeRate: number;
  readonly minAmount: Units;
  readonly maxAmount: Units;
  readonly totalAmount: Units | null;
  readonly paymentMethods: readonly string[];
  readonly instructions: string;
  readonly paymentWindowMinutes: number | null;
  readonly remainingAmount: Units;
  readonly availableAmount: Units;
  readonly createdAt: Instant;
};

export const adView = (ad: AdSource, maker: ProfileSource, now: Instant) => ({
  id: ad.id,
  type: ad.type,
  status: ad.status,
  version: ad.version,
  fiat_currency: ad.fiatCurrency,
  exchange_rate: ad.exchangeRate,
  min_amount: Number(ad.minAmount),
  max_amount: Number(ad.maxAmount),
  total_amount: Number(ad.totalAmount ?? ad.maxAmount),
  remaining_amount: Number(ad.remainingAmount),
  available_amount: Number(ad.availableAmount),
  payment_methods: ad.paymentMethods,
  instructions: ad.instructions,
  payment_window_minutes: ad.paymentWindowMinutes,
  created_at: toRfc3339(ad.createdAt),
  maker: profileView(maker, now),
});

/** `payment_details` is sealed for the maker; the route opens it. */
export type OwnAdDocument = ReturnType<typeof adView> & {
  readonly payment_details: string | null;
  readonly hidden_reasons: readonly string[];
};

export const ownAdDocument = (
  ad: Ad,
  maker: Trader,
  balance: Amount,
  settings: Settings,
  now: Instant,
): OwnAdDocument => {
  const remainingAmount = remainingOf(ad);
  const availableAmount = ad.type === "sell" ? lesser(remainingAmount, balance) : remainingAmount;
  return {
    ...adView({ ...ad, remainingAmount, availableAmount }, maker, now),
    payment_details: ad.paymentDetails,
    hidden_reasons: hiddenReasons(ad, maker, { remainingAmount, availableAmount }, settings),
  };
};

const SELLING_RULES: Readonly<Record<(typeof SELLING_REFUSALS)[number], string>> = {
  MIN_DEPOSIT_REQUIRED: "min_deposit",
  WAGERING_REQUIREMENT_NOT_MET: "wagering",
};

/** Why the market does not show it; empty when it does. */
const hiddenReasons = (
  ad: Pick<Ad, "type" | "status" | "minAmount">,
  maker: Trader,
  amounts: { readonly remainingAmount: Amount; readonly availableAmount: Amount },
  settings: Settings,
): readonly string[] => {
  const rule = ad.type === "sell" ? refuseToSell(maker, settings) : undefined;
  return [
    ...(ad.status === "paused" ? ["paused"] : []),
    ...(amounts.remainingAmount < ad.minAmount ? ["used_up"] : []),
    ...(amounts.remainingAmount >= ad.minAmount && amounts.availableAmount < ad.minAmount ? ["balance"] : []),
    ...(rule === undefined ? [] : [SELLING_RULES[rule.refusal]]),
  ];
};
