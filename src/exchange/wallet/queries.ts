/** Wallets and their movements. */
import type { Pool } from "pg";
import { amount } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { type ListQuery, listPage, NEWEST, placeOf } from "../cursors.ts";
import { select } from "../rows.ts";
import { accounts, traders, transfers } from "../tables/index.ts";
import { transferView, walletView } from "./views.ts";

const OWNER = select(traders, "t", ["depositedTotal", "wageringRequired", "wagered", "owed"]);
const ACCOUNT = select(accounts, "b", ["balance"]);
const TRANSFER = select(transfers, "m", ["kind", "amount", "orderId", "externalId", "at"]);

/** Null for an unknown trader. */
export const findWallet = async (pool: Pool, trader: string) => {
  const { rows } = await pool.query({
    name: "wallet",
    text: `select ${ACCOUNT.list}, ${OWNER.list},
        (select coalesce(sum(s.escrow), 0)::int8 from exchange.order_states s
         where s.seller_id = t.id and s.completed is null) as in_escrow,
        (select coalesce(sum(d.outstanding), 0)::int8 from exchange.debts d
         where d.creditor_id = t.id and d.outstanding > 0) as owed_by_others
      from exchange.traders t join exchange.accounts b on b.id = $2 where t.id = $1`,
    values: [trader, availableAccount(trader)],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return walletView({
    ...OWNER.rowOf(row),
    available: ACCOUNT.rowOf(row).balance,
    inEscrow: amount(row.in_escrow),
    owedByOthers: amount(row.owed_by_others),
  });
};

type TransferRow = Readonly<Record<string, unknown>> & {
  readonly id: number;
  readonly direction: "in" | "out";
  readonly balance_after: number;
};

export const listTransfers = async (pool: Pool, trader: string, query: ListQuery) => {
  // The condition on the prefix is the partial indexes' own.
  const { rows } = await pool.query<TransferRow>({
    name: "transfers",
    text: `select * from (
        (select id, 'out' as direction, from_after as balance_after, ${TRANSFER.list} from exchange.transfers m
         where from_account = $1 and from_account like 'available/%' and id < $4 order by id desc limit $2::int + $3::int)
        union all
        (select id, 'in', to_after, ${TRANSFER.list} from exchange.transfers m
         where to_account = $1 and to_account like 'available/%' and id < $4 order by id desc limit $2::int + $3::int)) u
      order by id desc limit $2::int offset $3::int`,
    values: [availableAccount(trader), query.limit + 1, query.offset, placeOf(query, NEWEST).id],
  });
  const found = listPage(rows, query, ({ id }) => ({ rank: 0, id }));
  return {
    ...found,
    items: found.items.map((row) =>
      transferView({ ...TRANSFER.rowOf(row), id: row.id, direction: row.direction, balanceAfter: row.balance_after }),
    ),
  };
};
