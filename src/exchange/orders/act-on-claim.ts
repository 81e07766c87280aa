/** What the parties do about an order that was cancelled and is said to have been paid: the buyer claims, the seller honours. */
import type { State } from "../../engine/index.ts";
import { type OrderId, type RefusalOf, refuse, type TraderId, toNumber, ZERO } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import type { Settings } from "../settings.ts";
import { accounts, type Order, orderStates, orders, roleOf, traders } from "../tables/index.ts";
import { refuseToSell, SELLING_REFUSALS, spendable } from "../traders/index.ts";
import { CLAIM_MOVES, CLAIM_REFUSALS, type PartyClaimAction, refuseClaimMove } from "./claim-machine.ts";
import { CHANGED_BY_CLAIM, claimNeeds, claimTransition } from "./claim-transition.ts";
import { settlementOf } from "./settlement.ts";
import { type OrderDocument, orderDocument } from "./views.ts";

export type ActOnClaim = {
  readonly orderId: OrderId;
  readonly callerId: TraderId;
  /** What the caller believes the order's status to be. */
  readonly expectedStatus?: string | undefined;
  readonly comment?: string | null;
};

/** What `refuseToPay` says no with. */
const PAYING_REFUSALS = [...SELLING_REFUSALS, "SELLER_INSUFFICIENT_BALANCE"] as const;

export const actOnClaim = (settings: Settings, action: PartyClaimAction) => {
  const move = CLAIM_MOVES[action];
  const pays = move.money !== "none";
  return defineCommand<ActOnClaim, OrderDocument>()({
    name: action,
    refuses: ["ORDER_NOT_FOUND", "FORBIDDEN", ...CLAIM_REFUSALS, ...(pays ? PAYING_REFUSALS : [])],
    changes: pays ? CHANGED_BY_CLAIM : [],
    route: ({ orderId }) => [orders.at(orderId)],
    needs({ orderId, callerId }, routes) {
      const order = routes.get(orders.at(orderId));
      // A stranger locks nothing of the parties'.
      const party = order !== undefined && roleOf(order, callerId) !== null;
      return [traders.at(callerId), ...(party ? claimNeeds(orderId, routes) : [])];
    },
    decide(state, { orderId, callerId, expectedStatus, comment = null }, { now }) {
      const order = state.get(orders.at(orderId));
      const role = order === undefined ? null : roleOf(order, callerId);
      if (order === undefined || role === null) return refuse("ORDER_NOT_FOUND");
      if (move.who !== role) return refuse("FORBIDDEN");
      const current = state.need(orderStates.at(orderId));
      const { status } = current;
      if (expectedStatus !== undefined && expectedStatus !== status) return refuse("INVALID_ORDER_STATUS", { status });
      const refusal = refuseClaimMove(current, move, now) ?? (pays ? refuseToPay(state, order, settings) : undefined);
      if (refusal !== undefined) return refusal;
      const award = pays ? order.usdtAmount : ZERO;
      const done = claimTransition(state, settings, order, { move, actor: callerId, now, award, comment });
      return {
        result: orderDocument(
          {
            order,
            state: done.state,
            role,
            buyer: done.buyer,
            seller: done.seller,
            settlement: settlementOf(state, order),
          },
          now,
        ),
        writes: done.writes,
        events: done.events,
      };
    },
  });
};

/**
 * Who honours gives away a balance as a seller does, so the rules of selling bind here too, or a bonus could be cashed out
 * through an order that fell through. What is left then is the operator's to decide.
 */
const refuseToPay = (
  state: State,
  { sellerId, usdtAmount }: Order,
  settings: Settings,
): RefusalOf<typeof PAYING_REFUSALS> | undefined => {
  const seller = state.need(traders.at(sellerId));
  const rule = refuseToSell(seller, settings);
  if (rule !== undefined) return rule;
  const available = spendable(seller, state.need(accounts.at(availableAccount(sellerId))).balance);
  if (available >= usdtAmount) return undefined;
  return refuse("SELLER_INSUFFICIENT_BALANCE", { available: toNumber(available), required: toNumber(usdtAmount) });
};
