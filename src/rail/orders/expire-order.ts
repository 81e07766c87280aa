/** The clock's command: a search that timed out, or an order that expired. It acts once, whoever submits it. */
import { type DeadlineResult, MET, NOT_DUE, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, refuse } from "../../kernel/index.ts";
import { orderOutbox, orderUpdated, payRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import {
  gateOf,
  links,
  type Order,
  orderStates,
  orders,
  type PayRequest,
  payablePayRequests,
  payRequests,
} from "../tables/index.ts";
import { failed, isPaid } from "./pay-request.ts";
import { endOfWait, resolveNeeds, resolvePending } from "./resolve-search.ts";
import type { OrderRef } from "./settle-search.ts";
import { isOfTrade, tradeEvents } from "./trades.ts";
import { historyOf, updateState, withStatus } from "./transition.ts";

export const expireOrder = defineCommand<OrderRef, DeadlineResult>()({
  name: "expire-order",
  refuses: ["ORDER NOT FOUND"],
  route: ({ guid }) => [orders.at(guid)],
  needs({ guid }, routes) {
    const order = routes.get(orders.at(guid));
    if (order === undefined) return [];
    return order.type === "phone"
      ? [orders.at(guid), ...resolveNeeds(order)]
      : [orders.at(guid), gateOf(order), orderStates.at(guid), payablePayRequests.of(links.at(guid))];
  },
  decide(state, { guid, unavailable }, { now }) {
    const order = state.get(orders.at(guid));
    if (order === undefined) return refuse("ORDER NOT FOUND");
    const current = state.need(orderStates.at(guid));
    if (current.statusReason !== null) return unchanged(MET);
    if (current.status === "pending") {
      const writes = resolvePending(state, order, unavailable, now);
      if (writes === null) return unchanged(NOT_DUE);
      // Found before its time: the deadline of the order itself may be this very one.
      return { result: now < endOfWait(state, order) ? NOT_DUE : MET, writes, events: [] };
    }
    if (now < order.expiresAt) return unchanged(NOT_DUE);
    const writes = expired(state, order, now);
    return { result: MET, writes, events: isPaid(state, order) ? [] : tradeEvents(current, { step: "expired" }) };
  },
});

/** The order keeps its status; what is unpaid can no longer be paid. */
const expired = (state: State, order: Order, now: Instant): readonly Write[] => {
  const current = state.need(orderStates.at(order.guid));
  const next = withStatus(current, { status: current.status, statusReason: "EXPIRED" });
  const outbox = orderOutbox(order.guid, next.lastSeqs);
  if (!isOfTrade(next)) outbox.enqueue(order.participantGuid, orderUpdated(next));
  const closed = unpaidOf(state, order).map((request): PayRequest => {
    const over = failed(request, "EXPIRED");
    outbox.enqueue(request.participantGuid, payRequestUpdated(over, null));
    return over;
  });
  return [
    updateState(next, outbox.lastSeqs),
    historyOf(next, now),
    ...closed.map((request) => payRequests.update(request)),
    ...outbox.writes,
  ];
};

/** The requests that no payment has taken. */
const unpaidOf = (state: State, order: Order): readonly PayRequest[] => {
  const requests =
    order.payRequestGuid === null
      ? state.all(payablePayRequests.of(links.at(order.guid)))
      : [state.need(payRequests.at(order.payRequestGuid))];
  return requests.filter(({ status, paymentGuid }) => status !== "failed" && paymentGuid === null);
};
