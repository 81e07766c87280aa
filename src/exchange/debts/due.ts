/** Debts that can be paid, in part at least: what is left of them is looked for as deadlines are. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import type { Settings } from "../settings.ts";
import { type CollectDebt, collectDebt } from "./collect-debt.ts";

type Due = { readonly order_id: OrderId };

export const payableDebts = (chores: Pool, settings: Settings): Deadlines<Due, CollectDebt> => ({
  command: collectDebt(settings),
  keyOf: ({ order_id }) => String(order_id),
  inputOf: ({ order_id: orderId }) => ({ orderId }),
  /** Oldest first: what a debtor gets goes to who has waited longest. */
  async find(postponed, limit) {
    const { rows } = await chores.query<Due>({
      text: `select d.order_id from exchange.debts d join exchange.accounts a on a.id = 'available/' || d.debtor_id
        where d.outstanding > 0 and a.balance > 0 and d.order_id <> all($1::bigint[])
        order by d.created_at, d.order_id limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
});
