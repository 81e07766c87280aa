/**
 * What the banks report of an order's payment over the rail. Nobody else confirms for the seller: the command has no route,
 * and whoever submits it has read the report from the rail's own feed. The status moves where the order waits for just
 * that; where a party was quicker, only the payment's own state does; where the order has ended, the money came late, and a
 * claim begins.
 */
import { type Event, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, type OrderId, refuse, ZERO } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { RAIL_METHOD, type Settings } from "../settings.ts";
import {
  type Order,
  orderStates,
  orders,
  type Settlement,
  type SettlementState,
  settlements,
} from "../tables/index.ts";
import { happenedBeside } from "./beside.ts";
import { CLAIM_MOVES } from "./claim-machine.ts";
import { CHANGED_BY_CLAIM, claimNeeds, claimTransition } from "./claim-transition.ts";
import { type Move, moveOf } from "./machine.ts";
import { settlementNeeds } from "./settlement.ts";
import { nextSettlement, type SettlementAction } from "./settlement-machine.ts";
import { CHANGED_BY_END, orderNeeds, transition } from "./transition.ts";

/** What stands in the history as who did it. No trader has this name: a subject holds no blank. */
export const THE_RAIL = "the rail";

export type SettleOrder = {
  readonly orderId: OrderId;
  readonly action: SettlementAction;
  /** What came with it; the rest stays. */
  readonly facts: Partial<Pick<Settlement, "deeplinksPageUrl" | "qrCode" | "paymentGuid" | "reason">>;
  /** Of `payment-returned`. */
  readonly returned?: Returned | null;
};

/** @property amount minor units of the fiat currency @property whole nothing of the payment is left with the seller */
export type Returned = { readonly amount: number; readonly whole: boolean };

export type SettledOrder = { readonly state: SettlementState };

export const settleOrder = (settings: Settings) =>
  defineCommand<SettleOrder, SettledOrder>()({
    name: "settle-order",
    refuses: ["ORDER_NOT_FOUND"],
    changes: [...CHANGED_BY_END, ...CHANGED_BY_CLAIM],
    route: ({ orderId }) => [orders.at(orderId)],
    needs({ orderId }, routes) {
      const order = routes.get(orders.at(orderId));
      if (order?.paymentMethod !== RAIL_METHOD) return [];
      return [...orderNeeds(orderId, routes, true), ...claimNeeds(orderId, routes), ...settlementNeeds(order)];
    },
    decide(state, { orderId, action, facts, returned = null }, { now }) {
      const order = state.get(orders.at(orderId));
      if (order?.paymentMethod !== RAIL_METHOD) return refuse("ORDER_NOT_FOUND");
      const before = state.need(settlements.at(orderId));
      const { status } = state.need(orderStates.at(orderId));
      const next = nextSettlement(before.state, action, status);
      if (next === null) return unchanged({ state: before.state });
      const row: Settlement = { ...before, reason: null, ...facts, state: next };
      const { writes, events } = following(state, settings, { order, action, settlement: next, returned, now });
      return { result: { state: next }, writes: [settlements.update(row), ...writes], events };
    },
  });

type Report = {
  readonly order: Order;
  readonly action: SettlementAction;
  readonly settlement: SettlementState;
  readonly returned: Returned | null;
  readonly now: Instant;
};
type Following = { readonly writes: readonly Write[]; readonly events: readonly Event[] };

/** What a report means for the order itself. */
const following = (state: State, settings: Settings, report: Report): Following => {
  const { order, action, settlement, now } = report;
  const current = state.need(orderStates.at(order.id));
  if (action === "payment-returned") return gaveBack(state, settings, report);
  if (settlement === "late") return claimed(state, settings, report);
  const move = moveBy(action, current.status);
  if (move === undefined) return told(state, report, action === "payment-confirmed" ? "payment-arrived" : action);
  return transition(state, settings, order, { move, actor: THE_RAIL, now, settlement });
};

const moveBy = (action: SettlementAction, status: Parameters<typeof moveOf>[0]): Move | undefined =>
  action === "payment-announced" || action === "payment-confirmed" ? moveOf(status, action, "rail") : undefined;

/** The status stays; the parties are told, and the chat says it. */
const told = (state: State, { order, settlement, returned, now }: Report, said: string): Following =>
  happenedBeside(state.need(orderStates.at(order.id)), {
    action: said,
    by: "rail",
    actor: THE_RAIL,
    at: now,
    settlement,
    ...(returned !== null && { details: returned }),
  });

/** It moves no escrow. Where all of a late payment went back, nobody is owed anything, and the claim to it is over. */
const gaveBack = (state: State, settings: Settings, report: Report): Following => {
  const { order, settlement, returned, now } = report;
  const { paymentClaim } = state.need(orderStates.at(order.id));
  if (settlement !== "late" || paymentClaim !== "open" || returned?.whole !== true)
    return told(state, report, "payment-returned");
  const move = CLAIM_MOVES["payment-returned"];
  return claimTransition(state, settings, order, { move, actor: THE_RAIL, now, award: ZERO, details: returned });
};

/** The banks' word opens the claim that its buyer could; where a case was, or one is, that one has it. */
const claimed = (state: State, settings: Settings, report: Report): Following => {
  const { order, now } = report;
  const { paymentClaim, disputedAt } = state.need(orderStates.at(order.id));
  if (paymentClaim !== null || disputedAt !== null) return told(state, report, "payment-late");
  const move = CLAIM_MOVES.claim;
  return claimTransition(state, settings, order, { move, actor: THE_RAIL, now, award: ZERO, late: true });
};
