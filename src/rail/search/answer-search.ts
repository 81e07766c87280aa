/**
 * A bank answers whether the phone that it was asked for is a client's. The first valid claim links the phone and ends the
 * search, and the orders that wait for it are settled after it; a late claim links the phone if nobody has it by then, and
 * revives nothing. Only the first claim of a bank does any of this: a repeat says how it is, and asks nothing for nothing.
 */
import { type Decision, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { type Consent, faultOfConsent, isSameHolder, openAlias, placeNeeds, takePlace } from "../aliases/index.ts";
import { openedBudget } from "../budgets/index.ts";
import { defineCommand } from "../command.ts";
import { openSearch, openSearchNeeds, withoutBanks } from "../orders/index.ts";
import { phones, quotas, type Search, searches } from "../tables/index.ts";

export type AnswerSearch = {
  readonly participantGuid: string;
  readonly requestGuid: string;
  /** Null: a refusal. */
  readonly yes: { readonly account: string; readonly consent: Consent } | null;
  /** Of `RailSettings`. */
  readonly phonesPerAccount: number;
};

/** @property linked whether the phone is linked to that account of the caller now; after a refusal, to any of the caller's */
export type Answered = { readonly requestGuid: string; readonly linked: boolean };

const ANSWER_REFUSALS = ["NOT_FOUND", "INVALID_REQUEST", "INVALID_CREDITOR_ACCOUNT"] as const;

export const answerSearch = defineCommand<AnswerSearch, Answered>()({
  name: "answer-search",
  refuses: ANSWER_REFUSALS,
  route: ({ requestGuid }) => [searches.at(requestGuid)],
  needs({ participantGuid, requestGuid, yes }, routes) {
    const search = routes.get(searches.at(requestGuid));
    const own = [searches.at(requestGuid), quotas.at(participantGuid)];
    if (search === undefined) return own;
    const { mode, phoneHash: hash } = search;
    return [
      ...own,
      ...openSearchNeeds(hash),
      ...(yes === null ? [] : placeNeeds({ participantGuid, mode, account: yes.account, hash })),
    ];
  },
  decide(state, input, { now }) {
    const search = state.get(searches.at(input.requestGuid));
    if (search === undefined || !search.asked.includes(input.participantGuid)) return refuse("NOT_FOUND");
    return input.yes === null
      ? declined(state, search, input, now)
      : claimed(state, search, { ...input.yes, ...input }, now);
  },
});

const declined = (
  state: State,
  search: Search,
  { participantGuid, requestGuid }: AnswerSearch,
  now: Instant,
): Decision<Answered> => ({
  result: { requestGuid, linked: state.need(phones.at(search.phoneHash)).participantGuid === participantGuid },
  writes: withoutBanks(search, [participantGuid], now),
  events: [],
});

type Yes = Omit<AnswerSearch, "yes"> & { readonly account: string; readonly consent: Consent };

const claimed = (
  state: State,
  search: Search,
  { participantGuid, requestGuid, account, consent, phonesPerAccount }: Yes,
  now: Instant,
): RefusalOf<typeof ANSWER_REFUSALS> | Decision<Answered> => {
  const late = faultOfConsent(consent, now);
  if (late !== null) return late;
  const phone = state.need(phones.at(search.phoneHash));
  const own = { participantGuid, account };
  const counted = { ...search, claimed: [...search.claimed, participantGuid] };
  const present = openSearch(state, search.phoneHash);
  // The same row, as this answer leaves it.
  const open = present?.requestGuid === requestGuid ? counted : present;
  const answered = { search: open, answeredBy: participantGuid };
  const alias = openAlias({ phone, blank: phone, move: null, ...answered }, now);
  const linked = () => ({ requestGuid, linked: isSameHolder(alias.holder, own) });
  if (search.claimed.includes(participantGuid)) return unchanged(linked());
  if (alias.holder !== null) return { result: linked(), writes: [searches.update(counted)], events: [] };
  const { mode, phoneHash: hash } = search;
  const place = takePlace(state, { ...own, mode, hash }, phonesPerAccount);
  if (isRefusal(place)) return place;
  alias.link(own, "linked", consent);
  const kept: readonly Write[] = open === counted ? [] : [searches.update(counted)];
  return {
    result: linked(),
    writes: [...kept, ...place, ...openedBudget(state, { ...own, mode }, now), ...alias.writes()],
    events: [],
  };
};
