/** A bank refused `link_creditor` in its response: it has no client with this phone. */
import { unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { resolveNeeds } from "../orders/index.ts";
import { orders, searches } from "../tables/index.ts";
import { recordRefusal } from "./record-refusal.ts";

/** @property participantGuid the bank that was asked */
export type RefusedAsk = { readonly orderGuid: string; readonly participantGuid: string };

export const refuseAsk = defineCommand<RefusedAsk, null>()({
  name: "refuse-ask",
  refuses: [],
  route: ({ orderGuid }) => [orders.at(orderGuid)],
  needs({ orderGuid }, routes) {
    const order = routes.get(orders.at(orderGuid));
    return order === undefined || order.requestGuid === null
      ? [orders.at(orderGuid)]
      : [orders.at(orderGuid), ...resolveNeeds(order)];
  },
  decide(state, { orderGuid, participantGuid }, { now }) {
    const order = state.get(orders.at(orderGuid));
    if (order === undefined || order.requestGuid === null) return unchanged(null);
    const search = state.need(searches.at(order.requestGuid));
    if (!search.asked.includes(participantGuid)) return unchanged(null);
    return { result: null, writes: recordRefusal(state, order, search, participantGuid, now), events: [] };
  },
});
