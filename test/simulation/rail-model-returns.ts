/** Money that goes back, as the contract has it: never more than came, and one request for a payment. */
import { DAY } from "../../src/kernel/index.ts";
import { type AskForReturn, guidOf, type RefuseReturn, type ReturnMoney } from "./rail-requests.ts";
import { type Answer, type Payment, tell, type World } from "./rail-world.ts";

const NOT_FOUND: Answer = { code: "NOT_FOUND" };
const NOT_NOW: Answer = { code: "INVALID_REQUEST", details: { field: "payment_guid" } };

export const giveBackMoney = (world: World, given: ReturnMoney): Answer => {
  const { who, number, payment: guid, external, amount } = given;
  const payment = world.payments.get(guid);
  if (payment === undefined || payment.creditor !== who) return NOT_FOUND;
  const used = world.returns.get(`${who} ${external}`);
  if (used?.payment === guid && used.amount === amount) return { facts: { guid: used.guid, again: true } };
  if (used !== undefined) {
    const order = world.payments.get(used.payment)?.order;
    return { code: "EXTERNAL_ID_NOT_UNIQUE", details: { field: "return_external_id", order_guid: order } };
  }
  if (payment.status !== "completed") return NOT_NOW;
  if (payment.returned + amount > payment.amount) return { code: "INVALID_REQUEST", details: { field: "amount" } };
  const made = guidOf(world.rules.run, "return", number);
  world.returns.set(`${who} ${external}`, { guid: made, payment: guid, amount });
  payment.returned += amount;
  payment.returns += 1;
  if (payment.asked?.status === "created") payment.asked.status = "completed";
  tell(world, `order ${payment.order}`, payment.bank, {
    type: "return",
    guid: made,
    order_guid: payment.order,
    payment_guid: guid,
  });
  return { facts: { guid: made, again: false } };
};

const tellRequest = (world: World, { guid, order, asked }: Payment, to: string) =>
  tell(world, `order ${order}`, to, {
    type: "return_request",
    order_guid: order,
    payment_guid: guid,
    status: asked?.status,
    failure: asked?.failure,
  });

export const askForReturn = (world: World, { who, payment: guid }: AskForReturn): Answer => {
  const payment = world.payments.get(guid);
  if (payment === undefined || payment.bank !== who) return NOT_FOUND;
  if (payment.asked !== null) return { facts: { paymentGuid: guid, again: true } };
  if (payment.status !== "completed" || payment.returned === payment.amount) return NOT_NOW;
  payment.asked = { until: world.now + 7 * DAY, status: "created", failure: null };
  tellRequest(world, payment, payment.creditor);
  return { facts: { paymentGuid: guid, again: false } };
};

/** The payer's bank is told. */
const fail = (world: World, payment: Payment, asked: NonNullable<Payment["asked"]>, failure: string) => {
  asked.status = "failed";
  asked.failure = failure;
  tellRequest(world, payment, payment.bank);
};

export const refuseReturn = (world: World, { who, payment: guid }: RefuseReturn): Answer => {
  const payment = world.payments.get(guid);
  if (payment === undefined || payment.asked === null || payment.creditor !== who) return NOT_FOUND;
  if (payment.asked.status === "created") fail(world, payment, payment.asked, "no");
  return { facts: { paymentGuid: guid, status: payment.asked.status } };
};

export const lapseReturn = (world: World, guid: string): Answer => {
  const payment = world.payments.get(guid);
  if (payment === undefined || payment.asked?.status !== "created") return { facts: { met: true } };
  if (world.now < payment.asked.until) return { facts: { met: false } };
  fail(world, payment, payment.asked, "LAPSED");
  return { facts: { met: true } };
};

/** A day's books: what each bank has more or less of. They come to nothing together. */
export const netOf = ({ payments }: World, bank: string): number =>
  [...payments.values()]
    .filter(({ status }) => status === "completed")
    .reduce(
      (net, { amount, returned, bank: payer, creditor }) =>
        net + (amount - returned) * (Number(creditor === bank) - Number(payer === bank)),
      0,
    );
