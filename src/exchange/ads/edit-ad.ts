/**
 * A maker changes an ad's terms, pauses it or resumes it. Orders under way keep the terms they were made on. Sending what the
 * ad shows already changes nothing: a form sends everything, whatever its user touched.
 */
import { unchanged } from "../../engine/index.ts";
import { type AdId, type Amount, refuse, type TraderId, ZERO } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import type { Settings } from "../settings.ts";
import { type Ad, accounts, ads, type Trader, traders } from "../tables/index.ts";
import { activeAd, refuseSuspended, withActiveAd } from "../traders/index.ts";
import { adUpdated } from "./events.ts";
import { refuseBounds, refuseRail, refuseTerms, type Terms } from "./rules.ts";
import { type OwnAdDocument, ownAdDocument } from "./views.ts";

/** What a request gives; what it leaves out stays. */
export type GivenTerms = { readonly [Term in keyof Terms]?: Terms[Term] | undefined };

export type EditAd = {
  readonly adId: AdId;
  readonly callerId: TraderId;
  readonly type?: string | undefined;
  readonly fiatCurrency?: string | undefined;
  readonly status?: "active" | "paused" | undefined;
  readonly terms: GivenTerms;
};

/** @property sameDetails whether two sealed texts say the same */
export type EditAdDeps = {
  readonly settings: Settings;
  readonly sameDetails: (a: string | null, b: string | null, owner: TraderId) => boolean;
};

/** Of every command on an ad that is there. */
export const OWN_AD_REFUSALS = ["AD_NOT_FOUND", "FORBIDDEN"] as const;

export const editAd = ({ settings, sameDetails }: EditAdDeps) =>
  defineCommand<EditAd, OwnAdDocument>()({
    name: "edit-ad",
    refuses: [...OWN_AD_REFUSALS, "TRADER_SUSPENDED", "VALIDATION_ERROR", "DUPLICATE_AD_TYPE"],
    changes: [ads, traders],
    route: ({ adId }) => [ads.at(adId)],
    needs({ adId, callerId }, routes) {
      const makerId = routes.get(ads.at(adId))?.makerId;
      const account = makerId === undefined ? [] : [accounts.at(availableAccount(makerId))];
      return [...ownAdNeeds(adId, callerId, makerId), ...account];
    },
    decide(state, input, { now }) {
      const before = state.get(ads.at(input.adId));
      if (before === undefined || before.status === "deleted") return refuse("AD_NOT_FOUND");
      if (before.makerId !== input.callerId) return refuse("FORBIDDEN");
      const maker = state.need(traders.at(before.makerId));
      // Whoever is stopped may stop.
      const stopped = input.status === "paused" ? undefined : refuseSuspended(maker);
      if (stopped !== undefined) return stopped;
      const edited = withTerms(before, input.terms, sameDetails);
      const refusal =
        refuseFixed(before, input) ??
        refuseRail(edited.paymentMethods, edited.fiatCurrency, settings) ??
        refuseTerms(edited.type, edited, edited.openAmount) ??
        refuseBounds(edited, edited.fiatCurrency, settings, before);
      if (refusal !== undefined) return refusal;

      const existing = activeAd(maker, before.type);
      if (input.status === "active" && existing !== null && existing !== before.id) {
        return refuse("DUPLICATE_AD_TYPE", { ad_id: existing });
      }
      const ad = { ...edited, status: input.status ?? before.status };
      const trader = withStatus(maker, ad);
      const { balance } = state.need(accounts.at(availableAccount(trader.id)));
      const result = ownAdDocument(ad, trader, balance, settings, now);
      if (isSame(ad, before)) return unchanged(result);
      return {
        result,
        writes: [ads.update(ad), ...(trader === maker ? [] : [traders.update(trader)])],
        events: [adUpdated(ad, result.hidden_reasons.length === 0)],
      };
    },
  });

/** The caller's gate is always held; the maker's guards the ad. */
export const ownAdNeeds = (adId: AdId, callerId: TraderId, makerId: TraderId | undefined) => {
  if (makerId === undefined) return [traders.at(callerId)];
  const gates = makerId === callerId ? [traders.at(callerId)] : [traders.at(callerId), traders.at(makerId)];
  return [ads.at(adId), ...gates];
};

const withStatus = (maker: Trader, ad: Ad): Trader => {
  const occupied = activeAd(maker, ad.type) === ad.id;
  if (occupied === (ad.status === "active")) return maker;
  return withActiveAd(maker, ad.type, occupied ? null : ad.id);
};

const refuseFixed = (ad: Ad, { type, fiatCurrency }: EditAd) => {
  if (type !== undefined && type !== ad.type) return invalid({ pointer: "/type", message: "cannot be changed" });
  if (fiatCurrency !== undefined && fiatCurrency !== ad.fiatCurrency) {
    return invalid({ pointer: "/fiat_currency", message: "cannot be changed" });
  }
  return undefined;
};

/** Whether a request changed nothing: its terms are counted by the version. */
const isSame = (a: Ad, b: Ad): boolean =>
  a.status === b.status &&
  a.version === b.version &&
  a.totalAmount === b.totalAmount &&
  a.releasedAmount === b.releasedAmount;

/** The total as the ad shows it: its maximum while none was given. */
const shownTotal = ({ totalAmount, maxAmount }: Pick<Ad, "totalAmount" | "maxAmount">): Amount =>
  totalAmount ?? maxAmount;

/** The maximum goes on standing for the total when a form sends both as they were shown. */
const totalOf = (ad: Ad, { totalAmount, maxAmount = ad.maxAmount }: Partial<Terms>): Amount | null => {
  if (totalAmount === undefined || totalAmount === null) return ad.totalAmount;
  const stands = ad.totalAmount === null && totalAmount === shownTotal(ad) && totalAmount === maxAmount;
  return stands ? null : totalAmount;
};

/** Another total starts its count anew; so does another maximum while it stands for the total. */
const withTerms = (ad: Ad, terms: GivenTerms, sameDetails: EditAdDeps["sameDetails"]): Ad => {
  const given = Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)) as Partial<Terms>;
  const kept = given.paymentDetails !== undefined && sameDetails(ad.paymentDetails, given.paymentDetails, ad.makerId);
  const next: Ad = {
    ...ad,
    ...given,
    totalAmount: totalOf(ad, given),
    ...(kept ? { paymentDetails: ad.paymentDetails } : {}),
  };
  const changed = (Object.keys(given) as (keyof Terms)[]).some((term) => String(next[term]) !== String(ad[term]));
  const recount = shownTotal(next) !== shownTotal(ad);
  return {
    ...next,
    version: changed ? ad.version + 1 : ad.version,
    releasedAmount: recount ? ZERO : ad.releasedAmount,
  };
};
