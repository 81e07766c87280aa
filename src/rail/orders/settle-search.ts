/**
 * Resolves the search of a pending order whose phone has changed: it was linked meanwhile, by another order's search or by
 * its bank, or unlinked again after the last bank had refused.
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
    // A search whose time is over is left to the clock.
    if (current.status !== "pending" || endOfSearch(state, order, now) !== null) return unchanged(null);
    if (typeof participantGuid === "string" && typeof account === "string")
      return { result: null, writes: resolveFound(state, order, { participantGuid, account }, now), events: [] };
    if (stillAsked(state, order, current).length > 0) return unchanged(null);
    return { result: null, writes: resolveRejected(state, order, "NOT_LINKED", now), events: [] };
  },
});
