/** What has to be true before an ad is answered, in the order in which a taker learns of it. */
import type { State } from "../../engine/index.ts";
import {
  type AdId,
  type Amount,
  type Instant,
  isRefusal,
  MAX_AMOUNT,
  refuse,
  type TraderId,
  ZERO,
} from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { ANSWER_REFUSALS, refuseAnswer, refuseMeeting } from "../ads/index.ts";
import { invalid } from "../issues.ts";
import type { Settings } from "../settings.ts";
import { type Ad, type AdType, accounts, activeAds, ads, type Trader, traders } from "../tables/index.ts";
import { mayOffer, refuseStriker, refuseSuspended, SECOND_ORDER_REFUSALS, SELLING_REFUSALS } from "../traders/index.ts";

/** What the taker names: the amount, or the fiat sum that is to be paid to the kopeck. */
export type OrderedAmount = { readonly usdt: Amount } | { readonly fiat: Amount };

/** @property paymentDetails the taker's, sealed; wanted on a buy ad alone */
export type CreateOrder = {
  readonly takerId: TraderId;
  readonly adId: AdId;
  readonly amount: OrderedAmount;
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
  readonly usdtAmount: Amount;
  readonly fiatAmount: Amount;
  readonly details: string;
};

export const checkOrder = (state: State, input: CreateOrder, settings: Settings, now: Instant) => {
  const tooSmall = "usdt" in input.amount ? refuseSmall(input.amount.usdt, "/usdt_amount", settings) : undefined;
  if (tooSmall !== undefined) return tooSmall;
  const taker = state.need(traders.at(input.takerId));
  const struckOut = refuseStriker(taker, now);
  if (struckOut !== undefined) return struckOut;
  const stopped = refuseSuspended(taker);
  if (stopped !== undefined) return stopped;
  const ad = state.get(ads.at(input.adId));
  const amounts = ad === undefined ? undefined : amountsOf(input.amount, ad.exchangeRate);
  const refusal = refuseAnswer(ad, { ...input, amount: amounts?.usdtAmount ?? ZERO });
  if (ad === undefined || amounts === undefined || refusal !== undefined) return refusal ?? refuse("AD_NOT_FOUND");
  const terms = checkTerms(state, input, ad, amounts, settings);
  if (isRefusal(terms)) return terms;
  const maker = state.need(traders.at(ad.makerId));
  return refuseParties(state, { ad, maker, taker }, terms.usdtAmount, settings) ?? { ad, maker, taker, ...terms };
};

const refuseSmall = (usdtAmount: Amount, pointer: string, { minOrderAmount }: Settings) =>
  usdtAmount < minOrderAmount
    ? invalid({ pointer, message: `must come to an order of at least ${minOrderAmount} kopecks` })
    : undefined;

type Amounts = Pick<CheckedOrder, "usdtAmount" | "fiatAmount">;

const checkTerms = (state: State, input: CreateOrder, ad: Ad, amounts: Amounts, settings: Settings) => {
  const tooSmall = refuseSmall(amounts.usdtAmount, "/fiat_amount", settings);
  if (tooSmall !== undefined) return tooSmall;
  if (amounts.fiatAmount < 1n || amounts.fiatAmount > MAX_AMOUNT)
    return invalid({ pointer: "/usdt_amount", message: "comes to a fiat amount out of bounds at this rate" });
  const details = ad.type === "sell" ? ad.paymentDetails : (input.paymentDetails ?? ownDetails(state, input));
  return details === null ? refuse("PAYMENT_DETAILS_REQUIRED") : { ...amounts, details };
};

/** Whether these two may trade now: the taker's slot, the seller's rights and balance. */
const refuseParties = (
  state: State,
  { ad, maker, taker }: Pick<CheckedOrder, "ad" | "maker" | "taker">,
  amount: Amount,
  settings: Settings,
) => {
  const seller = ad.type === "sell" ? maker : taker;
  const { balance: sellerBalance } = state.need(accounts.at(availableAccount(seller.id)));
  const offered = mayOffer(maker, ad.type, settings);
  return refuseMeeting({ adType: ad.type, taker, seller, sellerBalance, amount, offered }, settings);
};

/** A fiat sum is paid as it was named, for an amount that is rounded down. */
const amountsOf = (ordered: OrderedAmount, rate: number): Amounts =>
  "usdt" in ordered
    ? { usdtAmount: ordered.usdt, fiatAmount: fiatOf(ordered.usdt, rate) }
    : { usdtAmount: ((ordered.fiat * 100n) / BigInt(rate)) as Amount, fiatAmount: ordered.fiat };

/** Minor units of fiat, rounded half-up; the rate is for 100 balance units. */
export const fiatOf = (amount: Amount, rate: number): Amount => ((amount * BigInt(rate) + 50n) / 100n) as Amount;

/** Where to pay a taker who sells: what the taker's own sell ad says for that method. */
const ownDetails = (state: State, { takerId, paymentMethod }: CreateOrder): string | null =>
  state
    .all(activeAds.of(traders.at(takerId)))
    .find((ad) => ad.type === "sell" && ad.paymentMethods.includes(paymentMethod))?.paymentDetails ?? null;
