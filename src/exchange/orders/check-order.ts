/** What has to be true before an ad is answered, in the order in which a taker learns of it. */
import type { State } from "../../engine/index.ts";
import {
  type AdId,
  type Amount,
  type Instant,
  isRefusal,
  MAX_AMOUNT,
  type Refusal,
  refuse,
  type TraderId,
} from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { ANSWER_REFUSALS, refuseAnswer } from "../ads/index.ts";
import { invalid } from "../issues.ts";
import type { Settings } from "../settings.ts";
import { type Ad, type AdType, accounts, activeAds, ads, type Trader, traders } from "../tables/index.ts";
import {
  mayOffer,
  refuseSecondOrder,
  refuseStriker,
  refuseSuspended,
  refuseToSell,
  SECOND_ORDER_REFUSALS,
  SELLING_REFUSALS,
  spendable,
} from "../traders/index.ts";

/** @property paymentDetails the taker's, sealed; wanted on a buy ad alone */
export type CreateOrder = {
  readonly takerId: TraderId;
  readonly adId: AdId;
  readonly amount: Amount;
  readonly paymentMethod: string;
  readonly adVersion?: number | undefined;
  readonly paymentDetails: string | null;
};

/** Sell ad: the maker sells. Buy ad: the taker does. */
export const partiesOf = (ad: { readonly type: AdType; readonly makerId: TraderId }, takerId: TraderId) =>
  ad.type === "sell" ? { sellerId: ad.makerId, buyerId: takerId } : { sellerId: takerId, buyerId: ad.makerId };

export const CREATE_REFUSALS = [
  "RATE_LIMITED",
  "TRADER_SUSPENDED",
  ...ANSWER_REFUSALS,
  "VALIDATION_ERROR",
  "PAYMENT_DETAILS_REQUIRED",
  ...SECOND_ORDER_REFUSALS,
  ...SELLING_REFUSALS,
  "SELLER_INSUFFICIENT_BALANCE",
] as const;

/** @property details where to pay, sealed */
export type CheckedOrder = {
  readonly ad: Ad;
  readonly maker: Trader;
  readonly taker: Trader;
  readonly fiatAmount: Amount;
  readonly details: string;
};

export const checkOrder = (state: State, input: CreateOrder, settings: Settings, now: Instant) => {
  const taker = state.need(traders.at(input.takerId));
  const struckOut = refuseStriker(taker, now);
  if (struckOut !== undefined) return struckOut;
  const stopped = refuseSuspended(taker);
  if (stopped !== undefined) return stopped;
  const ad = state.get(ads.at(input.adId));
  const refusal = refuseAnswer(ad, input);
  if (ad === undefined || refusal !== undefined) return refusal ?? refuse("AD_NOT_FOUND");
  const terms = checkTerms(state, input, ad);
  if (isRefusal(terms)) return terms;
  const maker = state.need(traders.at(ad.makerId));
  return refuseParties(state, { ad, maker, taker }, input.amount, settings) ?? { ad, maker, taker, ...terms };
};

const checkTerms = (state: State, input: CreateOrder, ad: Ad) => {
  const fiatAmount = fiatOf(input.amount, ad.exchangeRate);
  if (fiatAmount < 1n || fiatAmount > MAX_AMOUNT)
    return invalid({ pointer: "/usdt_amount", message: "comes to a fiat amount out of bounds at this rate" });
  const details = ad.type === "sell" ? ad.paymentDetails : (input.paymentDetails ?? ownDetails(state, input));
  return details === null ? refuse("PAYMENT_DETAILS_REQUIRED") : { fiatAmount, details };
};

/** Whether these two may trade now: the taker's slot, the seller's rights and balance. */
const refuseParties = (
  state: State,
  { ad, maker, taker }: Pick<CheckedOrder, "ad" | "maker" | "taker">,
  amount: Amount,
  settings: Settings,
) => {
  const { sellerId } = partiesOf(ad, taker.id);
  return (
    refuseSecondOrder(taker, ad.type) ??
    (sellerId === taker.id ? refuseToSell(taker, settings) : undefined) ??
    refuseBalance(state, sellerId, amount) ??
    refuseMaker(ad, maker, settings)
  );
};

/** Minor units of fiat, rounded half-up; the rate is for 100 balance units. */
export const fiatOf = (amount: Amount, rate: number): Amount => ((amount * BigInt(rate) + 50n) / 100n) as Amount;

/** Where to pay a taker who sells: what the taker's own sell ad says for that method. */
const ownDetails = (state: State, { takerId, paymentMethod }: CreateOrder): string | null =>
  state
    .all(activeAds.of(traders.at(takerId)))
    .find((ad) => ad.type === "sell" && ad.paymentMethods.includes(paymentMethod))?.paymentDetails ?? null;

const refuseBalance = (
  state: State,
  sellerId: TraderId,
  wanted: Amount,
): Refusal<"SELLER_INSUFFICIENT_BALANCE"> | undefined =>
  spendable(state.need(traders.at(sellerId)), state.need(accounts.at(availableAccount(sellerId))).balance) < wanted
    ? refuse("SELLER_INSUFFICIENT_BALANCE")
    : undefined;

/** Judged last, and without saying which rule. */
const refuseMaker = ({ type }: Ad, maker: Trader, settings: Settings): Refusal<"AD_NOT_ACTIVE"> | undefined =>
  mayOffer(maker, type, settings) ? undefined : refuse("AD_NOT_ACTIVE", { reason: "unavailable" });
