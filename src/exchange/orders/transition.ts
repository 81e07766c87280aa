/** The one place that sets a status: with its money, its history row, its deadline and its events. */
import type { Event, Ref, Routes, State, Write } from "../../engine/index.ts";
import {
  type Amount,
  after,
  type Instant,
  minus,
  type OrderId,
  plus,
  SECOND,
  type TraderId,
  ZERO,
} from "../../kernel/index.ts";
import { availableAccount, type Book } from "../../ledger/index.ts";
import { lineAdded, withNextLine } from "../chat/index.ts";
import { moneyMoved } from "../money-moved.ts";
import type { Settings } from "../settings.ts";
import {
  type Ad,
  accounts,
  ads,
  type Dispute,
  disputes,
  type Order,
  type OrderState,
  openBook,
  orderDeadlines,
  orderHistory,
  orderStates,
  orders,
  type SettlementState,
  type Trader,
  traders,
} from "../tables/index.ts";
import { pairOf, recordNeeds, withCompletion, withDrop } from "../track-records/index.ts";
import { deposited, keepsSlot, struck, withOpenOrder } from "../traders/index.ts";
import { closedCase, type DisputeReason, newCase } from "./cases.ts";
import { buyerShare, settleEscrow } from "./escrow.ts";
import { caseUpdated, orderUpdated } from "./events.ts";
import { historyOf } from "./history.ts";
import type { Money, Move } from "./machine.ts";
import { settlementNeeds } from "./settlement.ts";

/** What every command on an order names besides its terms, which are routed. `ends`: it may settle the escrow. */
export const orderNeeds = (id: OrderId, routes: Routes, ends: boolean): readonly Ref[] => {
  const order = routes.get(orders.at(id));
  if (order === undefined) return [];
  const parties = [order.buyerId, order.sellerId];
  const always = [
    orderStates.at(id),
    disputes.at(id),
    ...settlementNeeds(order),
    ...parties.map((party) => traders.at(party)),
  ];
  if (!ends) return always;
  return [
    ...always,
    ads.at(order.adId),
    ...parties.map((party) => accounts.at(availableAccount(party))),
    ...recordNeeds(order.buyerId, order.sellerId),
  ];
};

/** What an order that ends may change of what others follow. */
export const CHANGED_BY_END = [ads, traders, accounts];

export type Change = {
  readonly move: Move;
  /** Null for the clock. */
  readonly actor: string | null;
  readonly now: Instant;
  readonly details?: DisputeReason | null;
  /** What the buyer gets of a split. */
  readonly split?: Amount | null;
  /** The operator's reason. */
  readonly resolution?: string;
  /** Where its payment over the rail stands now, if that is what moved it. */
  readonly settlement?: SettlementState;
};

export type Transition = {
  readonly state: OrderState;
  readonly buyer: Trader;
  readonly seller: Trader;
  readonly dispute: Dispute | null;
  readonly writes: readonly Write[];
  readonly events: readonly Event[];
};

export const transition = (state: State, settings: Settings, order: Order, change: Change): Transition => {
  const { move, actor, now, details = null } = change;
  const current = state.need(orderStates.at(order.id));
  const buyer = state.need(traders.at(order.buyerId));
  const seller = state.need(traders.at(order.sellerId));
  const stepped = step(current, move, now, settings);
  const { money } = move;
  const end =
    money === "hold" ? staying({ buyer, seller }, order, move) : settle(state, settings, order, money, change);
  const next = withNextLine({ ...stepped, ...end.money }, now);
  const disputed = disputeOf(state, next, change);
  return {
    state: next,
    dispute: disputed.dispute,
    buyer: end.buyer,
    seller: end.seller,
    writes: [
      orderStates.update(next),
      ...disputed.writes,
      orderHistory.append(historyOf(next, move.action, actor, now, details)),
      ...(next.releaseBy !== null && move.to === "paid_by_buyer"
        ? [orderDeadlines.append({ orderId: order.id, dueAt: next.releaseBy })]
        : []),
      ...end.writes,
    ],
    events: [
      orderUpdated(next, { action: move.action, by: move.who, at: now, settlement: change.settlement }),
      lineAdded(next, "system"),
      ...end.events,
      ...(move.to === "disputed" ? [caseUpdated(order.id, "opened")] : []),
      ...(move.from === "disputed" ? [caseUpdated(order.id, "resolved")] : []),
    ],
  };
};

const step = (current: OrderState, { to, outcome }: Move, now: Instant, settings: Settings): OrderState => ({
  ...current,
  status: to,
  outcome,
  completed: outcome === null ? null : to === "completed",
  changes: current.changes + 1,
  ...(to === "paid_by_buyer" ? { paidAt: now, releaseBy: after(now, settings.releaseWindowMs) } : {}),
  ...(to === "disputed" ? { disputedAt: now } : {}),
  ...(to === "completed" ? { completedAt: now } : {}),
  ...(to === "cancelled" ? { cancelledAt: now } : {}),
});

type Parties = { readonly buyer: Trader; readonly seller: Trader };
type Effects = Omit<Transition, "state" | "dispute"> & { readonly money: Partial<OrderState> };

/** The money stays. A dispute is counted for both sides, and frees the slot of a taker who is known. */
const staying = (parties: Parties, order: Order, { to }: Move): Effects => {
  if (to !== "disputed") return { ...parties, writes: [], events: [], money: {} };
  const taker = order.takerId === order.buyerId ? parties.buyer : parties.seller;
  const { buyer, seller } = withDispute(keepsSlot(taker) ? parties : withoutSlot(parties, order), 1);
  return { buyer, seller, writes: [traders.update(buyer), traders.update(seller)], events: [], money: {} };
};

const withDispute = ({ buyer, seller }: Parties, more: 1 | -1): Parties => ({
  buyer: { ...buyer, openDisputes: buyer.openDisputes + more },
  seller: { ...seller, openDisputes: seller.openDisputes + more },
});

/** The order ends: escrow out, slot free, the ad's remainder, both records. */
const settle = (
  state: State,
  settings: Settings,
  order: Order,
  money: Exclude<Money, "hold">,
  change: Change,
): Effects => {
  const book = openBook(state);
  const releasedAmount = buyerShare(order, money, change.split ?? null);
  const settled = settleEscrow(book, order, state.need(orderStates.at(order.id)), releasedAmount);
  const before = { buyer: state.need(traders.at(order.buyerId)), seller: state.need(traders.at(order.sellerId)) };
  const freed = withoutSlot(change.move.from === "disputed" ? withDispute(before, -1) : before, order);
  const { buyer, seller, writes } = recorded(state, freed, order, change, releasedAmount, settings);
  const ad = returned(state.need(ads.at(order.adId)), order, releasedAmount);
  return {
    buyer,
    seller,
    money: settled,
    writes: [...book.writes(change.now), ads.update(ad), ...writes, traders.update(buyer), traders.update(seller)],
    events: walletsUpdated(book, order, releasedAmount),
  };
};

/** The buyer's balance grows by what was released; the seller's escrow ends, whoever got it. */
const walletsUpdated = (
  book: Book,
  { id, buyerId, sellerId, usdtAmount }: Order,
  released: Amount,
): readonly Event[] => {
  const refunded = minus(usdtAmount, released);
  const told = (trader: TraderId, kind: "escrow_release" | "escrow_refund", moved: Amount) =>
    moneyMoved(book, trader, { orderId: id, kind, amount: moved });
  return [
    ...(released > ZERO ? [told(buyerId, "escrow_release", released)] : []),
    refunded > ZERO ? told(sellerId, "escrow_refund", refunded) : told(sellerId, "escrow_release", released),
  ];
};

/** What returns to the seller returns to the ad. */
const returned = (ad: Ad, order: Order, released: Amount): Ad => ({
  ...ad,
  openAmount: minus(ad.openAmount, order.usdtAmount),
  releasedAmount: plus(ad.releasedAmount, released),
});

const withoutSlot = (parties: Parties, order: Order): Parties => {
  const side = order.takerId === order.buyerId ? "buyer" : "seller";
  const slot = order.adType === "sell" ? "openDepositOrder" : "openWithdrawOrder";
  const taker = parties[side];
  return taker[slot] === order.id ? { ...parties, [side]: withOpenOrder(taker, order.adType, null) } : parties;
};

/** A strike for whoever dropped the order, and a mark in the record of who did it by a cancel or a missed payment. */
const withStrike = (parties: Parties, { move, now }: Change): Parties => {
  const side = move.strikes;
  if (side === null) return parties;
  const dropper = move.who === "operator" ? parties[side] : withDrop(parties[side], now);
  return { ...parties, [side]: struck(dropper, now) };
};

/** What the end adds to both records: a deposit for the buyer, a strike for whoever dropped the order. */
const recorded = (
  state: State,
  before: Parties,
  order: Order,
  change: Change,
  released: Amount,
  settings: Settings,
): Parties & { readonly writes: readonly Write[] } => {
  const { move, now } = change;
  const parties = withStrike(before, change);
  if (move.to !== "completed") return { ...parties, writes: [] };
  const { paidAt } = state.need(orderStates.at(order.id));
  const seconds = (from: Instant, to: Instant) => Math.round((to - from) / SECOND);
  const paySeconds = paidAt === null ? null : seconds(order.createdAt, paidAt);
  const releaseSeconds = paidAt === null || move.who !== "seller" ? null : seconds(paidAt, now);
  const pair = pairOf(state, order.buyerId, order.sellerId, now);
  const buyer = withCompletion(state, parties.buyer, pair, { paySeconds, releaseSeconds: null }, now);
  const seller = withCompletion(state, parties.seller, pair, { paySeconds: null, releaseSeconds }, now);
  return {
    buyer: pair.comesBack ? buyer.trader : deposited(buyer.trader, released, settings),
    seller: seller.trader,
    writes: [...buyer.writes, ...seller.writes, ...pair.writes],
  };
};

/** A dispute begins with its status and ends with the order. */
const disputeOf = (
  state: State,
  next: OrderState,
  { actor, now, details, resolution }: Change,
): Pick<Transition, "dispute" | "writes"> => {
  if (next.status === "disputed") {
    const dispute = newCase(next, { kind: "dispute", actor, now, details });
    return { dispute, writes: [disputes.insert(dispute)] };
  }
  const dispute = closedCase(state, next.orderId, now, resolution);
  return { dispute, writes: dispute === null ? [] : [disputes.update(dispute)] };
};
