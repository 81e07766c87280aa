/** The host platform tells a trader's turnover, which counts against the wagering that is outstanding. */
import { type Amount, type TraderId, toNumber } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { listingNeeds, refreshListings } from "../listings/index.ts";
import type { Settings } from "../settings.ts";
import { accounts, traders } from "../tables/index.ts";
import { wageredMore } from "../traders/index.ts";
import { type WagerEntry, wageringView } from "./views.ts";

export type Wager = { readonly traderId: TraderId; readonly amount: Amount; readonly externalId: string };

export const wager = (settings: Settings) =>
  defineCommand<Wager, WagerEntry>()({
    name: "wager",
    refuses: [],
    needs: ({ traderId }) => [traders.at(traderId), ...listingNeeds(traderId)],
    decide(state, { traderId, amount, externalId }) {
      const trader = wageredMore(state.need(traders.at(traderId)), amount);
      const { balance } = state.need(accounts.at(availableAccount(traderId)));
      return {
        result: {
          user_id: traderId,
          amount: toNumber(amount),
          external_id: externalId,
          wagering: wageringView(trader),
        },
        writes: [traders.update(trader), ...refreshListings(state, settings, { trader, balance })],
        events: [event("wallet.updated", [traderId], {})],
      };
    },
  });
