/** A bank that was suspended, or whose search was switched off, is not asked any more: that counts as a no. */
import { unchanged } from "../../engine/index.ts";
import { linkCancelled } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { withoutBanks } from "../orders/index.ts";
import { phones, searches } from "../tables/index.ts";

export type EndAsk = { readonly requestGuid: string; readonly bank: string };

export const endAsk = defineCommand<EndAsk, null>()({
  name: "end-ask",
  refuses: [],
  route: ({ requestGuid }) => [searches.at(requestGuid)],
  needs({ requestGuid }, routes) {
    const search = routes.get(searches.at(requestGuid));
    return search === undefined ? [] : [searches.at(requestGuid), phones.at(search.phoneHash)];
  },
  decide(state, { requestGuid, bank }, { now }) {
    const search = state.get(searches.at(requestGuid));
    if (search === undefined || !search.asking.includes(bank)) return unchanged(null);
    const writes = [...withoutBanks(search, [bank], now), linkCancelled(bank, requestGuid)];
    return { result: null, writes, events: [] };
  },
});
