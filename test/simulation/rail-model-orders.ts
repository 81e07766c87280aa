/** Orders, as the contract has them. */
import { DAY } from "../../src/kernel/index.ts";
import { giveBack, reserve } from "./rail-model-budgets.ts";
import { leave, seek } from "./rail-model-searches.ts";
import { guidOf, type OrderByLink, type OrderByPhone } from "./rail-requests.ts";
import {
  type Answer,
  deadlineOf,
  fail,
  type Holder,
  isOpen,
  isSame,
  type Order,
  orderOf,
  phoneOf,
  requestOf,
  requestsFor,
  tellOrder,
  tellRequest,
  type World,
} from "./rail-world.ts";

/** What comes before the budget, in the contract's order of checks. */
const refused = (world: World, { who, expiresAt, external }: OrderByPhone | OrderByLink): Answer | undefined => {
  if (expiresAt !== null && expiresAt <= world.now) return { code: "EXPIRES_AT_IS_NOT-FUTURE_DATE" };
  const used = world.externals.get(`${who} order ${external}`);
  return used === undefined
    ? undefined
    : { code: "EXTERNAL_ID_NOT_UNIQUE", details: { field: "external_id", order_guid: used.order } };
};

const add = (world: World, { who, external }: OrderByPhone | OrderByLink, order: Order): Answer => {
  world.orders.set(order.guid, order);
  world.externals.set(`${who} order ${external}`, { order: order.guid, payment: null });
  const { guid, status, reason } = order;
  return { facts: { guid, createdAt: world.now, status, statusReason: reason } };
};

const termsOf = ({ rules, now }: World, { who, number, expiresAt, amount }: OrderByPhone | OrderByLink) => ({
  guid: guidOf(rules.run, "order", number),
  bank: who,
  expiresAt: expiresAt ?? now + DAY,
  amount,
  payment: null,
});

export const createByLink = (world: World, request: OrderByLink): Answer =>
  refused(world, request) ??
  add(world, request, {
    ...termsOf(world, request),
    type: "link",
    phone: null,
    debtor: null,
    search: null,
    request: null,
    status: "created",
    reason: null,
    creditor: { bank: request.who, account: request.account },
  });

export const createByPhone = (world: World, request: OrderByPhone): Answer => {
  const { who, number, phone, debtor, seen } = request;
  const code = refused(world, request) ?? reserve(world, { bank: who, payer: debtor }, "question");
  if (code !== undefined) return code;
  const { run } = world.rules;
  const { holder } = phoneOf(world, phone);
  const search = holder === null ? seek(world, { who, hash: phone, guid: guidOf(run, "search", number) }, seen) : null;
  const order: Order = {
    ...termsOf(world, request),
    type: "phone",
    phone,
    debtor,
    search,
    request: guidOf(run, "request", number),
    ...opening(holder, search, seen.unavailable),
  };
  const answer = add(world, request, order);
  openFor(world, order);
  if (order.status === "processing") giveBack(world, { bank: who, payer: debtor }, "found");
  return answer;
};

const opening = (
  holder: Holder | null,
  search: string | null,
  unavailable: readonly string[],
): Pick<Order, "status" | "reason" | "creditor"> => {
  if (holder === null && search !== null) return { status: "pending", reason: null, creditor: null };
  if (holder === null) return { status: "rejected", reason: "NOT_LINKED", creditor: null };
  return unavailable.includes(holder.bank)
    ? { status: "rejected", reason: "CREDITOR_BANK_UNAVAILABLE", creditor: null }
    : { status: "processing", reason: null, creditor: holder };
};

/** Its bank knows of it from the answer. */
const openFor = (world: World, { guid, bank, debtor, request, status }: Order) => {
  world.requests.set(request ?? "", {
    guid: request ?? "",
    order: guid,
    bank,
    debtor: debtor ?? "",
    status: status === "processing" ? "completed" : status === "pending" ? "created" : "failed",
    reason: status === "rejected" ? "REJECTED" : null,
    payment: null,
  });
};

const find = (world: World, order: Order, creditor: Holder) => {
  order.status = "processing";
  order.creditor = creditor;
  tellOrder(world, order);
  const request = requestOf(world, order.request ?? "");
  request.status = "completed";
  tellRequest(world, request);
  giveBack(world, { bank: order.bank, payer: order.debtor ?? "" }, "found");
};

/** The request was never to be seen, so nothing is told of it. */
const reject = (world: World, order: Order, reason: Order["reason"]) => {
  order.status = "rejected";
  order.reason = reason;
  tellOrder(world, order);
  const request = requestOf(world, order.request ?? "");
  request.status = "failed";
  request.reason = reason === "EXPIRED" ? "EXPIRED" : "REJECTED";
};

/** Ends the wait of an order if it is over. @returns whether it was */
const resolve = (world: World, order: Order, unavailable: readonly string[]): boolean => {
  const { now } = world;
  const { outcome = null, until = 0 } = world.searches.get(order.search ?? "") ?? {};
  const { holder } = phoneOf(world, order.phone ?? "");
  if (now >= order.expiresAt) reject(world, order, "EXPIRED");
  else if (outcome === "found" && holder !== null) {
    if (unavailable.includes(holder.bank)) reject(world, order, "CREDITOR_BANK_UNAVAILABLE");
    else find(world, order, holder);
  } else if (outcome === "found" || outcome === "refused") reject(world, order, "NOT_LINKED");
  else if (outcome === "over" || now >= until) reject(world, order, "SEARCH_TIMEOUT");
  else return false;
  leave(world, order.search);
  return true;
};

/** The phone was linked meanwhile, whoever did it; or the last bank has said no. */
export const settleSearch = (world: World, guid: string, unavailable: readonly string[]): Answer => {
  const order = world.orders.get(guid);
  if (order === undefined || order.type === "link") return { code: "ORDER NOT FOUND" };
  if (order.status === "pending") resolve(world, order, unavailable);
  return { facts: null };
};

export const expire = (world: World, guid: string, unavailable: readonly string[]): Answer => {
  const order = world.orders.get(guid);
  if (order === undefined) return { code: "ORDER NOT FOUND" };
  if (order.reason !== null) return { facts: { met: true } };
  if (order.status === "pending") {
    const due = world.now >= (deadlineOf(world, order) ?? 0);
    return { facts: { met: resolve(world, order, unavailable) && due } };
  }
  if (world.now < order.expiresAt) return { facts: { met: false } };
  end(world, order);
  return { facts: { met: true } };
};

/** What was not paid by then will not be. */
const end = (world: World, order: Order) => {
  order.reason = "EXPIRED";
  tellOrder(world, order);
  for (const request of requestsFor(world, order.guid)) if (isOpen(request)) fail(world, request, "EXPIRED");
};

export const isOver = ({ expiresAt, reason }: Order, now: number): boolean => now >= expiresAt || reason === "EXPIRED";

/** Whether the phone still leads where the order's money would go. */
export const leadsThere = (world: World, { guid }: Order): boolean => {
  const { phone, creditor } = orderOf(world, guid);
  return isSame(phoneOf(world, phone ?? "").holder, creditor);
};
