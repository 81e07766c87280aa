/** Claims on orders that were cancelled, the debts that they come to, and who is stopped: as the contract has them. */
import { HOUR } from "../../src/kernel/index.ts";
import { shown, strike } from "./model-orders.ts";
import type { ActOnClaim, Collect, Decide, Suspend } from "./requests.ts";
import {
  type Answer,
  freeOf,
  hasCase,
  isParty,
  isStopped,
  type Order,
  owedBy,
  personOf,
  sellingRule,
  type World,
} from "./world.ts";

const CLAIM_WINDOW = 24 * HOUR;

/** What goes over needs the turnover of a deposit, and is none. */
const pay = (world: World, { buyer, seller }: Order, amount: number) => {
  personOf(world, seller).available -= amount;
  personOf(world, buyer).available += amount;
  personOf(world, buyer).required += amount * world.rules.multiplier;
};

export const claim = (world: World, { who, order: handle, expected }: ActOnClaim): Answer => {
  const order = world.orders[handle];
  if (order === undefined || !isParty(order, who)) return { code: "ORDER_NOT_FOUND" };
  if (who !== order.buyer) return { code: "FORBIDDEN" };
  if ((expected ?? order.status) !== order.status || order.claim !== null) return { code: "INVALID_ORDER_STATUS" };
  if (!["payment_expired", "cancelled_by_seller"].includes(order.outcome ?? "")) {
    return { code: "INVALID_ORDER_STATUS" };
  }
  if (world.now >= (order.cancelledAt ?? 0) + CLAIM_WINDOW) return { code: "CLAIM_CLOSED" };
  order.claim = "open";
  return shown(order, who);
};

/** What a claim that is not open says to whoever would end it in a way. */
const ended = ({ claim: state }: Order, way: Order["claim"]): Answer | undefined => {
  if (state === "open") return undefined;
  return { code: state === null || state === way ? "INVALID_ORDER_STATUS" : "CLAIM_CLOSED" };
};

export const honour = (world: World, { who, order: handle, expected }: ActOnClaim): Answer => {
  const order = world.orders[handle];
  if (order === undefined || !isParty(order, who)) return { code: "ORDER_NOT_FOUND" };
  if (who !== order.seller) return { code: "FORBIDDEN" };
  if ((expected ?? order.status) !== order.status) return { code: "INVALID_ORDER_STATUS" };
  const over = ended(order, "honoured");
  if (over !== undefined) return over;
  const rule = sellingRule(world, personOf(world, who));
  if (rule !== undefined) return { code: rule };
  if (freeOf(world, who) < order.amount) return { code: "SELLER_INSUFFICIENT_BALANCE" };
  pay(world, order, order.amount);
  order.claim = "honoured";
  return shown(order, who);
};

export const decide = (world: World, { kind, who, order: handle, amount }: Decide): Answer => {
  const order = world.orders[handle];
  if (order === undefined) return { code: "ORDER_NOT_FOUND" };
  if (isParty(order, who)) return { code: "FORBIDDEN" };
  if (!hasCase(order)) return { code: "ORDER_NOT_FOUND" };
  if (order.operator !== who) return { code: "FORBIDDEN" };
  const way = kind === "compensate" ? "compensated" : "dismissed";
  const over = ended(order, way);
  if (over !== undefined) return over;
  if (amount !== null && amount > order.amount) return { code: "VALIDATION_ERROR" };
  order.claim = way;
  const paid = Math.min(amount ?? 0, freeOf(world, order.seller));
  if (paid > 0) pay(world, order, paid);
  order.owed = (amount ?? 0) - paid;
  if (order.owed > 0) personOf(world, order.seller).excused = false;
  if (kind === "dismiss") strike(world, personOf(world, order.buyer));
  return { facts: { claim: way, compensated_amount: paid, owed_amount: order.owed } };
};

export const collect = (world: World, { order: handle }: Collect): Answer => {
  const order = world.orders[handle];
  if (order === undefined || order.owed === 0) return { code: "ORDER_NOT_FOUND" };
  const amount = Math.min(order.owed, personOf(world, order.seller).available);
  if (amount === 0) return { facts: { met: false } };
  pay(world, order, amount);
  order.owed -= amount;
  if (owedBy(world, order.seller) === 0) personOf(world, order.seller).excused = false;
  return { facts: { met: true } };
};

export const suspend = (world: World, { kind, who, user, despiteDebt }: Suspend): Answer => {
  if (who === user) return { code: "FORBIDDEN" };
  const person = personOf(world, user);
  const owed = owedBy(world, user);
  if (kind === "suspend") {
    person.stopped = true;
    person.excused = false;
  } else {
    if (!person.stopped && isStopped(world, user) && !despiteDebt) return { code: "VALIDATION_ERROR" };
    person.stopped = false;
    person.excused = despiteDebt && owed > 0;
  }
  const suspended = person.stopped ? "operator" : isStopped(world, user) ? "debt" : null;
  return { facts: { suspended, owed } };
};
