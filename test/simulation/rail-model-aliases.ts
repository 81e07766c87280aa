/** Aliases, as the contract has them: the last link wins, and in production a move to another bank waits. */
import { giveBack, openBudget, reserve } from "./rail-model-budgets.ts";
import { endSearch } from "./rail-model-searches.ts";
import type { ChangeAlias } from "./rail-requests.ts";
import {
  type Answer,
  type Holder,
  isSame,
  openSearchOf,
  type Phone,
  phoneOf,
  record,
  tell,
  type World,
} from "./rail-world.ts";

type Change = { readonly linked: boolean; readonly moves_at?: number };

const tellOf = (world: World, hash: string, bank: string, change: Change) =>
  tell(world, `phone ${hash}`, bank, { type: "alias_updated", phone_hash: hash, ...change });

/** The phone goes from its bank to another one. */
const move = (world: World, hash: string, phone: Phone, to: Holder) => {
  const from = phone.holder;
  linkTo(world, hash, to, "moved", null);
  if (from !== null && from.bank !== to.bank) tellOf(world, hash, from.bank, { linked: false });
};

/** Whoever searched for it need not any more. @param answered the bank whose yes it was */
export const linkTo = (
  world: World,
  hash: string,
  holder: Holder,
  act: "linked" | "moved",
  answered: string | null,
) => {
  const phone = phoneOf(world, hash);
  phone.holder = holder;
  phone.held = null;
  record(world, hash, act, holder);
  const search = openSearchOf(world, hash);
  if (search !== undefined) endSearch(world, search, world.now < search.until ? "found" : "over", answered);
};

/** What is answered when the account has as many phones as it may. */
export const isFull = (world: World, account: string, hash: string): Answer | undefined => {
  const kept = placesOf(world, account);
  return kept.includes(hash) || kept.length < world.rules.phonesPerAccount
    ? undefined
    : { code: "INVALID_CREDITOR_ACCOUNT", details: { field: "account" } };
};

export const takePlace = (world: World, account: string, hash: string) => {
  const others = placesOf(world, account).filter((kept) => kept !== hash);
  world.places.set(account, [...others, hash].sort());
  openBudget(world, account);
};

const placesOf = ({ places }: World, account: string): readonly string[] => places.get(account) ?? [];

const leave = ({ places }: World, account: string, hash: string) => {
  const kept = places.get(account);
  if (kept !== undefined)
    places.set(
      account,
      kept.filter((one) => one !== hash),
    );
};

/** Whether the phone leads to an account, or is to. */
export const belongs = (world: World, account: string, hash: string): boolean => {
  const { holder, held } = phoneOf(world, hash);
  return holder?.account === account || held?.account === account;
};

export const leavePlace = (world: World, account: string, hash: string): Answer => {
  if (!belongs(world, account, hash)) leave(world, account, hash);
  return { facts: null };
};

export const link = (world: World, { who, phone: hash, account }: ChangeAlias): Answer => {
  const phone = phoneOf(world, hash);
  const wanted = { bank: who, account };
  const refused = isFull(world, account, hash) ?? reserve(world, { bank: who, payer: account }, "link");
  if (refused !== undefined) return refused;
  takePlace(world, account, hash);
  if (phone.holder === null || phone.holder.bank === who) giveBack(world, { bank: who, payer: account }, "unknown");
  if (phone.holder === null) linkTo(world, hash, wanted, "linked", null);
  else if (phone.holder.bank === who) linkAgain(world, hash, phone, wanted);
  else if (world.rules.holdMs === 0) move(world, hash, phone, wanted);
  else wait(world, hash, phone, wanted);
  return { facts: { linked: isSame(phone.holder, wanted) } };
};

/** Whoever has it objects to whoever waits for it. */
const linkAgain = (world: World, hash: string, phone: Phone, wanted: Holder) => {
  if (phone.held !== null) {
    record(world, hash, "objected", wanted);
    tellOf(world, hash, phone.held.bank, { linked: false });
  }
  phone.held = null;
  if (!isSame(phone.holder, wanted)) linkTo(world, hash, wanted, "linked", null);
};

/** One waits at a time: another bank takes the place, and begins to wait. */
const wait = (world: World, hash: string, phone: Phone, wanted: Holder) => {
  const { held, holder } = phone;
  const again = held?.bank === wanted.bank;
  const until = again ? held.until : world.now + world.rules.holdMs;
  if (held === null || !isSame(held, wanted)) record(world, hash, "held", wanted);
  phone.held = { ...wanted, until };
  if (again) return;
  if (held !== null) tellOf(world, hash, held.bank, { linked: false });
  if (holder !== null) tellOf(world, hash, holder.bank, { linked: true, moves_at: until });
};

export const unlink = (world: World, { who, phone: hash, account }: ChangeAlias): Answer => {
  const phone = phoneOf(world, hash);
  const own = { bank: who, account };
  const { holder, held } = phone;
  const next = held === null ? null : { bank: held.bank, account: held.account };
  if (isSame(holder, own) || isSame(next, own)) leave(world, account, hash);
  if (isSame(holder, own)) {
    phone.holder = null;
    record(world, hash, "unlinked", own);
    if (next === null) return { facts: { linked: false } };
    move(world, hash, phone, next);
    tellOf(world, hash, next.bank, { linked: true });
  } else if (isSame(next, own)) {
    phone.held = null;
    record(world, hash, "withdrawn", own);
    if (holder !== null) tellOf(world, hash, holder.bank, { linked: true });
  }
  return { facts: { linked: false } };
};

export const completeMove = (world: World, hash: string): Answer => {
  const phone = phoneOf(world, hash);
  if (phone.held === null) return { facts: { met: true } };
  const { until, ...to } = phone.held;
  if (world.now < until) return { facts: { met: false } };
  move(world, hash, phone, to);
  tellOf(world, hash, to.bank, { linked: true });
  return { facts: { met: true } };
};
