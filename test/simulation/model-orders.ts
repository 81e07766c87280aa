/** Orders, as the contract has them: its order of checks, its table of moves. */
import { DAY, MINUTE } from "../../src/kernel/index.ts";
import type { Act, CreateOrder, Lift, MeetDeadline, Status } from "./requests.ts";
import {
  type Ad,
  type Answer,
  activeAd,
  deposit,
  freeOf,
  isOffered,
  isOpen,
  isStopped,
  isStruckOut,
  type Order,
  type Person,
  personOf,
  remainingOf,
  sellingRule,
  type World,
} from "./world.ts";

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const shown = (order: Order, who: string): Answer => {
  const side = order.ad.type === "sell" ? "deposit" : "withdraw";
  return {
    facts: {
      status: order.status,
      outcome: order.outcome,
      claim: order.claim,
      role: who === order.buyer ? "buyer" : "seller",
      side: who === order.taker ? side : null,
      usdt_amount: order.amount,
      fiat_amount: order.sum,
      released_amount: order.released,
      payment_details: order.details,
      pay_by: time(order.payBy),
      release_by: time(order.releaseBy),
    },
  };
};

/** What the ad itself has against the order. */
const refusedByAd = (
  world: World,
  ad: Ad,
  { who, method, version }: CreateOrder,
  amount: number,
): string | undefined => {
  const remaining = remainingOf(world, ad);
  if (ad.status !== "active" || remaining < ad.terms.min) return "AD_NOT_ACTIVE";
  if (version !== undefined && version !== ad.version) return "VERSION_MISMATCH";
  if (who === ad.maker) return "OWN_AD";
  if (!ad.terms.methods.includes(method)) return "INVALID_PAYMENT_METHOD";
  if (amount < ad.terms.min) return "AMOUNT_TOO_LOW";
  if (amount > ad.terms.max) return "AMOUNT_TOO_HIGH";
  return amount > remaining ? "AMOUNT_EXCEEDS_AVAILABLE" : undefined;
};

/** Where the seller is paid. */
const detailsFor = (world: World, ad: Ad, { who, method, details }: CreateOrder): string | null => {
  if (ad.type === "sell") return ad.terms.details;
  const ownAd = activeAd(world, who, "sell");
  return details ?? (ownAd?.terms.methods.includes(method) ? ownAd.terms.details : null);
};

/** What the people have against it. */
const refusedByPeople = (world: World, ad: Ad, who: string, amount: number, seller: string): string | undefined => {
  const busy = world.orders.some(
    (order) => order.taker === who && order.ad.type === ad.type && isOpen(order) && order.holdsSlot,
  );
  if (busy) return ad.type === "sell" ? "ACTIVE_DEPOSIT_ORDER_EXISTS" : "ACTIVE_WITHDRAW_ORDER_EXISTS";
  const rule = sellingRule(world, personOf(world, seller));
  if (rule !== undefined && seller === who) return rule;
  if (freeOf(world, seller) < amount) return "SELLER_INSUFFICIENT_BALANCE";
  return isOffered(world, ad) ? undefined : "AD_NOT_ACTIVE";
};

/** A sum is paid as it was named, for an amount that is rounded down; an amount for a sum that is rounded half-up. */
const boughtWith = ({ amount, inFiat }: CreateOrder, rate: number) =>
  inFiat
    ? { amount: Math.floor((amount * 100) / rate), sum: amount }
    : { amount, sum: Math.floor((amount * rate + 50) / 100) };

export const create = (world: World, request: CreateOrder): Answer => {
  const { who } = request;
  if (!request.inFiat && request.amount < world.rules.minOrder) return { code: "VALIDATION_ERROR" };
  if (isStruckOut(world, personOf(world, who))) return { code: "RATE_LIMITED" };
  if (isStopped(world, who)) return { code: "TRADER_SUSPENDED" };
  const ad = world.ads[request.ad];
  if (ad === undefined) return { code: "AD_NOT_FOUND" };
  const { amount, sum } = boughtWith(request, ad.terms.rate);
  const adsCode = refusedByAd(world, ad, request, amount);
  if (adsCode !== undefined) return { code: adsCode };
  if (amount < world.rules.minOrder) return { code: "VALIDATION_ERROR" };
  const details = detailsFor(world, ad, request);
  if (details === null) return { code: "PAYMENT_DETAILS_REQUIRED" };
  const [seller, buyer] = ad.type === "sell" ? [ad.maker, who] : [who, ad.maker];
  const code = refusedByPeople(world, ad, who, amount, seller);
  if (code !== undefined) return { code };

  const { windowMinutes } = ad.terms;
  const payBy = world.now + (windowMinutes === null ? world.rules.payWindowMs : windowMinutes * MINUTE);
  const parties = { taker: who, buyer, seller };
  const start = {
    ...{
      status: "pending" as const,
      outcome: null,
      released: 0,
      releaseBy: null,
      completedAt: null,
      cancelledAt: null,
    },
    ...{ wasReturn: false, wasDisputed: false, holdsSlot: true, operator: null, claim: null, owed: 0 },
  };
  const order: Order = { handle: world.orders.length, ad, ...parties, amount, sum, payBy, details, ...start };
  world.orders.push(order);
  personOf(world, seller).available -= amount;
  return shown(order, who);
};

export type Move = readonly [from: Status, action: string, who: string, to: Status, outcome: string | null];

const MOVES: readonly Move[] = [
  ["pending", "confirm-paid", "buyer", "paid_by_buyer", null],
  ["pending", "cancel", "buyer", "cancelled", "cancelled_by_buyer"],
  ["pending", "cancel", "seller", "cancelled", "cancelled_by_seller"],
  ["pending", "deadline", "clock", "cancelled", "payment_expired"],
  ["paid_by_buyer", "confirm-received", "seller", "completed", "released"],
  ["paid_by_buyer", "call-operator", "buyer", "disputed", null],
  ["paid_by_buyer", "call-operator", "seller", "disputed", null],
  ["paid_by_buyer", "deadline", "clock", "disputed", null],
  ["disputed", "confirm-received", "seller", "completed", "dispute_released"],
  ["disputed", "cancel", "buyer", "cancelled", "dispute_refunded"],
];

const moveOf = (order: Order, action: string, who: string): Move | undefined =>
  MOVES.find(([from, does, by]) => from === order.status && does === action && by === who);

/** `culprit`: who dropped it or lost it. `released`: what the buyer gets of an order that completes. */
type Ending = { readonly culprit: string | null; readonly released: number };

const usualEnding = (order: Order, [, , , , outcome]: Move): Ending => {
  const side = CULPRITS[outcome ?? ""];
  return { culprit: side === undefined ? null : order[side], released: order.amount };
};

export const make = (world: World, order: Order, move: Move, ending = usualEnding(order, move)) => {
  const [, , , to, outcome] = move;
  if (to === "disputed") dispute(world, order);
  order.status = to;
  order.outcome = outcome;
  if (to === "paid_by_buyer") order.releaseBy = world.now + world.rules.releaseWindowMs;
  if (to === "cancelled") order.cancelledAt = world.now;
  if (isOpen(order)) return;
  if (ending.culprit !== null) strike(world, personOf(world, ending.culprit));
  if (to === "completed") complete(world, order, ending.released);
  personOf(world, order.seller).available += order.amount - order.released;
};

/** Completed orders with which a taker may go on while one is disputed. */
const TRUSTED = 3;

/** A newcomer, and whoever has another dispute open, has no second order of the kind until this one ends. */
const dispute = (world: World, order: Order) => {
  const others = world.orders.some(
    ({ status, buyer, seller }) => status === "disputed" && (buyer === order.taker || seller === order.taker),
  );
  order.wasDisputed = true;
  order.holdsSlot = others || personOf(world, order.taker).completed < TRUSTED;
};

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** Who traded the other way round within it only sends money back. */
const RETURN_MS = 30 * DAY;

const complete = (world: World, order: Order, released: number) => {
  const [buyer, seller] = [personOf(world, order.buyer), personOf(world, order.seller)];
  const earlier = world.orders.filter(
    (other) =>
      other.completedAt !== null &&
      [other.buyer, other.seller].sort().join() === [order.buyer, order.seller].sort().join(),
  );
  const goesBack = earlier.some(
    (other) => other.buyer === order.seller && world.now - (other.completedAt ?? 0) <= RETURN_MS,
  );
  if (!earlier.some((other) => dayOf(other.completedAt ?? 0) === dayOf(world.now))) {
    buyer.completed++;
    seller.completed++;
  }
  order.completedAt = world.now;
  order.wasReturn = goesBack;
  order.released = released;
  order.ad.released += released;
  buyer.available += released;
  if (!goesBack) deposit(world, buyer, released);
};

/** Who dropped an order that ended like this. */
const CULPRITS: Readonly<Record<string, "buyer" | "seller">> = {
  cancelled_by_buyer: "buyer",
  payment_expired: "buyer",
  dispute_refunded: "buyer",
  cancelled_by_seller: "seller",
};

export const strike = (world: World, person: Person) => {
  person.strikes.push(world.now);
  if (isStruckOut(world, person)) person.hidden = true;
};

/** The clock lifts what is over. */
export const lift = (world: World, { user }: Lift): Answer => {
  const person = personOf(world, user);
  if (!isStruckOut(world, person)) person.hidden = false;
  return { facts: { met: !person.hidden } };
};

export const act = (world: World, { who, action, order: handle, expected }: Act): Answer => {
  const order = world.orders[handle];
  if (order === undefined || (who !== order.buyer && who !== order.seller)) return { code: "ORDER_NOT_FOUND" };
  const role = who === order.buyer ? "buyer" : "seller";
  if (!MOVES.some(([, does, by]) => does === action && by === role)) return { code: "FORBIDDEN" };
  const move = moveOf(order, action, role);
  if (move === undefined || (expected ?? order.status) !== order.status) return { code: "INVALID_ORDER_STATUS" };
  make(world, order, move);
  return shown(order, who);
};

export const meetDeadline = (world: World, { order: handle }: MeetDeadline): Answer => {
  const order = world.orders[handle];
  if (order === undefined) return { code: "ORDER_NOT_FOUND" };
  const due = order.status === "pending" ? order.payBy : order.releaseBy;
  const move = moveOf(order, "deadline", "clock");
  if (move === undefined || due === null) return { code: "INVALID_ORDER_STATUS" };
  if (world.now < due) return { facts: { met: false } };
  make(world, order, move);
  return { facts: { met: true } };
};
