/** A maker posts a standing offer. */
import { refuse, type TraderId, ZERO } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import type { Settings } from "../settings.ts";
import { type Ad, type AdType, accounts, ads, SEQUENCES, traders } from "../tables/index.ts";
import { activeAd, refuseSuspended, withActiveAd } from "../traders/index.ts";
import { adUpdated } from "./events.ts";
import { rateOr1to1, refuseBounds, refuseCurrency, refuseRail, refuseTerms, type Terms } from "./rules.ts";
import { type OwnAdDocument, ownAdDocument } from "./views.ts";

/** @property exchangeRate may be left out for the currency that balances are in */
export type CreateAd = Omit<Terms, "exchangeRate"> & {
  readonly makerId: TraderId;
  readonly type: AdType;
  readonly fiatCurrency: string;
  readonly exchangeRate: number | undefined;
};

export const createAd = (settings: Settings) =>
  defineCommand<CreateAd, OwnAdDocument>()({
    name: "create-ad",
    refuses: ["TRADER_SUSPENDED", "VALIDATION_ERROR", "DUPLICATE_AD_TYPE"],
    draws: [SEQUENCES.ads],
    changes: [ads, traders],
    needs: ({ makerId }) => [traders.at(makerId), accounts.at(availableAccount(makerId))],
    decide(state, { makerId, type, fiatCurrency, exchangeRate: rate, ...rest }, { now, id }) {
      const before = state.need(traders.at(makerId));
      const stopped = refuseSuspended(before);
      if (stopped !== undefined) return stopped;
      const exchangeRate = rateOr1to1(rate, fiatCurrency);
      if (exchangeRate === undefined) {
        return invalid({ pointer: "/exchange_rate", message: `is required for ${fiatCurrency}` });
      }
      const terms: Terms = { ...rest, exchangeRate };
      const refusal =
        refuseCurrency(fiatCurrency, settings) ??
        refuseRail(terms.paymentMethods, fiatCurrency, settings) ??
        refuseTerms(type, terms, ZERO) ??
        refuseBounds(terms, fiatCurrency, settings, null);
      if (refusal !== undefined) return refusal;
      const existing = activeAd(before, type);
      if (existing !== null) return refuse("DUPLICATE_AD_TYPE", { ad_id: existing });

      const ad: Ad = {
        ...terms,
        id: id(SEQUENCES.ads) as Ad["id"],
        makerId,
        type,
        fiatCurrency,
        createdAt: now,
        status: "active",
        version: 1,
        openAmount: ZERO,
        releasedAmount: ZERO,
      };
      const trader = withActiveAd(before, type, ad.id);
      const { balance } = state.need(accounts.at(availableAccount(makerId)));
      const result = ownAdDocument(ad, trader, balance, settings, now);
      return {
        result,
        writes: [ads.insert(ad), traders.update(trader)],
        events: [adUpdated(ad, result.hidden_reasons.length === 0)],
      };
    },
  });
