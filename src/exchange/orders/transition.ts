/** The one place that sets a status: with its money, its history row, its deadline and its events. */
import type { Event, Ref, Routes, State, Write } from "../../engine/index.ts";
import { type Amount, after, type Instant, minus, type OrderId, plus } from "../../kernel/index.ts";
import { availableAccount, escrowAccount } from "../../ledger/index.ts";
import { relist, relistNeeds } from "../listings/index.ts";
import type { Settings } from "../settings.ts";
import {
  type Ad,
  accounts,
  ads,
  type Order,
  type OrderState,
  openBook,
  orderDeadlines,
  orderHistory,
  orderSides,
  orderStates,
  orders,
  type Trader,
  traders,
} from "../tables.ts";
import { deposited, struck, withOpenOrder } from "../traders/index.ts";
import { settleEscrow } from "./escrow.ts";
import { orderUpdated, walletUpdated } from "./events.ts";
import { historyOf } from "./history.ts";
import { type Money, type Move, OCCUPYING } from "./machine.ts";

/** What every command on an order names besides its terms, which are routed. `ends`: it may settle the escrow. */
export const orderNeeds = (id: OrderId, routes: Routes, ends: boolean): readonly Ref[] => {
  const order = routes.get(orders.at(id));
  if (order === undefined) return [];
  const parties = [order.buyerId, order.sellerId];
  const always = [orderStates.at(id), ...parties.map((party) => traders.at(party))];
  if (!ends) return always;
  return [
    ...always,
    ads.at(order.adId),
    accounts.at(escrowAccount(id)),
    ...parties.flatMap((party) => relistNeeds(party)),
    ...parties.map((party) => orderSides.at(party, id)),
  ];
};

export type Change = {
  readonly move: Move;
  /** Null for the clock. */
  readonly actor: string | null;
  readonly now: Instant;
  readonly details?: object | null;
};

export type Transition = {
  readonly state: OrderState;
  readonly buyer: Trader;
  readonly seller: Trader;
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
    money === "hold" ? staying({ buyer, seller }, order, stepped) : settle(state, settings, order, money, change);
  const next = { ...stepped, releasedAmount: end.releasedAmount };
  return {
    state: next,
    buyer: end.buyer,
    seller: end.seller,
    writes: [
      orderStates.update(next),
      orderHistory.append(historyOf(next, move.action, actor, now, details)),
      ...(next.releaseBy !== null && move.action === "confirm-paid"
        ? [orderDeadlines.append({ orderId: order.id, dueAt: next.releaseBy })]
        : []),
      ...end.writes,
    ],
    events: [orderUpdated(next), ...end.events],
  };
};

const step = (current: OrderState, { to, outcome }: Move, now: Instant, settings: Settings): OrderState => ({
  ...current,
  status: to,
  outcome,
  changes: current.changes + 1,
  ...(to === "paid_by_buyer" ? { paidAt: now, releaseBy: after(now, settings.releaseWindowMs) } : {}),
  ...(to === "disputed" ? { disputedAt: now } : {}),
  ...(to === "completed" ? { completedAt: now } : {}),
  ...(to === "cancelled" ? { cancelledAt: now } : {}),
});

type Parties = { readonly buyer: Trader; readonly seller: Trader };
type Effects = Omit<Transition, "state"> & { readonly releasedAmount: Amount };

/** The money stays; a dispute frees the taker's slot. */
const staying = (parties: Parties, order: Order, next: OrderState): Effects => {
  const freed = OCCUPYING.has(next.status) ? parties : withoutSlot(parties, order);
  const writes = [
    ...(freed.buyer === parties.buyer ? [] : [traders.update(freed.buyer)]),
    ...(freed.seller === parties.seller ? [] : [traders.update(freed.seller)]),
  ];
  return { ...freed, writes, events: [], releasedAmount: next.releasedAmount };
};

/** The order ends: escrow out, slot free, the ad's remainder, both records, both listings. */
const settle = (
  state: State,
  settings: Settings,
  order: Order,
  money: Exclude<Money, "hold">,
  change: Change,
): Effects => {
  const book = openBook(state);
  const releasedAmount = settleEscrow(book, order, money);
  const before = { buyer: state.need(traders.at(order.buyerId)), seller: state.need(traders.at(order.sellerId)) };
  const { buyer, seller } = recorded(withoutSlot(before, order), order, change, releasedAmount, settings);
  const ad = returned(state.need(ads.at(order.adId)), order, releasedAmount);
  const phase = change.move.to === "completed" ? "completed" : "cancelled";
  return {
    buyer,
    seller,
    releasedAmount,
    writes: [
      ...book.writes(change.now),
      ads.update(ad),
      ...[buyer, seller].flatMap((trader) => [
        traders.update(trader),
        orderSides.update({ ...state.need(orderSides.at(trader.id, order.id)), phase }),
        ...relist(state, settings, {
          trader,
          balance: book.balance(availableAccount(trader.id)),
          ad: ownAd(ad, trader),
        }),
      ]),
    ],
    events: [walletUpdated(money === "to_buyer" ? buyer.id : seller.id, order.id)],
  };
};

const ownAd = (ad: Ad, trader: Trader): Ad | undefined => (ad.makerId === trader.id ? ad : undefined);

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

/** What the end adds to both records: a deposit for the buyer, a strike for a taker who dropped out. */
const recorded = (
  parties: Parties,
  order: Order,
  { move, now }: Change,
  released: Amount,
  settings: Settings,
): Parties => {
  if (move.to === "completed") {
    return {
      buyer: deposited(finished(parties.buyer), released, settings),
      seller: finished(parties.seller),
    };
  }
  const takerSide = order.takerId === order.buyerId ? "buyer" : "seller";
  const dropped =
    move.outcome === `cancelled_by_${takerSide}` || (move.outcome === "payment_expired" && takerSide === "buyer");
  return dropped ? { ...parties, [takerSide]: struck(parties[takerSide], now) } : parties;
};

const finished = (trader: Trader): Trader => ({ ...trader, ordersCount: trader.ordersCount + 1 });
