/** Ads as the market and as their makers see them. Payment details leave this room as ciphertext. */
import type { AnswerOf } from "../../http/index.ts";
import { type Amount, type Instant, lesser, toRfc3339 } from "../../kernel/index.ts";
import { remainingOf } from "../listings/index.ts";
import type { Settings } from "../settings.ts";
import type { Ad, Listing, Trader } from "../tables/index.ts";
import {
  type ProfileSource,
  profileView,
  type SELLING_REFUSALS,
  sellingRules,
  spendable,
  suspensionOf,
} from "../traders/index.ts";
import type { AdSchema, HiddenReason, OwnAdSchema } from "./schemas.ts";

/** What the market shows of an ad's own row. */
export const AD_COLUMNS = [
  "id",
  "type",
  "status",
  "version",
  "fiatCurrency",
  "exchangeRate",
  "minAmount",
  "maxAmount",
  "totalAmount",
  "paymentMethods",
  "instructions",
  "paymentWindowMinutes",
  "createdAt",
] as const satisfies readonly (keyof Ad)[];

export type AdSource = Pick<Ad, (typeof AD_COLUMNS)[number]> & Pick<Listing, "remainingAmount" | "availableAmount">;

export type AdView = AnswerOf<typeof AdSchema>;

/** What everybody sees of an ad, its maker too. */
export const adView = (
  ad: AdSource,
  maker: ProfileSource,
  now: Instant,
): Omit<AdView, "orderable" | "can_take" | "reasons"> => ({
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
export type OwnAdDocument = Omit<AnswerOf<typeof OwnAdSchema>, "payment_details"> & {
  readonly payment_details: string | null;
};

export const ownAdDocument = (
  ad: Ad,
  maker: Trader,
  balance: Amount,
  settings: Settings,
  now: Instant,
): OwnAdDocument => {
  const remainingAmount = remainingOf(ad);
  const availableAmount = ad.type === "sell" ? lesser(remainingAmount, spendable(maker, balance)) : remainingAmount;
  return {
    ...adView({ ...ad, remainingAmount, availableAmount }, maker, now),
    payment_details: ad.paymentDetails,
    hidden_reasons: hiddenReasons(ad, maker, { remainingAmount, availableAmount }, settings),
  };
};

const SELLING_RULES: Readonly<Record<(typeof SELLING_REFUSALS)[number], HiddenReason>> = {
  MIN_DEPOSIT_REQUIRED: "min_deposit",
  WAGERING_REQUIREMENT_NOT_MET: "wagering",
};

/** Why the market does not show it; empty when it does. */
const hiddenReasons = (
  ad: Pick<Ad, "type" | "status" | "minAmount">,
  maker: Trader,
  amounts: { readonly remainingAmount: Amount; readonly availableAmount: Amount },
  settings: Settings,
): readonly HiddenReason[] => {
  const rules = ad.type === "sell" ? sellingRules(maker, settings) : [];
  const usedUp = amounts.remainingAmount < ad.minAmount;
  const reasons: readonly (HiddenReason | false)[] = [
    ad.status === "paused" && "paused",
    usedUp && "used_up",
    !usedUp && amounts.availableAmount < ad.minAmount && "balance",
    ...rules.map(({ refusal }) => SELLING_RULES[refusal]),
    maker.struckOutUntil !== null && "strikes",
    suspensionOf(maker) !== null && "suspended",
  ];
  return reasons.filter((reason) => reason !== false);
};
