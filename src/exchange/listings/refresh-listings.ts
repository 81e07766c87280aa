/**
 * Keeps the market's rows true. Whatever changes an ad, a maker's balance, right to sell or record relists in the same
 * transaction, so that the market page only walks an index.
 */
import type { Ref, State, Write } from "../../engine/index.ts";
import { type Amount, lesser, minus, type TraderId } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import type { Settings } from "../settings.ts";
import {
  type Ad,
  type AdType,
  accounts,
  type Listing,
  type ListingCount,
  listingCounts,
  listings,
  type Trader,
} from "../tables/index.ts";
import { activeAd, refuseToSell } from "../traders/index.ts";

const BOTH: readonly AdType[] = ["sell", "buy"];

/** What a command must name to relist a trader. */
export const listingNeeds = (trader: TraderId, types = BOTH): readonly Ref[] => [
  accounts.at(availableAccount(trader)),
  ...types.flatMap((type) => [listings.at(trader, type), listingCounts.at(trader, type)]),
];

export const remainingOf = (ad: Pick<Ad, "totalAmount" | "maxAmount" | "openAmount" | "releasedAmount">): Amount =>
  minus(minus(ad.totalAmount ?? ad.maxAmount, ad.openAmount), ad.releasedAmount);

export type ListingChange = {
  /** As the command leaves them. */
  readonly trader: Trader;
  readonly balance: Amount;
  readonly ad?: Ad | undefined;
  readonly types?: readonly AdType[];
};

export const refreshListings = (state: State, settings: Settings, relisting: ListingChange): readonly Write[] =>
  (relisting.types ?? BOTH).flatMap((type) => {
    const known = state.get(listings.at(relisting.trader.id, type));
    const next = listingOf(type, known, relisting, settings);
    if (next === undefined) return [];
    const counted = state.get(listingCounts.at(relisting.trader.id, type));
    const count = countOf(next, relisting.trader);
    return [
      ...(known === undefined ? [listings.insert(next)] : same(known, next) ? [] : [listings.update(next)]),
      ...(counted === undefined
        ? [listingCounts.insert(count)]
        : same(counted, count)
          ? []
          : [listingCounts.update(count)]),
    ];
  });

const countOf = ({ makerId, type, adId, fiatCurrency, shown }: Listing, { ordersCount }: Trader): ListingCount => ({
  makerId,
  type,
  adId,
  fiatCurrency,
  shown,
  ordersCount,
});

const listingOf = (
  type: AdType,
  known: Listing | undefined,
  { trader, balance, ad }: ListingChange,
  settings: Settings,
): Listing | undefined => {
  const active = activeAd(trader, type);
  // An ad that is neither listed nor the active one has no say: its maker has posted another since.
  const relevant = ad?.type === type && (ad.id === active || ad.id === known?.adId) ? ad : undefined;
  const offer = relevant === undefined ? known : offerOf(relevant);
  if (offer === undefined) return undefined;
  const availableAmount = type === "sell" ? lesser(offer.remainingAmount, balance) : offer.remainingAmount;
  const maySell = type === "buy" || refuseToSell(trader, settings) === undefined;
  return {
    ...offer,
    makerId: trader.id,
    type,
    availableAmount,
    shown: offer.adId === active && availableAmount >= offer.minAmount && maySell,
    rating: trader.rating,
  };
};

const offerOf = (ad: Ad) => ({
  adId: ad.id,
  fiatCurrency: ad.fiatCurrency,
  exchangeRate: ad.exchangeRate,
  minAmount: ad.minAmount,
  maxAmount: ad.maxAmount,
  paymentMethods: ad.paymentMethods,
  remainingAmount: remainingOf(ad),
});

const same = <Row extends object>(a: Row, b: Row): boolean =>
  (Object.keys(b) as (keyof Row)[]).every((column) => {
    const [left, right] = [a[column], b[column]];
    return Array.isArray(left) && Array.isArray(right) ? left.join() === right.join() : left === right;
  });
