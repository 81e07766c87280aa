/**
 * The phone of a pending order was linked meanwhile, by another order's search or by its bank: the search is over. So it
 * is when the phone was unlinked again, and the last bank had said no while it seemed to be found.
 */
import { unchanged } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { orderStates, orders, phones } from "../tables/index.ts";
import { endOfSearch, resolveFound, resolveNeeds, resolveRejected, stillAsked } from "./resolve-search.ts";

export type OrderRef = { readonly guid: string };

export const settleSearch = defineCommand<OrderRef, null>()({
  name: "settle-search",
  refuses: ["ORDER NOT FOUND"],
  route: ({ guid }) => [orders.at(guid)],
  needs({ guid }, routes) {
    const order = routes.get(orders.at(guid));
    return order === undefined ? [] : [orders.at(guid), ...resolveNeeds(order)];
  },
  decide(state, { guid }, { now }) {
    const order = state.get(orders.at(guid));
    if (order === undefined || order.phoneHash === null) return refuse("ORDER NOT FOUND");
    const { participantGuid, account } = state.get(phones.at(order.phoneHash)) ?? {};
    const current = state.need(orderStates.at(guid));
    // One that is over by now is the clock's.
    if (current.status !== "pending" || endOfSearch(state, order, now) !== null) return unchanged(null);
    if (typeof participantGuid === "string" && typeof account === "string")
      return { result: null, writes: resolveFound(state, order, { participantGuid, account }, now), events: [] };
    if (stillAsked(state, order, current).length > 0) return unchanged(null);
    return { result: null, writes: resolveRejected(state, order, "NOT_LINKED", now), events: [] };
  },
});
