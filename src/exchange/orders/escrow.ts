/**
 * The order's own money, kept on its state: held once, given out once, in whole. Only the transition and the opening use
 * it.
 */
import { type Amount, minus, ZERO } from "../../kernel/index.ts";
import { availableAccount, type Book, escrowAccount } from "../../ledger/index.ts";
import type { Order, OrderState } from "../tables/index.ts";
import type { Money } from "./machine.ts";

/** @returns what is in escrow now, for the order's state */
export const holdEscrow = (book: Book, order: Order): Pick<OrderState, "escrow"> => {
  const escrow = escrowAccount(order.id);
  book.bring(escrow, ZERO);
  book.move({
    from: availableAccount(order.sellerId),
    to: escrow,
    amount: order.usdtAmount,
    kind: "escrow_hold",
    orderId: order.id,
  });
  return { escrow: book.balance(escrow) };
};

/** What the buyer gets of the escrow; the rest is the seller's. */
export const buyerShare = (order: Order, money: Exclude<Money, "hold">, split: Amount | null): Amount => {
  if (money === "to_buyer") return order.usdtAmount;
  if (money === "to_seller") return ZERO;
  if (split === null || split <= ZERO || split >= order.usdtAmount) throw new RangeError(`not a split: ${split}`);
  return split;
};

/** @returns what is left in escrow and what the buyer got, for the order's state */
export const settleEscrow = (
  book: Book,
  order: Order,
  { escrow }: Pick<OrderState, "escrow">,
  toBuyer: Amount,
): Pick<OrderState, "escrow" | "releasedAmount"> => {
  const from = escrowAccount(order.id);
  book.bring(from, escrow);
  const shares = [
    { to: availableAccount(order.buyerId), amount: toBuyer, kind: "escrow_release" as const },
    { to: availableAccount(order.sellerId), amount: minus(order.usdtAmount, toBuyer), kind: "escrow_refund" as const },
  ];
  for (const share of shares) if (share.amount > ZERO) book.move({ from, ...share, orderId: order.id });
  return { escrow: book.balance(from), releasedAmount: toBuyer };
};
