/** The phone of a pending order was linked meanwhile, by another order's search or by its bank: the search is over. */
import type { Command } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { orderStates, orders, phones } from "../tables.ts";
import { found, settleNeeds } from "./settle.ts";

export type OrderRef = { readonly guid: string };

export const settleSearch: Command<OrderRef, null> = {
  name: "settle-search",
  route: ({ guid }) => [orders.at(guid)],
  needs({ guid }, routes) {
    const order = routes.get(orders.at(guid));
    return order === undefined ? [] : [orders.at(guid), ...settleNeeds(order)];
  },
  decide(state, { guid }, { now }) {
    const order = state.get(orders.at(guid));
    if (order === undefined || order.phoneHash === null) return refuse("ORDER NOT FOUND");
    const { participantGuid, account } = state.get(phones.at(order.phoneHash)) ?? {};
    const waiting = state.need(orderStates.at(guid)).status === "pending";
    if (!waiting || typeof participantGuid !== "string" || typeof account !== "string")
      return { result: null, writes: [], events: [] };
    return { result: null, writes: found(state, order, { participantGuid, account }, now), events: [] };
  },
};
