/** The assigned operator ends a payment claim: the buyer is compensated, or the claim is dismissed. */
import { type Amount, type OrderId, refuse, type TraderId, toNumber, ZERO } from "../../kernel/index.ts";
import { OPERATOR_REFUSALS, refuseOperator } from "../chat/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import {
  CHANGED_BY_CLAIM,
  CLAIM_MOVES,
  CLAIM_REFUSALS,
  type ClaimDecision,
  claimNeeds,
  claimTransition,
  refuseClaimMove,
} from "../orders/index.ts";
import type { Settings } from "../settings.ts";
import { operatorActs, orderStates, orders, traders } from "../tables/index.ts";
import type { ResolvedDocument } from "./views.ts";

export type DecideClaim = {
  readonly orderId: OrderId;
  readonly operatorId: TraderId;
  readonly outcome: ClaimDecision;
  /** Of a compensation alone. */
  readonly amount: Amount | null;
  readonly reason: string;
};

export const decideClaim = (settings: Settings) =>
  defineCommand<DecideClaim, ResolvedDocument>()({
    name: "decide-claim",
    refuses: [...OPERATOR_REFUSALS, ...CLAIM_REFUSALS, "VALIDATION_ERROR"],
    changes: CHANGED_BY_CLAIM,
    route: ({ orderId }) => [orders.at(orderId)],
    needs: ({ orderId, operatorId }, routes) => [traders.at(operatorId), ...claimNeeds(orderId, routes)],
    decide(state, { orderId, operatorId, outcome, amount, reason }, { now }) {
      const order = state.get(orders.at(orderId));
      if (order === undefined) return refuse("ORDER_NOT_FOUND");
      const move = CLAIM_MOVES[outcome];
      const refusal =
        refuseOperator(state, order, operatorId) ?? refuseClaimMove(state.need(orderStates.at(orderId)), move, now);
      if (refusal !== undefined) return refusal;
      if (amount !== null && amount > order.usdtAmount) {
        return invalid({ pointer: "/amount", message: `must be at most the order's amount, ${order.usdtAmount}` });
      }
      const award = amount ?? ZERO;
      const done = claimTransition(state, settings, order, { move, actor: operatorId, now, award, resolution: reason });
      const { paid, owed } = { paid: toNumber(done.paid), owed: toNumber(done.owed) };
      return {
        result: {
          order_id: orderId,
          status: done.state.status,
          outcome: done.state.outcome,
          claim: done.state.paymentClaim,
          released_amount: 0,
          refunded_amount: toNumber(order.usdtAmount),
          compensated_amount: paid,
          owed_amount: owed,
        },
        writes: [
          ...done.writes,
          operatorActs.append({ operatorId, orderId, act: outcome, details: { reason, paid, owed }, at: now }),
        ],
        events: done.events,
      };
    },
  });
