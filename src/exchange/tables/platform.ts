/** The audit trail of credits and debits: who moved money in or out. */
import { column, defineJournal, type RowOf } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";

/** The audit trail of it: who did it, beside the transfer, which says how much. */
export const platformActs = defineJournal({
  name: "exchange.platform_acts",
  columns: {
    actor: column.text<TraderId>(),
    traderId: column.text<TraderId>(),
    act: column.text<"credit" | "debit">(),
    details: column.json(),
    at: column.instant(),
  },
});
export type PlatformAct = RowOf<typeof platformActs>;
