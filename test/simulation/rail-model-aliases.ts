/** Aliases, as the contract has them: the last link wins, and in production a move to another bank waits. */
import { giveBack, openBudget, reserve } from "./rail-model-budgets.ts";
import { endSearch } from "./rail-model-searches.ts";
import { type ChangeAlias, type DecideMove, guidOf, type ObjectToMove } from "./rail-requests.ts";
import {
  type Answer,
  type Holder,
  isSame,
  type Move,
  openSearchOf,
  type Phone,
  phoneOf,
  record,
  tell,
  type World,
  waitingMove,
} from "./rail-world.ts";

type Change = { readonly linked: boolean; readonly moves_at?: number; readonly move?: string };

const tellOf = (world: World, hash: string, bank: string, change: Change) =>
  tell(world, `phone ${hash}`, bank, { type: "alias_updated", phone_hash: hash, ...change });

/** The phone goes from its bank to another one. */
const move = (world: World, hash: string, phone: Phone, to: Holder) => {
  const from = phone.holder;
  linkTo(world, hash, to, "moved", null);
  if (from !== null && from.bank !== to.bank) tellOf(world, hash, from.bank, { linked: false });
};

/** Nobody waits for the phone any more. */
const endMove = (world: World, phone: Phone, how: string) => {
  if (phone.held !== null) world.moved.set(phone.held.guid, how);
  phone.held = null;
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
  endMove(world, phone, phone.held?.bank === holder.bank ? "completed" : "replaced");
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

export const link = (world: World, { who, number, phone: hash, account }: ChangeAlias): Answer => {
  const phone = phoneOf(world, hash);
  const wanted = { bank: who, account };
  const refused = isFull(world, account, hash) ?? reserve(world, { bank: who, payer: account }, "link");
  if (refused !== undefined) return refused;
  takePlace(world, account, hash);
  if (phone.holder === null || phone.holder.bank === who) giveBack(world, { bank: who, payer: account }, "unknown");
  if (phone.holder === null) linkTo(world, hash, wanted, "linked", null);
  else if (phone.holder.bank === who) linkAgain(world, hash, phone, wanted);
  else if (world.rules.holdMs === 0) move(world, hash, phone, wanted);
  else wait(world, hash, phone, wanted, guidOf(world.rules.run, "move", number));
  return { facts: { linked: isSame(phone.holder, wanted) } };
};

/** Whoever has it objects to whoever waits for it. */
const linkAgain = (world: World, hash: string, phone: Phone, wanted: Holder) => {
  if (phone.held !== null) {
    record(world, hash, "objected", wanted);
    tellOf(world, hash, phone.held.bank, { linked: false });
  }
  endMove(world, phone, "objected");
  if (!isSame(phone.holder, wanted)) linkTo(world, hash, wanted, "linked", null);
};

/** One waits at a time: another bank takes the place, and begins to wait. */
const wait = (world: World, hash: string, phone: Phone, wanted: Holder, guid: string) => {
  const { held, holder } = phone;
  if (held === null || !isSame(held, wanted)) record(world, hash, "held", wanted);
  if (held?.bank === wanted.bank) {
    phone.held = { ...held, account: wanted.account };
    return;
  }
  endMove(world, phone, "replaced");
  const until = world.now + world.rules.holdMs;
  phone.held = { ...wanted, guid, until, heard: false };
  if (held !== null) tellOf(world, hash, held.bank, { linked: false });
  if (holder !== null) tellOf(world, hash, holder.bank, { linked: true, moves_at: until, move: guid });
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
    endMove(world, phone, "withdrawn");
    record(world, hash, "withdrawn", own);
    if (holder !== null) tellOf(world, hash, holder.bank, { linked: true });
  }
  return { facts: { linked: false } };
};

/** Whoever has it objects, to whoever waits. */
export const object = (world: World, { who, phone: hash }: ObjectToMove): Answer => {
  const phone = phoneOf(world, hash);
  const { holder, held } = phone;
  if (holder?.bank !== who || held === null) return { code: "NOT_FOUND" };
  endMove(world, phone, "objected");
  record(world, hash, "objected", holder);
  tellOf(world, hash, held.bank, { linked: false });
  return { facts: { guid: held.guid } };
};

const complete = (world: World, hash: string, { bank, account }: Holder) => {
  move(world, hash, phoneOf(world, hash), { bank, account });
  tellOf(world, hash, bank, { linked: true });
};

/** By the clock: only where the present bank had heard of it. */
/** Whether the clock may complete it: the present bank has heard of it, and neither of the two is suspended. */
export const isBetweenBanks = (world: World, hash: string, { heard, bank }: Move): boolean =>
  heard && ![bank, phoneOf(world, hash).holder?.bank ?? ""].some((one) => world.suspended.has(one));

export const completeMove = (world: World, guid: string): Answer => {
  const [hash, held] = waitingMove(world, guid) ?? [];
  if (hash === undefined || held === undefined) return { facts: { met: true } };
  if (world.now < held.until || !isBetweenBanks(world, hash, held)) return { facts: { met: false } };
  complete(world, hash, held);
  return { facts: { met: true } };
};

export const hearNotice = (world: World, guid: string): Answer => {
  const [, held] = waitingMove(world, guid) ?? [];
  if (held !== undefined && world.now < held.until) held.heard = true;
  return { facts: null };
};

export const decideMove = (world: World, { move: guid, decision }: DecideMove): Answer => {
  const [hash, held] = waitingMove(world, guid) ?? [];
  if (hash === undefined || held === undefined)
    return { code: world.moved.has(guid) ? "ALIAS_MOVE_NOT_YOURS" : "ALIAS_MOVE_NOT_FOUND" };
  if (world.now < held.until || isBetweenBanks(world, hash, held)) return { code: "ALIAS_MOVE_NOT_YOURS" };
  if (decision === "complete") complete(world, hash, held);
  else {
    const phone = phoneOf(world, hash);
    endMove(world, phone, "refused");
    record(world, hash, "refused", held);
    tellOf(world, hash, held.bank, { linked: false });
    if (phone.holder !== null) tellOf(world, hash, phone.holder.bank, { linked: true });
  }
  return { facts: { guid } };
};
