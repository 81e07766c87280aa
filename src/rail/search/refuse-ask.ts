/** A bank answered our question at once: it has no client with this phone. */
import type { Command } from "../../engine/index.ts";
import { resolveNeeds } from "../orders/index.ts";
import { orders, searches } from "../tables/index.ts";
import { recordRefusal } from "./record-refusal.ts";

/** @property participantGuid the bank that was asked */
export type RefusedAsk = { readonly orderGuid: string; readonly participantGuid: string };

const NOTHING = { result: null, writes: [], events: [] };

export const refuseAsk: Command<RefusedAsk, null> = {
  name: "refuse-ask",
  route: ({ orderGuid }) => [orders.at(orderGuid)],
  needs({ orderGuid }, routes) {
    const order = routes.get(orders.at(orderGuid));
    return order === undefined || order.requestGuid === null
      ? [orders.at(orderGuid)]
      : [orders.at(orderGuid), ...resolveNeeds(order)];
  },
  decide(state, { orderGuid, participantGuid }, { now }) {
    const order = state.get(orders.at(orderGuid));
    if (order === undefined || order.requestGuid === null) return NOTHING;
    const search = state.need(searches.at(order.requestGuid));
    if (!search.asked.includes(participantGuid)) return NOTHING;
    return { ...NOTHING, writes: recordRefusal(state, order, search, participantGuid, now) };
  },
};
