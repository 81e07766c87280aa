/**
 * The market's rows follow from ads, their makers and what these can pay with. Whatever command changes one of them
 * leaves its listings true in the same transaction, so that the market page only walks an index. A maker whose ad leaves
 * or enters the market thereby, and not by a change of its own, is told.
 */
import {
  type Changed,
  type Event,
  follow,
  type Projection,
  type Ref,
  type State,
  type Write,
} from "../../engine/index.ts";
import { type Amount, lesser, minus, type TraderId } from "../../kernel/index.ts";
import { availableAccount, ownerOf } from "../../ledger/index.ts";
import { event } from "../events.ts";
import type { Settings } from "../settings.ts";
import {
  AD_TYPES,
  type Ad,
  type AdType,
  accounts,
  ads,
  type Listing,
  type ListingCount,
  listingCounts,
  listings,
  type Trader,
  traders,
} from "../tables/index.ts";
import { activeAd, mayOffer, spendable } from "../traders/index.ts";

/** The place of a maker's ad of one type: what is listed there may change with any row that is followed. */
type Place = { readonly makerId: TraderId; readonly type: AdType };

export const listingsProjection = (settings: Settings): Projection => ({
  follows: [
    follow(ads, FOLLOWED_OF_AD, ([id], routes) => {
      // An ad that is new, or that nothing was routed by, comes with its maker, whose needs are the same.
      const ad = routes.get(ads.at(id));
      return ad === undefined ? [] : needsOf(ad);
    }),
    follow(traders, FOLLOWED_OF_TRADER, ([makerId]) => AD_TYPES.flatMap((type) => needsOf({ makerId, type }))),
    follow(accounts, ["balance"], ([id]) => needsOf({ makerId: ownerOf(id) as TraderId, type: "sell" })),
  ],
  project(state, changed, told) {
    const listed = placesOf(changed).flatMap((place) => list(state, settings, place, changed.of(ads)));
    return {
      writes: listed.flatMap(({ writes }) => writes),
      events: listed.flatMap(({ before, listing }) => movedByItself(before, listing, told)),
    };
  },
});

const FOLLOWED_OF_AD = [
  "status",
  "exchangeRate",
  "minAmount",
  "maxAmount",
  "totalAmount",
  "paymentMethods",
  "openAmount",
  "releasedAmount",
] as const satisfies readonly (keyof Ad)[];

const FOLLOWED_OF_TRADER = [
  "activeSellAd",
  "activeBuyAd",
  "depositedTotal",
  "wageringRequired",
  "wagered",
  "owed",
  "standing",
  "struckOutUntil",
  "rating",
  "ordersCount",
] as const satisfies readonly (keyof Trader)[];

/** A sell ad shows no more than its maker has. */
const needsOf = ({ makerId, type }: Place): readonly Ref[] => [
  listings.at(makerId, type),
  listingCounts.at(makerId, type),
  ...(type === "sell" ? [accounts.at(availableAccount(makerId))] : []),
];

const placesOf = (changed: Changed): readonly Place[] => {
  const makers = changed.of(traders).flatMap(({ id }) => AD_TYPES.map((type) => ({ makerId: id, type })));
  const sellers = changed.of(accounts).map(({ owner }) => ({ makerId: owner as TraderId, type: "sell" as const }));
  const places: readonly Place[] = [...changed.of(ads), ...makers, ...sellers];
  return [...new Map(places.map((place) => [listings.at(place.makerId, place.type).id, place])).values()];
};

type Listed = { readonly before: Listing | undefined; readonly listing: Listing; readonly writes: readonly Write[] };

const list = (state: State, settings: Settings, place: Place, changedAds: readonly Ad[]): readonly Listed[] => {
  const { makerId, type } = place;
  const maker = state.need(traders.at(makerId));
  const known = state.get(listings.at(makerId, type));
  const active = activeAd(maker, type);
  // An ad that is neither listed nor the active one has no say: its maker has posted another since.
  const ad = changedAds.find(
    (one) => one.makerId === makerId && one.type === type && (one.id === active || one.id === known?.adId),
  );
  const offer = ad === undefined ? known : offerOf(ad);
  if (offer === undefined) return [];
  const payable =
    type === "sell"
      ? spendable(maker, state.need(accounts.at(availableAccount(makerId))).balance)
      : offer.remainingAmount;
  const listing = listingOf(place, offer, maker, payable, settings);
  const count = countOf(listing, maker);
  const counted = state.get(listingCounts.at(makerId, type));
  const writes = [
    known === undefined ? listings.insert(listing) : listings.update(listing),
    counted === undefined ? listingCounts.insert(count) : listingCounts.update(count),
  ];
  return [{ before: known, listing, writes }];
};

/** An ad that was there before and is now shown, or no longer, although its maker has not touched it. */
const movedByItself = (before: Listing | undefined, listing: Listing, told: readonly Event[]): readonly Event[] => {
  const { adId, makerId, shown } = listing;
  if (before === undefined || before.adId !== adId || before.shown === shown) return [];
  if (told.some(({ type, data }) => type === "ad.updated" && data.ad_id === adId)) return [];
  return [event("ad.updated", [makerId], { ad_id: adId, status: "active", shown, by: null })];
};

const listingOf = (
  { makerId, type }: Place,
  offer: Offer,
  maker: Trader,
  payable: Amount,
  settings: Settings,
): Listing => {
  const availableAmount = lesser(offer.remainingAmount, payable);
  const isActive = offer.adId === activeAd(maker, type);
  return {
    ...offer,
    makerId,
    type,
    availableAmount,
    shown: isActive && availableAmount >= offer.minAmount && mayOffer(maker, type, settings),
    rating: maker.rating,
  };
};

type Offer = Omit<Listing, "makerId" | "type" | "availableAmount" | "shown" | "rating">;

const countOf = ({ makerId, type, adId, fiatCurrency, shown }: Listing, { ordersCount }: Trader): ListingCount => ({
  makerId,
  type,
  adId,
  fiatCurrency,
  shown,
  ordersCount,
});

const offerOf = (ad: Ad): Offer => ({
  adId: ad.id,
  fiatCurrency: ad.fiatCurrency,
  exchangeRate: ad.exchangeRate,
  minAmount: ad.minAmount,
  maxAmount: ad.maxAmount,
  paymentMethods: ad.paymentMethods,
  remainingAmount: remainingOf(ad),
});

export const remainingOf = (ad: Pick<Ad, "totalAmount" | "maxAmount" | "openAmount" | "releasedAmount">): Amount =>
  minus(minus(ad.totalAmount ?? ad.maxAmount, ad.openAmount), ad.releasedAmount);
