/** The one place that sets a payment claim: with its money, its debt, its case, its history row and its events. */
import type { Event, Ref, Routes, State, Write } from "../../engine/index.ts";
import { type Amount, type Instant, lesser, minus, type OrderId, ZERO } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { lineAdded, withNextLine } from "../chat/index.ts";
import { event } from "../events.ts";
import { moneyMoved } from "../money-moved.ts";
import type { Settings } from "../settings.ts";
import {
  accounts,
  type Dispute,
  debts,
  disputes,
  type Order,
  type OrderState,
  openBook,
  orderHistory,
  orderStates,
  orders,
  type Role,
  type Trader,
  traders,
} from "../tables/index.ts";
import { indebted, spendable, struck } from "../traders/index.ts";
import { closedCase, newCase } from "./cases.ts";
import type { ClaimMove } from "./claim-machine.ts";
import { type ClaimTransfer, payBuyer } from "./claim-money.ts";
import { caseUpdated, orderUpdated } from "./events.ts";
import { historyOf } from "./history.ts";
import { settlementNeeds } from "./settlement.ts";

/** What every command on a claim names besides its order's terms, which are routed. */
export const claimNeeds = (id: OrderId, routes: Routes): readonly Ref[] => {
  const order = routes.get(orders.at(id));
  if (order === undefined) return [];
  const parties = [order.buyerId, order.sellerId];
  return [
    orderStates.at(id),
    disputes.at(id),
    debts.at(id),
    ...settlementNeeds(order),
    ...parties.map((party) => traders.at(party)),
    ...parties.map((party) => accounts.at(availableAccount(party))),
  ];
};

/** What a claim may change of what others follow. */
export const CHANGED_BY_CLAIM = [traders, accounts];

export type ClaimChange = {
  readonly move: ClaimMove;
  readonly actor: string;
  readonly now: Instant;
  /** What the buyer shall get; nothing where the move has no money. */
  readonly award: Amount;
  /** The operator's reason. */
  readonly resolution?: string;
  readonly comment?: string | null;
  /** It is the banks that say so, and not the buyer. */
  readonly late?: boolean;
};

export type ClaimTransition = {
  readonly state: OrderState;
  readonly buyer: Trader;
  readonly seller: Trader;
  readonly dispute: Dispute;
  /** Moved at once, and left to be paid. */
  readonly paid: Amount;
  readonly owed: Amount;
  readonly writes: readonly Write[];
  readonly events: readonly Event[];
};

/** @param change the move was found to be allowed, and what it settles in whole to be there */
export const claimTransition = (
  state: State,
  settings: Settings,
  order: Order,
  change: ClaimChange,
): ClaimTransition => {
  const { move, actor, now, award, comment = null, late = false } = change;
  const action = late ? "payment-late" : move.action;
  const current = state.need(orderStates.at(order.id));
  const stepped: OrderState = {
    ...current,
    paymentClaim: move.to,
    paymentClaimEndedAt: move.to === "open" ? null : now,
    changes: current.changes + 1,
  };
  const next = withNextLine(stepped, now);
  const { writes, events, ...settled } = settle(state, settings, order, change);
  const details = move.action === "claim" ? { comment } : told(move, award, settled);
  const found = caseOf(state, next, change);
  return {
    ...settled,
    state: next,
    dispute: found.dispute,
    writes: [
      orderStates.update(next),
      found.write,
      orderHistory.append(historyOf(next, action, actor, now, details)),
      ...writes,
    ],
    events: [
      orderUpdated(next, { action, by: late ? "rail" : move.who, at: now, ...(late && { settlement: "late" }) }),
      lineAdded(next, "system"),
      ...events,
      caseUpdated(order.id, move.action === "claim" ? "opened" : "resolved"),
    ],
  };
};

/** A case begins and ends with its claim. */
const caseOf = (
  state: State,
  next: OrderState,
  { move, actor, now, comment = null, resolution }: ClaimChange,
): { readonly dispute: Dispute; readonly write: Write } => {
  if (move.action === "claim") {
    const dispute = newCase(next, { kind: "claim", actor, now, details: comment === null ? null : { comment } });
    return { dispute, write: disputes.insert(dispute) };
  }
  const dispute = closedCase(state, next.orderId, now, resolution);
  if (dispute === null) throw new Error("a claim has no case");
  return { dispute, write: disputes.update(dispute) };
};

type Settled = Omit<ClaimTransition, "state" | "dispute">;

const told = ({ money }: ClaimMove, award: Amount, { paid, owed }: Pick<Settled, "paid" | "owed">): object | null =>
  money === "none" ? null : { amount: Number(award), paid: Number(paid), owed: Number(owed) };

/** As much as is there and not owed to others goes over at once; what is missing is a debt of the seller's. */
const settle = (state: State, settings: Settings, order: Order, { move, now, award }: ClaimChange): Settled => {
  const buyer = state.need(traders.at(order.buyerId));
  const seller = state.need(traders.at(order.sellerId));
  if (move.money === "none") return unpaid({ buyer, seller }, move, now);
  const book = openBook(state);
  const paid = lesser(award, spendable(seller, book.balance(availableAccount(seller.id))));
  const owed = minus(award, paid);
  if (award === ZERO || (owed > ZERO && move.money !== "settle_or_owe")) {
    throw new RangeError(`a claim of ${award} cannot be settled with ${paid}`);
  }
  const kind: ClaimTransfer = move.action === "honour" ? "claim_honoured" : "claim_compensated";
  const richer = paid === ZERO ? buyer : payBuyer(book, order, buyer, { amount: paid, kind }, settings);
  const debtor = owed === ZERO ? seller : indebted(seller, owed);
  return {
    buyer: richer,
    seller: debtor,
    paid,
    owed,
    writes: [...book.writes(now), traders.update(richer), traders.update(debtor), ...debtOf(order, owed, now)],
    events: [
      ...(paid === ZERO
        ? [event("wallet.updated", [buyer.id, seller.id], { order_id: order.id, kind: "debt" })]
        : [buyer.id, seller.id].map((trader) => moneyMoved(book, trader, { orderId: order.id, kind, amount: paid }))),
    ],
  };
};

/** A claim that was none costs what dropping an order does. */
const unpaid = (parties: Pick<Settled, Role>, { strikes }: ClaimMove, now: Instant): Settled => {
  const nothing = { ...parties, paid: ZERO, owed: ZERO, writes: [], events: [] };
  if (strikes === null) return nothing;
  const loser = struck(parties[strikes], now);
  return { ...nothing, [strikes]: loser, writes: [traders.update(loser)] };
};

const debtOf = (order: Order, owed: Amount, now: Instant): readonly Write[] =>
  owed === ZERO
    ? []
    : [
        debts.insert({
          orderId: order.id,
          debtorId: order.sellerId,
          creditorId: order.buyerId,
          amount: owed,
          createdAt: now,
          outstanding: owed,
          paidAt: null,
        }),
      ];
