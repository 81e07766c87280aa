/**
 * The clock's command: an unpaid order ends when its pay window is over, a paid one becomes a dispute when its release
 * window is. Until it has run, the order is in its old status. Submitted twice, or by two nodes, it acts once.
 */
import { type DeadlineResult, MET, NOT_DUE, unchanged } from "../../engine/index.ts";
import { after, type Instant, type OrderId, refuse } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import type { Settings } from "../settings.ts";
import { type Order, orderStates, orders, type Settlement } from "../tables/index.ts";
import { moveOf } from "./machine.ts";
import { settlementOf } from "./settlement.ts";
import { PAYING_GRACE_MS } from "./settlement-machine.ts";
import { CHANGED_BY_END, orderNeeds, transition } from "./transition.ts";

export type MeetDeadline = { readonly orderId: OrderId };

/** A payment that a bank has begun is waited for. */
const endOfPaying = ({ payBy }: Order, settlement: Settlement | null): Instant =>
  settlement?.state === "paying" ? after(payBy, PAYING_GRACE_MS) : payBy;

export const meetDeadline = (settings: Settings) =>
  defineCommand<MeetDeadline, DeadlineResult>()({
    name: "meet-deadline",
    refuses: ["ORDER_NOT_FOUND", "INVALID_ORDER_STATUS"],
    changes: CHANGED_BY_END,
    route: ({ orderId }) => [orders.at(orderId)],
    needs: ({ orderId }, routes) => orderNeeds(orderId, routes, true),
    decide(state, { orderId }, { now }) {
      const order = state.get(orders.at(orderId));
      if (order === undefined) return refuse("ORDER_NOT_FOUND");
      const { status, releaseBy } = state.need(orderStates.at(orderId));
      const due = status === "pending" ? endOfPaying(order, settlementOf(state, order)) : releaseBy;
      const move = moveOf(status, status === "pending" ? "expire" : "escalate", "clock");
      if (move === undefined || due === null) return refuse("INVALID_ORDER_STATUS", { status });
      if (now < due) return unchanged(NOT_DUE);
      const { writes, events } = transition(state, settings, order, { move, actor: null, now });
      return { result: MET, writes, events };
    },
  });
