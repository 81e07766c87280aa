/** The order's own money: held once, given out once, in whole. Only the transition and the opening use it. */
import { type Amount, minus, ZERO } from "../../kernel/index.ts";
import { availableAccount, type Book, escrowAccount } from "../../ledger/index.ts";
import type { Order } from "../tables/index.ts";
import type { Money } from "./machine.ts";

export const holdEscrow = (book: Book, order: Order) => {
  book.open(escrowAccount(order.id), "escrow", order.sellerId);
  book.move({
    from: availableAccount(order.sellerId),
    to: escrowAccount(order.id),
    amount: order.usdtAmount,
    kind: "escrow_hold",
    orderId: order.id,
  });
};

/** What the buyer gets of the escrow; the rest is the seller's. */
export const buyerShare = (order: Order, money: Exclude<Money, "hold">, split: Amount | null): Amount => {
  if (money === "to_buyer") return order.usdtAmount;
  if (money === "to_seller") return ZERO;
  if (split === null || split <= ZERO || split >= order.usdtAmount) throw new RangeError(`not a split: ${split}`);
  return split;
};

export const settleEscrow = (book: Book, order: Order, toBuyer: Amount) => {
  const from = escrowAccount(order.id);
  const shares = [
    { to: availableAccount(order.buyerId), amount: toBuyer, kind: "escrow_release" as const },
    { to: availableAccount(order.sellerId), amount: minus(order.usdtAmount, toBuyer), kind: "escrow_refund" as const },
  ];
  for (const share of shares) if (share.amount > ZERO) book.move({ from, ...share, orderId: order.id });
};
