/** The order's own money: held once, given out once, in whole. Only the transition and the opening use it. */
import { type Amount, ZERO } from "../../kernel/index.ts";
import { availableAccount, type Book, escrowAccount } from "../../ledger/index.ts";
import type { Order } from "../tables.ts";
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

/** @returns what the buyer got */
export const settleEscrow = (book: Book, order: Order, money: Exclude<Money, "hold">): Amount => {
  const released = money === "to_buyer";
  book.move({
    from: escrowAccount(order.id),
    to: availableAccount(released ? order.buyerId : order.sellerId),
    amount: order.usdtAmount,
    kind: released ? "escrow_release" : "escrow_refund",
    orderId: order.id,
  });
  return released ? order.usdtAmount : ZERO;
};
