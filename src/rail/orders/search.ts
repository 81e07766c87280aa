/**
 * The search for a phone's bank. A phone is one search at a time, whoever asks: the phone's row is its gate, orders join the
 * one that is under way and wait for it. This is the only place that begins, changes and ends one; what its end means for
 * the orders is settled one by one, after it.
 */
import type { Ref, SetRef, State, Write } from "../../engine/index.ts";
import { after, type Instant } from "../../kernel/index.ts";
import { askForReceiver, linkCancelled } from "../callbacks/index.ts";
import { blankPhone } from "../phone-cipher.ts";
import { LIMITS } from "../settings.ts";
import { type Mode, openSearches, phoneChanges, phones, type Search, searches } from "../tables/index.ts";

/** The one that is under way, if there is one. */
export const openSearch = (state: State, hash: string): Search | null =>
  state.all(openSearches.of(phones.at(hash)))[0] ?? null;

export const openSearchNeeds = (hash: string): readonly (Ref | SetRef)[] => [
  phones.at(hash),
  openSearches.of(phones.at(hash)),
];

export type Seeking = {
  readonly mode: Mode;
  readonly hash: string;
  /** Ciphertext. */
  readonly sealed: string;
  /** Of the search, if one begins. */
  readonly requestGuid: string;
  /** For so long a bank may be silent. */
  readonly ackMs: number;
  /** How often a phone may be searched for within a day; null: that is counted elsewhere. */
  readonly mostADay: number | null;
};

/** What an order waits for. */
export type Sought = { readonly requestGuid: string; readonly until: Instant; readonly writes: readonly Write[] };

/**
 * Joins the search for a phone that nobody has linked, or begins one.
 * @param choose picks who is asked, of those that have not been
 * @returns null: there is nobody to ask, or the phone was searched for often enough
 */
export const seek = (state: State, seeking: Seeking, now: Instant, choose: Choose): Sought | null => {
  const search = openSearch(state, seeking.hash);
  if (search !== null) return join(search, seeking, now, choose);
  const phone = state.get(phones.at(seeking.hash));
  const dayAgo = now - LIMITS.searchDayMs;
  const before = (phone?.searchedAt ?? []).filter((at) => at > dayAgo);
  if (seeking.mostADay !== null && before.length >= seeking.mostADay) return null;
  const { banks, writes } = choose([]);
  if (banks.length === 0) return null;
  const begun = beginning(seeking, banks, now);
  const searchedAt = seeking.mostADay === null ? before : [...before, now];
  return {
    requestGuid: begun.requestGuid,
    until: begun.until,
    writes: [
      searches.insert(begun),
      ...banks.map((bank) => askForReceiver(bank, begun.requestGuid)),
      phone === undefined
        ? phones.insert({ ...blankPhone(seeking.hash, seeking.mode, seeking.sealed), searchedAt })
        : phones.update({ ...phone, searchedAt }),
      ...writes,
    ],
  };
};

/** @param asked banks that were asked already */
export type Choose = (asked: readonly string[]) => {
  readonly banks: readonly string[];
  readonly writes: readonly Write[];
};

const beginning = ({ requestGuid, mode, hash, ackMs }: Seeking, banks: readonly string[], now: Instant): Search =>
  withDue({
    requestGuid,
    mode,
    phoneHash: hash,
    startedAt: now,
    until: after(now, LIMITS.searchMs),
    asked: banks,
    asking: banks,
    unheard: banks,
    ackUntil: after(now, ackMs),
    claimed: [],
    waiting: 1,
    outcome: null,
    endedAt: null,
  });

/** Asks those as well that could not be asked when it began, such as the bank that began it. */
const join = (search: Search, { ackMs }: Seeking, now: Instant, choose: Choose): Sought => {
  const { banks, writes } = choose(search.asked);
  const joined: Search = {
    ...search,
    waiting: search.waiting + 1,
    asked: [...search.asked, ...banks],
    asking: [...search.asking, ...banks],
    unheard: [...search.unheard, ...banks],
    ackUntil: banks.length === 0 ? search.ackUntil : after(now, ackMs),
  };
  return {
    requestGuid: search.requestGuid,
    until: search.until,
    writes: [
      searches.update(withDue(joined)),
      ...banks.map((bank) => askForReceiver(bank, search.requestGuid)),
      ...writes,
    ],
  };
};

/** An order does not wait any more. For nobody's sake no client is asked. */
export const leaveSearch = (search: Search, now: Instant): readonly Write[] => {
  if (search.endedAt !== null) return [];
  const waiting = search.waiting - 1;
  return waiting === 0 ? endSearch(search, "over", now) : [searches.update({ ...search, waiting })];
};

/** The bank asks its client. */
export const acknowledged = (search: Search, bank: string): readonly Write[] =>
  search.unheard.includes(bank)
    ? [searches.update(withDue({ ...search, unheard: search.unheard.filter((one) => one !== bank) }))]
    : [];

/** These banks do not have the phone, or do not say. The last no ends the search. */
export const withoutBanks = (search: Search, banks: readonly string[], now: Instant): readonly Write[] => {
  if (!search.asking.some((bank) => banks.includes(bank))) return [];
  const asking = search.asking.filter((bank) => !banks.includes(bank));
  const unheard = search.unheard.filter((bank) => !banks.includes(bank));
  if (asking.length > 0) return [searches.update(withDue({ ...search, asking, unheard }))];
  return [
    ...endSearch({ ...search, asking }, "refused", now),
    phoneChanges.append({ phoneHash: search.phoneHash, at: now }),
  ];
};

/** The phone was linked, by whichever way. @param answeredBy the bank whose yes to this search it was: it knows */
export const endFound = (search: Search, answeredBy: string | null, now: Instant): readonly Write[] =>
  endSearch(search, now < search.until ? "found" : "over", now, answeredBy);

/** Whoever may still be asking its client is told. */
export const endSearch = (
  search: Search,
  outcome: NonNullable<Search["outcome"]>,
  now: Instant,
  except: string | null = null,
): readonly Write[] => [
  searches.update({ ...search, asking: [], unheard: [], waiting: 0, outcome, endedAt: now }),
  ...search.asking.filter((bank) => bank !== except).map((bank) => linkCancelled(bank, search.requestGuid)),
];

/** When the clock has something to do about it. */
const withDue = (search: Omit<Search, "dueAt">): Search => ({
  ...search,
  dueAt: search.unheard.length > 0 && search.ackUntil < search.until ? search.ackUntil : search.until,
});
