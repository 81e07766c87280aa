/** Searches for a phone's bank, as the contract has them: one at a time for a phone, whoever asks. */
import { DAY, MINUTE, SECOND } from "../../src/kernel/index.ts";
import { isFull, linkTo, takePlace } from "./rail-model-aliases.ts";
import { isSandbox } from "./rail-model-budgets.ts";
import type { AnswerSearch, EditBank, Seen, SettleAsk } from "./rail-requests.ts";
import { type Answer, isSame, openSearchOf, phoneOf, type Search, tell, type World, waitingFor } from "./rail-world.ts";

export const ACK_MS = 10 * SECOND;

/** Banks of those that a node may ask that are really asked; those in doubt once a minute. */
const choose = (world: World, { candidates, doubtful }: Seen, asked: readonly string[]): readonly string[] => {
  const tried = candidates.filter((bank) => {
    if (asked.includes(bank)) return false;
    const closedUntil = doubtful.includes(bank) ? (world.reach.get(bank)?.closedUntil ?? null) : null;
    return closedUntil === null || closedUntil <= world.now;
  });
  for (const bank of tried) {
    const row = doubtful.includes(bank) ? world.reach.get(bank) : undefined;
    if (row !== undefined && row.closedUntil !== null)
      world.reach.set(bank, { ...row, closedUntil: world.now + MINUTE });
  }
  return tried;
};

type Asking = { readonly who: string; readonly hash: string; readonly guid: string };

/** Today, by a bank. */
const triedBy = ({ trials, now }: World, who: string, hash: string) => {
  const day = Math.floor(now / DAY);
  const known = trials.get(`${who} ${hash}`);
  return known?.day === day ? known : { day, searches: 0 };
};

/** The guid of the search that an order waits for; null: nobody may be asked. */
export const seek = (world: World, { who, hash, guid }: Asking, seen: Seen): string | null => {
  const { now, rules } = world;
  const open = openSearchOf(world, hash);
  if (open !== undefined) {
    const more = choose(world, seen, open.asked);
    open.asked = [...open.asked, ...more];
    open.asking = [...open.asking, ...more];
    open.unheard = [...open.unheard, ...more];
    if (more.length > 0) open.ackUntil = now + ACK_MS;
    ask(world, open, more);
    return open.guid;
  }
  const phone = phoneOf(world, hash);
  const lately = phone.searchedAt.filter((at) => at > now - DAY);
  const tried = triedBy(world, who, hash);
  if ((isSandbox(rules) ? tried.searches : lately.length) >= rules.searchesPerDay) return null;
  const banks = choose(world, seen, []);
  if (banks.length === 0) return null;
  if (isSandbox(rules)) world.trials.set(`${who} ${hash}`, { day: tried.day, searches: tried.searches + 1 });
  else phone.searchedAt = [...lately, now];
  const everybody = { asked: banks, asking: banks, unheard: banks, ackUntil: now + ACK_MS, claimed: [] };
  const search: Search = { guid, phone: hash, until: now + DAY, ...everybody, outcome: null, endedAt: null };
  world.searches.set(guid, search);
  ask(world, search, banks);
  return guid;
};

const ask = (world: World, { guid }: Search, banks: readonly string[]) => {
  for (const bank of banks) tell(world, `search ${guid}`, bank, { type: "link_creditor", request_guid: guid });
};

const cancel = (world: World, { guid }: Search, bank: string) =>
  tell(world, `search ${guid}`, bank, { type: "link_cancelled", request_guid: guid });

/** Banks that still ask their clients hear that they need not. @param winner it knows */
export const endSearch = (
  world: World,
  search: Search,
  outcome: NonNullable<Search["outcome"]>,
  winner: string | null = null,
) => {
  for (const bank of search.asking) if (bank !== winner) cancel(world, search, bank);
  search.asking = [];
  search.unheard = [];
  search.outcome = outcome;
  search.endedAt = world.now;
};

/** No order waits for it any more. */
export const leave = (world: World, guid: string | null) => {
  const search = world.searches.get(guid ?? "");
  if (search !== undefined && search.endedAt === null && waitingFor(world, search) === 0)
    endSearch(world, search, "over");
};

/** A no counts once; the last one ends the search. */
const no = (world: World, search: Search, banks: readonly string[]) => {
  if (!search.asking.some((bank) => banks.includes(bank))) return;
  search.asking = search.asking.filter((bank) => !banks.includes(bank));
  search.unheard = search.unheard.filter((bank) => !banks.includes(bank));
  if (search.asking.length === 0) endSearch(world, search, "refused");
};

/** Links a phone that nobody has, in time or late; the second yes of a bank says nothing new. */
const yes = (world: World, search: Search, who: string, account: string): Answer | undefined => {
  if (search.claimed.includes(who)) return undefined;
  const { holder } = phoneOf(world, search.phone);
  if (holder === null) {
    const full = isFull(world, account, search.phone);
    if (full !== undefined) return full;
    takePlace(world, account, search.phone);
    linkTo(world, search.phone, { bank: who, account }, "linked", who);
  }
  search.claimed = [...search.claimed, who];
  return undefined;
};

export const answer = (world: World, { who, search: guid, account }: AnswerSearch): Answer => {
  const search = world.searches.get(guid);
  if (search === undefined || !search.asked.includes(who)) return { code: "NOT_FOUND" };
  if (account === null) no(world, search, [who]);
  const refused = account === null ? undefined : yes(world, search, who, account);
  if (refused !== undefined) return refused;
  const { holder } = phoneOf(world, search.phone);
  const linked = account === null ? holder?.bank === who : isSame(holder, { bank: who, account });
  return { facts: { requestGuid: guid, linked } };
};

const fail = ({ reach, now }: World, bank: string) => {
  const failures = (reach.get(bank)?.failures ?? 0) + 1;
  reach.set(bank, { failures, closedUntil: failures >= 5 ? now + MINUTE : null });
};

export const settleAsk = (world: World, { who, search: guid, outcome }: SettleAsk): Answer => {
  const search = world.searches.get(guid);
  const done: Answer = { facts: null };
  if (search === undefined || !search.asked.includes(who)) return done;
  if (outcome === "silent" && !search.unheard.includes(who)) return done;
  if (outcome === "asks") search.unheard = search.unheard.filter((bank) => bank !== who);
  else no(world, search, [who]);
  if (outcome === "silent") fail(world, who);
  else if ((world.reach.get(who)?.failures ?? 0) > 0) world.reach.set(who, { failures: 0, closedUntil: null });
  return done;
};

export const meetSearchDeadline = (world: World, guid: string, unheard: readonly string[]): Answer => {
  const search = world.searches.get(guid);
  const met: Answer = { facts: { met: true } };
  if (search === undefined || search.endedAt !== null) return met;
  if (world.now >= search.until) {
    endSearch(world, search, "over");
    return met;
  }
  const silent = search.unheard.filter((bank) => unheard.includes(bank));
  if (world.now < search.ackUntil || silent.length === 0) return { facts: { met: false } };
  for (const bank of silent) fail(world, bank);
  no(world, search, silent);
  return met;
};

/** It is told, because it may be asking its client. */
export const endAsk = (world: World, guid: string, bank: string): Answer => {
  const search = world.searches.get(guid);
  if (search?.asking.includes(bank)) {
    no(world, search, [bank]);
    cancel(world, search, bank);
  }
  return { facts: null };
};

export const editBank = ({ searched, suspended }: World, { bank, changes }: EditBank): Answer => {
  if ("state" in changes) {
    if (changes.state === "suspended") suspended.add(bank);
    else suspended.delete(bank);
  } else if (changes.receiverSearch) searched.add(bank);
  else searched.delete(bank);
  return { facts: { guid: bank } };
};
