/** Puts an act of an operator that changes nothing else into the audit trail: reading the queue or a case, hiding a line. */
import type { Claim, Ref, Routes } from "../../engine/index.ts";
import { type OrderId, refuse, type TraderId } from "../../kernel/index.ts";
import { OPERATOR_REFUSALS, refuseOperator } from "../chat/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { invalid } from "../issues.ts";
import { gatesOf, isParty } from "../parties.ts";
import {
  type DisputeStatus,
  disputes,
  hiddenMessages,
  operatorActs,
  orderStates,
  orders,
  traders,
} from "../tables/index.ts";

export type ReadCase = { readonly orderId: OrderId; readonly operatorId: TraderId };

const caseNeeds = ({ orderId, operatorId }: ReadCase, routes: Routes): readonly Ref[] => {
  const order = routes.get(orders.at(orderId));
  if (order === undefined) return [traders.at(operatorId)];
  return [...gatesOf(order, operatorId), disputes.at(orderId), orderStates.at(orderId)];
};

/** Any operator who is not a party may read a case that is or was disputed. */
export const readCase = defineCommand<ReadCase, { readonly seller: TraderId }>()({
  name: "read-case",
  refuses: ["ORDER_NOT_FOUND", "FORBIDDEN"],
  route: ({ orderId }) => [orders.at(orderId)],
  needs: caseNeeds,
  decide(state, { orderId, operatorId }, { now }) {
    const order = state.get(orders.at(orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    if (isParty(order, operatorId)) return refuse("FORBIDDEN");
    if (state.get(disputes.at(orderId)) === undefined) return refuse("ORDER_NOT_FOUND");
    const act = operatorActs.append({ operatorId, orderId, act: "read", details: null, at: now });
    return { result: { seller: order.sellerId }, writes: [act], events: [] };
  },
});

export type ReadQueue = {
  readonly operatorId: TraderId;
  readonly status: DisputeStatus;
  /** The cases that were shown. */
  readonly orders: readonly number[];
};

export const readQueue = defineCommand<ReadQueue, null>()({
  name: "read-queue",
  refuses: [],
  needs: ({ operatorId }) => [traders.at(operatorId)],
  decide(_state, { operatorId, status, orders: shown }, { now }) {
    const details = { status, orders: shown };
    const act = operatorActs.append({ operatorId, orderId: null, act: "read_queue", details, at: now });
    return { result: null, writes: [act], events: [] };
  },
});

export type HideMessage = ReadCase & {
  readonly seq: number;
  readonly reason: string;
  /** Whether somebody wrote the line, as it was before the lock: lines never change. */
  readonly written: boolean;
};

/** Hiding the same line again is the same act: every use is alike, so that none is a mismatch. */
export const hideClaim = (orderId: OrderId, seq: number): Claim<"FORBIDDEN"> => ({
  scope: "hidden message",
  key: `${orderId}/${seq}`,
  fingerprint: "",
  mismatch: refuse("FORBIDDEN"),
  keeps: "results",
  lifetimeMs: null,
  guard: null,
});

/** The line stays as a placeholder; what it said is in the dossier only. */
export const hideMessage = defineCommand<HideMessage, null>()({
  name: "hide-message",
  refuses: [...OPERATOR_REFUSALS, "VALIDATION_ERROR"],
  route: ({ orderId }) => [orders.at(orderId)],
  needs: caseNeeds,
  decide(state, { orderId, operatorId, seq, reason, written }, { now }) {
    const order = state.get(orders.at(orderId));
    if (order === undefined) return refuse("ORDER_NOT_FOUND");
    const refusal = refuseOperator(state, order, operatorId);
    if (refusal !== undefined) return refusal;
    const { lastSeq } = state.need(orderStates.at(orderId));
    if (seq > lastSeq) return invalid({ pointer: "/seq", message: `must be at most ${lastSeq}, the last line` });
    if (!written) return invalid({ pointer: "/seq", message: "is a line of the system's own, which stays" });
    const act = operatorActs.append({ operatorId, orderId, act: "hide_message", details: { seq, reason }, at: now });
    const hide = hiddenMessages.append({ orderId, seq, operatorId, reason, at: now });
    const told = event("message.updated", [order.buyerId, order.sellerId], {
      order_id: orderId,
      seq,
      hidden: true,
      by: "operator",
    });
    return { result: null, writes: [hide, act], events: [told] };
  },
});
