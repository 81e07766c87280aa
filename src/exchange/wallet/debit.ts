/** Money leaves a trader's account, by the host platform or by hand: a withdrawal, an adjustment, a deposit taken back. */
import { type Amount, minusUpTo, refuse, type TraderId, toNumber } from "../../kernel/index.ts";
import { availableAccount, PLATFORM } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { moneyMoved } from "../money-moved.ts";
import { accounts, openBook, platformActs, traders } from "../tables/index.ts";
import { spendable } from "../traders/index.ts";
import { type PlatformEntry, platformEntry } from "./views.ts";

export type DebitKind = "withdrawal" | "adjustment" | "deposit_reversal";

export type Debit = {
  /** Who does it, for the audit trail. */
  readonly by: TraderId;
  readonly traderId: TraderId;
  readonly amount: Amount;
  readonly kind: DebitKind;
  readonly externalId: string;
  /** For the audit trail. */
  readonly reason?: string | undefined;
};

export const debit = defineCommand<Debit, PlatformEntry>()({
  name: "debit",
  refuses: ["USER_NOT_FOUND", "INSUFFICIENT_BALANCE"],
  changes: [traders, accounts],
  needs: ({ traderId }) => [traders.at(traderId), accounts.at(availableAccount(traderId))],
  decide(state, { by, traderId, amount, kind, externalId, reason }, { now }) {
    const before = state.get(traders.at(traderId));
    if (before === undefined) return refuse("USER_NOT_FOUND");
    const book = openBook(state);
    const account = availableAccount(traderId);
    // What is owed to another trader is not the host's to take.
    const available = spendable(before, book.balance(account));
    if (available < amount) return refuse("INSUFFICIENT_BALANCE", { available: toNumber(available) });
    book.move({ from: account, to: PLATFORM, amount, kind, externalId });
    // A deposit that was taken back counts no longer towards the minimum.
    const reversed = { ...before, depositedTotal: minusUpTo(before.depositedTotal, amount) };
    const trader = kind === "deposit_reversal" ? reversed : before;
    const balance = book.balance(account);
    const details = {
      amount: toNumber(amount),
      kind,
      external_id: externalId,
      ...(reason !== undefined && { reason }),
    };
    return {
      result: platformEntry({ traderId, kind, amount, externalId, balance, at: now }),
      writes: [
        traders.update(trader),
        ...book.writes(now),
        platformActs.append({ actor: by, traderId, act: "debit", details, at: now }),
      ],
      events: [moneyMoved(book, traderId, { kind, amount, externalId })],
    };
  },
});
