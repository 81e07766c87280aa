/** The phone of an order leads to another account now: a request for the former one can no longer be paid. */
import { unchanged } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { orderOutbox, payRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { failed, updateState } from "../orders/index.ts";
import { gateOf, orderStates, payRequests, phones } from "../tables/index.ts";
import { isMoved } from "./payable.ts";

export type DropPayRequest = { readonly guid: string };

export const dropPayRequest = defineCommand<DropPayRequest, null>()({
  name: "drop-pay-request",
  refuses: ["NOT_FOUND"],
  route: ({ guid }) => [payRequests.at(guid)],
  needs({ guid }, routes) {
    const request = routes.get(payRequests.at(guid));
    if (request === undefined) return [];
    const { orderGuid, phoneHash } = request;
    return [gateOf({ guid: orderGuid, phoneHash }), payRequests.at(guid), orderStates.at(orderGuid)];
  },
  decide(state, { guid }) {
    const request = state.get(payRequests.at(guid));
    if (request === undefined) return refuse("NOT_FOUND");
    const { orderGuid, phoneHash, status, paymentGuid } = request;
    // Money that is under way goes where it was sent.
    if (phoneHash === null || status !== "completed" || paymentGuid !== null) return unchanged(null);
    const order = state.need(orderStates.at(orderGuid));
    if (!isMoved(state.get(phones.at(phoneHash)), order)) return unchanged(null);
    const dropped = failed(request, "ALIAS_CHANGED");
    const outbox = orderOutbox(orderGuid, order.lastSeqs);
    outbox.enqueue(request.participantGuid, payRequestUpdated(dropped, null));
    return {
      result: null,
      writes: [payRequests.update(dropped), updateState(order, outbox.lastSeqs), ...outbox.writes],
      events: [],
    };
  },
});
