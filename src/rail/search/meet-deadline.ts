/** The clock's command about a search: banks that were silent for too long count as a no, and nothing is asked for ever. */
import { type DeadlineResult, MET, NOT_DUE, unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { endSearch, hasFailed, withoutBanks } from "../orders/index.ts";
import { phones, reach, searches } from "../tables/index.ts";

export type SearchDue = {
  readonly requestGuid: string;
  /** Banks that were unheard of when it was found: a bank that answered since then is not one of them. */
  readonly unheard: readonly string[];
};

export const meetSearchDeadline = defineCommand<SearchDue, DeadlineResult>()({
  name: "meet-search-deadline",
  refuses: [],
  route: ({ requestGuid }) => [searches.at(requestGuid)],
  needs({ requestGuid, unheard }, routes) {
    const search = routes.get(searches.at(requestGuid));
    if (search === undefined) return [];
    return [searches.at(requestGuid), phones.at(search.phoneHash), ...unheard.map((bank) => reach.at(bank))];
  },
  decide(state, { requestGuid, unheard }, { now }) {
    const search = state.get(searches.at(requestGuid));
    if (search === undefined || search.endedAt !== null) return unchanged(MET);
    if (now >= search.until) return { result: MET, writes: endSearch(search, "over", now), events: [] };
    const silent = search.unheard.filter((bank) => unheard.includes(bank));
    if (now < search.ackUntil || silent.length === 0) return unchanged(NOT_DUE);
    const failed = silent.map((bank) => hasFailed(state, bank, now));
    return {
      result: MET,
      writes: [...withoutBanks(search, silent, now), ...failed.flatMap(({ writes }) => writes)],
      events: failed.flatMap(({ events }) => events),
    };
  },
});
