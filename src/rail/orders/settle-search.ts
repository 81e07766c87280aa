/**
 * Settles a pending order whose phone has changed or whose search has ended: it was linked by whichever bank said so, or
 * the last bank had said no.
 */
import { unchanged } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { orderStates, orders } from "../tables/index.ts";
import { resolveNeeds, resolvePending } from "./resolve-search.ts";

export type OrderRef = {
  readonly guid: string;
  /** Banks that are suspended at this moment. */
  readonly unavailable: readonly string[];
};

export const settleSearch = defineCommand<OrderRef, null>()({
  name: "settle-search",
  refuses: ["ORDER NOT FOUND"],
  route: ({ guid }) => [orders.at(guid)],
  needs({ guid }, routes) {
    const order = routes.get(orders.at(guid));
    return order === undefined ? [] : [orders.at(guid), ...resolveNeeds(order)];
  },
  decide(state, { guid, unavailable }, { now }) {
    const order = state.get(orders.at(guid));
    if (order === undefined || order.phoneHash === null) return refuse("ORDER NOT FOUND");
    if (state.need(orderStates.at(guid)).status !== "pending") return unchanged(null);
    const writes = resolvePending(state, order, unavailable, now);
    return writes === null ? unchanged(null) : { result: null, writes, events: [] };
  },
});
