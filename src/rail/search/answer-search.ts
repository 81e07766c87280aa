/**
 * A bank answers whether the phone that it was asked for is a client's. The first valid claim wins; a late one links the
 * phone if nobody has it by then, and does not revive the order.
 */
import type { Decision, State } from "../../engine/index.ts";
import { type Instant, isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { type Consent, faultOfConsent, isSameHolder, openAlias, placeNeeds, takePlace } from "../aliases/index.ts";
import { openedBudget } from "../budgets/index.ts";
import { defineCommand } from "../command.ts";
import { endOfSearch, resolveFound, resolveNeeds, resolveRejected } from "../orders/index.ts";
import { type Order, orderStates, orders, phones, quotas, type Search, searches } from "../tables/index.ts";
import { recordRefusal } from "./record-refusal.ts";

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
    if (search === undefined || !search.asked.includes(participantGuid)) return own;
    const { mode, phoneHash: hash } = search;
    const place = yes === null ? [] : placeNeeds({ participantGuid, mode, account: yes.account, hash });
    return [...own, ...place, orders.at(search.orderGuid), ...resolveNeeds({ ...search, guid: search.orderGuid })];
  },
  decide(state, input, { now }) {
    const search = state.get(searches.at(input.requestGuid));
    if (search === undefined || !search.asked.includes(input.participantGuid)) return refuse("NOT_FOUND");
    const order = state.need(orders.at(search.orderGuid));
    return input.yes === null
      ? declined(state, order, search, input, now)
      : claimed(state, order, { ...input.yes, ...input }, now);
  },
});

const declined = (
  state: State,
  order: Order,
  search: Search,
  { participantGuid, requestGuid }: AnswerSearch,
  now: Instant,
): Decision<Answered> => {
  const linked = state.need(phones.at(search.phoneHash)).participantGuid === participantGuid;
  return {
    result: { requestGuid, linked },
    writes: recordRefusal(state, order, search, participantGuid, now),
    events: [],
  };
};

type Yes = Omit<AnswerSearch, "yes"> & { readonly account: string; readonly consent: Consent };

const claimed = (
  state: State,
  order: Order,
  { participantGuid, requestGuid, account, consent, phonesPerAccount }: Yes,
  now: Instant,
): RefusalOf<typeof ANSWER_REFUSALS> | Decision<Answered> => {
  const late = faultOfConsent(consent, now);
  if (late !== null) return late;
  const { status } = state.need(orderStates.at(order.guid));
  const phone = state.need(phones.at(order.phoneHash ?? ""));
  const alias = openAlias(phone, phone, now);
  const own = { participantGuid, account };
  // Won already: whatever became of the phone since then is not this answer's to change.
  const links = status !== "processing" && alias.holder === null;
  const place = links ? takePlace(state, { ...own, mode: order.mode, hash: phone.hash }, phonesPerAccount) : [];
  if (isRefusal(place)) return place;
  if (links) alias.link(own, "linked", consent);
  return {
    result: { requestGuid, linked: isSameHolder(alias.holder, own) },
    writes: [
      ...place,
      ...(links ? openedBudget(state, { ...own, mode: order.mode }, now) : []),
      ...alias.writes(),
      ...(status === "pending" ? resolve(state, order, alias.holder ?? own, now, participantGuid) : []),
    ],
    events: [],
  };
};

/** Found, at whichever bank has the phone now; or too late, before the clock had noticed. */
const resolve = (
  state: State,
  order: Order,
  holder: Parameters<typeof resolveFound>[2],
  now: Instant,
  answeredBy: string,
) => {
  const over = endOfSearch(state, order, now);
  return over === null ? resolveFound(state, order, holder, now, answeredBy) : resolveRejected(state, order, over, now);
};
