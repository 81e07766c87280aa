/** The host platform tells a trader's turnover, which counts against the wagering that is outstanding. */
import { type Amount, type TraderId, toNumber } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { traders } from "../tables/index.ts";
import { wageredMore } from "../traders/index.ts";
import { type WagerEntry, wageringView } from "./views.ts";

export type Wager = { readonly traderId: TraderId; readonly amount: Amount; readonly externalId: string };

export const wager = defineCommand<Wager, WagerEntry>()({
  name: "wager",
  refuses: [],
  changes: [traders],
  needs: ({ traderId }) => [traders.at(traderId)],
  decide(state, { traderId, amount, externalId }) {
    const trader = wageredMore(state.need(traders.at(traderId)), amount);
    return {
      result: {
        user_id: traderId,
        amount: toNumber(amount),
        external_id: externalId,
        wagering: wageringView(trader),
      },
      writes: [traders.update(trader)],
      events: [
        event("wallet.updated", [traderId], { kind: "wager", amount: toNumber(amount), external_id: externalId }),
      ],
    };
  },
});
