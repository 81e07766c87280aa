/** The assigned operator ends a dispute: release, refund, or split. The same transition as everybody's. */
import { type Amount, type OrderId, refuse, type TraderId, toNumber } from "../../kernel/index.ts";
import { OPERATOR_REFUSALS, refuseOperator } from "../chat/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import { CHANGED_BY_END, moveOf, type OperatorAction, orderNeeds, transition } from "../orders/index.ts";
import type { Settings } from "../settings.ts";
import { operatorActs, orderStates, orders, traders } from "../tables/index.ts";
import type { ResolvedDocument } from "./views.ts";

export type ResolveDispute = {
  readonly orderId: OrderId;
  readonly operatorId: TraderId;
  readonly outcome: OperatorAction;
  /** Of a split alone. */
  readonly buyerAmount: Amount | null;
  readonly reason: string;
};

export const resolveDispute = (settings: Settings) =>
  defineCommand<ResolveDispute, ResolvedDocument>()({
    name: "resolve-dispute",
    refuses: [...OPERATOR_REFUSALS, "INVALID_ORDER_STATUS", "VALIDATION_ERROR"],
    changes: CHANGED_BY_END,
    route: ({ orderId }) => [orders.at(orderId)],
    needs: ({ orderId, operatorId }, routes) => [traders.at(operatorId), ...orderNeeds(orderId, routes, true)],
    decide(state, { orderId, operatorId, outcome, buyerAmount, reason }, { now }) {
      const order = state.get(orders.at(orderId));
      if (order === undefined) return refuse("ORDER_NOT_FOUND");
      const refusal = refuseOperator(state, order, operatorId);
      if (refusal !== undefined) return refusal;
      const { status } = state.need(orderStates.at(orderId));
      const move = moveOf(status, outcome, "operator");
      if (move === undefined) return refuse("INVALID_ORDER_STATUS", { status });
      if (buyerAmount !== null && buyerAmount >= order.usdtAmount) {
        return invalid({ pointer: "/buyer_amount", message: `must be below the order's amount, ${order.usdtAmount}` });
      }
      const done = transition(state, settings, order, {
        move,
        actor: operatorId,
        now,
        split: buyerAmount,
        resolution: reason,
      });
      const released = done.state.releasedAmount;
      return {
        result: {
          order_id: orderId,
          status: done.state.status,
          outcome: done.state.outcome,
          released_amount: toNumber(released),
          refunded_amount: toNumber((order.usdtAmount - released) as Amount),
        },
        writes: [
          ...done.writes,
          operatorActs.append({
            operatorId,
            orderId,
            act: outcome,
            details: { reason, released: toNumber(released) },
            at: now,
          }),
        ],
        events: done.events,
      };
    },
  });
