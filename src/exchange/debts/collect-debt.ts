/**
 * The clock's command: whatever a debtor has goes to the creditor, as far as the debt goes. Nothing else can be done with
 * it meanwhile, so that it does not matter when the clock comes by. Submitted twice, or by two nodes, it moves no more
 * than is owed.
 */
import { type DeadlineResult, type Event, MET, NOT_DUE, unchanged, type Write } from "../../engine/index.ts";
import { type Instant, lesser, minus, type OrderId, refuse, ZERO } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { moneyMoved } from "../money-moved.ts";
import { CHANGED_BY_CLAIM, claimNeeds, happenedBeside, payBuyer } from "../orders/index.ts";
import type { Settings } from "../settings.ts";
import { type Debt, debts, type OrderState, openBook, orderStates, orders, traders } from "../tables/index.ts";
import { relieved } from "../traders/index.ts";

export type CollectDebt = { readonly orderId: OrderId };

export const collectDebt = (settings: Settings) =>
  defineCommand<CollectDebt, DeadlineResult>()({
    name: "collect-debt",
    refuses: ["ORDER_NOT_FOUND"],
    changes: CHANGED_BY_CLAIM,
    route: ({ orderId }) => [orders.at(orderId)],
    needs: ({ orderId }, routes) => claimNeeds(orderId, routes),
    decide(state, { orderId }, { now }) {
      const order = state.get(orders.at(orderId));
      if (order === undefined) return refuse("ORDER_NOT_FOUND");
      const debt = state.get(debts.at(orderId));
      if (debt === undefined || debt.outstanding === ZERO) return refuse("ORDER_NOT_FOUND");
      const book = openBook(state);
      const amount = lesser(debt.outstanding, book.balance(availableAccount(debt.debtorId)));
      if (amount === ZERO) return unchanged(NOT_DUE);
      const before = state.need(traders.at(debt.creditorId));
      const creditor = payBuyer(book, order, before, { amount, kind: "debt_payment" }, settings);
      const debtor = relieved(state.need(traders.at(debt.debtorId)), amount);
      const outstanding = minus(debt.outstanding, amount);
      const left: Debt = { ...debt, outstanding, paidAt: outstanding === ZERO ? now : null };
      const told = outstanding === ZERO ? paidInFull(state.need(orderStates.at(orderId)), left, now) : NOTHING_TO_TELL;
      return {
        result: MET,
        writes: [
          ...book.writes(now),
          debts.update(left),
          traders.update(creditor),
          traders.update(debtor),
          ...told.writes,
        ],
        events: [
          ...[creditor.id, debtor.id].map((trader) =>
            moneyMoved(book, trader, { orderId, kind: "debt_payment", amount }),
          ),
          ...told.events,
        ],
      };
    },
  });

type Told = { readonly writes: readonly Write[]; readonly events: readonly Event[] };
const NOTHING_TO_TELL: Told = { writes: [], events: [] };

/** Said once, in the order's chat; what came before in parts is in both wallets. */
const paidInFull = (current: OrderState, { amount }: Debt, now: Instant): Told =>
  happenedBeside(current, {
    action: "debt-paid",
    by: "clock",
    actor: null,
    at: now,
    details: { amount: Number(amount) },
  });
