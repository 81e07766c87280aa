/** Reads wallets and their transfers. */

import type { Pool } from "pg";
import { instantOf, type ListQuery, NEWEST, placeOf, walkedPage } from "../../database/index.ts";
import { amount } from "../../kernel/index.ts";
import { availableAccount, type TransferKind } from "../../ledger/index.ts";
import type { Period } from "../periods.ts";
import { select } from "../rows.ts";
import { LIMITS } from "../settings.ts";
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
  readonly looked: number;
  readonly last: number;
};

export type TransfersQuery = ListQuery & {
  readonly kind?: TransferKind | undefined;
  readonly orderId?: number | undefined;
  readonly period?: Period;
};

/** Rows of a trader's own that a page may look at for a kind among those of trades. */
const WALK = 10_000;

/** Kinds that no order moves: an index of their own finds them. */
const isApart = (kind: TransferKind | undefined): boolean => kind !== undefined && !kind.startsWith("escrow_");

const SIDES = [
  { direction: "out", account: "from_account", after: "from_after" },
  { direction: "in", account: "to_account", after: "to_after" },
] as const;
type Side = (typeof SIDES)[number];

/** A trader's movements on one side. The condition on the prefix is the partial indexes' own. */
const own = ({ account }: Side, apart = false): string =>
  `${account} = $1 and ${account} like 'available/%'${apart ? " and order_id is null" : ""}`;

/** The first movement of a side at or after an instant, by halving: a trader's own are in the order of time. */
const firstAt = (side: Side, at: string): string => `(
  with recursive search(low, high) as (
    select 0::int8, coalesce((select id + 1 from exchange.transfers where ${own(side)} order by id desc limit 1), 1)
    union all
    select case when early then mid else low end, case when early then high else mid end
    from (select low, high, (low + high) / 2 as mid, (
        select at < ${at} from exchange.transfers where ${own(side)} and id <= (low + high) / 2 and id > low
        order by id desc limit 1) is not false as early
      from search where high - low > 1) n)
  select high from search where high - low <= 1)`;

const walkText = (side: Side, { kind, orderId }: TransfersQuery): string => {
  const columns = `select id, '${side.direction}' as direction, ${side.after} as balance_after, order_id, kind, at,
    amount, external_id from exchange.transfers`;
  // An order's own are a handful.
  if (orderId !== undefined) return `(${columns} where order_id = $7 and ${side.account} = $1 and id < $2)`;
  return `(${columns} where ${own(side, isApart(kind))} and id < $2
    and id >= case when $8::int8 is null then 0 else ${firstAt(side, instantOf("$8"))} end
    and id < case when $9::int8 is null then $2 else ${firstAt(side, instantOf("$9"))} end
    order by id desc limit $3::int)`;
};

/** Newest first. */
export const listTransfers = async (pool: Pool, trader: string, query: TransfersQuery) => {
  const { kind, orderId, period: { from, to } = {}, limit, offset } = query;
  const reach = kind === undefined ? limit + 1 + offset : WALK;
  const { rows } = await pool.query<TransferRow>({
    name: `transfers ${isApart(kind)} ${orderId !== undefined}`,
    text: `with w as materialized (
        select * from (${SIDES.map((side) => walkText(side, query)).join(" union all ")}) u order by id desc limit $3::int),
      m as (select * from w where ($6::text is null or kind = $6) and ($7::int8 is null or order_id = $7)
          and ($8::int8 is null or at >= ${instantOf("$8")}) and ($9::int8 is null or at < ${instantOf("$9")})
        order by id desc limit $4::int offset $5::int)
      select e.looked, e.last, m.id, m.direction, m.balance_after, ${TRANSFER.list}
      from (select count(*)::int as looked, min(id) as last from w) e left join m on true order by m.id desc`,
    values: [
      availableAccount(trader),
      placeOf(query, NEWEST).id,
      reach,
      limit + 1,
      offset,
      kind ?? null,
      orderId ?? null,
      from ?? null,
      to ?? null,
    ],
  });
  const [first] = rows;
  const walked = kind === undefined || first === undefined || first.looked < WALK ? null : first.last;
  const found = walkedPage(
    rows.filter(({ id }) => id !== null),
    query,
    walked,
  );
  return { ...found, items: found.items.map(viewOf) };
};

const viewOf = (row: TransferRow) =>
  transferView({ ...TRANSFER.rowOf(row), id: row.id, direction: row.direction, balanceAfter: row.balance_after });

/** The movements of a period, oldest first. Null when they are more than a statement takes. */
export const statementOf = async (pool: Pool, trader: string, period: Period) => {
  const pages: ReturnType<typeof viewOf>[] = [];
  for (let cursor: string | undefined; ; ) {
    const found = await listTransfers(pool, trader, { limit: STATEMENT_PAGE, offset: 0, cursor, period });
    pages.push(...found.items);
    if (pages.length > LIMITS.statementLines) return null;
    if (found.next === null) return pages.toReversed();
    cursor = found.next;
  }
};

/** Movements that are read together for a statement. */
const STATEMENT_PAGE = 1_000;
