/** The news of a wallet whose money was moved: how much, and what is available after it. */
import type { Event } from "../engine/index.ts";
import { type Amount, type OrderId, type TraderId, toNumber } from "../kernel/index.ts";
import { availableAccount, type Book } from "../ledger/index.ts";
import { event } from "./events.ts";

type Moved = {
  readonly kind: string;
  readonly amount: Amount;
  readonly orderId?: OrderId;
  /** The host platform's own. */
  readonly externalId?: string;
};

/** @param book after the movement, with the trader's account */
export const moneyMoved = (book: Book, trader: TraderId, { kind, amount, orderId, externalId }: Moved): Event =>
  event("wallet.updated", [trader], {
    ...(orderId !== undefined && { order_id: orderId }),
    kind,
    amount: toNumber(amount),
    balance: toNumber(book.balance(availableAccount(trader))),
    ...(externalId !== undefined && { external_id: externalId }),
  });
