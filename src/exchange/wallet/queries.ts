/** Wallets and their movements. */
import type { Pool } from "pg";
import { availableAccount } from "../../ledger/index.ts";
import { type ListQuery, listPage, NEWEST, placeOf } from "../cursors.ts";
import { type TransferSource, transferView, walletView } from "./views.ts";

/** Null for an unknown trader. */
export const findWallet = async (pool: Pool, trader: string) => {
  const { rows } = await pool.query({
    name: "wallet",
    text: `select b.balance as available, t.deposited_total, t.wagering_required, t.wagered,
        (select coalesce(sum(s.escrow), 0)::int8 from exchange.order_states s
         where s.seller_id = t.id and s.completed is null) as in_escrow
      from exchange.traders t join exchange.accounts b on b.id = $2 where t.id = $1`,
    values: [trader, availableAccount(trader)],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return walletView({
    available: row.available,
    inEscrow: row.in_escrow,
    depositedTotal: row.deposited_total,
    wageringRequired: row.wagering_required,
    wagered: row.wagered,
  });
};

export const listTransfers = async (pool: Pool, trader: string, query: ListQuery) => {
  // The condition on the prefix is the partial indexes' own.
  const { rows } = await pool.query({
    name: "transfers",
    text: `select * from (
        (select id, kind, 'out' as direction, amount, from_after as "balanceAfter", order_id as "orderId",
           external_id as "externalId", at from exchange.transfers
         where from_account = $1 and from_account like 'available/%' and id < $4 order by id desc limit $2::int + $3::int)
        union all
        (select id, kind, 'in', amount, to_after, order_id, external_id, at from exchange.transfers
         where to_account = $1 and to_account like 'available/%' and id < $4 order by id desc limit $2::int + $3::int)) m
      order by id desc limit $2::int offset $3::int`,
    values: [availableAccount(trader), query.limit + 1, query.offset, placeOf(query, NEWEST).id],
  });
  const found = listPage(rows as TransferSource[], query, ({ id }) => ({ rank: 0, id }));
  return { ...found, items: found.items.map(transferView) };
};
