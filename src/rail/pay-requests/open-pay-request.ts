/** A bank that was shown a link wants to pay it. It has one open request at a time, and so has every other bank. */
import { type State, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, refuse } from "../../kernel/index.ts";
import { orderOutbox, payRequestUpdated } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../errors.ts";
import { failed, tradeEvents, updateState } from "../orders/index.ts";
import { LIMITS } from "../settings.ts";
import {
  links,
  type Mode,
  type Order,
  orderStates,
  orders,
  type PayRequest,
  payablePayRequests,
  payRequests,
  quotas,
} from "../tables/index.ts";
import { isOver } from "./payable.ts";

export type OpenPayRequest = {
  readonly participantGuid: string;
  readonly mode: Mode;
  readonly orderGuid: string;
  readonly debtorAccount: string;
  readonly guid: string;
};

export type OpenedPayRequest = { readonly guid: string };

const isOpenTo = (order: Pick<Order, "mode" | "type">, { mode }: OpenPayRequest): boolean =>
  order.type === "link" && order.mode === mode;

const NOT_NOW = invalid("order_guid");

export const openPayRequest = defineCommand<OpenPayRequest, OpenedPayRequest>()({
  name: "open-pay-request",
  refuses: ["ORDER NOT FOUND", "ORDER_IS_EXPIRED", "INVALID_REQUEST"],
  route: ({ orderGuid }) => [orders.at(orderGuid)],
  needs(input, routes) {
    const { participantGuid, orderGuid } = input;
    const order = routes.get(orders.at(orderGuid));
    if (order === undefined || !isOpenTo(order, input)) return [quotas.at(participantGuid)];
    const link = links.at(orderGuid);
    return [
      quotas.at(participantGuid),
      orders.at(orderGuid),
      link,
      orderStates.at(orderGuid),
      payablePayRequests.of(link),
    ];
  },
  decide(state, input, { now }) {
    const order = state.get(orders.at(input.orderGuid));
    if (order === undefined || !isOpenTo(order, input)) return refuse("ORDER NOT FOUND");
    if (isOver(order, state.need(orderStates.at(order.guid)), now)) return refuse("ORDER_IS_EXPIRED");
    if (state.need(links.at(order.guid)).paidBy !== null) return NOT_NOW;
    const open = state.all(payablePayRequests.of(links.at(order.guid)));
    const before = open.find(({ participantGuid }) => participantGuid === input.participantGuid);
    if (before?.debtorAccount === input.debtorAccount) return unchanged({ guid: before.guid });
    if (before === undefined && open.length >= LIMITS.payRequestsPerLink) return NOT_NOW;
    const request = requestOf(input, now);
    return {
      result: { guid: request.guid },
      writes: opening(state, request, before),
      events: tradeEvents(state.need(orderStates.at(order.guid)), { step: "opened" }),
    };
  },
});

/** Of a link's, none is seen before its bank opens it. */
const requestOf = ({ guid, orderGuid, participantGuid, debtorAccount }: OpenPayRequest, now: Instant): PayRequest => ({
  guid,
  orderGuid,
  participantGuid,
  phoneHash: null,
  debtorAccount,
  status: "created",
  reason: null,
  paymentGuid: null,
  changes: 1,
  createdAt: now,
});

/** @param before the bank's own open one, of another payer: it makes room */
const opening = (state: State, request: PayRequest, before: PayRequest | undefined): readonly Write[] => {
  const link = state.need(links.at(request.orderGuid));
  const writes = [payRequests.insert(request), links.update({ ...link, opened: link.opened + 1 })];
  if (before === undefined) return writes;
  const replaced = failed(before, "REPLACED");
  const order = state.need(orderStates.at(request.orderGuid));
  const outbox = orderOutbox(order.orderGuid, order.lastSeqs);
  outbox.enqueue(replaced.participantGuid, payRequestUpdated(replaced, null));
  return [...writes, payRequests.update(replaced), updateState(order, outbox.lastSeqs), ...outbox.writes];
};
