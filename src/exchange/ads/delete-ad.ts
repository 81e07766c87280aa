/** A maker takes an ad away for good. Orders under way go on. */
import { type AdId, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { ads, traders } from "../tables/index.ts";
import { activeAd, withActiveAd } from "../traders/index.ts";
import { OWN_AD_REFUSALS, ownAdNeeds } from "./edit-ad.ts";
import { adUpdated } from "./events.ts";

export type DeleteAd = { readonly adId: AdId; readonly callerId: TraderId };

export const deleteAd = defineCommand<DeleteAd, null>()({
  name: "delete-ad",
  refuses: OWN_AD_REFUSALS,
  changes: [ads, traders],
  route: ({ adId }) => [ads.at(adId)],
  needs: ({ adId, callerId }, routes) => ownAdNeeds(adId, callerId, routes.get(ads.at(adId))?.makerId),
  decide(state, { adId, callerId }) {
    const before = state.get(ads.at(adId));
    if (before === undefined || before.status === "deleted") return refuse("AD_NOT_FOUND");
    if (before.makerId !== callerId) return refuse("FORBIDDEN");
    const ad = { ...before, status: "deleted" as const };
    const maker = state.need(traders.at(callerId));
    const trader = activeAd(maker, ad.type) === ad.id ? withActiveAd(maker, ad.type, null) : maker;
    return {
      result: null,
      writes: [ads.update(ad), traders.update(trader)],
      events: [adUpdated(ad, false)],
    };
  },
});
