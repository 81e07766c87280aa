/** Pay requests and payments, as the contract has them. */
import { giveBack } from "./rail-model-budgets.ts";
import { isOver, leadsThere } from "./rail-model-orders.ts";
import { guidOf, type OpenPayRequest, type Pay, type SettlePayment } from "./rail-requests.ts";
import {
  type Answer,
  fail,
  isOpen,
  type Order,
  orderOf,
  type Payment,
  type PayRequest,
  paymentOn,
  requestOf,
  requestsFor,
  tell,
  type World,
} from "./rail-world.ts";

const NOT_FOUND: Answer = { code: "ORDER NOT FOUND" };
const NOT_NOW: Answer = { code: "INVALID_REQUEST", details: { field: "order_guid" } };

/** A bank has one open request on a link: the same again is the same one, for another payer it is replaced. */
export const open = (world: World, { who, number, order: guid, debtor }: OpenPayRequest): Answer => {
  const order = world.orders.get(guid);
  if (order === undefined || order.type === "phone" || who === world.rules.outsider) return NOT_FOUND;
  if (isOver(order, world.now)) return { code: "ORDER_IS_EXPIRED" };
  if (paymentOn(world, guid) !== undefined) return NOT_NOW;
  const before = requestsFor(world, guid).find((request) => request.bank === who && isOpen(request));
  const shown = (request: string): Answer => ({ facts: { guid: request } });
  if (before?.debtor === debtor) return shown(before.guid);
  if (before !== undefined) fail(world, before, "REPLACED");
  const request = guidOf(world.rules.run, "request", number);
  const start = { status: "created" as const, reason: null, payment: null };
  world.requests.set(request, { guid: request, order: guid, bank: who, debtor, ...start });
  return shown(request);
};

/** Open, or it was when the order was over. */
const knewWhere = (request: PayRequest): boolean =>
  isOpen(request) || (request.reason === "EXPIRED" && request.payment === null);

/** The bank's own request that money may be sent on: for ever, once its bank knew where to pay. */
const payable = (world: World, order: Order, who: string): PayRequest | undefined => {
  const own = requestsFor(world, order.guid).filter(({ bank }) => bank === who);
  if (order.type === "link") return paymentOn(world, order.guid) === undefined ? own.find(knewWhere) : undefined;
  return order.status === "processing" ? own.find(({ payment }) => payment === null) : undefined;
};

/** Whether money comes after the order was over, or after its phone had moved. */
const isLate = (world: World, order: Order, { status }: PayRequest): boolean =>
  isOver(order, world.now) || (order.type === "phone" && !leadsThere(world, order)) || status === "failed";

/** A phone order is its own bank's; a link is known to whoever has an open request on it, and to all once it is over. */
const isKnown = (world: World, order: Order, { who, external }: Pay): boolean => {
  if (who === world.rules.outsider) return false;
  if (order.type === "phone") return order.bank === who;
  if (world.externals.get(`${who} payment ${external}`)?.order === order.guid) return true;
  if (isOver(order, world.now) || paymentOn(world, order.guid) !== undefined) return true;
  return requestsFor(world, order.guid).some((request) => request.bank === who && isOpen(request));
};

const wrongTerms = ({ amount }: Order, given: Pay): Answer | undefined => {
  if (given.currency !== "UAH") return { code: "INVALID_CURRENCY", details: { field: "currency" } };
  return amount === null || amount === given.amount
    ? undefined
    : { code: "INVALID_REQUEST", details: { field: "amount" } };
};

export const pay = (world: World, given: Pay): Answer => {
  const { who, external } = given;
  const order = world.orders.get(given.order);
  if (order === undefined || !isKnown(world, order, given)) return NOT_FOUND;
  const wrong = wrongTerms(order, given);
  if (wrong !== undefined) return wrong;
  const used = world.externals.get(`${who} payment ${external}`);
  if (used?.order === order.guid && used.amount === given.amount)
    return { facts: { guid: used.payment, late: world.payments.get(used.payment ?? "")?.late, again: true } };
  if (used !== undefined) {
    const details = { field: "payment_message_external_id", order_guid: used.order };
    return { code: "EXTERNAL_ID_NOT_UNIQUE", details };
  }
  const over = isOver(order, world.now);
  const request = payable(world, order, who);
  if (request === undefined) return over ? { code: "ORDER_IS_EXPIRED" } : NOT_NOW;
  return take(world, order, request, given);
};

/** The creditor's bank looks for the money; the link's other requests are closed. */
const take = (world: World, order: Order, request: PayRequest, { number, external, amount }: Pay): Answer => {
  const guid = guidOf(world.rules.run, "payment", number);
  const { bank, debtor } = request;
  const creditor = order.creditor ?? { bank: "" };
  const parties = { order: order.guid, request: request.guid, bank, debtor, creditor: creditor.bank };
  const late = isLate(world, order, request);
  world.payments.set(guid, {
    guid,
    ...parties,
    external,
    late,
    status: "created",
    reason: null,
    completedAt: null,
    amount,
    returned: 0,
    returns: 0,
    asked: null,
  });
  order.payment = guid;
  world.externals.set(`${bank} payment ${external}`, { order: order.guid, payment: guid, amount });
  if (request.status !== "failed") request.status = "completed";
  request.payment = guid;
  tell(world, `order ${order.guid}`, creditor.bank, { type: "pay_in", guid, order_guid: order.guid });
  for (const other of requestsFor(world, order.guid)) if (isOpen(other)) fail(world, other, "ALREADY_PAID");
  return { facts: { guid, late, again: false } };
};

const tellPayment = (world: World, { guid, order, bank, external, status, reason }: Payment) => {
  const outcome = { order_guid: order, payment_message_external_id: external, status, reason };
  tell(world, `order ${order}`, bank, { type: "pay_out", guid, ...outcome });
};

/** Nobody could tell the creditor's bank: the payer's hears so once. */
export const silence = (world: World, guid: string): Answer => {
  const payment = world.payments.get(guid);
  if (payment?.status === "created" && payment.reason === null) {
    payment.reason = "CREDITOR_BANK_SILENT";
    tellPayment(world, payment);
  }
  return { facts: null };
};

/** The first word of the creditor's bank counts. */
export const settle = (world: World, { who, payment: guid, result, reason }: SettlePayment): Answer => {
  const payment = world.payments.get(guid);
  if (payment === undefined || payment.creditor !== who) return { code: "NOT_FOUND" };
  if (payment.status !== "created") return { facts: { guid, status: payment.status } };
  const { order: orderGuid, bank, debtor } = payment;
  payment.status = result === "success" ? "completed" : "failed";
  payment.reason = result === "success" ? null : reason;
  payment.completedAt = result === "success" ? world.now : null;
  tellPayment(world, payment);
  const request = requestOf(world, payment.request);
  if (result === "failure") {
    if (request.status !== "failed") fail(world, request, "PAYMENT_FAILED");
  } else if (orderOf(world, orderGuid).type === "phone") giveBack(world, { bank, payer: debtor }, "paid");
  return { facts: { guid, status: payment.status } };
};

/** Nobody pays any more where the phone does not lead. */
export const drop = (world: World, guid: string): Answer => {
  const request = world.requests.get(guid);
  if (request === undefined) return { code: "NOT_FOUND" };
  const order = orderOf(world, request.order);
  const counts = order.type === "phone" && request.status === "completed" && request.payment === null;
  if (counts && !leadsThere(world, order)) fail(world, request, "ALIAS_CHANGED");
  return { facts: null };
};
