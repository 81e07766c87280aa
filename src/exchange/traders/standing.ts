/**
 * Whether a trader may begin anything new, and how much of a balance is the trader's to give. Who is suspended finishes
 * what is open, writes, and reads; nothing else.
 */
import { type Amount, minus, minusUpTo, plus, type Refusal, refuse, toNumber, ZERO } from "../../kernel/index.ts";
import type { Standing, Trader } from "../tables/index.ts";

type Stands = Pick<Trader, "owed" | "standing">;

/** What stops a trader: an operator, until one says otherwise, or a debt, until it is paid or an operator excuses it. */
export const SUSPENSIONS = ["operator", "debt"] as const;
export type Suspension = (typeof SUSPENSIONS)[number];

export const suspensionOf = ({ owed, standing }: Stands): Suspension | null => {
  if (standing === "suspended") return "operator";
  return owed > ZERO && standing !== "excused" ? "debt" : null;
};

export const refuseSuspended = (trader: Stands): Refusal<"TRADER_SUSPENDED"> | undefined => {
  const reason = suspensionOf(trader);
  return reason === null ? undefined : refuse("TRADER_SUSPENDED", { reason, owed: toNumber(trader.owed) });
};

/**
 * What of an available balance may leave it, but to a creditor: whatever is owed waits for the debt to be collected, so
 * that nobody is ahead of it.
 */
export const spendable = ({ owed }: Stands, balance: Amount): Amount => minusUpTo(balance, owed);

/** Who was excused was so for the debts of then. */
export const indebted = (trader: Trader, amount: Amount): Trader => ({
  ...trader,
  owed: plus(trader.owed, amount),
  standing: lapsed(trader.standing),
});

export const relieved = (trader: Trader, amount: Amount): Trader => {
  const owed = minus(trader.owed, amount);
  return { ...trader, owed, standing: owed === ZERO ? lapsed(trader.standing) : trader.standing };
};

const lapsed = (standing: Standing | null): Standing | null => (standing === "excused" ? null : standing);
