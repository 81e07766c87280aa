/** What came of asking a bank, as its response to `link_creditor` says, or as its silence does. */
import { unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { acknowledged, hasAnswered, hasFailed, withoutBanks } from "../orders/index.ts";
import { phones, reach, searches } from "../tables/index.ts";

export type SettleAsk = {
  readonly requestGuid: string;
  /** The bank that was asked. */
  readonly bank: string;
  /** It asks its client; it has no such client; it did not answer, or in no way that means anything. */
  readonly outcome: "asks" | "refuses" | "silent";
};

export const settleAsk = defineCommand<SettleAsk, null>()({
  name: "settle-ask",
  refuses: [],
  route: ({ requestGuid }) => [searches.at(requestGuid)],
  needs({ requestGuid, bank }, routes) {
    const search = routes.get(searches.at(requestGuid));
    return search === undefined ? [] : [searches.at(requestGuid), phones.at(search.phoneHash), reach.at(bank)];
  },
  decide(state, { requestGuid, bank, outcome }, { now }) {
    const search = state.get(searches.at(requestGuid));
    if (search === undefined || !search.asked.includes(bank)) return unchanged(null);
    if (outcome === "silent" && !search.unheard.includes(bank)) return unchanged(null);
    const reached = outcome === "silent" ? hasFailed(state, bank, now) : hasAnswered(state, bank);
    const asked = outcome === "asks" ? acknowledged(search, bank) : withoutBanks(search, [bank], now);
    return { result: null, writes: [...asked, ...reached.writes], events: reached.events };
  },
});
