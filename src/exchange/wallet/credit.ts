/** Money comes into a trader's account, by the host platform or by hand: a deposit, a bonus, an adjustment. */
import { type Amount, MAX_BALANCE, plus, type TraderId, times, toNumber, ZERO } from "../../kernel/index.ts";
import { availableAccount, PLATFORM } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../issues.ts";
import { moneyMoved } from "../money-moved.ts";
import type { Settings } from "../settings.ts";
import { accounts, openBook, platformActs, type Trader, traders } from "../tables/index.ts";
import { deposited, moreWagering } from "../traders/index.ts";
import { type PlatformEntry, platformEntry } from "./views.ts";

export type CreditKind = "deposit" | "bonus" | "adjustment";

export type Credit = {
  /** Who does it, for the audit trail. */
  readonly by: TraderId;
  readonly traderId: TraderId;
  readonly amount: Amount;
  readonly kind: CreditKind;
  readonly externalId: string;
  /** For the audit trail. */
  readonly reason?: string | undefined;
  /** Replaces the product with the multiplier, a deposit's or a bonus's. */
  readonly wageringRequired?: Amount | undefined;
};

export const credit = (settings: Settings) =>
  defineCommand<Credit, PlatformEntry>()({
    name: "credit",
    refuses: ["VALIDATION_ERROR"],
    changes: [traders, accounts],
    needs: ({ traderId }) => [traders.at(traderId), accounts.at(availableAccount(traderId))],
    decide(state, input, { now }) {
      const { by, traderId, amount, kind, externalId, reason } = input;
      const book = openBook(state);
      const account = availableAccount(traderId);
      if (plus(book.balance(account), amount) > MAX_BALANCE) {
        return invalid({ pointer: "/amount", message: `would take the balance above ${MAX_BALANCE}` });
      }
      book.move({ from: PLATFORM, to: account, amount, kind, externalId });
      const trader = credited(state.need(traders.at(traderId)), input, settings);
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
          platformActs.append({ actor: by, traderId, act: "credit", details, at: now }),
        ],
        events: [moneyMoved(book, traderId, { kind, amount, externalId })],
      };
    },
  });

const credited = (trader: Trader, { kind, amount, wageringRequired }: Credit, settings: Settings): Trader => {
  if (kind === "deposit") return deposited(trader, amount, settings, wageringRequired);
  const usual = kind === "bonus" ? times(amount, settings.bonusWageringMultiplier) : ZERO;
  return { ...trader, wageringRequired: moreWagering(trader, wageringRequired ?? usual) };
};
