/** Orders and searches, as the contract has them. */
import { DAY } from "../../src/kernel/index.ts";
import { isFull, takePlace } from "./rail-model-aliases.ts";
import { giveBack, reserve } from "./rail-model-budgets.ts";
import { type AnswerSearch, guidOf, type OrderByLink, type OrderByPhone, type RefuseAsk } from "./rail-requests.ts";
import {
  type Answer,
  fail,
  type Holder,
  isOpen,
  isSame,
  type Order,
  orderOf,
  phoneOf,
  record,
  requestOf,
  requestsFor,
  searchOf,
  tell,
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
  const { who, number, phone, debtor } = request;
  const code = refused(world, request) ?? reserve(world, { bank: who, payer: debtor }, "question");
  if (code !== undefined) return code;
  const { run, searched } = world.rules;
  const { holder } = phoneOf(world, phone);
  const asked = holder === null ? searched.filter((bank) => bank !== who) : [];
  const terms = termsOf(world, request);
  const order: Order = {
    ...terms,
    type: "phone",
    phone,
    debtor,
    search:
      asked.length === 0
        ? null
        : {
            guid: guidOf(run, "search", number),
            asked,
            until: Math.min(terms.expiresAt, world.now + DAY),
            refused: [],
          },
    request: guidOf(run, "request", number),
    status: holder !== null ? "processing" : asked.length > 0 ? "pending" : "rejected",
    reason: holder === null && asked.length === 0 ? "NOT_LINKED" : null,
    creditor: holder,
  };
  const answer = add(world, request, order);
  openFor(world, order);
  if (holder !== null) giveBack(world, { bank: who, payer: debtor }, "found");
  for (const bank of asked) {
    const question = { type: "link_creditor", request_guid: order.search?.guid, order_guid: order.guid };
    tell(world, `order ${order.guid}`, bank, question);
  }
  return answer;
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

/** Banks that still ask their clients hear that they need not. */
const cancelSearch = (world: World, { guid, search }: Order, winner: string | null) => {
  for (const bank of search?.asked ?? []) {
    if (bank === winner || search?.refused.includes(bank)) continue;
    tell(world, `order ${guid}`, bank, { type: "link_cancelled", request_guid: search?.guid });
  }
};

/** @param answered the bank whose yes to this search it was: it knows */
const find = (world: World, order: Order, creditor: Holder, answered: string | null) => {
  order.status = "processing";
  order.creditor = creditor;
  tellOrder(world, order);
  const request = requestOf(world, order.request ?? "");
  request.status = "completed";
  tellRequest(world, request);
  cancelSearch(world, order, answered);
  giveBack(world, { bank: order.bank, payer: order.debtor ?? "" }, "found");
};

/** The request was never to be seen, so nothing is told of it. */
const reject = (world: World, order: Order, reason: Order["reason"]) => {
  order.status = "rejected";
  order.reason = reason;
  tellOrder(world, order);
  cancelSearch(world, order, null);
  const request = requestOf(world, order.request ?? "");
  request.status = "failed";
  request.reason = reason === "EXPIRED" ? "EXPIRED" : "REJECTED";
};

/** Why a search is over by the clock. */
const overBy = ({ expiresAt, search }: Order, now: number): Order["reason"] => {
  if (now >= expiresAt) return "EXPIRED";
  return now >= (search?.until ?? expiresAt) ? "SEARCH_TIMEOUT" : null;
};

const isRefusedByAll = ({ search }: Order): boolean =>
  search?.asked.every((bank) => search.refused.includes(bank)) ?? false;

/** A no counts once. The last one ends the search, unless the phone has been linked by then. */
const no = (world: World, order: Order, bank: string): undefined => {
  const { search } = order;
  if (order.status !== "pending" || search === null || search.refused.includes(bank)) return;
  search.refused.push(bank);
  if (isRefusedByAll(order) && phoneOf(world, order.phone ?? "").holder === null)
    reject(world, order, overBy(order, world.now) ?? "NOT_LINKED");
};

/** Links a phone that nobody has, and finds the receiver if it comes in time. */
const yes = (world: World, order: Order, own: Holder): Answer | undefined => {
  const phone = phoneOf(world, order.phone ?? "");
  if (order.status !== "processing" && phone.holder === null) {
    const full = isFull(world, own.account, order.phone ?? "");
    if (full !== undefined) return full;
    takePlace(world, own.account, order.phone ?? "");
    phone.holder = own;
    record(world, order.phone ?? "", "linked", own);
  }
  if (order.status !== "pending") return undefined;
  const over = overBy(order, world.now);
  if (over === null) find(world, order, phone.holder ?? own, own.bank);
  else reject(world, order, over);
  return undefined;
};

export const answer = (world: World, { who, search, account }: AnswerSearch): Answer => {
  const order = searchOf(world, search);
  if (order === undefined || !order.search?.asked.includes(who)) return { code: "NOT_FOUND" };
  const own = account === null ? null : { bank: who, account };
  const refused = own === null ? no(world, order, who) : yes(world, order, own);
  if (refused !== undefined) return refused;
  const { holder } = phoneOf(world, order.phone ?? "");
  return { facts: { requestGuid: search, linked: own === null ? holder?.bank === who : isSame(holder, own) } };
};

export const refuseAsk = (world: World, { who, order: guid }: RefuseAsk): Answer => {
  const order = world.orders.get(guid);
  if (order?.search?.asked.includes(who)) no(world, order, who);
  return { facts: null };
};

/** The phone was linked meanwhile, whoever did it; or unlinked again, and nobody is left to say whose it is. */
export const settleSearch = (world: World, guid: string): Answer => {
  const order = world.orders.get(guid);
  if (order === undefined || order.type === "link") return { code: "ORDER NOT FOUND" };
  if (order.status !== "pending" || overBy(order, world.now) !== null) return { facts: null };
  const { holder } = phoneOf(world, order.phone ?? "");
  if (holder !== null) find(world, order, holder, null);
  else if (isRefusedByAll(order)) reject(world, order, "NOT_LINKED");
  return { facts: null };
};

export const expire = (world: World, guid: string): Answer => {
  const order = world.orders.get(guid);
  if (order === undefined) return { code: "ORDER NOT FOUND" };
  if (order.reason !== null) return { facts: { met: true } };
  const over = order.status === "pending" ? overBy(order, world.now) : world.now >= order.expiresAt ? "EXPIRED" : null;
  if (over === null) return { facts: { met: false } };
  if (order.status === "pending") reject(world, order, over);
  else end(world, order);
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
