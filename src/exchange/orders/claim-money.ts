/**
 * What a payment claim moves: from the seller's available balance to the buyer's, at once or as a debt that is collected.
 * No escrow is touched: that of a cancelled order is empty for good.
 */
import { type Amount, amount } from "../../kernel/index.ts";
import { availableAccount, type Book, type TransferKind } from "../../ledger/index.ts";
import type { Settings } from "../settings.ts";
import type { Order, Trader } from "../tables/index.ts";
import { moreWagering } from "../traders/index.ts";

export type ClaimTransfer = Extract<TransferKind, "claim_honoured" | "claim_compensated" | "debt_payment">;

/**
 * It needs the turnover that a deposit needs, or a claim would be a way around it; but it meets no deposit minimum, which
 * is for completed orders.
 * @returns the buyer afterwards
 */
export const payBuyer = (
  book: Book,
  order: Pick<Order, "id" | "buyerId" | "sellerId">,
  buyer: Trader,
  paid: { readonly amount: Amount; readonly kind: ClaimTransfer },
  settings: Settings,
): Trader => {
  const [from, to] = [availableAccount(order.sellerId), availableAccount(order.buyerId)];
  book.move({ from, to, ...paid, orderId: order.id });
  const wagering = amount(paid.amount * settings.wageringMultiplier);
  return { ...buyer, wageringRequired: moreWagering(buyer, wagering) };
};
